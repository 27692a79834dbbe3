//! The ISIC Archive's public service: search by diagnosis and licence, and download of the images.
//!
//! Written from the archive's published code and documentation of 2026 (API version 2) and tested against a server of
//! our own that answers in these forms, errors included.
//!
//! Source: <https://api.isic-archive.com/api/docs/swagger/>.

mod download;
mod mapping;
mod picked;
mod record;
mod request;

pub use download::{FetchedDataset, bytes, fetch};
pub use picked::{Catalogue, PickedImage};
pub use request::{ArchiveRequest, Licence};

/// The service's public address.
pub const BASE: &str = "https://api.isic-archive.com/api/v2";
