//! What a page and the Worker that runs a network send each other.
//!
//! `worker_kit` carries the messages and gives a number to each [`Request`], so that every [`Report`] says which one it belongs to. Pixels,
//! weights and layers' values are attached as typed arrays, in the order that each message states. URLs are absolute.

mod error;

use catalog::manifest::{ModelFile, Runtime};
use serde::{Deserialize, Serialize};

pub use error::NetworkError;

/// From the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Fetch the engine and a network of the book, from the browser's store where they are stored; a download that was cut off
    /// goes on. Answered by [`Report::Loaded`]; cancelling it stops the download and keeps what came.
    LoadModel(Box<LoadModel>),
    /// Fetch the engine and use the attached file of the reader's as the network. Answered by [`Report::Loaded`].
    LoadFile(Box<LoadFile>),
    /// Classify the attached image: its bytes, RGB. Answered by [`Report::Classified`].
    Classify(ImageToClassify),
    /// Compute the values of layers for the image last classified, but not aside. Answered by [`Report::Layers`].
    ComputeLayers {
        /// Names from [`LoadedModel::layers`].
        layers: Vec<String>,
    },
}

/// A network of the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadModel {
    /// The engine.
    pub runtime: Runtime,
    /// The network.
    pub model: ModelFile,
    /// Whether to fetch the weights as trained, if the book has them in addition to a smaller file.
    pub full_precision: bool,
}

/// A network of the reader's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadFile {
    /// The engine.
    pub runtime: Runtime,
    /// Name of the attached file.
    pub name: String,
}

/// What goes with an image's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageToClassify {
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// What shall compute.
    pub preferred: PreferredBackend,
    /// Whether the layers that can be computed stay those of the image before.
    pub aside: bool,
}

/// Values of the control `backend`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreferredBackend {
    /// WebGPU on a real graphics card, else WASM.
    #[default]
    Auto,
    /// WebGPU if available, else WASM.
    Webgpu,
    /// WASM.
    Wasm,
}

impl PreferredBackend {
    /// From the control's value; an unknown one means [`PreferredBackend::Auto`].
    pub fn from_value(value: &str) -> Self {
        match value {
            "webgpu" => Self::Webgpu,
            "wasm" => Self::Wasm,
            _ => Self::Auto,
        }
    }
}

/// From the Worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// Bytes are coming.
    Progress(Progress),
    /// Engine and network are there and checked. Attached are the weights of [`LoadedModel::head`], `[labels, channels]`, and its
    /// biases, `[labels]`.
    Loaded(Box<LoadedModel>),
    /// The answer to an image.
    Classified(Box<Classification>),
    /// The same image ran once more, so that its time without the first run's preparations is known.
    Repeated {
        /// Of the second run.
        milliseconds: f64,
    },
    /// The values of layers: for each layer an attached array.
    Layers(Box<ComputedLayers>),
    /// Something went wrong. The Worker still listens.
    Failed(NetworkError),
}

/// How far a download has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The file that is coming.
    pub file: FileKind,
    /// Where it comes from.
    pub source: FileSource,
    /// Bytes of all files that are there.
    pub received: u64,
    /// Bytes of all files.
    pub total: u64,
}

/// The two files that are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// onnxruntime-web's WASM.
    Engine,
    /// The ONNX file.
    Network,
}

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileSource {
    /// The browser's store.
    Store,
    /// The server.
    Server,
}

/// What is there once a network is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedModel {
    /// Bytes that had to be downloaded for it; 0 if everything was there.
    pub downloaded: u64,
    /// Whether the next visit will find engine and network in the browser's store.
    pub stored: bool,
    /// Every layer whose values can be computed, in the order of computation.
    pub layers: Vec<Layer>,
    /// Names of the outputs as the file has them, where the page's card lacks them; otherwise empty.
    pub labels: Vec<String>,
    /// What the reader's own file says about itself; `None` if the page knows the model's card.
    pub reader_model: Option<ReaderModel>,
    /// The last linear layer.
    pub head: Option<Head>,
}

/// What a network of the reader's takes and gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderModel {
    /// Width and height of the image that goes in, pixels.
    pub size: u32,
    /// Names of the outputs.
    pub labels: Vec<String>,
    /// Name of its architecture, empty where the file does not say.
    pub architecture: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Whether the file says how images are prepared for it; if not, they are prepared as for `ImageNet`.
    pub says_preparation: bool,
}

/// A layer and the shape of its output without the batch: `[C, H, W]` of feature maps, `[C]` behind the pooling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name; torchvision's for the book's networks.
    pub name: String,
    /// `None` where the model's file leaves a size open.
    pub shape: Option<Vec<usize>>,
}

/// The last linear layer of a network and what goes into it, by the names of [`LoadedModel::layers`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The linear layer.
    pub layer: String,
    /// Number of outputs.
    pub labels: usize,
    /// How many go in.
    pub channels: usize,
    /// The layer whose feature maps are averaged to what goes in; `None` if the network does something else there.
    pub maps: Option<String>,
}

/// The values of layers for the image last classified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComputedLayers {
    /// In the order of the request.
    pub layers: Vec<ComputedLayer>,
    /// Whether the network had to run; if not, the values were kept from an earlier run.
    pub ran: bool,
    /// Milliseconds of the run, 0 without one.
    pub milliseconds: f64,
    /// Bytes of layers' values that the Worker keeps now.
    pub kept_bytes: u64,
    /// What computed.
    pub backend: Backend,
    /// Why it was not what computed the answer; `None` if it was.
    pub fallback: Option<Fallback>,
}

/// A layer that was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputedLayer {
    /// Its name.
    pub name: String,
    /// Shape of its values, without the batch; they are row-major.
    pub shape: Vec<usize>,
}

/// A network's answer to an image and how it was computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// 0 to 1, in the order of the labels.
    pub probabilities: Vec<f32>,
    /// Any real number, in the order of the labels.
    pub logits: Vec<f32>,
    /// What computed.
    pub backend: Backend,
    /// Why it was not the preferred backend.
    pub fallback: Option<Fallback>,
    /// Milliseconds from the image's pixels to the probabilities.
    pub milliseconds: f64,
    /// Whether this was the first run by this backend, which also prepares it.
    pub first: bool,
    /// Batches of work that the graphics card was given during the run.
    pub gpu_submissions: u32,
    /// The graphics card as the browser names it, empty if it does not.
    pub adapter: String,
}

/// What computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// The graphics card.
    Webgpu,
    /// The processor.
    Wasm,
}

/// Why WASM computed though WebGPU was preferred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// `navigator.gpu` is missing.
    NoWebgpu,
    /// The browser found no adapter.
    NoAdapter,
    /// The only adapter is a graphics card emulated in software; reported only for [`PreferredBackend::Auto`].
    SoftwareAdapter,
    /// The browser lost the graphics card while it was in use.
    Lost {
        /// The browser's words, which may be none.
        detail: String,
    },
    /// It failed while the session was made or run.
    Failed {
        /// The runtime's words.
        detail: String,
    },
}
