//! The layout of ISIC 2019's training set, which every data set of ours shares.
//!
//! A folder holds `ISIC_2019_Training_Input/NAME.jpg`, `ISIC_2019_Training_GroundTruth.csv` (one column a diagnosis,
//! a single 1 a row) and `ISIC_2019_Training_Metadata.csv` (age in years, site, lesion, sex; a cell may be empty).
//!
//! Source: <https://challenge.isic-archive.com/data/#2019>.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use catalog::Diagnosis;

use crate::table::Table;
use crate::{Error, Item, whole};

const INPUT: &str = "ISIC_2019_Training_Input";
const GROUND_TRUTH: &str = "ISIC_2019_Training_GroundTruth.csv";
const METADATA: &str = "ISIC_2019_Training_Metadata.csv";

/// One image and what is known about it. A lesion may have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// File name without folder and ending.
    pub name: String,
    /// The one diagnosis.
    pub diagnosis: Diagnosis,
    /// Age of the patient in years, rounded to five by ISIC.
    pub age: Option<u32>,
    /// Body site, in ISIC's words.
    pub site: Option<String>,
    /// Identifier of the lesion; an image without one is a lesion of its own.
    pub lesion: Option<String>,
    /// `female` or `male`.
    pub sex: Option<String>,
}

impl Image {
    /// What its lesion is known by: the lesion's identifier, or else the image's name.
    pub fn lesion(&self) -> &str {
        self.lesion.as_deref().unwrap_or(&self.name)
    }
}

/// A folder of labelled images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    folder: PathBuf,
    images: Vec<Image>,
}

impl Dataset {
    /// Puts `images` in the order of their names.
    ///
    /// # Errors
    /// [`Error::Request`] if a name occurs twice or is not a plain file name.
    pub fn new(folder: &Path, mut images: Vec<Image>) -> Result<Self, Error> {
        images.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = images.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(Error::Request(format!("expected every image once, found {} twice", pair[0].name)));
        }
        if let Some(image) = images.iter().find(|image| !is_file_name(&image.name)) {
            return Err(Error::Request(format!("expected a file name, found `{}`", image.name)));
        }
        Ok(Self { folder: folder.to_path_buf(), images })
    }

    /// Reads the two tables of `folder`; the images themselves are opened by whoever wants their pixels.
    ///
    /// # Errors
    /// [`Error`] naming file and line: a table that is missing, a diagnosis that is not exactly one of the eight, an
    /// image named twice, or in one table only.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let mut known = read_metadata(&folder.join(METADATA))?;
        let path = folder.join(GROUND_TRUTH);
        let mut columns = vec!["image"];
        columns.extend(Diagnosis::ALL.map(Diagnosis::abbreviation));
        columns.push("UNK");
        let table = Table::read(&path, &columns)?;
        let mut names = BTreeSet::new();
        let mut images = Vec::new();
        for row in table.rows() {
            let name = row.cells[0].clone();
            if !is_file_name(&name) {
                return Err(row.error(format!("expected the name of an image, found `{name}`")));
            }
            if !names.insert(name.clone()) {
                return Err(row.error(format!("expected every image once, found {name} again")));
            }
            let diagnosis = one_hot(&row.cells[1..]).map_err(|problem| row.error(problem))?;
            let Some(about) = known.remove(&name) else {
                return Err(row.error(format!("expected a row for {name} in {METADATA}, found none")));
            };
            images.push(Image { diagnosis, ..about });
        }
        if let Some(name) = known.keys().next() {
            let problem = format!("expected a row for {name}, which {METADATA} names, found none");
            return Err(Error::row(&path, 1, problem));
        }
        Self::new(folder, images)
    }

    /// Writes the two tables; the images are the caller's.
    ///
    /// # Errors
    /// [`Error::File`] if the folder cannot be written.
    pub fn write(&self) -> Result<(), Error> {
        let mut truth = String::from("image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\n");
        let mut metadata = String::from("image,age_approx,anatom_site_general,lesion_id,sex\n");
        for image in &self.images {
            truth.push_str(&image.name);
            for diagnosis in Diagnosis::ALL {
                truth.push_str(if diagnosis == image.diagnosis { ",1.0" } else { ",0.0" });
            }
            truth.push_str(",0.0\n");
            let age = image.age.map(|age| age.to_string()).unwrap_or_default();
            let cells = [
                Some(&image.name),
                Some(&age),
                image.site.as_ref(),
                image.lesion.as_ref(),
                image.sex.as_ref(),
            ];
            let cells = cells.map(|cell| quoted(cell.map_or("", String::as_str)));
            metadata.push_str(&cells.join(","));
            metadata.push('\n');
        }
        whole::write(&self.folder.join(GROUND_TRUTH), truth.as_bytes())?;
        whole::write(&self.folder.join(METADATA), metadata.as_bytes())
    }

    /// The folder with the tables and the images.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every image, in the order of their names.
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// What a split needs to know of the images, in the order of their names.
    pub fn items(&self) -> Vec<Item<&str>> {
        let item = |image| Item { lesion: Image::lesion(image), diagnosis: image.diagnosis };
        self.images.iter().map(item).collect()
    }

    /// The image of this name.
    pub fn image(&self, name: &str) -> Option<&Image> {
        let at = self.images.binary_search_by(|image| image.name.as_str().cmp(name)).ok()?;
        Some(&self.images[at])
    }

    /// Where the file of an image lies.
    pub fn path(&self, name: &str) -> PathBuf {
        image_path(&self.folder, name)
    }
}

