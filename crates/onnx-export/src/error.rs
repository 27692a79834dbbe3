//! Why a network and its weights make no ONNX file.

use crate::PROBABILITIES;

/// Weights, names or labels that do not fit the network.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Bytes that are no safetensors file.
    #[error("the weights are not a safetensors file")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// A parameter stored as something else than floating-point numbers.
    #[error("parameter {name} has values of type {found}; only F32, F16 and BF16 can be exported")]
    Type {
        /// Name of the parameter.
        name: String,
        /// The type in the file.
        found: String,
    },
    /// A parameter that the network has and the weights have not.
    #[error(
        "{network} needs a parameter {name} of shape {expected:?}, which is not among the {count} weights"
    )]
    Missing {
        /// Name of the network.
        network: String,
        /// Name of the parameter.
        name: String,
        /// Its shape in the network.
        expected: Vec<usize>,
        /// How many parameters the weights hold.
        count: usize,
    },
    /// A parameter that the weights have and the network has not.
    #[error(
        "unexpected parameter {name} of shape {found:?}: none of the {count} parameters of {network} has this name"
    )]
    Extra {
        /// Name of the network.
        network: String,
        /// How many parameters it has.
        count: usize,
        /// Name of the parameter.
        name: String,
        /// Its shape in the weights.
        found: Vec<usize>,
    },
    /// A parameter of another shape than the network's.
    #[error("parameter {name} of {network} must have shape {expected:?}, but has {found:?}")]
    Shape {
        /// Name of the network.
        network: String,
        /// Name of the parameter.
        name: String,
        /// Its shape in the network.
        expected: Vec<usize>,
        /// Its shape in the weights.
        found: Vec<usize>,
    },
    /// More or fewer values than the shape has places.
    #[error("parameter {name} has {found} values, but its shape {shape:?} needs {expected}")]
    Count {
        /// Name of the parameter.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
        /// The product of its shape.
        expected: usize,
        /// How many values there are.
        found: usize,
    },
    /// A value that is no number, infinite, or too large for the precision.
    #[error("parameter {name} has the value {found}, which is not between -{limit:?} and {limit:?}")]
    Value {
        /// Name of the parameter.
        name: String,
        /// Largest value that the precision can hold.
        limit: f32,
        /// The first value outside.
        found: f32,
    },
    /// A network that does not end in probabilities.
    #[error("an exported network ends in a softmax called \"{PROBABILITIES}\" over a layer, found {found}")]
    NoProbabilities {
        /// Its last layer, in words.
        found: String,
    },
    /// A layer that has a name of the file's own.
    #[error("layer {name} of {network} needs another name: \"logits\" and the parameters' names are taken")]
    Name {
        /// Name of the network.
        network: String,
        /// Name of the layer.
        name: String,
    },
    /// Labels that do not name the outputs.
    #[error("{network} needs {expected} different labels without commas, but has {found:?}")]
    Labels {
        /// Name of the network.
        network: String,
        /// Number of outputs.
        expected: usize,
        /// The labels given.
        found: Vec<String>,
    },
    /// Bytes that are no ONNX file.
    #[error("the model is not an ONNX file")]
    Onnx(#[from] prost::DecodeError),
}
