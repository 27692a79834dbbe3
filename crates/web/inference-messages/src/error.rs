//! Why a network could not be loaded or run.

use serde::{Deserialize, Serialize};

use crate::FileKind;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkError {
    /// The server did not answer.
    Unreachable {
        /// Which file.
        file: FileKind,
    },
    /// The server answered with an error, such as that it has no such file.
    Http {
        /// Which file.
        file: FileKind,
        /// HTTP status, such as 404.
        status: u16,
    },
    /// The download ended early.
    CutOff {
        /// Which file.
        file: FileKind,
        /// Bytes that arrived.
        received: u64,
        /// Bytes expected.
        expected: u64,
    },
    /// The reader stopped the download.
    Stopped {
        /// Bytes of all files that arrived.
        received: u64,
        /// Bytes of all files.
        total: u64,
    },
    /// The wrong bytes, or too many.
    Checksum {
        /// Which file.
        file: FileKind,
    },
    /// The reader's file is not a network, or not one that the page can use.
    ReaderFile {
        /// What is wrong with it.
        detail: String,
    },
    /// Not enough memory.
    Memory {
        /// Bytes of all files.
        total: u64,
    },
    /// The engine does not start, in this browser or with this file.
    Engine {
        /// Its message.
        detail: String,
    },
    /// A layer could not be computed; classification still works.
    Layer {
        /// What went wrong.
        detail: String,
    },
    /// The file is not the model that the page describes: it has another input, for example.
    OtherModel {
        /// What is wrong with it.
        detail: String,
    },
    /// The network does not run on any backend.
    Run {
        /// The engine's message.
        detail: String,
    },
    /// The Worker stopped. Never sent; the page concludes it.
    Crash {
        /// Its last message.
        detail: String,
    },
}

impl NetworkError {
    /// Whether the Worker has to be replaced before another attempt: an engine that failed to start once does not start
    /// again in the same Worker.
    pub fn needs_new_worker(&self) -> bool {
        matches!(
            self,
            Self::Memory { .. }
                | Self::Engine { .. }
                | Self::OtherModel { .. }
                | Self::Run { .. }
                | Self::Crash { .. }
        )
    }
}
