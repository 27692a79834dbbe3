//! `export-published`: from weights that others published to an exported model.

use model_tools::export::plain_name;
use model_tools::export::published::{self, PublishedExport};

/// Turns a network's published weights, with their 1,000 everyday classes, into an exported model, checked against libtorch.
///
/// The weights are fetched as by `weights`. There is no test set for them here, so the model gets no metrics.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A network listed by `weights --list`, such as `efficientnet_lite0`.
    network: String,
    /// Folder name under `exported-models/`; lower-case letters, digits and hyphens.
    #[arg(long, value_parser = plain_name)]
    name: String,
}

/// Exports.
///
/// # Errors
/// As [`published::run`].
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let Args { network, name } = args;
    published::run(&PublishedExport { network, name })
}
