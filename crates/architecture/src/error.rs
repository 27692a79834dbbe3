//! What can be wrong with the description of a network.

use crate::{Shape, families};

/// A description that no network has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchitectureError {
    /// No network has this name.
    #[error(
        "unknown network \"{found}\"; use one of {}",
        families::names().collect::<Vec<_>>().join(", ")
    )]
    UnknownName {
        /// The name asked for.
        found: String,
    },
    /// No outputs, or images without pixels.
    #[error(
        "{network} needs at least 1 class and images of at least 1 pixel, not {classes} and {image_size}"
    )]
    Empty {
        /// Name of the network.
        network: String,
        /// Number of outputs asked for.
        classes: usize,
        /// Width and height asked for, in pixels.
        image_size: usize,
    },
    /// Two layers with the same name.
    #[error("{network} has two layers {layer}; every layer needs its own name")]
    Duplicate {
        /// Name of the network.
        network: String,
        /// Name of the layer.
        layer: String,
    },
    /// A layer that reads what no earlier layer writes.
    #[error("layer {layer} reads {input}, which is neither \"input\" nor an earlier layer of {network}")]
    UnknownInput {
        /// Name of the network.
        network: String,
        /// Name of the layer.
        layer: String,
        /// What it wants to read.
        input: String,
    },
    /// Inputs that the operation cannot work on.
    #[error("layer {layer} expects {expected}, found {}", Shape::list(found))]
    Shape {
        /// Name of the layer.
        layer: String,
        /// What fits, in words.
        expected: String,
        /// The shapes of its inputs.
        found: Vec<Shape>,
    },
}
