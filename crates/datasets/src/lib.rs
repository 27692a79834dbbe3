//! Folders of labelled images on disk: ISIC 2019's layout, and splits that keep a lesion's images together.
//!
//! Tables are CSV with LF or CRLF line ends, with or without a byte order mark; columns are found by name. Errors
//! name the file and the line. Everything is written whole or not at all.

mod error;
pub mod isic;
pub mod split;
mod table;
pub mod whole;

pub use error::Error;
pub use isic::{Dataset, Image};
pub use split::{By, Part, Shares, Split};
