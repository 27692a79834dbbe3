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
    /// It answered that it has no such file, or something like that.
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
        /// Bytes that came.
        received: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// The reader stopped the download.
    Stopped {
        /// Bytes of all files that are there.
        received: u64,
        /// Bytes of all files.
        total: u64,
    },
    /// As many bytes as there should be, but others; or too many.
    Checksum {
        /// Which file.
        file: FileKind,
    },
    /// A file of the reader's that is not a network, or not of a kind that the page can use.
    ReaderFile {
        /// What was expected and what was found.
        detail: String,
    },
    /// Not enough memory.
    Memory {
        /// Bytes of all files.
        total: u64,
    },
    /// The engine does not start, in this browser or with this file.
    Engine {
        /// Its words.
        detail: String,
    },
    /// A layer could not be computed; answers go on.
    Layer {
        /// What went wrong.
        detail: String,
    },
    /// The file is another model than the page describes, such as one with another input.
    OtherModel {
        /// What was expected and what was found.
        detail: String,
    },
    /// The network does not run, by any backend.
    Run {
        /// The engine's words.
        detail: String,
    },
    /// The Worker is gone. Never sent; the page concludes it.
    Crash {
        /// Its last words.
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
