//! The layout of ISIC 2019's training set, which every data set of ours is written in.
//!
//! A folder holds `ISIC_2019_Training_Input/NAME.jpg`, `ISIC_2019_Training_GroundTruth.csv` (one column per diagnosis,
//! a single 1 per row) and `ISIC_2019_Training_Metadata.csv` (age in years, site, lesion, sex; a cell may be empty).
//! The challenge's test set, `ISIC_2019_Test_…`, is read too; its metadata has no lesions.
//!
//! A row whose 1 is under `UNK` has none of the eight diagnoses: the image is left out, with its name and the reason.
//!
//! Source: <https://challenge.isic-archive.com/data/#2019>.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use catalog::Diagnosis;

use crate::listing::{self, Layout, ListedImage, Listing};
use crate::table::Table;
use crate::{Error, Image, LeftOut};

const INPUT: &str = "ISIC_2019_Training_Input";
pub(crate) const GROUND_TRUTH: &str = "ISIC_2019_Training_GroundTruth.csv";
pub(crate) const METADATA: &str = "ISIC_2019_Training_Metadata.csv";
const TEST: [&str; 3] =
    ["ISIC_2019_Test_Input", "ISIC_2019_Test_GroundTruth.csv", "ISIC_2019_Test_Metadata.csv"];

/// Path of the image `name` of the data set in `folder`.
pub fn image_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(INPUT).join(format!("{name}.jpg"))
}

/// Ground truth and metadata of these images, as the challenge writes them.
pub(crate) fn tables(images: &[Image]) -> [String; 2] {
    let mut truth = String::from("image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\n");
    let mut metadata = String::from("image,age_approx,anatom_site_general,lesion_id,sex\n");
    for image in images {
        truth.push_str(&image.name);
        for diagnosis in Diagnosis::ALL {
            truth.push_str(if diagnosis == image.diagnosis { ",1.0" } else { ",0.0" });
        }
        truth.push_str(",0.0\n");
        let age = image.age.map(|age| age.to_string()).unwrap_or_default();
        let cells =
            [Some(&image.name), Some(&age), image.site.as_ref(), image.lesion.as_ref(), image.sex.as_ref()];
        let cells = cells.map(|cell| quoted(cell.map_or("", String::as_str)));
        metadata.push_str(&cells.join(","));
        metadata.push('\n');
    }
    [truth, metadata]
}

/// A CSV cell, in quotes where it needs them.
pub(crate) fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Whether `folder` holds a table or the images of this layout.
pub(crate) fn is_here(folder: &Path) -> bool {
    [INPUT, GROUND_TRUTH, METADATA].into_iter().chain(TEST).any(|name| folder.join(name).exists())
}

/// Reads the two tables.
pub(crate) fn list(folder: &Path) -> Result<Listing, Error> {
    let training = [INPUT, GROUND_TRUTH, METADATA];
    let names = if training.iter().any(|name| folder.join(name).exists()) { training } else { TEST };
    let [input, truth, metadata] = names.map(|name| folder.join(name));
    let mut listing = Listing::new(Layout::Isic2019);
    let mut known = read_metadata(&metadata, &mut listing.problems)?;
    let mut columns = vec!["image"];
    columns.extend(Diagnosis::ALL.map(Diagnosis::abbreviation));
    columns.push("UNK");
    let mut table = Table::inspect(&truth, &columns)?;
    listing.problems.extend(table.take_problems());
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for row in table.rows() {
        let name = image_name(&row.cells[0]);
        if let Err(problem) = listing::once(&mut lines, name, &row) {
            listing.problems.push(problem);
            continue;
        }
        let about = known.remove(name);
        let diagnosis = match one_hot(&row.cells[1..]) {
            Ok(diagnosis) => diagnosis,
            Err(problem) => {
                listing.problems.push(row.error(problem));
                continue;
            }
        };
        let reason = match diagnosis {
            None => Some("UNK: none of the eight diagnoses"),
            Some(_) => listing::reason_to_leave_out(name),
        };
        if let Some(reason) = reason {
            listing.left_out.push(LeftOut { name: name.to_owned(), reason });
        } else if let (Some(diagnosis), Some((_, about))) = (diagnosis, about) {
            let image = Image { diagnosis, ..about };
            let (file, row) = (input.join(format!("{name}.jpg")), Some((truth.clone(), row.line)));
            listing.listed.push(ListedImage { image, file, row, part: None });
        } else {
            let metadata = metadata.file_name().unwrap_or_default().display();
            listing
                .problems
                .push(row.error(format!("{metadata} has no row for {name}; add it, or remove this row")));
        }
    }
    for (name, (line, _)) in known {
        let truth = truth.file_name().unwrap_or_default().display();
        let problem = format!("{truth} has no row for {name}; add it, or remove this row");
        listing.problems.push(Error::row(&metadata, line, problem));
    }
    Ok(listing)
}

