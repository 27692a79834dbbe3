//! `train`: a run folder with history, checkpoints and the best weights.

mod series;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use datasets::{Dataset, Split, SplitPart};
use model_tools::workspace;
use recipe::Recipe;
use runtimes::process;
use series::Series;

/// Trains a network with libtorch, which is found or fetched.
///
/// A recipe, a TOML file, says what is trained; configs/all-keys.toml explains every key, and --explain describes a recipe in
/// plain English. The run's folder, runs/NAME, holds history.csv, steps.csv and classes.csv, which shows how each class did after
/// every epoch, event files (tensorboard --logdir runs), the best weights and a checkpoint. Ctrl-C stops after the current batch;
/// a second Ctrl-C stops at once. --resume continues, also after a crash or a power cut.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask train configs/synthetic-resnet18-eight.toml --explain\n  \
    cargo xtask train configs/synthetic-resnet18-eight.toml\n  \
    cargo xtask train configs/isic2019-resnet50-eight.toml --device cuda:1\n  \
    cargo xtask train configs/isic2019-resnet50-eight.toml --resume\n  \
    cargo xtask train configs/ham10000-resnet18-head.toml --folds 5\n\n\
    To use your own libtorch, set LIBTORCH to its folder. Otherwise PyTorch 2.11 is used if Python has it, or fetched\n\
    with pip, with CUDA if nvidia-smi finds a GPU. Afterwards: cargo xtask evaluate runs/NAME --help")]
pub(crate) struct Args {
    /// The recipe, such as `configs/synthetic-resnet18-eight.toml`.
    recipe: PathBuf,
    /// Describes the training that the recipe asks for, and stops.
    #[arg(long)]
    explain: bool,
    /// Where to compute: auto (the GPU with the most free memory, else the CPU), cpu, cuda, or cuda:N.
    #[arg(long, default_value = "auto", value_name = "auto|cpu|cuda|cuda:N", value_parser = device)]
    device: String,
    /// Continues from the run's last checkpoint; starts the run if it has none.
    #[arg(long)]
    resume: bool,
    /// Trains this many times, at least 2: the images outside the test part are divided into folds by lesion, and each fold is
    /// once the validation part. Prints mean and spread, and writes them to runs/NAME-folds-N/results.csv.
    #[arg(long, value_name = "N", conflicts_with = "seeds", value_parser = clap::value_parser!(u32).range(2..=100))]
    folds: Option<u32>,
    /// Trains this many times, at least 2, with the recipe's seed and the numbers after it. Prints mean and spread, and writes them
    /// to runs/NAME-seeds-N/results.csv.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100))]
    seeds: Option<u32>,
    /// Minutes between two checkpoints within an epoch; every epoch ends with one in any case.
    #[arg(long, default_value_t = 10.0)]
    checkpoint_minutes: f64,
}

/// Trains in `runs/NAME`, NAME being the recipe's.
///
/// # Errors
/// A wrong recipe; no libtorch; a training that fails; Ctrl-C.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    // Here as well as in the trainer, so that a typo is found before libtorch is fetched and built.
    let recipe = Recipe::read(&args.recipe)?;
    if args.explain {
        print!("{}", recipe.explain(training_images(&recipe)));
        return Ok(());
    }
    // Ctrl-C reaches the trainer as well, which finishes its batch; we wait for it.
    ctrlc::set_handler(|| {}).context("cannot listen for Ctrl-C")?;
    let series = args.folds.map(Series::Folds).or(args.seeds.map(Series::Seeds));
    if let Some(series) = series {
        return series::run(series, &recipe, args);
    }
    let folder = workspace::root().join("runs").join(&recipe.name);
    train(args, &args.recipe, &folder, args.resume, &format!("train {} --resume", args.recipe.display()))
}

/// Trains by the recipe at `recipe` in `folder`; `again` are the words that continue what was stopped.
fn train(args: &Args, recipe: &Path, folder: &Path, resume: bool, again: &str) -> anyhow::Result<()> {
    let mut command = trainer("train", recipe, &args.device)?;
    command.arg("--run").arg(folder);
    command.args(["--checkpoint-minutes", &args.checkpoint_minutes.to_string()]);
    if resume {
        command.arg("--resume");
    }
    let status = command.status().with_context(|| format!("cannot start: {}", process::words(&command)))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(130) => bail!("stopped; to continue: {} {again}", workspace::program()),
        _ => bail!("the training failed ({status}); its messages above say why"),
    }
}

/// The trainer, told to do something with a recipe on a device.
///
/// # Errors
/// No libtorch; a trainer that cannot be built.
pub(crate) fn trainer(what: &str, recipe: &Path, device: &str) -> anyhow::Result<Command> {
    let recipe = std::path::absolute(recipe).context("the recipe's path is empty")?;
    let mut command = runtimes::trainer(workspace::checkout())?;
    command.arg(what).arg(recipe).args(["--device", device]);
    if std::env::var_os("CUDA_DEVICE_ORDER").is_none() {
        // So that cuda:1 is the GPU that nvidia-smi calls 1.
        command.env("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    }
    Ok(command)
}

/// Images in the training part, if the data set and its split are here already.
fn training_images(recipe: &Recipe) -> Option<usize> {
    let dataset = Dataset::read(&workspace::root().join(&recipe.data.folder)).ok()?;
    let split = Split::read(&workspace::root().join(&recipe.data.split)).ok()?;
    Some(split.images(&dataset, SplitPart::Training).ok()?.len())
}

/// Refuses what cannot be a device before anything is built; the trainer finds out whether it is there.
pub(crate) fn device(text: &str) -> Result<String, String> {
    let number = text.strip_prefix("cuda:").map(|number| number.parse::<u32>().is_ok());
    if ["auto", "cpu", "cuda"].contains(&text) || number == Some(true) {
        return Ok(text.to_owned());
    }
    Err("a device is auto, cpu, cuda or cuda:N, such as cuda:0".to_owned())
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
