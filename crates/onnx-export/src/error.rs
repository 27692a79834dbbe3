//! Why a network and its weights make no ONNX file.

use crate::PROBABILITIES;

/// Weights, names or labels that do not fit the network.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Bytes that are no safetensors file.
    #[error("the weights are no safetensors file")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// A parameter stored as something else than floating-point numbers.
    #[error("parameter {name} expects numbers of type F32, F16 or BF16, found {found}")]
    Type {
        /// Name of the parameter.
        name: String,
        /// The type in the file.
        found: String,
    },
    /// A parameter that the network has and the weights have not.
    #[error("{network} expects a parameter {name} of shape {expected:?}, found none among {count} weights")]
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
    #[error("{network} expects {count} parameters, none called {name}, found it with shape {found:?}")]
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
    #[error("parameter {name} of {network} expects shape {expected:?}, found {found:?}")]
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
    #[error("parameter {name} expects {expected} values for its shape {shape:?}, found {found}")]
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
    #[error("parameter {name} expects values between -{limit:?} and {limit:?}, found {found}")]
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
    #[error("layer {name} of {network} expects a name that is neither \"logits\" nor a parameter's")]
    Name {
        /// Name of the network.
        network: String,
        /// Name of the layer.
        name: String,
    },
    /// Labels that do not name the outputs.
    #[error("{network} expects {expected} different labels without commas, found {found:?}")]
    Labels {
        /// Name of the network.
        network: String,
        /// Number of outputs.
        expected: usize,
        /// The labels given.
        found: Vec<String>,
    },
    /// Bytes that are no ONNX file.
    #[error("the model is no ONNX file")]
    Onnx(#[from] prost::DecodeError),
}
