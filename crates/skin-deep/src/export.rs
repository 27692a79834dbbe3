//! `export`: from a run to an exported model.

use std::path::PathBuf;

use model_tools::export::{self, DEFAULT_PRECISIONS, Export};
use onnx_export::Precision;

/// Turns a run's best weights into an exported model, measures it on the test part and checks it against libtorch.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The run folder, such as `runs/synthetic-resnet18-eight`.
    run: PathBuf,
    /// Folder name under `exported-models/`; lower-case letters, digits and hyphens.
    #[arg(long, value_parser = export::plain_name)]
    name: String,
    /// How weights are stored: `fp32`, `fp16` or `int8`; the network computes in 32 bits in any case. Of several, separated
    /// by commas, the first becomes `model.onnx`, which pages load, and the others `model-PRECISION.onnx`.
    #[arg(long, value_parser = precision, value_delimiter = ',', default_values = DEFAULT_PRECISIONS.map(Precision::name))]
    precision: Vec<Precision>,
    /// Also writes `model.safetensors`: the trained weights in 32 bits, under torchvision's names.
    #[arg(long)]
    safetensors: bool,
}

fn precision(name: &str) -> Result<Precision, String> {
    Precision::from_name(name)
        .ok_or_else(|| format!("choose from {}", Precision::ALL.map(Precision::name).join(", ")))
}

/// Exports.
///
/// # Errors
/// As [`export::run`].
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let Args { run, name, precision: precisions, safetensors } = args;
    export::run(&Export { run, name, precisions, safetensors })
}
