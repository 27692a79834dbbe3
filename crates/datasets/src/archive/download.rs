//! The files of chosen images, over several connections at once, with whom to name and what is allowed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::picked::{Catalogue, PickedImage, address_now};
use super::request::Licence;
use crate::http::{Client, length, part_of};
use crate::{Dataset, Error, isic};

/// After so many images that cannot be had, the rest is not tried.
const MOST_FAILURES: usize = 20;

/// A data set from the archive.
#[derive(Debug)]
pub struct FetchedDataset {
    /// Written in ISIC 2019's layout.
    pub dataset: Dataset,
    /// How many of its images were there before.
    pub there_before: usize,
}

/// How many of the catalogue's bytes are in `folder` already, and how many there are in all, as far as sizes are known.
pub fn bytes(catalogue: &Catalogue, folder: &Path) -> [u64; 2] {
    let mut sums = [0; 2];
    for picked in &catalogue.images {
        let path = isic::image_path(folder, &picked.id);
        let there = if is_there(folder, picked) { length(&path) } else { length(&part_of(&path)) };
        sums[0] += there;
        sums[1] += picked.size.unwrap_or(there);
    }
    sums
}

/// Downloads what `catalogue` lists into `folder`, over `connections` at once, and writes the tables when all is there.
/// `progress` receives bytes.
///
/// # Errors
/// The first disk error; [`Error::Stopped`]; or else what could not be downloaded. Complete images stay, and the same
/// call again continues with the rest.
pub fn fetch(
    client: &Client,
    base: &str,
    catalogue: &Catalogue,
    folder: &Path,
    connections: usize,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<FetchedDataset, Error> {
    let missing: Vec<&PickedImage> =
        catalogue.images.iter().filter(|picked| !is_there(folder, picked)).collect();
    let (next, end) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failures = Mutex::new(Vec::new());
    let work = || {
        while let Some(picked) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
            if end.load(Ordering::Relaxed) {
                return;
            }
            if let Err(error) = fetch_one(client, base, picked, folder, progress) {
                let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                let fatal = !matches!(error, Error::Web { .. });
                failures.push(error);
                if fatal || failures.len() >= MOST_FAILURES {
                    end.store(true, Ordering::Relaxed);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..connections.clamp(1, missing.len().max(1)) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = worst(failures, folder) {
        return Err(error);
    }
    write_credits(client, base, catalogue, folder)?;
    let dataset = Dataset::new(folder, catalogue.images.iter().map(PickedImage::image).collect())?;
    // The tables come last: a folder with tables is whole.
    dataset.write()?;
    Ok(FetchedDataset { dataset, there_before: catalogue.images.len() - missing.len() })
}

/// A disk error before all others, then what several images failed with.
fn worst(mut failures: Vec<Error>, folder: &Path) -> Option<Error> {
    failures.sort_by_key(|error| matches!(error, Error::Web { .. }));
    let count = failures.len();
    let first = failures.into_iter().next()?;
    if count == 1 || !matches!(first, Error::Web { .. }) {
        return Some(first);
    }
    let problem = format!(
        "{count} images could not be downloaded, the first: {first}; run the same command again to continue"
    );
    Some(Error::place(folder, problem))
}

fn is_there(folder: &Path, picked: &PickedImage) -> bool {
    let there = length(&isic::image_path(folder, &picked.id));
    there > 0 && picked.size.is_none_or(|size| size == there)
}

fn fetch_one(
    client: &Client,
    base: &str,
    picked: &PickedImage,
    folder: &Path,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<(), Error> {
    let path = isic::image_path(folder, &picked.id);
    let get = |url: &str| client.download(url, &path, picked.size, &whole_jpeg, progress);
    match get(&picked.url) {
        // The address may have been for a while only.
        Err(Error::Web { status: Some(401 | 403 | 404), .. }) => get(&address_now(client, base, &picked.id)?),
        other => other,
    }
}

/// Whether a file begins and ends as a JPEG does.
fn whole_jpeg(path: &Path) -> Result<(), String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err("this is not a JPEG".to_owned());
    }
    // Some cameras write a little behind the end of the image.
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    if !tail.windows(2).any(|pair| pair == [0xff, 0xd9]) {
        return Err("the JPEG is incomplete".to_owned());
    }
    Ok(())
}

/// `attribution.csv` with a row per image, `attribution.txt` for a page that shows them, and the licences' texts.
fn write_credits(client: &Client, base: &str, catalogue: &Catalogue, folder: &Path) -> Result<(), Error> {
    let mut table = String::from("isic_id,copyright_license,attribution,licence_url,image_url\n");
    for picked in &catalogue.images {
        let cells =
            [&picked.id, picked.licence.name(), &picked.attribution, picked.licence.address(), &picked.url];
        table.push_str(&cells.map(isic::quoted).join(","));
        table.push('\n');
    }
    files::write(&folder.join("attribution.csv"), table.as_bytes())?;
    let mut text = String::from("Images from the ISIC Archive, https://www.isic-archive.com\n");
    let authors: BTreeSet<(&str, Licence)> =
        catalogue.images.iter().map(|picked| (picked.attribution.as_str(), picked.licence)).collect();
    for (attribution, licence) in &authors {
        let same = |picked: &&PickedImage| picked.attribution == *attribution && picked.licence == *licence;
        let count = catalogue.images.iter().filter(same).count();
        let who = if attribution.is_empty() { "no attribution given" } else { attribution };
        // Writing to memory cannot fail.
        let _ = writeln!(text, "{count} images: {who}. {licence}, {}", licence.address());
    }
    files::write(&folder.join("attribution.txt"), text.as_bytes())?;
    for licence in authors.into_iter().map(|(_, licence)| licence).collect::<BTreeSet<_>>() {
        let path = folder.join("licenses").join(format!("{licence}.txt"));
        if path.exists() {
            continue;
        }
        let text = match client.text(&format!("{base}/zip-download/license-file/{licence}/")) {
            Ok(text) => text,
            // Its address says the same.
            Err(Error::Web { status: Some(404), .. }) => format!("{licence}: {}\n", licence.address()),
            Err(error) => return Err(error),
        };
        files::write(&path, text.as_bytes())?;
    }
    Ok(())
}
