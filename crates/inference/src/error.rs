//! Why a model gives no answer.

use std::path::PathBuf;

/// A model, a runtime or an image that does not work; the message says what to do where something can be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InferenceError {
    /// The bytes end before the model does.
    #[error(
        "{model}: the ONNX file is cut short: at least {missing} more bytes expected after the {found} found"
    )]
    CutShort {
        /// Name of the model.
        model: String,
        /// Bytes there are.
        found: usize,
        /// Bytes that the file announces beyond them.
        missing: usize,
    },
    /// Something else than a model.
    #[error("{model}: expected an ONNX file, found {found}")]
    NotOnnx {
        /// Name of the model.
        model: String,
        /// What it is, as far as one can tell.
        found: String,
    },
    /// Not the bytes that the card speaks of.
    #[error(
        "{model}: the ONNX file is not the one model.toml describes: SHA-256 {expected} expected, found {found}"
    )]
    Checksum {
        /// Name of the model.
        model: String,
        /// The card's.
        expected: String,
        /// That of the bytes.
        found: String,
    },
    /// A model with other inputs or outputs than the card says.
    #[error("{model}: {what} expected, found {found}")]
    Shape {
        /// Name of the model.
        model: String,
        /// Input or output, with its shape.
        what: String,
        /// What the model has.
        found: String,
    },
    /// A layer that the model has not.
    #[error("no layer of the model is called {name}; its {count} layers are {first} to {last}")]
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
    /// Weights that the model has not, or stores in a way that is not read.
    #[error("the weights {name} expected in the ONNX file, found {found}")]
    NoWeights {
        /// The name asked for.
        name: String,
        /// What stands there.
        found: String,
    },
    /// A model without a card that does not say itself what it needs.
    #[error(
        "{model}: {expected} expected as {key} in the ONNX file's metadata, found {found}; put the model.toml of its export \
         beside it"
    )]
    Metadata {
        /// Name of the model.
        model: String,
        /// The entry of `metadata_props`.
        key: &'static str,
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// The native library is not there.
    #[error("ONNX Runtime is missing from {}; cargo xtask test downloads it", path.display())]
    RuntimeMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The runtime is there and does not start.
    #[error("ONNX Runtime does not start: {0}")]
    Runtime(String),
    /// The execution provider could not be added, or the session not be made with it.
    #[error("{backend} cannot run this model: {message}")]
    Backend {
        /// `WebGPU`, `WASM` or `CPU`.
        backend: &'static str,
        /// The runtime's words.
        message: String,
    },
    /// The run itself failed.
    #[error("the network did not answer: {0}")]
    Run(String),
}
