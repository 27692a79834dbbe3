//! Which images train, which choose the best weights, and which are used once, for the final results.
//!
//! A split is a CSV file `image,split` with `training`, `validation` or `test` in each row, in the order of the
//! images' names. Its SHA-256 is next to it in `FILE.sha256`, as `sha256sum` writes and checks it, and travels
//! into everything made with the split.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::table::Table;
use crate::{Dataset, Error, Image, Leaks, Shares, SplitItem, SplitPart, SplitUnit, folds, parts};

/// The part of every image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// By name.
    parts: BTreeMap<String, SplitPart>,
    sha256: String,
}

impl Split {
    /// Splits `dataset` at random, each diagnosis by itself, so that all parts hold all diagnoses in the same ratio.
    ///
    /// As [`parts()`] does it.
    pub fn random(dataset: &Dataset, shares: Shares, by: SplitUnit, seed: u64) -> Self {
        let parts = parts(&dataset.items(), shares, by, seed);
        Self::of(dataset.images().iter().map(|image| image.name.clone()).zip(parts).collect())
    }

    /// The split that the folders of `dataset` make.
    ///
    /// # Errors
    /// [`Error::Request`] if an image is in no folder of a part.
    pub fn given(dataset: &Dataset) -> Result<Self, Error> {
        let part = |image: &Image| {
            let part = dataset.given_part(&image.name).ok_or_else(|| {
                Error::Request(format!(
                    "{} must be in a folder training, validation or test, but it is in {}",
                    image.name,
                    dataset.path(&image.name).display()
                ))
            })?;
            Ok((image.name.clone(), part))
        };
        Ok(Self::of(dataset.images().iter().map(part).collect::<Result<_, Error>>()?))
    }

    /// Divides all images but those of the test part into `count` folds, by lesion; in the split at each index, that fold is for
    /// validation and the others are for training. The test part stays.
    ///
    /// # Errors
    /// As [`Split::images`]; fewer than two folds, or more than there are lesions.
    pub fn folds(&self, dataset: &Dataset, count: usize, seed: u64) -> Result<Vec<Self>, Error> {
        let test = self.images(dataset, SplitPart::Test)?;
        let others: Vec<&Image> =
            dataset.images().iter().filter(|image| self.part(&image.name) != Some(SplitPart::Test)).collect();
        let items: Vec<_> = others
            .iter()
            .map(|image| SplitItem { lesion: image.lesion(), diagnosis: image.diagnosis })
            .collect();
        let folds = folds(&items, count, seed);
        if count < 2 || (0..count).any(|fold| !folds.contains(&fold)) {
            return Err(Error::Request(format!(
                "{count} folds need at least as many lesions outside the test part, and two are the fewest"
            )));
        }
        let split = |here: usize| {
            let part = |fold| if fold == here { SplitPart::Validation } else { SplitPart::Training };
            let divided = others.iter().zip(&folds).map(|(image, &fold)| (image.name.clone(), part(fold)));
            let kept = test.iter().map(|image| (image.name.clone(), SplitPart::Test));
            Self::of(divided.chain(kept).collect())
        };
        Ok((0..count).map(split).collect())
    }

    fn of(parts: BTreeMap<String, SplitPart>) -> Self {
        let sha256 = files::sha256(text(&parts).as_bytes());
        Self { parts, sha256 }
    }

