//! Folders of labelled images on disk, in three layouts, and splits that keep a lesion's images together.
//!
//! Tables are CSV with LF or CRLF line ends, with or without a byte order mark; columns are found by name. Errors
//! name the file and the line. Files are written completely or not at all.
//!
//! Without the feature `files` only the arithmetic is left, for the page: which lesion goes to which part, and what
//! leaks.

#[cfg(feature = "download")]
pub mod archive;
pub mod census;
#[cfg(feature = "download")]
pub mod challenge;
#[cfg(feature = "files")]
mod dataset;
#[cfg(feature = "files")]
mod error;
#[cfg(feature = "download")]
pub mod http;
#[cfg(feature = "files")]
mod image;
#[cfg(feature = "files")]
pub mod isic;
#[cfg(feature = "files")]
mod layout;
pub mod leaks;
#[cfg(feature = "files")]
mod listing;
pub mod parts;
#[cfg(feature = "files")]
pub mod split;
#[cfg(feature = "files")]
mod table;
#[cfg(feature = "download")]
mod unpack;

pub use census::Census;
#[cfg(feature = "files")]
pub use dataset::Dataset;
#[cfg(feature = "files")]
pub use error::Error;
#[cfg(feature = "files")]
pub use image::{Image, LeftOut};
pub use leaks::Leaks;
#[cfg(feature = "files")]
pub use listing::Layout;
pub use parts::{Shares, SharesError, SplitItem, SplitPart, SplitUnit, folds, parts};
#[cfg(feature = "files")]
pub use split::Split;
#[cfg(feature = "download")]
pub use unpack::unpack;
