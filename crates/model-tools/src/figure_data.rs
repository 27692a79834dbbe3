//! What the book's figures need of a run and of the network itself, kept in the model's folder.

mod activations;
mod steps;

use std::path::Path;

use anyhow::Context;

pub use activations::write as write_activations;

/// Keeps `steps.csv`, if the run has one, and `activations.json`.
///
/// # Errors
/// A table that is none; a network that cannot be looked into.
pub(crate) fn keep(run: &Path, model: &Path) -> anyhow::Result<()> {
    let steps = run.join("steps.csv");
    if steps.is_file() {
        let slim = steps::slim(&files::read_text(&steps)?).with_context(|| steps.display().to_string())?;
        files::write(&model.join("steps.csv"), slim.as_bytes())?;
    }
    activations::write(&model.to_string_lossy())
}