/// Where the image `name` of the data set in `folder` lies.
pub fn image_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(INPUT).join(format!("{name}.jpg"))
}

/// No folders, no way out of the folder.
fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\'])
}

/// A CSV cell, in quotes where it needs them.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// The diagnosis of nine cells with a single 1 among zeros; the ninth, `UNK`, is none of ours.
fn one_hot(cells: &[String]) -> Result<Diagnosis, String> {
    let mut found = None;
    for (index, cell) in cells.iter().enumerate() {
        match cell.parse::<f32>() {
            Ok(0.0) => {}
            Ok(1.0) if found.is_none() => found = Some(index),
            Ok(1.0) => return Err("expected one diagnosis, found two".to_owned()),
            _ => return Err(format!("expected 0 or 1 for a diagnosis, found `{cell}`")),
        }
    }
    let index = found.ok_or("expected one diagnosis, found none")?;
    Diagnosis::ALL
        .get(index)
        .copied()
        .ok_or_else(|| "expected one of the eight diagnoses, found UNK; leave the image out".to_owned())
}

/// Everything but the diagnosis, by name. The diagnosis is a placeholder until the ground truth is read.
fn read_metadata(path: &Path) -> Result<BTreeMap<String, Image>, Error> {
    let table = Table::read(path, &["image", "age_approx", "anatom_site_general", "lesion_id", "sex"])?;
    let mut known = BTreeMap::new();
    for row in table.rows() {
        let [name, age, site, lesion, sex] = row.cells else { continue };
        let text = |cell: &String| (!cell.is_empty()).then(|| cell.clone());
        let age = match age.as_str() {
            "" => None,
            // ISIC writes `55.0`.
            _ => match age.parse::<f32>() {
                Ok(years) if (0.0..=150.0).contains(&years) => Some(years as u32),
                _ => return Err(row.error(format!("expected an age in years or nothing, found `{age}`"))),
            },
        };
        let image = Image {
            name: name.clone(),
            diagnosis: Diagnosis::Nv,
            age,
            site: text(site),
            lesion: text(lesion),
            sex: text(sex),
        };
        if known.insert(name.clone(), image).is_some() {
            return Err(row.error(format!("expected every image once, found {name} again")));
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: &str = "image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\n\
        ISIC_2,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n\
        ISIC_1,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n";
    const ABOUT: &str = "image,age_approx,anatom_site_general,lesion_id,sex\n\
        ISIC_1,55.0,anterior torso,L1,female\n\
        ISIC_2,,,,\n";

    fn check_read(truth: &str, about: &str) -> Result<Dataset, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(GROUND_TRUTH), truth).unwrap();
        std::fs::write(folder.path().join(METADATA), about).unwrap();
        Dataset::read(folder.path()).map_err(|e| e.to_string())
    }

    fn check_refused(truth: &str, about: &str, words: &[&str]) {
        let message = check_read(truth, about).unwrap_err();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }

    #[test]
    fn tables_are_read_with_either_line_end_and_a_byte_order_mark() {
        let expected = check_read(TRUTH, ABOUT).unwrap();
        let mel = expected.image("ISIC_1").unwrap();
        assert_eq!((mel.diagnosis, mel.age, mel.lesion()), (Diagnosis::Mel, Some(55), "L1"));
        assert_eq!(expected.image("ISIC_2").unwrap().lesion(), "ISIC_2");
        let windows = check_read(
            &format!("\u{feff}{}", TRUTH.replace('\n', "\r\n")),
            &format!("\u{feff}{}", ABOUT.replace('\n', "\r\n")),
        );
        assert_eq!(windows.unwrap().images(), expected.images());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let image = |name: &str, site: &str| Image {
            name: name.to_owned(),
            diagnosis: Diagnosis::Scc,
            age: Some(70),
            site: Some(site.to_owned()),
            lesion: None,
            sex: None,
        };
        let images = vec![image("b", "head, \"left\" ear"), image("a", "palms/soles")];
        let written = Dataset::new(folder.path(), images).unwrap();
        written.write().unwrap();
        assert_eq!(Dataset::read(folder.path()).unwrap(), written);
        assert_eq!(written.images()[0].name, "a");
    }

    #[test]
    fn a_bad_row_is_named_by_file_and_line() {
        let two = TRUTH.replace("ISIC_1,1.0,0.0", "ISIC_1,1.0,1.0");
        check_refused(&two, ABOUT, &["GroundTruth.csv:3", "found two"]);
        let none = TRUTH.replace("ISIC_1,1.0", "ISIC_1,0.0");
        check_refused(&none, ABOUT, &["GroundTruth.csv:3", "found none"]);
        let word = TRUTH.replace("ISIC_1,1.0", "ISIC_1,yes");
        check_refused(&word, ABOUT, &["GroundTruth.csv:3", "found `yes`"]);
        let unknown = TRUTH.replace("0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n", "0,0,0,0,0,0,0,0,1\n");
        check_refused(&unknown, ABOUT, &["GroundTruth.csv:2", "UNK"]);
        let short = TRUTH.replace("ISIC_1,1.0,", "ISIC_1,");
        check_refused(&short, ABOUT, &["GroundTruth.csv:3", "expected 10 cells", "found 9"]);
        let twice = TRUTH.replace("ISIC_2", "ISIC_1");
        check_refused(&twice, ABOUT, &["GroundTruth.csv:3", "ISIC_1 again"]);
        let outside = TRUTH.replace("ISIC_2", "../ISIC_2");
        check_refused(&outside, ABOUT, &["GroundTruth.csv:2", "`../ISIC_2`"]);
        let age = ABOUT.replace("55.0", "old");
        check_refused(TRUTH, &age, &["Metadata.csv:2", "found `old`"]);
    }

    #[test]
    fn a_missing_column_names_the_header_that_was_found() {
        check_refused(&TRUTH.replace("UNK", "XXX"), ABOUT, &["GroundTruth.csv:1", "`UNK`", "VASC,SCC,XXX"]);
    }

    #[test]
    fn an_image_in_one_table_only_is_refused() {
        check_refused(
            &TRUTH.replace("ISIC_2", "ISIC_3"),
            ABOUT,
            &["GroundTruth.csv:2", "ISIC_3", "Metadata.csv"],
        );
        check_refused(TRUTH, &format!("{ABOUT}ISIC_9,,,,\n"), &["GroundTruth.csv:1", "ISIC_9"]);
    }
}
