//! What images like those of a model's training look like from inside: `exported-models/NAME/typical.json`.

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
    /// Training images that means and deviations are of.
    pub images: usize,
    /// For each diagnosis among them the mean of each average, to four decimals.
    pub classes: Vec<Vec<f32>>,
    /// Standard deviation of each average within the diagnoses, likewise.
    pub deviation: Vec<f32>,
    /// Percentile of the validation images that the threshold is.
    pub percentile: f64,
    /// Validation images.
    pub validation_images: usize,
    /// An image whose distance to the nearest diagnosis's mean is larger gets a note.
    pub threshold: f32,
    /// The share of the test images that get one, 0 to 1.
    pub test_noted: f64,
    /// Test images.
    pub test_images: usize,
    /// How well three measures tell other images from the test images: by these one of the three was chosen.
    pub others: Vec<Other>,
    /// Test images that had no part in the choice.
    #[serde(default)]
    pub unseen_test_images: usize,
    /// The same for kinds of images that had none either, beside those test images.
    #[serde(default)]
    pub unseen: Vec<Other>,
}

impl Typical {
    /// Why these are not the measurements of a model with this hash; `None` if they are.
    pub fn stale(&self, model_sha256: &str) -> Option<String> {
        let found = &self.model_sha256;
        (found != model_sha256).then(|| {
            format!("measured with the model of SHA-256 {found}, and the model now is {model_sha256}")
        })
    }
}

/// Images of another kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Short name.
    pub name: String,
    /// What they are, in words.
    pub what: String,
    /// How many.
    pub images: usize,
    /// Area under the ROC curve of the root mean square z-score; 1 tells all apart, 0.5 none.
    pub auc_distance: f64,
    /// That of the distance to the nearest class's mean.
    pub auc_nearest: f64,
    /// That of 1 minus the largest probability.
    pub auc_unsure: f64,
    /// The share that gets a note, 0 to 1.
    pub noted: f64,
}
