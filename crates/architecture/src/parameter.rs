//! The arrays of a layer: what training changes, and the running statistics of batch normalisation.

use serde::{Deserialize, Serialize};

/// How a parameter gets its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    /// By gradient descent.
    Trainable,
    /// Running statistics of batch normalisation.
    Buffer,
    /// How many batches the statistics come from: one 64-bit integer, which no computation reads.
    Counter,
}

/// A named array of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name in the published weights, such as torchvision's `layer1.0.conv1.weight`.
    pub name: String,
    /// Sizes, outermost first: `[out, in of a group, height, width]` for a convolution, `[out, in]` for a linear layer.
    pub shape: Vec<usize>,
    /// How it gets its values.
    pub kind: ParameterKind,
}

impl Parameter {
    pub(crate) fn trainable(name: String, shape: &[usize]) -> Self {
        Self { name, shape: shape.to_vec(), kind: ParameterKind::Trainable }
    }

    pub(crate) fn buffer(name: String, shape: &[usize]) -> Self {
        Self { name, shape: shape.to_vec(), kind: ParameterKind::Buffer }
    }

    pub(crate) fn counter(name: String) -> Self {
        Self { name, shape: Vec::new(), kind: ParameterKind::Counter }
    }

    /// How many values it has.
    pub fn numbers(&self) -> usize {
        self.shape.iter().product()
    }
}
