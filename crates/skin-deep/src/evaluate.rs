//! `evaluate`: an exported model or a run on one part of a split.

use std::path::PathBuf;

use datasets::SplitPart;
use imaging::Views;
use model_tools::evaluate::{self, Evaluation, RESAMPLES, SEED};

/// Measures an exported model or a run on the test part of a split.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name of an exported model, or a folder with its `model.onnx` and `model.toml`, or the folder of a run.
    model: String,
    /// Folder of the data set [default: a run's own]
    #[arg(long)]
    data: Option<PathBuf>,
    /// The split file that the model was trained with [default: a run's own]
    #[arg(long)]
    split: Option<PathBuf>,
    /// The part of the split. Each time a result on the test part changes what you do next, later results on it become too optimistic.
    #[arg(long, default_value = "test", value_parser = part)]
    part: SplitPart,
    /// Averages the probabilities over views of each image: `none`, `flips` (4) or `dihedral` (8) [default: a run's
    /// own, else none]
    #[arg(long, value_parser = views)]
    test_time_augmentation: Option<Views>,
    /// Where `predictions.csv`, `truth.csv`, `roc.csv` and `metrics.json` go [default: the folder of the model or the run]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Another model's `predictions.csv` for the same images; the difference is written to `comparison.json`.
    #[arg(long)]
    beside: Option<PathBuf>,
    /// Bootstrap resamples (of lesions) for the 95 % intervals.
    #[arg(long, default_value_t = RESAMPLES)]
    resamples: u32,
    /// Seed of the bootstrap; another one changes the intervals slightly.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
}

fn part(name: &str) -> Result<SplitPart, String> {
    let found = SplitPart::ALL.into_iter().find(|part| part.name() == name);
    found.ok_or_else(|| format!("choose {}", SplitPart::ALL.map(SplitPart::name).join(", ")))
}

fn views(name: &str) -> Result<Views, String> {
    Views::named(name).ok_or_else(|| format!("choose {}", Views::ALL.map(Views::name).join(", ")))
}

/// Measures.
///
/// # Errors
/// As [`evaluate::run`].
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let Args { model, data, split, part, test_time_augmentation, out, beside, resamples, seed } = args;
    evaluate::run(&Evaluation {
        model,
        data,
        split,
        part,
        test_time_augmentation,
        out,
        beside,
        resamples,
        seed,
    })
}
