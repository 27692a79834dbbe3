//! `compare`: several runs on their validation part, one after the other.

use std::path::PathBuf;

use model_tools::evaluate::{RESAMPLES, RunComparison, SEED, compare_runs};

/// Measures several runs on the validation part of their split, each compared with the one before it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders of runs. `FOLDER:flips` and `FOLDER:dihedral` average the probabilities over 4 and 8 views of each image.
    #[arg(required = true)]
    runs: Vec<String>,
    /// The JSON file to write. Chapters print numbers of a file below book/data with `{{#runs FILE RUN KEY}}`.
    #[arg(long)]
    out: PathBuf,
    /// Bootstrap resamples (of lesions) for the 95 % intervals.
    #[arg(long, default_value_t = RESAMPLES)]
    resamples: u32,
    /// Seed of the bootstrap; another one changes the intervals slightly.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
}

/// Measures and writes.
///
/// # Errors
/// As [`compare_runs`].
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let Args { runs, out, resamples, seed } = args;
    compare_runs(&RunComparison { runs, out, resamples, seed })
}
