//! What a network answered to every image of a test, beside the truth, as the build publishes it for pages: `predictions.csv`
//! and `truth.csv` of a model in one JSON file.

use serde::{Deserialize, Serialize};

use crate::Diagnosis;
use crate::diagnosis::MALIGNANCY;

/// One test of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestAnswers {
    /// Name of the model.
    pub model: String,
    /// Name of the data set.
    pub data: String,
    /// Names of the classes, in the order of the outputs.
    pub labels: Vec<String>,
    /// Name of every image.
    pub images: Vec<String>,
    /// Index of the true label of every image.
    pub truth: Vec<usize>,
    /// The lesion of every image, numbered from 0 in the order of first appearance.
    pub lesions: Vec<usize>,
    /// Probability of every class for every image, `[N, classes]`, row-major; the build gives four digits of each.
    pub probabilities: Vec<f32>,
}

impl TestAnswers {
    /// Whether every list has as many entries as there are images, and every class is one of the labels.
    pub fn fits(&self) -> bool {
        let (images, classes) = (self.images.len(), self.labels.len());
        self.truth.len() == images
            && self.lesions.len() == images
            && self.probabilities.len() == images * classes
            && self.truth.iter().all(|&class| class < classes)
    }
}

/// Index of the label that is right for a diagnosis: its abbreviation, or whether it is malignant; `None` where the labels are
/// neither.
///
/// ```
/// use catalog::{Diagnosis, test_answers::true_label};
/// let labels = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
/// assert_eq!(true_label(&labels(&["MEL", "NV"]), Diagnosis::Nv), Some(1));
/// assert_eq!(true_label(&labels(&["benign", "malignant"]), Diagnosis::Scc), Some(1));
/// assert_eq!(true_label(&labels(&["cat", "dog"]), Diagnosis::Scc), None);
/// ```
pub fn true_label(labels: &[String], diagnosis: Diagnosis) -> Option<usize> {
    if labels == MALIGNANCY {
        return Some(usize::from(diagnosis.is_malignant()));
    }
    labels.iter().position(|label| label == diagnosis.abbreviation())
}
