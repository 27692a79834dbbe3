//! Recognises the layout of a folder: ISIC 2019's, HAM10000's own, or a folder per class.

mod folders;
mod ham;

use std::path::Path;

use crate::listing::{Listing, entries, file_name};
use crate::{Error, isic};

/// Recognises the layout of `folder` and reads it.
pub(crate) fn list(folder: &Path) -> Result<Listing, Error> {
    if isic::is_here(folder) {
        return isic::list(folder);
    }
    if let Some(table) = ham::table(folder) {
        return ham::list(folder, &table);
    }
    if folders::is_here(folder)? {
        return folders::list(folder);
    }
    let found: Vec<String> = entries(folder)?.iter().take(5).map(|path| file_name(path)).collect();
    let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
    Err(Error::place(
        folder,
        format!(
            "this is not a data set: it needs ISIC_2019_Training_GroundTruth.csv, HAM10000_metadata.csv, or a folder per class \
              (MEL, NV, …), but contains {found}; to get or make one: cargo xtask data --help"
        ),
    ))
}
