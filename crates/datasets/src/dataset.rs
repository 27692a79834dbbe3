//! A folder of labelled images, in any of the supported layouts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use catalog::Diagnosis;

use crate::image::is_file_name;
use crate::listing::{Layout, ListedImage, Listing, images_in};
use crate::{Error, Image, LeftOut, SplitItem, SplitPart, isic, layout};

/// A folder of labelled images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    folder: PathBuf,
    layout: Layout,
    images: Vec<Image>,
    /// Of each image: its file and the row that lists it.
    origins: Vec<ImageOrigin>,
    left_out: Vec<LeftOut>,
}

/// Where an image is, and which row lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ImageOrigin {
    file: PathBuf,
    /// Table and line, if a table lists it.
    row: Option<(PathBuf, u64)>,
    /// The part whose folder it is in.
    part: Option<SplitPart>,
}

impl Dataset {
    /// Puts `images` in the order of their names, to be written in ISIC 2019's layout.
    ///
    /// # Errors
    /// [`Error::Request`] if a name occurs twice or is not a plain file name.
    pub fn new(folder: &Path, mut images: Vec<Image>) -> Result<Self, Error> {
        images.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = images.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(Error::Request(format!("the image {} is listed twice; remove one", pair[0].name)));
        }
        if let Some(image) = images.iter().find(|image| !is_file_name(&image.name)) {
            return Err(Error::Request(format!(
                "`{}` is not a plain file name; rename the image",
                image.name
            )));
        }
        let origin = |image: &Image| ImageOrigin {
            file: isic::image_path(folder, &image.name),
            row: None,
            part: None,
        };
        let origins = images.iter().map(origin).collect();
        let layout = Layout::Isic2019;
        Ok(Self { folder: folder.to_path_buf(), layout, images, origins, left_out: Vec::new() })
    }

    /// Recognises the layout of `folder` and reads its tables; does not open the images.
    ///
    /// # Errors
    /// [`Error`] naming file and line: a table that is missing, a diagnosis that is not exactly one of the eight, an
    /// image named twice, or in one table only. Further ones are counted.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let (dataset, mut problems) = Self::inspect(folder)?;
        match problems.len() {
            0 => Ok(dataset),
            1 => Err(problems.swap_remove(0)),
            count => {
                let (first, folder) = (Box::new(problems.swap_remove(0)), folder.to_path_buf());
                Err(Error::Several { first, more: count - 1, folder })
            }
        }
    }

    /// As [`Dataset::read`], but continues after a bad row and returns all problems with what could be read.
    ///
    /// # Errors
    /// [`Error`] if nothing can be read: no layout of ours, a table or a column that is missing.
    pub fn inspect(folder: &Path) -> Result<(Self, Vec<Error>), Error> {
        let Listing { layout, mut listed, left_out, problems } = layout::list(folder)?;
        listed.sort_by(|a, b| a.image.name.cmp(&b.image.name));
        let (mut images, mut origins) = (Vec::new(), Vec::new());
        for ListedImage { image, file, row, part } in listed {
            images.push(image);
            origins.push(ImageOrigin { file, row, part });
        }
        Ok((Self { folder: folder.to_path_buf(), layout, images, origins, left_out }, problems))
    }

    /// Problems with the files: images that are missing, empty or not listed. Does not open them.
    ///
    /// # Errors
    /// [`Error::File`] if a folder cannot be listed.
    pub fn check(&self) -> Result<Vec<Error>, Error> {
        let mut problems = Vec::new();
        for (image, origin) in self.images.iter().zip(&self.origins) {
            let found = match std::fs::metadata(&origin.file) {
                Ok(about) if about.len() > 0 => continue,
                Ok(_) => "is empty",
                Err(_) => "is missing",
            };
            problems.push(self.problem(&image.name, found));
        }
        problems.extend(self.unlisted()?);
        Ok(problems)
    }

    /// A problem with an image's file, such as `is empty`, with the row that lists the image.
    pub fn problem(&self, name: &str, problem: &str) -> Error {
        let Some(at) = self.position(name) else {
            return Error::Request(format!("the data set has no image {name}"));
        };
        let ImageOrigin { file, row, .. } = &self.origins[at];
        match row {
            Some((table, line)) => Error::row(table, *line, format!("{} {problem}", file.display())),
            None => Error::place(file, format!("the file {problem}")),
        }
    }

    /// Image files that no table lists.
    fn unlisted(&self) -> Result<Vec<Error>, Error> {
        let Some((table, _)) = self.origins.iter().find_map(|origin| origin.row.as_ref()) else {
            return Ok(Vec::new());
        };
        let known: BTreeSet<&Path> = self.origins.iter().map(|origin| origin.file.as_path()).collect();
        let folders: BTreeSet<&Path> = known.iter().filter_map(|file| file.parent()).collect();
        let mut problems = Vec::new();
        for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
            for file in images_in(folder)? {
                let name = file.file_stem().unwrap_or_default().to_string_lossy();
                let out = self.left_out.iter().any(|left_out| left_out.name == name);
                if !known.contains(file.as_path()) && !out {
                    let table = table.file_name().unwrap_or_default().display();
                    let problem =
                        format!("{table} has no row for this file; add the row, or remove the file");
                    problems.push(Error::place(&file, problem));
                }
            }
        }
        Ok(problems)
    }

    /// Images whose lesion has another diagnosis in an earlier image. A split counts the lesion with the earlier one.
    pub fn torn_lesions(&self) -> Vec<Error> {
        let mut first: BTreeMap<&str, &Image> = BTreeMap::new();
        let mut problems = Vec::new();
        for image in &self.images {
            let before = first.entry(image.lesion()).or_insert(image);
            if before.diagnosis != image.diagnosis {
                let [expected, found] = [before.diagnosis, image.diagnosis].map(Diagnosis::abbreviation);
                let problem = format!(
                    "has the diagnosis {found}, but {} of the same lesion has {expected}",
                    before.name
                );
                problems.push(self.problem(&image.name, &problem));
            }
        }
        problems
    }

    /// Writes the two tables of ISIC 2019's layout; the images are the caller's.
    ///
    /// # Errors
    /// [`Error::File`] if the folder cannot be written.
    pub fn write(&self) -> Result<(), Error> {
        let [truth, metadata] = isic::tables(&self.images);
        // The ground truth last: a folder with it is whole.
        files::write(&self.folder.join(isic::METADATA), metadata.as_bytes())?;
        Ok(files::write(&self.folder.join(isic::GROUND_TRUTH), truth.as_bytes())?)
    }

    /// The folder with the tables and the images.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How it was laid out when it was read.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Images that are listed and left out, with the reason.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Every image, in the order of their names.
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// What a split needs to know of the images, in the order of their names.
    pub fn items(&self) -> Vec<SplitItem<&str>> {
        let item = |image| SplitItem { lesion: Image::lesion(image), diagnosis: image.diagnosis };
        self.images.iter().map(item).collect()
    }

    /// The image of this name.
    pub fn image(&self, name: &str) -> Option<&Image> {
        Some(&self.images[self.position(name)?])
    }

    /// Where the file of an image is.
    pub fn path(&self, name: &str) -> PathBuf {
        match self.position(name) {
            Some(at) => self.origins[at].file.clone(),
            None => isic::image_path(&self.folder, name),
        }
    }

    /// The part whose folder an image is in, where the layout has folders for parts.
    pub fn given_part(&self, name: &str) -> Option<SplitPart> {
        self.origins[self.position(name)?].part
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.images.binary_search_by(|image| image.name.as_str().cmp(name)).ok()
    }
}
