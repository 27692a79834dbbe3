//! The layout of `metrics.json`.

use evaluation::{Bootstrap, ClassReport, Estimate, Report};
use serde::{Serialize, Serializer};

/// What was measured on what.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct About {
    /// Name of the model.
    pub(crate) model: String,
    /// SHA-256 of its `model.onnx`.
    pub(crate) model_sha256: String,
    /// Name of the data set's folder.
    pub(crate) data: String,
    /// The part of the split: `test`.
    pub(crate) split: String,
    /// SHA-256 of the split file.
    pub(crate) split_sha256: String,
    /// SHA-256 of the `predictions.csv` that the numbers come from.
    pub(crate) predictions_sha256: String,
}

/// How many different lesions.
pub(crate) struct Lesions {
    /// In all images.
    pub(crate) all: usize,
    /// In the images of each class.
    pub(crate) of_class: Vec<usize>,
}

/// Everything that `metrics.json` says. Undefined is `null`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Metrics {
    #[serde(flatten)]
    about: About,
    images: u64,
    lesions: usize,
    labels: Vec<String>,
    /// Rows are true classes, columns are predictions.
    confusion_matrix: Vec<Vec<u64>>,
    balanced_accuracy: Option<Measured>,
    accuracy: Option<Measured>,
    macro_auc: Option<Measured>,
    brier_score: Option<f64>,
    expected_calibration_error: Option<f64>,
    #[serde(serialize_with = "in_their_order")]
    per_class: Vec<(String, ClassMetrics)>,
    bootstrap: Resampling,
}

#[derive(Clone, Debug, Serialize)]
struct ClassMetrics {
    images: u64,
    lesions: usize,
    sensitivity: Option<Measured>,
    specificity: Option<Measured>,
    precision: Option<Measured>,
    f1: Option<Measured>,
    auc: Option<Measured>,
}

/// A number and the ends of its 95 % interval.
#[derive(Clone, Copy, Debug, Serialize)]
struct Measured {
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct Resampling {
    resamples: u32,
    seed: u64,
    grouped_by: &'static str,
}

fn in_their_order<S: Serializer>(
    classes: &[(String, ClassMetrics)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(classes.iter().map(|(label, class)| (label, class)))
}

impl From<Estimate> for Measured {
    fn from(estimate: Estimate) -> Self {
        let (low, high) = (estimate.interval.map(|i| i.low), estimate.interval.map(|i| i.high));
        Self { value: estimate.value, low, high }
    }
}

impl ClassMetrics {
    fn new(report: &ClassReport, lesions: usize) -> Self {
        Self {
            images: report.images,
            lesions,
            sensitivity: report.sensitivity.map(Measured::from),
            specificity: report.specificity.map(Measured::from),
            precision: report.precision.map(Measured::from),
            f1: report.f1.map(Measured::from),
            auc: report.auc.map(Measured::from),
        }
    }
}

impl Metrics {
    pub(crate) fn new(
        about: About,
        labels: &[String],
        report: &Report,
        lesions: &Lesions,
        bootstrap: Bootstrap,
    ) -> Self {
        let classes = labels.iter().zip(&report.classes).zip(&lesions.of_class);
        Self {
            about,
            images: report.confusion_matrix.images(),
            lesions: lesions.all,
            labels: labels.to_vec(),
            confusion_matrix: report.confusion_matrix.rows().map(<[u64]>::to_vec).collect(),
            balanced_accuracy: report.balanced_accuracy.map(Measured::from),
            accuracy: report.accuracy.map(Measured::from),
            macro_auc: report.macro_auc.map(Measured::from),
            brier_score: report.brier_score,
            expected_calibration_error: report.expected_calibration_error,
            per_class: classes
                .map(|((label, class), &lesions)| (label.clone(), ClassMetrics::new(class, lesions)))
                .collect(),
            bootstrap: Resampling {
                resamples: bootstrap.resamples,
                seed: bootstrap.seed,
                grouped_by: "lesion",
            },
        }
    }

    /// The main numbers, for the terminal.
    pub(crate) fn summary(&self) -> String {
        let line = |name: &str, measured: Option<Measured>| match measured {
            None => format!("{name} undefined"),
            Some(Measured { value, low: Some(low), high: Some(high) }) => {
                format!("{name} {value:.3} (95 % interval {low:.3} to {high:.3})")
            }
            Some(Measured { value, .. }) => format!("{name} {value:.3} (no interval)"),
        };
        [
            line("balanced accuracy", self.balanced_accuracy),
            line("accuracy", self.accuracy),
            line("mean AUC", self.macro_auc),
            format!("{} images of {} lesions", self.images, self.lesions),
        ]
        .join("\n")
    }
}
