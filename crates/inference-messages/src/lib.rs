//! What a page and the Worker that runs the network say to one another.
//!
//! A message of the page is `{ request, bytes }`, one of the Worker `{ report, arrays }`: beside the [`Request`] travels an
//! image's `Uint8Array`, beside the [`Report`] a `Float32Array` for each thing that the report says comes beside it, in that
//! order. Each enum is an object whose one key says which, or a bare word: what names the kind inside the object would cost the
//! page 30 KB.

use catalog::manifest::{ModelFile, Runtime};
use serde::{Deserialize, Serialize};

/// From the page. Every URL is absolute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Fetch runtime and model, from the browser's store where they are there; go on where a download was cut off.
    Load(Box<Load>),
    /// Fetch the runtime, and take a file of the reader's as the model; the file travels beside the request.
    LoadOwn(Box<LoadOwn>),
    /// Stop what is being downloaded; what came is kept.
    Stop,
    /// Classify an image; its bytes, RGB, travel beside the request.
    Classify {
        /// Given back with the answer.
        id: u32,
        /// Whether what can be looked at stays the image before.
        aside: bool,
        /// What shall compute.
        choice: Choice,
        /// Width of the image, pixels.
        width: u32,
        /// Height of the image, pixels.
        height: u32,
    },
    /// Give the values of layers for the image last classified, but not aside.
    Look {
        /// Given back with the values.
        id: u32,
        /// Names of [`Report::Loaded`].
        layers: Vec<String>,
    },
}

/// What to fetch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// The runtime.
    pub runtime: Runtime,
    /// The model.
    pub model: ModelFile,
    /// Whether its weights as trained, where it has them beside the smaller file.
    pub full_precision: bool,
}

/// A model of the reader's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadOwn {
    /// The runtime.
    pub runtime: Runtime,
    /// Name of the file.
    pub name: String,
}

/// Values of the control `backend`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// WebGPU on a real graphics card, else WASM.
    Auto,
    /// WebGPU where there is any, else WASM.
    Webgpu,
    /// WASM.
    Wasm,
}

impl Choice {
    /// From the control's value; what is unknown is the reader's wish for the best.
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
    Progress {
        /// Which file.
        part: Part,
        /// Bytes of both files that are there.
        received: u64,
        /// Bytes of both files.
        total: u64,
    },
    /// Model and runtime are there and checked.
    Loaded(Box<Loaded>),
    /// An answer.
    Answer(Box<Answered>),
    /// The same image once more, so that the time without the first run's preparations is known.
    Again {
        /// Of the request.
        id: u32,
        /// Milliseconds of the second run.
        milliseconds: f64,
    },
    /// The values of layers.
    Looked(Box<Looked>),
    /// Something went wrong; the Worker still listens unless it is a [`Trouble::Crash`].
    Failed(Trouble),
}

/// What is there once a model is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// Whether nothing had to be downloaded.
    pub from_store: bool,
    /// Whether the next visit will find model and runtime in the browser's store.
    pub kept: bool,
    /// Every layer that can be looked at, in the order of computation.
    pub layers: Vec<Layer>,
    /// What a file of the reader's own says of itself; `None` where the page knows the model's card.
    pub own: Option<Own>,
    /// The last linear layer; beside the report come its weights, `[labels, channels]`, and its biases, `[labels]`.
    pub head: Option<Head>,
}

/// What a model of the reader's own takes and gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// Width and height of the image that goes in, pixels.
    pub size: u32,
    /// Names of the outputs.
    pub labels: Vec<String>,
    /// Name of its network, empty where the file does not say.
    pub architecture: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Whether the file says itself how images are to be prepared; if not, it is done as for `ImageNet`.
    pub says_preparation: bool,
}

/// A layer and the shape of its output without the batch: `[C, H, W]` of feature maps, `[C]` behind the pooling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name; torchvision's for the book's networks.
    pub layer: String,
    /// `None` where the model's file leaves a size open.
    pub shape: Option<Vec<usize>>,
}

