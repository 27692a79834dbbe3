//! `training`: trains networks and answers for them, with libtorch. `cargo xtask train` builds and starts it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use clap::Parser;
use training::device::Choice;
use training::run::{End, Start, run};

/// Trains networks with libtorch.
#[derive(Parser)]
#[command(name = "training", disable_help_subcommand = true)]
enum Command {
    /// Trains as a configuration says.
    Train {
        /// The configuration, a TOML file.
        config: PathBuf,
        /// The run folder.
        #[arg(long)]
        run: PathBuf,
        /// Where to compute.
        #[arg(long, value_enum, default_value = "auto")]
        device: Choice,
        /// Goes on after the last whole epoch of the folder.
        #[arg(long)]
        resume: bool,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    match Command::parse() {
        Command::Train { config, run: folder, device, resume } => {
            let stop = Arc::new(AtomicBool::new(false));
            let flag = Arc::clone(&stop);
            ctrlc::set_handler(move || {
                if flag.swap(true, Ordering::Relaxed) {
                    std::process::exit(130);
                }
                eprintln!("stopping after this batch; once more to stop at once");
            })
            .context("cannot listen for Ctrl-C")?;
            let start = if resume { Start::Resume } else { Start::Afresh };
            Ok(match run(&config, &folder, device, start, &stop)? {
                End::Done => ExitCode::SUCCESS,
                // As a shell reports a command that Ctrl-C ended.
                End::Stopped => ExitCode::from(130),
            })
        }
    }
}
