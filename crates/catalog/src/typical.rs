//! What a model computes for images like those it was trained on: `exported-models/NAME/typical.json`.

use serde::{Deserialize, Serialize};

/// The file, in the model's folder.
pub const TYPICAL: &str = "typical.json";

/// The contents of `typical.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typical {
    /// The command that wrote it.
    pub command: String,
    /// Name of the model.
    pub model: String,
    /// SHA-256 of its `model.onnx`, hexadecimal.
    pub model_sha256: String,
    /// SHA-256 of the split file.
    pub split_sha256: String,
    /// Number of training images behind the means and deviations.
    pub images: usize,
    /// The mean of each average for each of their diagnoses, to four decimals.
    pub classes: Vec<Vec<f32>>,
    /// Standard deviation of each average within the diagnoses, to four decimals.
    pub deviation: Vec<f32>,
    /// Which percentile of the validation images the threshold is.
    pub percentile: f64,
    /// Number of validation images.
    pub validation_images: usize,
    /// An image whose distance to the nearest diagnosis's mean is larger gets a note.
    pub threshold: f32,
    /// The share of the test images that get one, 0 to 1.
    pub test_noted: f64,
    /// Number of test images.
    pub test_images: usize,
    /// How well three measures separate other images from the test images; the measure was chosen by these.
    pub others: Vec<OtherKind>,
    /// Number of test images that had no part in the choice.
    #[serde(default)]
    pub unseen_test_images: usize,
    /// The same for other kinds of images, which had no part in the choice either, compared with those test images.
    #[serde(default)]
    pub unseen: Vec<OtherKind>,
}

impl Typical {
    /// Why these are not the measurements of the model with this hash; `None` if they are.
    pub fn stale(&self, model_sha256: &str) -> Option<String> {
        let found = &self.model_sha256;
        (found != model_sha256).then(|| {
            format!("measured with another model (SHA-256 {found}) than the present one ({model_sha256})")
        })
    }
}

/// Images of another kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherKind {
    /// Short name.
    pub name: String,
    /// What they are, in words.
    pub what: String,
    /// How many.
    pub images: usize,
    /// Area under the ROC curve of the root mean square z-score; 1 separates all, 0.5 none.
    pub auc_distance: f64,
    /// That of the distance to the nearest class's mean.
    pub auc_nearest: f64,
    /// That of 1 minus the largest probability.
    pub auc_unsure: f64,
    /// The share that gets a note, 0 to 1.
    pub noted: f64,
}
