//! `training`: trains networks and answers for them, with libtorch. `cargo xtask train` builds and starts it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use clap::Parser;
use onnx_export::Precision;
use training::Config;
use training::device::Choice;
use training::golden::golden;
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
        #[arg(long, default_value = "auto")]
        device: Choice,
        /// Goes on after the last whole epoch of the folder.
        #[arg(long)]
        resume: bool,
    },
    /// Prints libtorch's answers to drawn lesions, as JSON.
    Golden {
        /// The configuration, a TOML file.
        config: PathBuf,
        /// Weights, a safetensors file.
        #[arg(long)]
        weights: PathBuf,
        /// How the exported model stores the weights: `fp32` or `fp16`.
        #[arg(long, value_parser = precision)]
        precision: Precision,
    },
}

fn precision(name: &str) -> Result<Precision, String> {
    Precision::from_name(name).ok_or_else(|| "expected fp32 or fp16".to_owned())
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
        Command::Golden { config, weights, precision } => {
            let golden = golden(&Config::read(&config)?, &weights, precision)?;
            println!("{}", serde_json::to_string(&golden)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}
