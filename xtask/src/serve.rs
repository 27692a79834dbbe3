//! `cargo xtask serve`: the book on localhost, rebuilt and reloaded as its sources change.

mod site;
mod watch;

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::{book, build, generated, workspace};

/// Builds the book, serves it on localhost, and keeps it up to date as you edit.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Port to listen on; by default 3000, or the next one that is free.
    #[arg(long)]
    port: Option<u16>,
    /// Open the book in the browser.
    #[arg(long)]
    open: bool,
}

/// The port tried first, and how many after it.
const PORTS: std::ops::Range<u16> = 3000..3020;

/// How often the sources are looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves until interrupted.
///
/// # Errors
/// When the first build fails or no port is free. Later builds only report their errors.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let listener = listen(args.port)?;
    let mut sources = watch::Sources::look(workspace::root());
    build::everything(None)?;

    let runtime = tokio::runtime::Runtime::new().context("cannot start the server")?;
    let reload = site::Reload::default();
    let address = format!("http://localhost:{}/", listener.local_addr()?.port());
    let server = runtime.spawn(site::serve(listener, book::site(), reload.clone()));
    println!("\nthe book is at {address} (Ctrl-C stops)");
    if args.open {
        open(&address);
    }

    while !server.is_finished() {
        std::thread::sleep(PAUSE);
        let now = watch::Sources::look(workspace::root());
        let changes = sources.changes(&now);
        if changes.is_empty() {
            continue;
        }
        // An editor writes several files at once: wait until nothing moves any more.
        std::thread::sleep(PAUSE / 4);
        sources = watch::Sources::look(workspace::root());
        let all = changes.iter().chain(now.changes(&sources).iter()).cloned().collect::<Vec<_>>();
        if rebuild(&all) {
            reload.tell();
        }
    }
    runtime.block_on(server).context("the server stopped")?
}

/// Rebuilds what the changes concern; returns whether there is something new to see.
fn rebuild(changes: &[String]) -> bool {
    println!("\nchanged: {}", changes.join(", "));
    if let Some(reason) = watch::needs_restart(changes) {
        println!("{reason} changed, which runs inside this command: stop it and run cargo xtask serve again");
    }
    let start = Instant::now();
    let manifest = generated::read_manifest().map(Option::unwrap_or_default);
    match manifest.and_then(|manifest| build::parts(watch::parts(changes), manifest, None)) {
        Ok(()) => println!("the book is up to date again after {:.1} s", start.elapsed().as_secs_f64()),
        Err(error) => {
            eprintln!("error: {error:?}\nthe old pages stay until this is put right");
            return false;
        }
    }
    true
}

fn listen(port: Option<u16>) -> anyhow::Result<TcpListener> {
    let on = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match port {
        Some(port) => on(port).with_context(|| {
            format!("expected port {port} of localhost to be free; choose another, or leave out --port")
        })?,
        None => match PORTS.into_iter().find_map(|port| on(port).ok()) {
            Some(listener) => listener,
            None => bail!(
                "expected a free port on localhost from {} to {}, found none; name one with --port",
                PORTS.start,
                PORTS.end - 1
            ),
        },
    };
    listener.set_nonblocking(true).context("cannot listen")?;
    Ok(listener)
}

/// Opens the address in the browser, or says why not: the server matters more.
fn open(address: &str) {
    let (program, before): (_, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/c", "start"]),
        _ => ("xdg-open", &[]),
    };
    if let Err(error) = Command::new(program).args(before).arg(address).spawn() {
        println!("cannot open a browser with {program} ({error}); open the address yourself");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named_in_the_error() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = listen(Some(port)).unwrap_err().to_string();
        assert!(error.contains(&port.to_string()), "{error}");
    }
}
