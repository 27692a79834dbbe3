//! `cargo xtask train`: a run folder with history, checkpoints and the best weights.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::{files, libtorch, process, workspace};

/// Trains a network with libtorch, which is found or fetched.
///
/// The configuration says what is trained; configs/all-keys.toml explains every key. The run's folder, runs/NAME, holds
/// history.csv and steps.csv, event files (tensorboard --logdir runs), the best weights and a checkpoint. Ctrl-C stops
/// after the batch, twice at once; --resume goes on, after a crash or a power cut too.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask train configs/synthetic-resnet18-eight.toml\n  \
    cargo xtask train configs/isic2019-resnet50-eight.toml --device cuda:1\n  \
    cargo xtask train configs/isic2019-resnet50-eight.toml --resume\n\n\
    LIBTORCH names a libtorch of your own; else PyTorch 2.11 is looked for in Python, else fetched with pip,\n\
    with CUDA where nvidia-smi finds a GPU. Then: cargo xtask evaluate runs/NAME --help")]
pub(crate) struct Args {
    /// The training configuration, such as `configs/synthetic-resnet18-eight.toml`.
    config: PathBuf,
    /// Where to compute: auto (the GPU with the most free memory, else the CPU), cpu, cuda, or cuda:N.
    #[arg(long, default_value = "auto", value_name = "auto|cpu|cuda|cuda:N", value_parser = device)]
    device: String,
    /// Goes on after the last checkpoint of the run; begins it if there is none.
    #[arg(long)]
    resume: bool,
    /// Minutes between two checkpoints inside an epoch; each epoch ends with one anyway.
    #[arg(long, default_value_t = 10.0)]
    checkpoint_minutes: f64,
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
    command.args(["--checkpoint-minutes", &args.checkpoint_minutes.to_string()]);
    if args.resume {
        command.arg("--resume");
    }
    if std::env::var_os("CUDA_DEVICE_ORDER").is_none() {
        // So that cuda:1 is the GPU that nvidia-smi calls 1.
        command.env("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
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

/// Refuses what is no device before anything is built; whether it is there, the trainer finds out.
fn device(text: &str) -> Result<String, String> {
    let number = text.strip_prefix("cuda:").map(|number| number.parse::<u32>().is_ok());
    if ["auto", "cpu", "cuda"].contains(&text) || number == Some(true) {
        return Ok(text.to_owned());
    }
    Err("expected auto, cpu, cuda or cuda:N such as cuda:0".to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_one_of_four_forms() {
        for right in ["auto", "cpu", "cuda", "cuda:0", "cuda:12"] {
            assert_eq!(device(right).as_deref(), Ok(right));
        }
        for wrong in ["gpu", "cuda:", "cuda:x", "cuda0", ""] {
            assert!(device(wrong).is_err(), "{wrong}");
        }
    }
}
