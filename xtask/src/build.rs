//! `cargo xtask build`: the static site in `target/book`, ready for any host.

use std::thread::ScopedJoinHandle;
use std::time::Instant;

use catalog::manifest::Manifest;

use crate::{answers, book, generated, models, node, styles, wasm};

/// Builds the static site in `target/book`, ready for any host.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Path of the site on its host, such as `/skin-deep/`; only the page for missing pages needs it.
    #[arg(long, value_name = "PATH", value_parser = base_url)]
    base_url: Option<String>,
}

fn base_url(text: &str) -> Result<String, String> {
    if text.starts_with('/') && text.ends_with('/') {
        return Ok(text.to_owned());
    }
    Err("the path must begin and end with a slash, such as /skin-deep/".to_owned())
}

/// Builds whatever changed.
///
/// # Errors
/// What a part of the build found wrong.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    everything(args.base_url.as_deref())?;
    println!("the site is in {}", book::site().display());
    Ok(())
}

/// The parts of the build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The WASM modules.
    pub(crate) wasm: bool,
    /// npm packages and the ONNX runtime.
    pub(crate) runtime: bool,
    /// Exported models.
    pub(crate) models: bool,
}

impl Parts {
    /// Every part.
    pub(crate) const ALL: Self = Self { wasm: true, runtime: true, models: true };
}

/// Builds all parts and the book.
pub(crate) fn everything(base_url: Option<&str>) -> anyhow::Result<()> {
    parts(Parts::ALL, Manifest::default(), base_url)
}

/// Builds some parts again, takes the others from `manifest`, and renders the book.
pub(crate) fn parts(parts: Parts, mut manifest: Manifest, base_url: Option<&str>) -> anyhow::Result<()> {
    // Compiling is the processor's work; meanwhile the network and the disk have theirs.
    std::thread::scope(|scope| {
        let runtime = scope.spawn(|| {
            let publish = || node::ensure().and_then(|()| node::publish_runtime());
            parts.runtime.then(|| step("the ONNX runtime", publish)).transpose()
        });
        let models =
            scope.spawn(|| parts.models.then(|| step("the exported models", models::publish)).transpose());
        if parts.wasm {
            manifest.modules = step("the widgets' WebAssembly", wasm::build)?;
        }
        manifest.runtime = joined(runtime)?.or(manifest.runtime.take());
        if let Some(models) = joined(models)? {
            manifest.models = models;
            manifest.tests = answers::publish()?;
        }
        anyhow::Ok(())
    })?;
    // Copied in a few milliseconds, so never taken from the last build.
    manifest.styles = styles::publish()?;
    generated::write_manifest(&manifest)?;
    step("the book", || book::render(base_url))
}

/// What a thread comes to.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Announces one step, runs it and says how long it took.
fn step<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("building {name}");
    let start = Instant::now();
    let result = work()?;
    println!("  {name}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::base_url;

    #[test]
    fn a_base_url_has_a_slash_at_both_ends() {
        assert_eq!(base_url("/x/").as_deref(), Ok("/x/"));
        assert_eq!(base_url("/").as_deref(), Ok("/"));
        for bad in ["", "x/", "/x", "https://example.org/x/"] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }
}
