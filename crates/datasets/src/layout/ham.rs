//! HAM10000 as its authors publish it: `HAM10000_metadata.csv` with a row per image, and the images in
//! `HAM10000_images_part_1` and `HAM10000_images_part_2`.
//!
//! Its seven classes are `akiec`, `bcc`, `bkl`, `df`, `mel`, `nv`, `vasc`. `akiec` is actinic keratosis and Bowen's
//! disease, an early squamous cell carcinoma, in one; it is read as actinic keratosis, because the table does not tell
//! them apart. ISIC 2019's tables do: there, 130 of the 327 are AK and 197 are SCC.
//!
//! Source: Tschandl, Rosendahl, Kittler 2018, <https://doi.org/10.1038/sdata.2018.161>.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use catalog::Diagnosis;

use crate::listing::{
    Layout, ListedImage, Listing, age, entries, file_name, images_in, known, once, reason_to_leave_out,
};
use crate::table::Table;
use crate::{Error, Image, LeftOut, isic};

/// The table's names: on Harvard's Dataverse without an ending or as tab-separated text, on Kaggle as CSV.
const TABLES: [&str; 3] = ["HAM10000_metadata.csv", "HAM10000_metadata", "HAM10000_metadata.tab"];

/// The table of `folder`, if there is one.
pub(super) fn table(folder: &Path) -> Option<PathBuf> {
    TABLES.map(|name| folder.join(name)).into_iter().find(|path| path.is_file())
}

/// Reads it.
pub(super) fn list(folder: &Path, path: &Path) -> Result<Listing, Error> {
    let files = files(folder)?;
    let mut listing = Listing::new(Layout::Ham10000);
    let columns = ["lesion_id", "image_id", "dx", "age", "sex", "localization"];
    let mut table = Table::inspect(path, &columns)?;
    listing.problems.extend(table.take_problems());
    let mut lines = BTreeMap::new();
    for row in table.rows() {
        let [lesion, name, dx, years, sex, site] = row.cells else { continue };
        let name = isic::image_name(name);
        let image = once(&mut lines, name, &row).and_then(|()| {
            let unknown = || format!("dx must be akiec, bcc, bkl, df, mel, nv or vasc; it is `{dx}`");
            let diagnosis = diagnosis(dx).ok_or_else(|| row.error(unknown()))?;
            let [site, lesion, sex] = [site, lesion, sex].map(|cell| known(cell));
            Ok(Image { name: name.to_owned(), diagnosis, age: age(years, &row)?, site, lesion, sex })
        });
        match (image, reason_to_leave_out(name)) {
            (Err(problem), _) => listing.problems.push(problem),
            (Ok(image), Some(reason)) => listing.left_out.push(LeftOut { name: image.name, reason }),
            (Ok(image), None) => {
                let missing = || folder.join("HAM10000_images_part_1").join(format!("{name}.jpg"));
                let file = files.get(name).cloned().unwrap_or_else(missing);
                let row = Some((path.to_path_buf(), row.line));
                listing.listed.push(ListedImage { image, file, row, part: None });
            }
        }
    }
    Ok(listing)
}

/// The diagnosis of one of the seven words.
pub(super) fn diagnosis(dx: &str) -> Option<Diagnosis> {
    match dx {
        "akiec" => Some(Diagnosis::Ak),
        "bcc" => Some(Diagnosis::Bcc),
        "bkl" => Some(Diagnosis::Bkl),
        "df" => Some(Diagnosis::Df),
        "mel" => Some(Diagnosis::Mel),
        "nv" => Some(Diagnosis::Nv),
        "vasc" => Some(Diagnosis::Vasc),
        _ => None,
    }
}

/// Every image in a folder `HAM10000_images…`, by name; of two files of a name, the first folder's.
fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Error> {
    let mut files = BTreeMap::new();
    for part in entries(folder)? {
        if part.is_dir() && file_name(&part).to_lowercase().starts_with("ham10000_images") {
            for file in images_in(&part)? {
                let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                files.entry(name).or_insert(file);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dataset;

    const TABLE: &str = "lesion_id,image_id,dx,dx_type,age,sex,localization\n\
        HAM_1,ISIC_0027419,bkl,histo,80.0,male,scalp\n\
        HAM_1,ISIC_0025030,bkl,histo,80.0,male,scalp\n\
        HAM_2,ISIC_0026769,akiec,histo,,unknown,unknown\n";

    /// The table and three images, one of them in the second folder.
    fn example(table: &str, name: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), table).unwrap();
        for image in ["part_1/ISIC_0027419", "part_2/ISIC_0025030", "part_2/ISIC_0026769"] {
            let file = folder.path().join(format!("HAM10000_images_{image}.jpg"));
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, b"image").unwrap();
        }
        folder
    }

    #[test]
    fn the_authors_own_layout_is_read_with_images_in_two_folders() {
        for (table, name) in [
            (TABLE.to_owned(), TABLES[0]),
            (TABLE.replace('\n', "\r\n"), TABLES[1]),
            (TABLE.replace(',', "\t"), TABLES[2]),
        ] {
            let folder = example(&table, name);
            let dataset = Dataset::read(folder.path()).unwrap();
            assert_eq!(dataset.layout(), Layout::Ham10000);
            let image = dataset.image("ISIC_0025030").unwrap();
            assert_eq!((image.diagnosis, image.age, image.lesion()), (Diagnosis::Bkl, Some(80), "HAM_1"));
            assert!(dataset.path("ISIC_0025030").ends_with("HAM10000_images_part_2/ISIC_0025030.jpg"));
            let bowen = dataset.image("ISIC_0026769").unwrap();
            assert_eq!(
                (bowen.diagnosis, bowen.sex.as_ref(), bowen.site.as_ref()),
                (Diagnosis::Ak, None, None)
            );
            assert!(dataset.check().unwrap().is_empty());
        }
    }

    #[test]
    fn an_unknown_class_is_named_by_file_and_line() {
        let folder = example(&TABLE.replace("akiec", "wart"), TABLES[0]);
        let message = Dataset::read(folder.path()).unwrap_err().to_string();
        assert!(message.contains("HAM10000_metadata.csv:4") && message.contains("it is `wart`"), "{message}");
    }

    #[test]
    fn missing_empty_and_unlisted_images_are_all_named() {
        let folder = example(TABLE, TABLES[0]);
        let part = folder.path().join("HAM10000_images_part_2");
        std::fs::remove_file(part.join("ISIC_0025030.jpg")).unwrap();
        std::fs::write(part.join("ISIC_0026769.jpg"), b"").unwrap();
        std::fs::write(part.join("ISIC_9.jpg"), b"image").unwrap();
        let problems = Dataset::read(folder.path()).unwrap().check().unwrap();
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(texts[0].contains("HAM10000_metadata.csv:3") && texts[0].contains("is missing"));
        assert!(texts[1].contains("HAM10000_metadata.csv:4") && texts[1].contains("is empty"));
        assert!(texts[2].contains("ISIC_9.jpg") && texts[2].contains("has no row"));
    }
}
