//! What page and Worker say to one another.

use catalog::manifest::{ModelFile, Runtime};
use serde::{Deserialize, Serialize};

/// From the page. Every URL is absolute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Request {
    /// Fetch runtime and model, from the browser's store where they are there; go on where a download was cut off.
    Load(Box<Load>),
    /// Stop what is being downloaded; what came is kept.
    Stop,
    /// Classify an image; its bytes, RGB, travel beside the message.
    Classify {
        /// Given back with the answer.
        id: u32,
        /// What shall compute.
        choice: Choice,
        /// Width of the image, pixels.
        width: u32,
        /// Height of the image, pixels.
        height: u32,
    },
}

/// What to fetch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// The runtime.
    pub runtime: Runtime,
    /// The model.
    pub model: ModelFile,
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
#[serde(tag = "tell", rename_all = "kebab-case")]
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
    Loaded {
        /// Whether nothing had to be downloaded.
        from_store: bool,
        /// Whether the next visit will find them in the browser's store.
        kept: bool,
    },
    /// An answer.
    Answer(Box<Answered>),
    /// The same image once more, so that the time without the first run's preparations is known.
    Again {
        /// Of the request.
        id: u32,
        /// Milliseconds of the second run.
        milliseconds: f64,
    },
    /// Something went wrong; the Worker still listens unless it is a [`Trouble::Crash`].
    Failed(Trouble),
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
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Fallback {
    /// `navigator.gpu` is missing.
    NoWebgpu,
    /// The browser found no adapter.
    NoAdapter,
    /// The only adapter is a processor that plays a graphics card; told only for [`Choice::Auto`].
    SoftwareAdapter,
    /// It failed while the session was made or run.
    Failed {
        /// The runtime's words.
        detail: String,
    },
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
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
        matches!(self, Self::Memory { .. } | Self::Runtime { .. } | Self::Model { .. } | Self::Crash { .. })
    }
}
