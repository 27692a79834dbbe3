//! The training set of the ISIC 2019 challenge, from the challenge's own files.
//!
//! About 9.8 GB to download, and as much again while it is unpacked. Nobody publishes checksums of these files; every
//! image is compared with the checksum in its archive.
//!
//! Source: <https://challenge.isic-archive.com/data/#2019>.

use std::path::Path;

use crate::http::{self, Client};
use crate::{Dataset, Error, isic, unpack};

/// Where the files are, the newest place first.
pub const BASES: [&str; 3] = [
    "https://isic-archive.s3.amazonaws.com/challenges/2019",
    "https://isic-challenge-data.s3.amazonaws.com/2019",
    "https://s3.amazonaws.com/isic-challenge-2019",
];

/// Images of the training set.
pub const IMAGES: usize = 25_331;

const ARCHIVE: &str = "ISIC_2019_Training_Input.zip";

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The archive's size in bytes, and how many are there already.
    Archive {
        /// In all.
        bytes: Option<u64>,
        /// From an earlier run.
        there: u64,
    },
    /// So many bytes more; negative where some were lost.
    Bytes(i64),
    /// So many of the archive's files are unpacked.
    Unpacked {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
    },
}

/// Downloads the tables and the archive, of which `images` images are expected, into `folder/download`, unpacks them into
/// `folder` and writes the tables there last.
///
/// # Errors
/// [`Error::Web`] if none of `bases` has the files; everything wrong with the tables or the archive; a full disk.
/// The same call again continues where this one stopped.
pub fn fetch(
    client: &Client,
    bases: &[&str],
    images: usize,
    folder: &Path,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Dataset, Error> {
    let downloads = folder.join("download");
    for name in [isic::METADATA, isic::GROUND_TRUTH] {
        let path = downloads.join(name);
        if !path.exists() {
            let get = |url: &str| client.download(url, &path, None, &is_table, &|_| {});
            from_one_of(bases, name, get)?;
        }
    }
    let tables = Dataset::read(&downloads)?;
    let found = tables.images().len() + tables.left_out().len();
    if found != images {
        let problem = format!(
            "the tables must have {images} rows, but have {found}; remove the folder to download it again"
        );
        return Err(Error::place(&downloads, problem));
    }
    let archive = downloads.join(ARCHIVE);
    if !archive.exists() {
        let get = |url: &str| {
            let bytes = client.size(url)?;
            let there = http::length(&http::part_of(&archive));
            progress(Progress::Archive { bytes, there });
            client.download(url, &archive, bytes, &|_| Ok(()), &|bytes| progress(Progress::Bytes(bytes)))
        };
        from_one_of(bases, ARCHIVE, get)?;
    }
    unpack(client, &archive, folder, &|done, of| progress(Progress::Unpacked { done, of }))?;
    let dataset = Dataset::new(folder, tables.images().to_vec())?;
    if let Some(problem) = dataset.check()?.into_iter().next() {
        return Err(problem);
    }
    // The tables come last: a folder with tables is whole.
    dataset.write()?;
    Ok(dataset)
}

/// A file from the first place that has it; what one place began, the next continues with.
fn from_one_of(bases: &[&str], name: &str, get: impl Fn(&str) -> Result<(), Error>) -> Result<(), Error> {
    let mut refused = Error::Request("there is no address to download from".to_owned());
    for base in bases {
        match get(&format!("{base}/{name}")) {
            // That a place has no such file says less than that another broke off.
            Err(error @ Error::Web { status, .. }) => {
                if status.is_none() || !matches!(refused, Error::Web { status: None, .. }) {
                    refused = error;
                }
            }
            other => return other,
        }
    }
    Err(refused)
}

fn is_table(path: &Path) -> Result<(), String> {
    let text = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    if text.starts_with(b"image,") { Ok(()) } else { Err("this is not a table of images".to_owned()) }
}
