//! `learning-rates`: which learning rate suits a recipe, as a table, a curve and two numbers.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use model_tools::workspace;
use recipe::Recipe;
use recipe::rates::{RateRow, suggested};
use runtimes::process;

use crate::train::{device, trainer};

/// Searches for a good learning rate: it rises step by step, and the loss is written and drawn.
///
/// Trains by the first stage of a recipe, but with a learning rate that is multiplied by the same factor from step to step, until
/// the loss is four times what it was at its lowest (Smith 2017). Writes learning-rates.csv and learning-rates.svg into
/// runs/NAME-learning-rates. The highest learning rate of a stage should be between the two that are printed: where the loss falls
/// fastest, and where it is lowest. The weights are thrown away.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask learning-rates configs/synthetic-resnet18-eight.toml\n  \
    cargo xtask learning-rates configs/isic2019-resnet50-eight.toml --steps 300 --highest 10")]
pub(crate) struct Args {
    /// The recipe, such as `configs/synthetic-resnet18-eight.toml`.
    recipe: PathBuf,
    /// Steps from the lowest learning rate to the highest.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..))]
    steps: u32,
    /// Learning rate of the first step.
    #[arg(long, default_value_t = 1e-6, value_parser = above_zero)]
    lowest: f64,
    /// Learning rate of the last step.
    #[arg(long, default_value_t = 1.0, value_parser = above_zero)]
    highest: f64,
    /// Where to compute: auto (the GPU with the most free memory, else the CPU), cpu, cuda, or cuda:N.
    #[arg(long, default_value = "auto", value_name = "auto|cpu|cuda|cuda:N", value_parser = device)]
    device: String,
}

/// Writes the table and the curve, and prints where the loss falls fastest and where it is lowest.
///
/// # Errors
/// A wrong recipe or range; no libtorch; a training that fails.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let recipe = Recipe::read(&args.recipe)?;
    ensure!(
        args.lowest < args.highest,
        "the learning rate rises, so --lowest ({}) must be below --highest ({})",
        args.lowest,
        args.highest
    );
    let folder = workspace::root().join("runs").join(format!("{}-learning-rates", recipe.name));
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let table = std::path::absolute(folder.join("learning-rates.csv"))?;
    let mut command = trainer("learning-rates", &args.recipe, &args.device)?;
    command.arg("--out").arg(&table).args(["--steps", &args.steps.to_string()]);
    command.args(["--lowest", &args.lowest.to_string(), "--highest", &args.highest.to_string()]);
    // The first Ctrl-C ends the search with the steps so far.
    ctrlc::set_handler(|| {}).context("cannot listen for Ctrl-C")?;
    process::run(&mut command)?;

    let rows = read(&table)?;
    let found = suggested(&rows);
    let marked = found.map_or_else(Vec::new, |found| vec![found.steepest, found.lowest]);
    let curve = folder.join("learning-rates.svg");
    files::write(&curve, figures::learning_rates::draw(&rows, &marked)?.as_bytes())?;
    match found {
        Some(found) => println!(
            "the loss falls fastest near {:.1e} and is lowest near {:.1e}; choose a learning_rate between them",
            found.steepest, found.lowest
        ),
        None => println!(
            "the loss never fell: begin lower (--lowest), take more steps, or check [start] and [data]"
        ),
    }
    println!("{}\n{}", table.display(), curve.display());
    Ok(())
}

fn read(table: &Path) -> anyhow::Result<Vec<RateRow>> {
    let rows = csv::Reader::from_path(table).and_then(|mut reader| reader.deserialize().collect());
    rows.with_context(|| format!("cannot read {}", table.display()))
}

fn above_zero(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| *rate > 0.0 && rate.is_finite());
    rate.ok_or_else(|| "a learning rate is a number above 0, such as 1e-4".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_learning_rate_is_above_zero() {
        assert_eq!(above_zero("1e-4"), Ok(1e-4));
        for wrong in ["0", "-1", "inf", "NaN", "fast"] {
            assert!(above_zero(wrong).is_err(), "{wrong}");
        }
    }
}
