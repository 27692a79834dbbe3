//! Converts published weights to the project's own format.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use tch::Device;

use crate::model::Model;
use crate::weights::{HeadSource, load};

/// Which published file to convert, and for which network.
#[derive(Clone, Debug, clap::Args)]
pub struct Convert {
    /// Network of the `architecture` crate, such as `efficientnet_lite0`.
    #[arg(long)]
    pub network: String,
    /// Number of its outputs.
    #[arg(long)]
    pub classes: usize,
    /// The published file, as `cargo xtask weights` fetches it.
    #[arg(long)]
    pub from: PathBuf,
    /// Where to write it as safetensors.
    #[arg(long)]
    pub to: PathBuf,
}

/// The network with every weight from `from`, on the CPU.
///
/// # Errors
/// A file that lacks an array of the network, its last layer included, or contains one that the network does not have.
pub fn whole(network: &str, classes: usize, image_size: usize, from: &Path) -> anyhow::Result<Model> {
    let network = architecture::by_name(network, classes, image_size)?;
    let (model, report) = Model::start(network, 0, false, Some(&load(from)?), Device::Cpu)?;
    ensure!(
        report.head == HeadSource::Kept && report.random.is_empty() && report.unused.is_empty(),
        "{} is not the whole network: {report}",
        from.display()
    );
    Ok(model)
}

/// Writes a published file as safetensors.
///
/// # Errors
/// As [`whole`]; a folder that cannot be written.
pub fn convert(asked: &Convert) -> anyhow::Result<()> {
    // No array depends on the size of the images.
    let size = architecture::Published::named(&asked.network).map_or(1, |published| published.image_size);
    let model = whole(&asked.network, asked.classes, size, &asked.from)?;
    model.weights().write(&asked.to, &format!("from {}", asked.from.display()))
}
