//! The numbers a layer holds: what training changes, and what batch normalisation counts along.

use serde::{Deserialize, Serialize};

/// How a parameter gets its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By gradient descent.
    Trainable,
    /// Running statistics of batch normalisation.
    Buffer,
    /// How many batches those were taken from: one whole number of 64 bits, which no computation reads.
    Counter,
}

/// A named array of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name in the published weights, such as torchvision's `layer1.0.conv1.weight`.
    pub name: String,
    /// Sizes, outermost first: `[out, in of a group, height, width]` for a convolution, `[out, in]` for a linear layer.
    pub shape: Vec<usize>,
    /// How it gets its values.
    pub kind: Kind,
}

impl Parameter {
    pub(crate) fn trainable(name: String, shape: &[usize]) -> Self {
        Self { name, shape: shape.to_vec(), kind: Kind::Trainable }
    }

    pub(crate) fn buffer(name: String, shape: &[usize]) -> Self {
        Self { name, shape: shape.to_vec(), kind: Kind::Buffer }
    }

    pub(crate) fn counter(name: String) -> Self {
        Self { name, shape: Vec::new(), kind: Kind::Counter }
    }

    /// How many numbers it holds.
    pub fn numbers(&self) -> usize {
        self.shape.iter().product()
    }
}
