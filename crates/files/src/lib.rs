//! Files: written completely or not at all, read, listed in a fixed order, hashed.
//!
//! Errors name the operation and the path; the operating system's words are their source.

mod hash;
mod list;
mod whole;

use std::path::{Path, PathBuf};

pub use hash::{content_name, hex, sha256, sha256_of};
pub use list::{below, entries};
pub use whole::write;

/// An operation on a file or folder that the operating system refused.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} {}", path.display())]
pub struct Error {
    /// What was tried, as a verb: `read`, `write`, `list`.
    pub operation: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// The operating system's reason.
    pub source: std::io::Error,
}

impl Error {
    /// For `map_err` on a file operation.
    fn on(operation: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self { operation, path: path.to_path_buf(), source }
    }
}

/// Reads a whole file.
///
/// # Errors
/// A file that is missing or unreadable.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(Error::on("read", path))
}

/// Reads a whole file as UTF-8.
///
/// # Errors
/// A file that is missing, unreadable or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(Error::on("read", path))
}

/// A number of bytes for people, in decimal units, as networks count: `386 KB`, `26.8 MB`.
///
/// ```
/// assert_eq!([999, 386_000, 26_840_000].map(files::size), ["999 B", "386 KB", "26.8 MB"]);
/// ```
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
