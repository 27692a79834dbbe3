//! How good a classifier is: confusion matrix, balanced accuracy, ROC and AUC, calibration, intervals.
//!
//! Rows of a matrix are true classes, columns are predictions, counts are images. Rates and probabilities are 0 to 1.
//! What has nothing to be counted from is undefined, `None`: the sensitivity for a class that does not occur, the
//! precision of a class that is never predicted.

mod bootstrap;
mod calibration;
mod confusion;
mod error;
mod predictions;
mod report;
mod roc;

pub use bootstrap::{Bootstrap, Interval, group_numbers};
pub use calibration::{CalibrationBin, brier_score, calibration, expected_calibration_error};
pub use confusion::{Binary, ConfusionMatrix};
pub use error::EvaluationError;
pub use predictions::Predictions;
pub use report::{ClassReport, Estimate, Report, report};
pub use roc::{RocPoint, auc, macro_auc, roc_curve};
