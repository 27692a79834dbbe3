//! What can be wrong with a data set.

use std::path::{Path, PathBuf};

/// A data set or split that cannot be read, made or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {operation} {}", path.display())]
    File {
        /// What was tried, as a verb: `read`, `write`.
        operation: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A row of a table is wrong.
    #[error("{}:{line}: {problem}", path.display())]
    Row {
        /// The table.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A file or folder is wrong.
    #[error("{}: {problem}", path.display())]
    Place {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// More than one thing is wrong.
    #[error("{first}; and {more} more: cargo xtask data check --data {}", folder.display())]
    Several {
        /// The first.
        first: Box<Error>,
        /// How many further ones.
        more: usize,
        /// The data set.
        folder: PathBuf,
    },
    /// A split file that no longer matches the hash next to it.
    #[error(
        "{} was changed: {} says that its SHA-256 is {expected}, but it is {found}; \
         split again, or, if you changed the split on purpose, record its hash with: sha256sum FILE > FILE.sha256",
        path.display(), sidecar.display()
    )]
    Hash {
        /// The split.
        path: PathBuf,
        /// The file with its hash.
        sidecar: PathBuf,
        /// The hash in that file.
        expected: String,
        /// The hash of the split.
        found: String,
    },
    /// A server that refuses, or sends something wrong.
    #[error("{url}: {problem}")]
    Web {
        /// What was asked for.
        url: String,
        /// What is wrong, and what to do.
        problem: String,
        /// The server's status, if it is final.
        status: Option<u16>,
    },
    /// The user asked to stop.
    #[error("stopped; run the same command again to continue")]
    Stopped,
    /// Percentages that do not sum to 100.
    #[error(transparent)]
    Shares(#[from] crate::SharesError),
    /// A request that makes no sense.
    #[error("{0}")]
    Request(String),
}

impl From<files::Error> for Error {
    fn from(files::Error { operation, path, source }: files::Error) -> Self {
        Self::File { operation, path, source }
    }
}

impl Error {
    /// For `map_err` on a file operation.
    pub(crate) fn file(operation: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File { operation, path: path.to_path_buf(), source }
    }

    pub(crate) fn row(path: &Path, line: u64, problem: String) -> Self {
        Self::Row { path: path.to_path_buf(), line, problem }
    }

    pub(crate) fn place(path: &Path, problem: impl Into<String>) -> Self {
        Self::Place { path: path.to_path_buf(), problem: problem.into() }
    }
}
