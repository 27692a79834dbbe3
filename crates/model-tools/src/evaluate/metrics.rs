//! The layout of `metrics.json`.

use catalog::number::{count, grouped};
use evaluation::{
    Bootstrap, CalibrationBin, CalibrationReport, ChallengeScore, ClassReport, Estimate, FittedCalibration,
    Recalibration, Report,
};
use serde::{Serialize, Serializer};

use super::groups::Group;

/// What was measured on what.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct MetricsHeader {
    /// Name of the model.
    pub(crate) model: String,
    /// SHA-256 of its `model.onnx`.
    pub(crate) model_sha256: String,
    /// Name of the data set's folder.
    pub(crate) data: String,
    /// The part of the split: `test`.
    pub(crate) split: String,
    /// The views of each image whose probabilities were averaged: `none`, `flips` or `dihedral`.
    pub(crate) test_time_augmentation: String,
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
    about: MetricsHeader,
    images: u64,
    lesions: usize,
    labels: Vec<String>,
    /// Rows are true classes, columns are predictions.
    confusion_matrix: Vec<Vec<u64>>,
    balanced_accuracy: Option<MeasuredValue>,
    accuracy: Option<MeasuredValue>,
    macro_specificity: Option<MeasuredValue>,
    macro_precision: Option<MeasuredValue>,
    macro_f1: Option<MeasuredValue>,
    macro_auc: Option<MeasuredValue>,
    macro_average_precision: Option<MeasuredValue>,
    #[serde(serialize_with = "in_their_order")]
    per_class: Vec<(String, ClassMetrics)>,
    #[serde(flatten)]
    calibration: Calibration,
    /// What every logit is divided by; no temperature if there is none that is best.
    temperature: Option<Temperature>,
    /// The same numbers at that temperature.
    calibrated: Option<Calibration>,
    /// A temperature and biases of the classes for how common they are in these data; none if there are none that are best.
    recalibration: Option<FittedBiases>,
    /// The same numbers after it; another class may be the most probable one.
    recalibrated: Option<Calibration>,
    /// What the challenge's own scorer says of every class, at one half; where it gives away a 1, `null`.
    #[serde(serialize_with = "in_their_order")]
    challenge: Vec<(String, Challenge)>,
    /// Patients and body sites, as far as the data set knows them.
    groups: Vec<GroupMetrics>,
    bootstrap: Resampling,
}

/// What was fitted, and on what.
#[derive(Clone, Debug)]
pub(crate) struct Fitted {
    pub(crate) calibration: FittedCalibration,
    /// The part of the split.
    pub(crate) on: String,
    pub(crate) images: usize,
}

/// What is divided by, and what it was fitted on.
#[derive(Clone, Debug, Serialize)]
struct Temperature {
    value: f64,
    fitted_on: String,
    images: usize,
}

/// The logits become (logits + biases) / temperature.
#[derive(Clone, Debug, Serialize)]
struct FittedBiases {
    temperature: f64,
    #[serde(serialize_with = "in_their_order")]
    biases: Vec<(String, f64)>,
    fitted_on: String,
    images: usize,
}

/// What was measured on the images of one group.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GroupMetrics {
    by: &'static str,
    name: String,
    images: usize,
    lesions: usize,
    accuracy: Option<MeasuredValue>,
    /// Over the classes that occur in the group.
    balanced_accuracy: Option<MeasuredValue>,
    macro_auc: Option<MeasuredValue>,
    #[serde(serialize_with = "in_their_order")]
    sensitivity: Vec<(String, Option<MeasuredValue>)>,
}

#[derive(Clone, Debug, Serialize)]
struct Calibration {
    brier_score: Option<MeasuredValue>,
    log_loss: Option<MeasuredValue>,
    expected_calibration_error: Option<MeasuredValue>,
    reliability: Vec<Bin>,
}

/// Images with a largest probability above `low`, up to `high`.
#[derive(Clone, Debug, Serialize)]
struct Bin {
    low: f64,
    high: f64,
    images: u64,
    confidence: Option<f64>,
    accuracy: Option<f64>,
}

/// With the scorer's names.
#[derive(Clone, Debug, Serialize)]
struct Challenge {
    accuracy: Option<f64>,
    sensitivity: Option<f64>,
    specificity: Option<f64>,
    dice: Option<f64>,
    ppv: Option<f64>,
    npv: Option<f64>,
    auc: Option<f64>,
    auc_sens_80: Option<f64>,
    ap: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct ClassMetrics {
    images: u64,
    lesions: usize,
    sensitivity: Option<MeasuredValue>,
    specificity: Option<MeasuredValue>,
    precision: Option<MeasuredValue>,
    f1: Option<MeasuredValue>,
    auc: Option<MeasuredValue>,
    average_precision: Option<MeasuredValue>,
}

/// A number and the ends of its 95 % interval.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct MeasuredValue {
    pub(crate) value: f64,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct Resampling {
    resamples: u32,
    seed: u64,
    grouped_by: &'static str,
}

pub(super) fn in_their_order<T: Serialize, S: Serializer>(
    classes: &[(String, T)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(classes.iter().map(|(label, class)| (label, class)))
}

impl From<Estimate> for MeasuredValue {
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
            sensitivity: report.sensitivity.map(MeasuredValue::from),
            specificity: report.specificity.map(MeasuredValue::from),
            precision: report.precision.map(MeasuredValue::from),
            f1: report.f1.map(MeasuredValue::from),
            auc: report.auc.map(MeasuredValue::from),
            average_precision: report.average_precision.map(MeasuredValue::from),
        }
    }
}

