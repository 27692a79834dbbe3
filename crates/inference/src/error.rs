//! Why a model gives no answer.

use std::path::PathBuf;

/// A model, a runtime or an image that does not work; the message says what to do, if anything can be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InferenceError {
    /// The bytes end before the model does.
    #[error(
        "{model}: the ONNX file is incomplete: after its {found} bytes, at least {missing} more are missing; copy or download it again"
    )]
    CutShort {
        /// Name of the model.
        model: String,
        /// Bytes in the file.
        found: usize,
        /// Bytes that are missing according to the file itself.
        missing: usize,
    },
    /// A file that is not a model.
    #[error("{model}: this is not an ONNX file, but {found}")]
    NotOnnx {
        /// Name of the model.
        model: String,
        /// What it seems to be.
        found: String,
    },
    /// Not the file that the card describes.
    #[error(
        "{model}: the ONNX file is not the one that model.toml describes: its SHA-256 is {found}, not {expected}; restore or export it again"
    )]
    Checksum {
        /// Name of the model.
        model: String,
        /// The card's hash.
        expected: String,
        /// The hash of the file.
        found: String,
    },
    /// A model with other inputs or outputs than the card says.
    #[error("{model}: the model needs {what}, but has {found}")]
    Shape {
        /// Name of the model.
        model: String,
        /// Input or output, with its shape.
        what: String,
        /// What the model has.
        found: String,
    },
    /// A layer that the model does not have.
    #[error("the model has no layer {name}; its {count} layers are {first} to {last}")]
    NoLayer {
        /// The name asked for.
        name: String,
        /// How many layers there are.
        count: usize,
        /// The first.
        first: String,
        /// The last.
        last: String,
    },
    /// Weights that the model does not have, or stores in an unsupported way.
    #[error("cannot read the weights {name} from the ONNX file: {found}")]
    NoWeights {
        /// The name asked for.
        name: String,
        /// Why not.
        found: String,
    },
    /// A model without a card, and without the metadata to make up for it.
    #[error(
        "{model}: the ONNX file's metadata needs {key} ({expected}), but has {found}; put the model.toml of its export next \
         to it"
    )]
    Metadata {
        /// Name of the model.
        model: String,
        /// The entry of `metadata_props`.
        key: &'static str,
        /// What it should contain.
        expected: &'static str,
        /// What it contains.
        found: String,
    },
    /// The native library is missing.
    #[error("ONNX Runtime is missing from {}; to download it, run: cargo xtask test", path.display())]
    RuntimeMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The runtime does not start.
    #[error("ONNX Runtime does not start: {0}")]
    Runtime(String),
    /// The execution provider could not be added, or no session could be created with it.
    #[error("{backend} cannot run this model: {message}")]
    Backend {
        /// `WebGPU`, `WASM` or `CPU`.
        backend: &'static str,
        /// The runtime's message.
        message: String,
    },
    /// The run itself failed.
    #[error("the network could not be run: {0}")]
    Run(String),
}
