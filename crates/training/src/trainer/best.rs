//! The best epoch so far.

use serde::{Deserialize, Serialize};

use crate::bits;

/// The best epoch so far, of those at the final image size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// From 1.
    pub epoch: usize,
    /// The recipe's metric on the validation images; higher is better, so a loss is negated.
    pub score: f64,
    /// On the validation images, 0 to 1.
    pub balanced_accuracy: f64,
    /// On the validation images; decides ties.
    pub validation_loss: f64,
}

impl Best {
    pub(super) fn rank(self) -> (f64, f64) {
        (self.score, -self.validation_loss)
    }
}

/// The same for a checkpoint, exact to the last bit.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BestBits {
    epoch: usize,
    #[serde(with = "bits")]
    score: f64,
    #[serde(with = "bits")]
    balanced_accuracy: f64,
    #[serde(with = "bits")]
    validation_loss: f64,
}

impl From<Best> for BestBits {
    fn from(best: Best) -> Self {
        let Best { epoch, score, balanced_accuracy, validation_loss } = best;
        Self { epoch, score, balanced_accuracy, validation_loss }
    }
}

impl From<BestBits> for Best {
    fn from(exact: BestBits) -> Self {
        let BestBits { epoch, score, balanced_accuracy, validation_loss } = exact;
        Self { epoch, score, balanced_accuracy, validation_loss }
    }
}
