//! Early stopping: when a stage ends before its last epoch.

use recipe::EarlyStopping;
use serde::{Deserialize, Serialize};

use crate::bits;

/// The state of early stopping within a stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StoppingState {
    #[serde(with = "bits")]
    best: f64,
    /// Epochs since then.
    epochs: usize,
}

impl Default for StoppingState {
    fn default() -> Self {
        Self { best: f64::NEG_INFINITY, epochs: 0 }
    }
}

impl StoppingState {
    /// Takes in an epoch's score, where higher is better, and returns whether the stage ends here, as Keras's
    /// `EarlyStopping` does.
    pub(super) fn epoch(&mut self, rule: EarlyStopping, score: f64) -> bool {
        if score - rule.min_change > self.best {
            *self = Self { best: score, epochs: 0 };
        } else {
            self.epochs += 1;
        }
        rule.patience > 0 && self.epochs >= rule.patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The epoch, from 1, after which these losses end a stage.
    fn ends(patience: usize, min_change: f64, losses: &[f64]) -> Option<usize> {
        let (mut stopping, rule) = (StoppingState::default(), EarlyStopping { patience, min_change });
        losses.iter().position(|loss| stopping.epoch(rule, -loss)).map(|index| index + 1)
    }

    #[test]
    fn the_notebooks_stop_ten_epochs_after_their_best() {
        // Case 1: best in epoch 3, 13 epochs; case 2: best in epoch 6, 16 epochs.
        let history = |best: usize| -> Vec<f64> {
            (1..=50).map(|epoch: usize| 1.0 + 0.01 * epoch.abs_diff(best) as f64).collect()
        };
        assert_eq!(ends(10, 0.0, &history(3)), Some(13));
        assert_eq!(ends(10, 0.0, &history(6)), Some(16));
    }

    #[test]
    fn without_patience_it_never_ends() {
        assert_eq!(ends(0, 0.0, &[1.0; 100]), None);
    }

    #[test]
    fn a_change_that_is_too_small_is_none() {
        assert_eq!(ends(2, 0.1, &[1.0, 0.95, 0.91, 0.85]), Some(3));
        assert_eq!(ends(2, 0.1, &[1.0, 0.95, 0.89, 0.85]), None);
    }
}
