//! What the service answers: a page of images with their metadata.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One page of a search.
#[derive(Deserialize)]
pub(super) struct Page {
    /// Images in all; on the first page only.
    pub(super) count: Option<u64>,
    /// Address of the next page.
    pub(super) next: Option<String>,
    pub(super) results: Vec<Record>,
}

/// One image.
#[derive(Deserialize)]
pub(super) struct Record {
    pub(super) isic_id: String,
    pub(super) copyright_license: String,
    #[serde(default)]
    pub(super) attribution: String,
    pub(super) files: Files,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
pub(super) struct Files {
    pub(super) full: FileAddress,
}

#[derive(Deserialize)]
pub(super) struct FileAddress {
    pub(super) url: String,
    /// Bytes.
    #[serde(default)]
    pub(super) size: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    acquisition: Map<String, Value>,
    clinical: Map<String, Value>,
}

impl Record {
    /// A field's text, where it has one.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        let value = self.metadata.clinical.get(field).or_else(|| self.metadata.acquisition.get(field))?;
        value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Years.
    pub(super) fn age(&self) -> Option<u32> {
        let years = self.metadata.clinical.get("age_approx")?.as_f64()?;
        (0.0..=150.0).contains(&years).then_some(years as u32)
    }

    /// `diagnosis_1` to `diagnosis_5`.
    pub(super) fn levels(&self) -> [Option<String>; 5] {
        [1, 2, 3, 4, 5].map(|level| self.text(&format!("diagnosis_{level}")))
    }

    /// Whether the id is one, and so safe as a file's name.
    pub(super) fn has_id(&self) -> bool {
        let digits = self.isic_id.strip_prefix("ISIC_").unwrap_or_default();
        digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit())
    }
}
