//! One image of a data set.

use catalog::Diagnosis;

/// One image and what is known about it. A lesion may have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// File name without folder and ending.
    pub name: String,
    /// The one diagnosis.
    pub diagnosis: Diagnosis,
    /// Age of the patient in years, rounded to five by ISIC.
    pub age: Option<u32>,
    /// Body site, in the source's words.
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

/// An image that its data set lists and we leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The image.
    pub name: String,
    /// Why.
    pub reason: &'static str,
}

/// No folders, no way out of the folder.
pub(crate) fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\'])
}
