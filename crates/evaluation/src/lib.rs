//! How good a classifier is: confusion matrix, balanced accuracy, ROC and AUC, average precision, calibration,
//! intervals, and the comparison of two classifiers.
//!
//! Rows of a matrix are true classes, columns are predictions, counts are images. Rates and probabilities are 0 to 1.
//! What has nothing to be counted from is undefined, `None`: the sensitivity for a class that does not occur, the
//! precision of a class that is never predicted.

mod bootstrap;
mod calibration;
mod challenge;
mod comparison;
mod confusion;
mod error;
mod predictions;
mod ranking;
mod recalibration;
mod report;
mod roc;
pub mod submission;
mod temperature;

pub use bootstrap::{Bootstrap, Interval, group_numbers};
pub use calibration::{CalibrationBin, brier_score, calibration, expected_calibration_error, log_loss};
pub use challenge::{ChallengeScore, challenge_score};
pub use comparison::{Comparison, compare, mcnemar};
pub use confusion::{Binary, ConfusionMatrix};
pub use error::EvaluationError;
pub use predictions::Predictions;
pub use recalibration::Recalibration;
pub use report::{
    CALIBRATION_BINS, CalibrationReport, ClassReport, Estimate, FittedCalibration, Report, report,
};
pub use roc::{RocPoint, auc, average_precision, macro_auc, roc_curve};
pub use temperature::temperature;