    /// Reads `path` and compares it with the hash next to it.
    ///
    /// # Errors
    /// [`Error`] naming file and line: a missing file, an image named twice, an unknown part, another hash.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut parts = BTreeMap::new();
        for row in Table::read(path, &["image", "split"])?.rows() {
            let [name, word] = row.cells else { continue };
            let Some(part) = SplitPart::ALL.into_iter().find(|part| part.name() == word) else {
                return Err(
                    row.error(format!("the part must be training, validation or test; it is `{word}`"))
                );
            };
            if parts.insert(name.clone(), part).is_some() {
                return Err(row.error(format!("{name} is in the split twice; remove one of its rows")));
            }
        }
        let sidecar = sidecar(path);
        let bytes = std::fs::read(path).map_err(Error::file("read", path))?;
        let words = std::fs::read_to_string(&sidecar).map_err(Error::file("read", &sidecar))?;
        let expected = words.split_whitespace().next().unwrap_or("nothing").to_owned();
        let found = files::sha256(&bytes);
        if found != expected {
            return Err(Error::Hash { path: path.to_path_buf(), sidecar, expected, found });
        }
        Ok(Self { parts, sha256: found })
    }

    /// Writes the split to `path` and its hash next to it.
    ///
    /// # Errors
    /// [`Error::File`] if they cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let text = text(&self.parts);
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        files::write(path, text.as_bytes())?;
        let line = format!("{}  {name}\n", files::sha256(text.as_bytes()));
        Ok(files::write(&sidecar(path), line.as_bytes())?)
    }

    /// SHA-256 of the file, hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The part of this image.
    pub fn part(&self, image: &str) -> Option<SplitPart> {
        self.parts.get(image).copied()
    }

    /// The images of one part, in the order of their names.
    ///
    /// # Errors
    /// [`Error::Request`] if the split names an image that `dataset` does not have, or leaves one out.
    pub fn images<'a>(&self, dataset: &'a Dataset, part: SplitPart) -> Result<Vec<&'a Image>, Error> {
        if let Some(name) = self.parts.keys().find(|name| dataset.image(name).is_none()) {
            return Err(mismatch(dataset, &format!("it lists {name}, which the data set does not have")));
        }
        if let Some(image) = dataset.images().iter().find(|image| self.part(&image.name).is_none()) {
            return Err(mismatch(dataset, &format!("it does not list {}", image.name)));
        }
        Ok(dataset.images().iter().filter(|image| self.part(&image.name) == Some(part)).collect())
    }

    /// What leaks between the parts.
    ///
    /// # Errors
    /// As [`Split::images`].
    pub fn leaks(&self, dataset: &Dataset) -> Result<Leaks, Error> {
        self.images(dataset, SplitPart::Test)?;
        let parts: Vec<SplitPart> =
            dataset.images().iter().filter_map(|image| self.part(&image.name)).collect();
        Ok(Leaks::count(&dataset.items(), &parts))
    }
}

fn mismatch(dataset: &Dataset, found: &str) -> Error {
    Error::Request(format!(
        "the split does not belong to the data set in {}: {found}; to split again: cargo xtask split --data {} …",
        dataset.folder().display(),
        dataset.folder().display()
    ))
}

fn text(parts: &BTreeMap<String, SplitPart>) -> String {
    let mut text = String::from("image,split\n");
    for (name, part) in parts {
        text.push_str(name);
        text.push(',');
        text.push_str(part.name());
        text.push('\n');
    }
    text
}