impl GroupMetrics {
    pub(crate) fn new(group: &Group, labels: &[String], report: &Report, lesions: usize) -> Self {
        let sensitivities = report.classes.iter().map(|class| class.sensitivity.map(MeasuredValue::from));
        Self {
            by: group.by,
            name: group.name.clone(),
            images: group.images.len(),
            lesions,
            accuracy: report.accuracy.map(MeasuredValue::from),
            balanced_accuracy: report.balanced_accuracy.map(MeasuredValue::from),
            macro_auc: report.macro_auc.map(MeasuredValue::from),
            sensitivity: labels.iter().cloned().zip(sensitivities).collect(),
        }
    }
}

impl Fitted {
    fn temperature(&self) -> Option<Temperature> {
        let value = self.calibration.temperature?;
        Some(Temperature { value, fitted_on: self.on.clone(), images: self.images })
    }

    fn recalibration(&self, labels: &[String]) -> Option<FittedBiases> {
        let Recalibration { temperature, biases } = self.calibration.recalibration.clone()?;
        let biases = labels.iter().cloned().zip(biases).collect();
        Some(FittedBiases { temperature, biases, fitted_on: self.on.clone(), images: self.images })
    }
}

impl From<&CalibrationReport> for Calibration {
    fn from(report: &CalibrationReport) -> Self {
        let bin = |&CalibrationBin { low, high, images, confidence, accuracy }: &CalibrationBin| Bin {
            low,
            high,
            images,
            confidence,
            accuracy,
        };
        Self {
            brier_score: report.brier_score.map(MeasuredValue::from),
            log_loss: report.log_loss.map(MeasuredValue::from),
            expected_calibration_error: report.expected_calibration_error.map(MeasuredValue::from),
            reliability: report.bins.iter().map(bin).collect(),
        }
    }
}

impl From<ChallengeScore> for Challenge {
    fn from(score: ChallengeScore) -> Self {
        let ChallengeScore { accuracy, sensitivity, specificity, dice, ppv, npv, auc, auc_sens_80, ap } =
            score;
        Self { accuracy, sensitivity, specificity, dice, ppv, npv, auc, auc_sens_80, ap }
    }
}

impl Metrics {
    pub(crate) fn new(
        about: MetricsHeader,
        labels: &[String],
        report: &Report,
        fitted: &Fitted,
        challenge: Vec<ChallengeScore>,
        lesions: &Lesions,
        bootstrap: Bootstrap,
    ) -> Self {
        let classes = labels.iter().zip(&report.classes).zip(&lesions.of_class);
        let challenge = labels.iter().cloned().zip(challenge.into_iter().map(Challenge::from)).collect();
        Self {
            about,
            images: report.confusion_matrix.images(),
            lesions: lesions.all,
            labels: labels.to_vec(),
            confusion_matrix: report.confusion_matrix.rows().map(<[u64]>::to_vec).collect(),
            balanced_accuracy: report.balanced_accuracy.map(MeasuredValue::from),
            accuracy: report.accuracy.map(MeasuredValue::from),
            macro_specificity: report.macro_specificity.map(MeasuredValue::from),
            macro_precision: report.macro_precision.map(MeasuredValue::from),
            macro_f1: report.macro_f1.map(MeasuredValue::from),
            macro_auc: report.macro_auc.map(MeasuredValue::from),
            macro_average_precision: report.macro_average_precision.map(MeasuredValue::from),
            per_class: classes
                .map(|((label, class), &lesions)| (label.clone(), ClassMetrics::new(class, lesions)))
                .collect(),
            calibration: Calibration::from(&report.calibration),
            temperature: fitted.temperature(),
            calibrated: report.calibrated.as_ref().map(Calibration::from),
            recalibration: fitted.recalibration(labels),
            recalibrated: report.recalibrated.as_ref().map(Calibration::from),
            challenge,
            groups: Vec::new(),
            bootstrap: Resampling {
                resamples: bootstrap.resamples,
                seed: bootstrap.seed,
                grouped_by: "lesion",
            },
        }
    }

    /// The same with results per group.
    pub(crate) fn with_groups(self, groups: Vec<GroupMetrics>) -> Self {
        Self { groups, ..self }
    }

    /// The main numbers, for the terminal.
    pub(crate) fn summary(&self) -> String {
        let mut lines = vec![
            line("balanced accuracy", self.balanced_accuracy),
            line("accuracy", self.accuracy),
            line("mean AUC", self.macro_auc),
            line("mean average precision", self.macro_average_precision),
            line("Brier score", self.calibration.brier_score),
            line("calibration error", self.calibration.expected_calibration_error),
        ];
        match (&self.temperature, &self.calibrated) {
            (Some(Temperature { value, fitted_on, .. }), Some(calibrated)) => lines.push(line(
                &format!("calibration error at temperature {value:.3}, fitted on {fitted_on},"),
                calibrated.expected_calibration_error,
            )),
            _ => lines.push("no temperature is best on the validation images".to_owned()),
        }
        if let Some(recalibrated) = &self.recalibrated {
            let words = "calibration error with a bias for each class as well";
            lines.push(line(words, recalibrated.expected_calibration_error));
        }
        lines.push(format!("{} images of {} lesions", grouped(self.images), count(self.lesions)));
        lines.join("\n")
    }
}

fn line(name: &str, measured: Option<MeasuredValue>) -> String {
    match measured {
        None => format!("{name} undefined"),
        Some(MeasuredValue { value, low: Some(low), high: Some(high) }) => {
            format!("{name} {value:.3} (95 % interval {low:.3} to {high:.3})")
        }
        Some(MeasuredValue { value, .. }) => format!("{name} {value:.3} (no interval)"),
    }
}
