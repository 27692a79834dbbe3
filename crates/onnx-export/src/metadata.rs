//! What an ONNX file says about itself, for a runtime that has nothing else.

use architecture::Network;

use crate::ExportError;

/// What is known about a network beside its layers and weights.
///
/// It becomes the file's `metadata_props`: `architecture`, `task`, `labels` (comma-separated, in the order of the
/// outputs), `input_size` (pixels), `mean` and `std` (comma-separated, RGB, for pixels scaled to 0..=1).
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    /// `eight-class` or `binary`.
    pub task: String,
    /// Names of the outputs, in order; without commas.
    pub labels: Vec<String>,
    /// Channel means, RGB, for pixels scaled to 0..=1.
    pub mean: [f32; 3],
    /// Channel standard deviations, RGB, for pixels scaled to 0..=1.
    pub std: [f32; 3],
}

impl Metadata {
    /// Key and value pairs, in the order in which the file holds them.
    pub(crate) fn entries(&self, network: &Network) -> [(&'static str, String); 6] {
        let numbers = |values: [f32; 3]| values.map(|value| value.to_string()).join(",");
        [
            ("architecture", network.name.clone()),
            ("task", self.task.clone()),
            ("labels", self.labels.join(",")),
            ("input_size", network.input[1].to_string()),
            ("mean", numbers(self.mean)),
            ("std", numbers(self.std)),
        ]
    }

    pub(crate) fn check(&self, network: &Network, classes: usize) -> Result<(), ExportError> {
        let labels = &self.labels;
        let repeated = labels.iter().enumerate().any(|(index, label)| labels[..index].contains(label));
        if labels.len() == classes && !repeated && !labels.iter().any(|label| label.contains(',')) {
            return Ok(());
        }
        Err(ExportError::Labels { network: network.name.clone(), expected: classes, found: labels.clone() })
    }
}
