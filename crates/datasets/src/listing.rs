//! What every layout's reader returns, and the cells and folders that several of them read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::image::is_file_name;
use crate::table::TableRow;
use crate::{Error, Image, LeftOut, SplitPart};

/// How the files of a data set are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// ISIC 2019's two tables and one folder of images.
    Isic2019,
    /// HAM10000's one table and two folders of images.
    Ham10000,
    /// A folder per class, perhaps in folders for training, validation and test.
    Folders,
}

impl Layout {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Isic2019 => "ISIC 2019's layout",
            Self::Ham10000 => "HAM10000's own layout",
            Self::Folders => "a folder per class",
        }
    }
}

/// What a layout's reader found.
pub(crate) struct Listing {
    pub(crate) layout: Layout,
    /// In any order, every name once.
    pub(crate) listed: Vec<ListedImage>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) problems: Vec<Error>,
}

/// One image that a table or folder lists.
pub(crate) struct ListedImage {
    pub(crate) image: Image,
    pub(crate) file: PathBuf,
    pub(crate) row: Option<(PathBuf, u64)>,
    pub(crate) part: Option<SplitPart>,
}

impl Listing {
    pub(crate) fn new(layout: Layout) -> Self {
        Self { layout, listed: Vec::new(), left_out: Vec::new(), problems: Vec::new() }
    }
}

/// Notes the line of `name`; a second row of the same name, or a name that is no file's, is an error.
pub(crate) fn once(lines: &mut BTreeMap<String, u64>, name: &str, row: &TableRow) -> Result<(), Error> {
    if !is_file_name(name) {
        return Err(row.error(format!("`{name}` is not the name of an image")));
    }
    if let Some(line) = lines.get(name) {
        return Err(row.error(format!("{name} is listed twice; it is also in line {line}")));
    }
    lines.insert(name.to_owned(), row.line);
    Ok(())
}

/// Years, or nothing. ISIC writes `55.0`.
pub(crate) fn age(cell: &str, row: &TableRow) -> Result<Option<u32>, Error> {
    match (cell, cell.parse::<f32>()) {
        ("", _) => Ok(None),
        (_, Ok(years)) if (0.0..=150.0).contains(&years) => Ok(Some(years as u32)),
        _ => Err(row.error(format!("the age must be a number of years or empty; it is `{cell}`"))),
    }
}

/// A cell's text, where it says something.
pub(crate) fn known(cell: &str) -> Option<String> {
    (!cell.is_empty() && cell != "unknown").then(|| cell.to_owned())
}

/// Why an image with a diagnosis is left out all the same.
pub(crate) fn reason_to_leave_out(name: &str) -> Option<&'static str> {
    // The challenges' scorer gives it no weight.
    (name == "ISIC_0035068").then_some("a synthetic control picture, not a lesion")
}

/// Image files directly in `folder`, in the order of their names, without hidden files.
pub(crate) fn images_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
    let is_image = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        ENDINGS.contains(&ending.as_str()) && !file_name(path).starts_with('.')
    };
    Ok(entries(folder)?.into_iter().filter(is_image).collect())
}

/// What is directly in `folder`, sorted.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::file("list", folder))? {
        paths.push(entry.map_err(Error::file("list", folder))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The last part of a path, as text.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
