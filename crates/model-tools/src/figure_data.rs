//! What the book's figures need of a run and of the network itself, kept in the model's folder.

mod activations;
mod steps;

use std::path::Path;

use anyhow::Context;
use architecture::Network;

pub use activations::write as write_activations;

/// Keeps `steps.csv`, if the run has one, and `activations.json`, if the figures can show the network's layers.
///
/// # Errors
/// A table that is none; a network that cannot be looked into.
pub(crate) fn keep(run: &Path, model: &Path, network: &Network) -> anyhow::Result<()> {
    let steps = run.join("steps.csv");
    if steps.is_file() {
        let slim = steps::slim(&files::read_text(&steps)?).with_context(|| steps.display().to_string())?;
        files::write(&model.join("steps.csv"), slim.as_bytes())?;
    }
    if !activations::suits(network) {
        println!(
            "no activations.json: the figures show the layers of ResNets only, and this is {}",
            network.name
        );
        return Ok(());
    }
    activations::write(&model.to_string_lossy())
}
