//! `predict`: any folder of images through an exported model.

use std::path::PathBuf;

use model_tools::predict::{self, Prediction};

/// Classifies a folder of images with ONNX Runtime.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name of an exported model, a folder with its `model.onnx` and `model.toml`, or an ONNX file that `export` wrote.
    #[arg(long)]
    model: String,
    /// Folder with JPEG, PNG, GIF, WebP or BMP images, also in folders below it.
    #[arg(long)]
    images: PathBuf,
    /// The file to write: one row per image, one column per class. Until it is complete, answers are in FILE.csv.partial.
    #[arg(long)]
    out: PathBuf,
    /// Continues a run that was stopped or killed.
    #[arg(long)]
    resume: bool,
    /// Threads that decode and threads that compute [default: as many as there are cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Images in one run of the network.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,
}

/// Classifies.
///
/// # Errors
/// As [`predict::run`].
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let Args { model, images, out, resume, threads, batch } = args;
    let (threads, batch) = (threads.map(usize::from), usize::from(batch));
    predict::run(&Prediction { model, images, out, resume, threads, batch })
}
