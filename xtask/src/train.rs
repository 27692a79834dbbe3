//! `cargo xtask train`: a run folder with history, checkpoints and the best weights.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::{files, libtorch, process, workspace};

/// Trains a network with libtorch, which is fetched if it is not there.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The training configuration, such as `configs/synthetic-resnet18-eight.toml`.
    config: PathBuf,
    /// Where to compute.
    #[arg(long, default_value = "auto", value_parser = ["auto", "cpu", "cuda"])]
    device: String,
    /// Goes on after the last whole epoch of the run.
    #[arg(long)]
    resume: bool,
}

/// Trains in `runs/NAME`, with the configuration's name.
///
/// # Errors
/// No libtorch; whatever `training` finds wrong; Ctrl-C.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let config = std::path::absolute(&args.config).context("the configuration's path is empty")?;
    let folder = workspace::root().join("runs").join(name(&config)?);
    let mut command = libtorch::training()?;
    command.arg("train").arg(&config).arg("--run").arg(&folder).args(["--device", &args.device]);
    if args.resume {
        command.arg("--resume");
    }
    // Ctrl-C reaches the trainer as well, which finishes its batch; we wait for it.
    ctrlc::set_handler(|| {}).context("cannot listen for Ctrl-C")?;
    let status = command.status().with_context(|| format!("cannot start: {}", process::words(&command)))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(130) => bail!("stopped; go on with: cargo xtask train {} --resume", args.config.display()),
        _ => bail!("training failed ({status})"),
    }
}

/// The `name` of a configuration; the trainer checks the rest.
fn name(config: &std::path::Path) -> anyhow::Result<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
    }
    let named: Named = toml::from_str(&files::read_text(config)?)
        .with_context(|| format!("{} is no training configuration", config.display()))?;
    Ok(named.name)
}