fn sidecar(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use catalog::Diagnosis;

    use super::*;

    /// 20 lesions of each diagnosis with 1, 2 or 3 images.
    fn example() -> Dataset {
        let mut images = Vec::new();
        for diagnosis in Diagnosis::ALL {
            for lesion in 0..20 {
                for view in 0..=lesion % 3 {
                    let lesion = format!("{}_{lesion:02}", diagnosis.abbreviation());
                    let name = format!("{lesion}_{view}");
                    images.push(Image {
                        name,
                        diagnosis,
                        age: None,
                        site: None,
                        lesion: Some(lesion),
                        sex: None,
                    });
                }
            }
        }
        Dataset::new(Path::new("nowhere"), images).unwrap()
    }

    fn check_split(by: SplitUnit, seed: u64) -> Split {
        Split::random(&example(), Shares::new(65, 20, 15).unwrap(), by, seed)
    }

    fn lesions(split: &Split, part: SplitPart) -> BTreeSet<String> {
        split.images(&example(), part).unwrap().iter().map(|image| image.lesion().to_owned()).collect()
    }

    #[test]
    fn no_lesion_lies_in_two_parts() {
        let split = check_split(SplitUnit::Lesion, 1);
        let [training, validation, test] = SplitPart::ALL.map(|part| lesions(&split, part));
        assert!(
            training.is_disjoint(&validation) && training.is_disjoint(&test) && validation.is_disjoint(&test)
        );
        assert_eq!(training.len() + validation.len() + test.len(), 160);
    }

    #[test]
    fn every_lesion_outside_the_test_part_validates_in_one_fold() {
        let split = check_split(SplitUnit::Lesion, 1);
        let folds = split.folds(&example(), 5, 7).unwrap();
        let mut seen = BTreeSet::new();
        for fold in &folds {
            let [training, validation, test] = SplitPart::ALL.map(|part| lesions(fold, part));
            assert_eq!(test, lesions(&split, SplitPart::Test));
            assert!(training.is_disjoint(&validation));
            // 17 lesions of each of eight diagnoses in five folds: 136 / 5.
            assert!([27, 28].contains(&validation.len()), "{}", validation.len());
            assert!(validation.into_iter().all(|lesion| seen.insert(lesion)), "a lesion validates twice");
        }
        assert_eq!(seen.len(), 136);
        assert_eq!(folds, split.folds(&example(), 5, 7).unwrap());
        assert_ne!(folds, split.folds(&example(), 5, 8).unwrap());
        for wrong in [0, 1, 137] {
            let message = split.folds(&example(), wrong, 7).unwrap_err().to_string();
            assert!(message.contains(&format!("{wrong} folds")), "{message}");
        }
    }

    #[test]
    fn splitting_by_image_tears_lesions_apart() {
        let split = check_split(SplitUnit::Image, 1);
        assert!(!lesions(&split, SplitPart::Training).is_disjoint(&lesions(&split, SplitPart::Test)));
    }

    #[test]
    fn every_diagnosis_is_shared_out_by_the_percentages() {
        let split = check_split(SplitUnit::Lesion, 2);
        for diagnosis in Diagnosis::ALL {
            // 65, 20 and 15 percent of 20 lesions.
            let counts = SplitPart::ALL.map(|part| {
                lesions(&split, part)
                    .iter()
                    .filter(|l| l.starts_with(&format!("{}_", diagnosis.abbreviation())))
                    .count()
            });
            assert_eq!(counts, [13, 4, 3]);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_file_and_another_seed_another() {
        assert_eq!(check_split(SplitUnit::Lesion, 3), check_split(SplitUnit::Lesion, 3));
        assert_ne!(check_split(SplitUnit::Lesion, 3), check_split(SplitUnit::Lesion, 4));
    }

    #[test]
    fn a_seed_gives_the_split_it_has_always_given() {
        // Written by the first version of this file; exported models name splits by their hash.
        assert_eq!(&check_split(SplitUnit::Lesion, 3).sha256()[..16], "e99718733a289455");
        assert_eq!(&check_split(SplitUnit::Image, 3).sha256()[..16], "40fa024b26194c6f");
    }

    #[test]
    fn a_split_is_read_as_it_was_written_and_a_changed_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("split.csv");
        let split = check_split(SplitUnit::Lesion, 5);
        split.write(&path).unwrap();
        assert_eq!(Split::read(&path).unwrap(), split);

        let changed = std::fs::read_to_string(&path).unwrap().replacen("training", "test", 1);
        std::fs::write(&path, changed).unwrap();
        let message = Split::read(&path).unwrap_err().to_string();
        assert!(message.contains("SHA-256") && message.contains(split.sha256()), "{message}");
    }

    #[test]
    fn an_unknown_part_is_named_by_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("split.csv");
        std::fs::write(&path, "image,split\r\na,training\r\nb,exam\r\n").unwrap();
        let message = Split::read(&path).unwrap_err().to_string();
        assert!(message.contains("split.csv:3") && message.contains("it is `exam`"), "{message}");
    }

    #[test]
    fn the_folders_own_parts_are_a_split() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["training/MEL/a.jpg", "test/MEL/b.jpg"] {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, b"image").unwrap();
        }
        let split = Split::given(&Dataset::read(folder.path()).unwrap()).unwrap();
        assert_eq!((split.part("a"), split.part("b")), (Some(SplitPart::Training), Some(SplitPart::Test)));
        let message = Split::given(&example()).unwrap_err().to_string();
        assert!(message.contains("AK_00_0"), "{message}");
    }

    #[test]
    fn a_split_of_another_data_set_is_refused() {
        let split = check_split(SplitUnit::Lesion, 6);
        let fewer = example().images()[1..].to_vec();
        let message = split
            .images(&Dataset::new(Path::new("d"), fewer).unwrap(), SplitPart::Test)
            .unwrap_err()
            .to_string();
        assert!(message.contains("AK_00_0") && message.contains("cargo xtask split"), "{message}");
    }
}