/// The name in a cell; some tools write it with the file's ending.
pub(crate) fn image_name(cell: &str) -> &str {
    cell.strip_suffix(".jpg").unwrap_or(cell)
}

/// The diagnosis of nine cells with a single 1 among zeros; `None` where the 1 is the ninth, `UNK`.
fn one_hot(cells: &[String]) -> Result<Option<Diagnosis>, String> {
    let mut found: Option<usize> = None;
    for (index, cell) in cells.iter().enumerate() {
        match cell.parse::<f32>() {
            Ok(0.0) => {}
            Ok(1.0) => {
                if let Some(before) = found.replace(index) {
                    let [a, b] = [before, index].map(column);
                    return Err(format!("an image must have one diagnosis; this one has two, {a} and {b}"));
                }
            }
            _ => return Err(format!("{} must be 0 or 1; it is `{cell}`", column(index))),
        }
    }
    let index = found.ok_or("an image must have one diagnosis; this one has none")?;
    Ok(Diagnosis::ALL.get(index).copied())
}

fn column(index: usize) -> &'static str {
    Diagnosis::ALL.get(index).map_or("UNK", |diagnosis| diagnosis.abbreviation())
}

/// Everything but the diagnosis, by name, with the line. The diagnosis is a placeholder until the truth is read.
pub(crate) fn read_metadata(
    path: &Path,
    problems: &mut Vec<Error>,
) -> Result<BTreeMap<String, (u64, Image)>, Error> {
    // The challenge's test set has no lesions.
    let mut table =
        Table::inspect_with(path, &["image", "age_approx", "anatom_site_general", "sex"], &["lesion_id"])?;
    problems.extend(table.take_problems());
    let mut known = BTreeMap::new();
    let mut lines = BTreeMap::new();
    for row in table.rows() {
        let [name, age, site, sex, lesion] = row.cells else { continue };
        let name = image_name(name);
        let image = listing::once(&mut lines, name, &row).and_then(|()| {
            let age = listing::age(age, &row)?;
            let [site, lesion, sex] = [site, lesion, sex].map(|cell| listing::known(cell));
            Ok(Image { name: name.to_owned(), diagnosis: Diagnosis::Nv, age, site, lesion, sex })
        });
        match image {
            Ok(image) => drop(known.insert(name.to_owned(), (row.line, image))),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dataset;

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
        let read = Dataset::read(folder.path()).unwrap();
        assert_eq!(read.images(), written.images());
        assert_eq!(read.path("a"), written.path("a"));
        assert_eq!(written.images()[0].name, "a");
    }

    #[test]
    fn a_bad_row_is_named_by_file_and_line() {
        let two = TRUTH.replace("ISIC_1,1.0,0.0", "ISIC_1,1.0,1.0");
        check_refused(&two, ABOUT, &["GroundTruth.csv:3", "two, MEL and NV"]);
        let none = TRUTH.replace("ISIC_1,1.0", "ISIC_1,0.0");
        check_refused(&none, ABOUT, &["GroundTruth.csv:3", "this one has none"]);
        let word = TRUTH.replace("ISIC_1,1.0", "ISIC_1,yes");
        check_refused(&word, ABOUT, &["GroundTruth.csv:3", "MEL must be 0 or 1; it is `yes`"]);
        let short = TRUTH.replace("ISIC_1,1.0,", "ISIC_1,");
        check_refused(&short, ABOUT, &["GroundTruth.csv:3", "9 cells", "header has 10"]);
        let outside = TRUTH.replace("ISIC_2", "../ISIC_2");
        check_refused(&outside, ABOUT, &["GroundTruth.csv:2", "`../ISIC_2`"]);
        let age = ABOUT.replace("55.0", "old");
        check_refused(TRUTH, &age, &["Metadata.csv:2", "it is `old`"]);
    }

    #[test]
    fn a_doubled_row_names_both_lines() {
        let twice = format!("{TRUTH}ISIC_2,0,0,1,0,0,0,0,0,0\n");
        check_refused(&twice, ABOUT, &["GroundTruth.csv:4", "ISIC_2 is listed twice", "line 2"]);
        let twice = format!("{ABOUT}ISIC_1,,,,\n");
        check_refused(TRUTH, &twice, &["Metadata.csv:4", "ISIC_1 is listed twice", "line 2"]);
    }

    #[test]
    fn an_image_of_unknown_diagnosis_is_left_out_by_name_and_reason() {
        let unknown = TRUTH.replace("ISIC_2,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0", "ISIC_2,0,0,0,0,0,0,0,0,1");
        let dataset = check_read(&unknown, ABOUT).unwrap();
        assert_eq!(dataset.images().len(), 1);
        assert_eq!(dataset.left_out()[0].name, "ISIC_2");
        assert!(dataset.left_out()[0].reason.contains("UNK"));
    }

    #[test]
    fn several_bad_rows_are_counted() {
        let two = TRUTH.replace("1.0", "maybe");
        check_refused(&two, ABOUT, &["GroundTruth.csv:2", "and 1 more", "cargo xtask data check"]);
    }

    #[test]
    fn names_with_an_ending_or_downsampled_are_read() {
        let [truth, about] = [TRUTH, ABOUT].map(|text| text.replace("ISIC_2", "ISIC_0000002_downsampled"));
        let dataset = check_read(&truth.replace("ISIC_1", "ISIC_1.jpg"), &about).unwrap();
        let names: Vec<_> = dataset.images().iter().map(|image| image.name.as_str()).collect();
        assert_eq!(names, ["ISIC_0000002_downsampled", "ISIC_1"]);
        assert!(dataset.path(names[0]).ends_with("ISIC_2019_Training_Input/ISIC_0000002_downsampled.jpg"));
    }

    #[test]
    fn the_challenges_test_set_is_read_without_lesions() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(TEST[1]), TRUTH).unwrap();
        let about = "image,age_approx,anatom_site_general,sex\nISIC_1,5,head/neck,male\nISIC_2,,,\n";
        std::fs::write(folder.path().join(TEST[2]), about).unwrap();
        let dataset = Dataset::read(folder.path()).unwrap();
        assert_eq!(dataset.images()[0].lesion(), "ISIC_1");
        assert!(dataset.path("ISIC_1").ends_with("ISIC_2019_Test_Input/ISIC_1.jpg"));
    }

    #[test]
    fn a_missing_column_names_the_header_that_was_found() {
        check_refused(&TRUTH.replace("UNK", "XXX"), ABOUT, &["GroundTruth.csv:1", "`UNK`", "VASC,SCC,XXX"]);
    }

    #[test]
    fn an_image_in_one_table_only_is_refused() {
        let other = TRUTH.replace("ISIC_2", "ISIC_3");
        check_refused(&other, ABOUT, &["GroundTruth.csv:2", "ISIC_3", "Metadata.csv", "and 1 more"]);
        check_refused(TRUTH, &format!("{ABOUT}ISIC_9,,,,\n"), &["Metadata.csv:4", "ISIC_9", "GroundTruth"]);
    }

    #[test]
    fn a_missing_table_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(GROUND_TRUTH), TRUTH).unwrap();
        let message = Dataset::read(folder.path()).unwrap_err().to_string();
        assert!(message.contains("cannot read") && message.contains(METADATA), "{message}");
    }
}
