//! A folder per class: `MEL/*.jpg`, `NV/*.jpg`, …, or the same inside `training`, `validation` and `test`.
//!
//! The folders' names are ISIC's abbreviations or HAM10000's seven words, in any case. Which images show one lesion
//! is not known from folders; with a table `ISIC_2019_Training_Metadata.csv` it would be that layout.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use catalog::Diagnosis;

use super::ham;
use crate::listing::{Layout, ListedImage, Listing, entries, file_name, images_in, reason_to_leave_out};
use crate::{Error, Image, LeftOut, SplitPart};

/// Whether a folder of `folder` has the name of a class or a part.
pub(super) fn is_here(folder: &Path) -> Result<bool, Error> {
    let names = |path: &PathBuf| path.is_dir() && (class(path).is_some() || part(path).is_some());
    Ok(entries(folder)?.iter().any(names))
}

/// Reads the folders.
pub(super) fn list(folder: &Path) -> Result<Listing, Error> {
    let mut listing = Listing::new(Layout::Folders);
    let mut seen = BTreeMap::new();
    for inner in visible(folder)? {
        match part(&inner) {
            Some(part) if inner.is_dir() => {
                for class in visible(&inner)? {
                    add_class(&class, Some(part), &mut seen, &mut listing)?;
                }
            }
            _ if inner.is_dir() => add_class(&inner, None, &mut seen, &mut listing)?,
            // A split, a licence, a read-me.
            _ => {}
        }
    }
    let parts = |given: bool| listing.listed.iter().any(|listed| listed.part.is_some() == given);
    if parts(true) && parts(false) {
        let problem = "some class folders are inside training, validation and test and some are not; move all or none of them there";
        return Err(Error::place(folder, problem));
    }
    Ok(listing)
}

fn add_class(
    folder: &Path,
    part: Option<SplitPart>,
    seen: &mut BTreeMap<String, PathBuf>,
    listing: &mut Listing,
) -> Result<(), Error> {
    let Some(diagnosis) = class(folder).filter(|_| folder.is_dir()) else {
        let problem = "a class folder must be named MEL, NV, BCC, AK, BKL, DF, VASC or SCC; rename it, or move it out of the data set";
        listing.problems.push(Error::place(folder, problem));
        return Ok(());
    };
    let images = images_in(folder)?;
    for other in visible(folder)?.iter().filter(|path| !images.contains(path)) {
        listing.problems.push(Error::place(
            other,
            "this is not an image (jpg, png or webp); move it out of the data set",
        ));
    }
    for file in images {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(before) = seen.insert(name.clone(), file.clone()) {
            let same = class(before.parent().unwrap_or(folder)) == Some(diagnosis);
            let what = if same { "twice" } else { "in two classes" };
            let problem = format!("{name} appears {what}, also as {}; remove one of them", before.display());
            listing.problems.push(Error::place(&file, problem));
            continue;
        }
        if let Some(reason) = reason_to_leave_out(&name) {
            listing.left_out.push(LeftOut { name, reason });
            continue;
        }
        let image = Image { name, diagnosis, age: None, site: None, lesion: None, sex: None };
        listing.listed.push(ListedImage { image, file, row: None, part });
    }
    Ok(())
}

/// Entries that are data: not hidden files, and not those that file managers leave behind.
fn visible(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let is_data = |path: &PathBuf| {
        let name = file_name(path);
        !name.starts_with('.') && !["Thumbs.db", "desktop.ini", "__MACOSX"].contains(&name.as_str())
    };
    Ok(entries(folder)?.into_iter().filter(is_data).collect())
}

fn class(folder: &Path) -> Option<Diagnosis> {
    let name = file_name(folder).to_lowercase();
    Diagnosis::from_abbreviation(&name).or_else(|| ham::diagnosis(&name))
}

fn part(folder: &Path) -> Option<SplitPart> {
    match file_name(folder).to_lowercase().as_str() {
        "training" | "train" => Some(SplitPart::Training),
        "validation" | "val" | "valid" => Some(SplitPart::Validation),
        "test" | "testing" => Some(SplitPart::Test),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dataset;

    fn check_folders(files: &[&str]) -> Result<Dataset, String> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, b"image").unwrap();
        }
        Dataset::read(folder.path()).map_err(|e| e.to_string())
    }

    #[test]
    fn a_folder_per_class_is_read() {
        let dataset = check_folders(&["MEL/a.jpg", "nv/b.PNG", "akiec/c.jpeg", "nv/.DS_Store"]).unwrap();
        let found: Vec<_> = dataset.images().iter().map(|i| (i.name.as_str(), i.diagnosis)).collect();
        assert_eq!(found, [("a", Diagnosis::Mel), ("b", Diagnosis::Nv), ("c", Diagnosis::Ak)]);
        assert!(dataset.path("b").ends_with("nv/b.PNG"));
        assert_eq!(dataset.given_part("a"), None);
    }

    #[test]
    fn folders_for_parts_say_which_image_is_where() {
        let dataset =
            check_folders(&["training/MEL/a.jpg", "validation/MEL/b.jpg", "test/NV/c.jpg"]).unwrap();
        let parts: Vec<_> = ["a", "b", "c"].map(|name| dataset.given_part(name).unwrap()).into();
        assert_eq!(parts, SplitPart::ALL);
    }

    #[test]
    fn an_image_in_two_classes_or_two_parts_is_refused_by_both_places() {
        let message = check_folders(&["MEL/a.jpg", "NV/a.jpg"]).unwrap_err();
        assert!(message.contains("in two classes") && message.contains("MEL/a.jpg"), "{message}");
        let message = check_folders(&["training/NV/a.jpg", "test/NV/a.jpg"]).unwrap_err();
        assert!(message.contains("twice") && message.contains("test/NV/a.jpg"), "{message}");
    }

    #[test]
    fn a_folder_of_no_class_and_a_stray_file_are_refused() {
        let message = check_folders(&["MEL/a.jpg", "benign/b.jpg"]).unwrap_err();
        assert!(message.contains("benign: a class folder must be named"), "{message}");
        let message = check_folders(&["MEL/a.jpg", "MEL/notes.txt"]).unwrap_err();
        assert!(message.contains("notes.txt: this is not an image"), "{message}");
        let message = check_folders(&["MEL/a.jpg", "test/MEL/b.jpg"]).unwrap_err();
        assert!(message.contains("move all or none of them"), "{message}");
    }

    #[test]
    fn a_folder_of_anything_else_says_what_a_data_set_looks_like() {
        let message = check_folders(&["photos/a.jpg", "letter.txt"]).unwrap_err();
        assert!(
            message.contains("HAM10000_metadata.csv") && message.contains("letter.txt, photos"),
            "{message}"
        );
    }
}