/// The last linear layer of a network and what goes into it, by the names of [`Loaded::layers`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The linear layer.
    pub layer: String,
    /// How many numbers come out.
    pub labels: usize,
    /// How many go in.
    pub channels: usize,
    /// The layer whose feature maps are averaged to what goes in; `None` if the network does something else there.
    pub maps: Option<String>,
}

/// The values of layers for the image last classified; a `Float32Array` for each comes beside the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    /// Of the request.
    pub id: u32,
    /// In the order of the request.
    pub layers: Vec<LookedLayer>,
    /// Whether the network had to run; if not, the values were kept of an earlier run.
    pub ran: bool,
    /// Milliseconds of the run, 0 without one.
    pub milliseconds: f64,
    /// Bytes of layers' values that are kept now.
    pub kept_bytes: u64,
    /// What computed.
    pub backend: Backend,
    /// Why it was not what computed the answer; `None` if it was.
    pub fallback: Option<Fallback>,
}

/// A layer that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedLayer {
    /// Its name.
    pub layer: String,
    /// Shape of the values, without the batch; they are row-major.
    pub shape: Vec<usize>,
}

/// An answer and what stands behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// Of the request.
    pub id: u32,
    /// 0 to 1, in the order of the labels.
    pub probabilities: Vec<f32>,
    /// Any real number, in the order of the labels.
    pub logits: Vec<f32>,
    /// What computed.
    pub backend: Backend,
    /// Why not what was wished.
    pub fallback: Option<Fallback>,
    /// Milliseconds from the image's pixels to the probabilities.
    pub milliseconds: f64,
    /// Whether this was the first run by this backend, which also prepares it.
    pub first: bool,
    /// Batches of work handed to the graphics card during the run.
    pub gpu_submissions: u32,
    /// The graphics card as the browser names it, empty where it does not.
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

/// The two downloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// onnxruntime-web's WASM.
    Runtime,
    /// The ONNX file.
    Model,
}

/// Why WASM computed though WebGPU was wished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// `navigator.gpu` is missing.
    NoWebgpu,
    /// The browser found no adapter.
    NoAdapter,
    /// The only adapter is a processor that plays a graphics card; told only for [`Choice::Auto`].
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

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The server did not answer.
    Unreachable {
        /// Which file.
        part: Part,
    },
    /// It answered that it has no such file, or something like that.
    Http {
        /// Which file.
        part: Part,
        /// HTTP status, such as 404.
        status: u16,
    },
    /// The download ended early.
    CutOff {
        /// Which file.
        part: Part,
        /// Bytes that came.
        received: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// The reader stopped the download.
    Stopped {
        /// Bytes of both files that are there.
        received: u64,
        /// Bytes of both files.
        total: u64,
    },
    /// As many bytes as there should be, but others; or too many.
    Checksum {
        /// Which file.
        part: Part,
    },
    /// A file of the reader's own that is no model, or not of the kind that the page can ask.
    OwnModel {
        /// What was expected and what was found.
        detail: String,
    },
    /// Not enough memory.
    Memory {
        /// Bytes of both files.
        total: u64,
    },
    /// The runtime does not start, on this browser or with this file.
    Runtime {
        /// Its words.
        detail: String,
    },
    /// A layer could not be looked at; answers go on.
    Look {
        /// Of the request.
        id: u32,
        /// What went wrong.
        detail: String,
    },
    /// The file is another model than the page speaks of, such as one with another input.
    Unfit {
        /// What was expected and what found.
        detail: String,
    },
    /// The model does not run, by any backend.
    Model {
        /// The runtime's words.
        detail: String,
    },
    /// The Worker is gone.
    Crash {
        /// Its last words.
        detail: String,
    },
}

impl Trouble {
    /// Whether the Worker has to be replaced before another attempt: a runtime that failed to start once does not
    /// start again in the same Worker.
    pub fn needs_new_worker(&self) -> bool {
        matches!(
            self,
            Self::Memory { .. }
                | Self::Runtime { .. }
                | Self::Unfit { .. }
                | Self::Model { .. }
                | Self::Crash { .. }
        )
    }
}
