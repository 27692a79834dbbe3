//! A search for a learning rate: it rises from step to step, and the loss shows where it is too small and where too large.
//!
//! Source: Smith 2017, <https://arxiv.org/abs/1506.01186>, section 3.3, with a rate that rises by the same factor each step.

use numerics::math;
use serde::{Deserialize, Serialize};

/// Share of the smoothed loss that every step keeps.
const KEPT: f64 = 0.9;

/// The search ends once the smoothed loss is this many times as large as it was at its lowest.
const DIVERGED: f64 = 4.0;

/// The learning rates of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateRange {
    /// Of the first step, above 0.
    pub lowest: f64,
    /// Of the last step, above `lowest`.
    pub highest: f64,
    /// At least 2.
    pub steps: usize,
}

/// One step of a search: a row of `learning-rates.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateRow {
    /// From 1.
    pub step: usize,
    /// Of this step.
    pub learning_rate: f64,
    /// Mean over the batch, before the step.
    pub loss: f64,
    /// Exponential mean of the losses so far, without the bias of its beginning.
    pub smoothed_loss: f64,
}

/// What a search suggests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SuggestedRates {
    /// Where the smoothed loss fell fastest.
    pub steepest: f64,
    /// Where it was lowest.
    pub lowest: f64,
}

impl RateRange {
    /// The learning rate of a step from 1.
    pub fn rate(self, step: usize) -> f64 {
        let share = (step - 1) as f64 / (self.steps - 1) as f64;
        self.lowest * math::pow64(self.highest / self.lowest, share)
    }
}

impl RateRow {
    /// The row of the step after `rows`; `None` once the loss has diverged.
    pub fn after(rows: &[Self], range: RateRange, loss: f64) -> Option<Self> {
        let smoothed_loss = smoothed(rows, loss);
        let lowest = rows.iter().map(|row| row.smoothed_loss).fold(f64::INFINITY, f64::min);
        // A loss that is not finite has diverged, too.
        let step = rows.len() + 1;
        (smoothed_loss.is_finite() && smoothed_loss <= DIVERGED * lowest).then(|| Self {
            step,
            learning_rate: range.rate(step),
            loss,
            smoothed_loss,
        })
    }
}

/// The exponential mean of the losses of `rows` and one more, divided by the sum of its weights.
fn smoothed(rows: &[RateRow], loss: f64) -> f64 {
    let weights = |losses: usize| 1.0 - math::pow64(KEPT, losses as f64);
    let before = rows.last().map_or(0.0, |row| row.smoothed_loss * weights(rows.len()));
    (KEPT * before + (1.0 - KEPT) * loss) / weights(rows.len() + 1)
}

/// Where the smoothed loss fell fastest, and where it was lowest; `None` if it never fell.
pub fn suggested(rows: &[RateRow]) -> Option<SuggestedRates> {
    let by_loss = |a: &&RateRow, b: &&RateRow| a.smoothed_loss.total_cmp(&b.smoothed_loss);
    let lowest = rows.iter().min_by(by_loss)?;
    let until = &rows[..lowest.step];
    // The rates rise by the same factor, so equal stretches of steps are equal on a logarithmic axis.
    let window = (until.len() / 8).max(1);
    let falls =
        until.iter().zip(until.iter().skip(window)).map(|(a, b)| (a.smoothed_loss - b.smoothed_loss, b));
    let (fall, steepest) = falls.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (fall > 0.0).then_some(SuggestedRates { steepest: steepest.learning_rate, lowest: lowest.learning_rate })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: RateRange = RateRange { lowest: 1e-4, highest: 1.0, steps: 5 };

    fn rows(losses: &[f64]) -> Vec<RateRow> {
        let row = |(index, &loss): (usize, &f64)| RateRow {
            step: index + 1,
            learning_rate: (index + 1) as f64,
            loss,
            smoothed_loss: loss,
        };
        losses.iter().enumerate().map(row).collect()
    }

    #[test]
    fn the_rate_rises_by_the_same_factor_from_end_to_end() {
        for (step, expected) in [(1, 1e-4), (2, 1e-3), (3, 1e-2), (5, 1.0)] {
            assert!((RANGE.rate(step) / expected - 1.0).abs() < 1e-9, "{step}");
        }
    }

    #[test]
    fn the_first_smoothed_loss_is_the_loss_and_a_constant_one_stays() {
        let mut all = Vec::new();
        for step in 1..=5 {
            let row = RateRow::after(&all, RANGE, 2.0).unwrap();
            assert!((row.smoothed_loss - 2.0).abs() < 1e-12 && row.step == step, "{row:?}");
            all.push(row);
        }
    }

    #[test]
    fn a_loss_that_diverges_ends_the_search() {
        let all = rows(&[1.0, 0.5]);
        assert!(RateRow::after(&all, RANGE, 2.0).is_some());
        for loss in [40.0, f64::NAN, f64::INFINITY] {
            assert_eq!(RateRow::after(&all, RANGE, loss), None, "{loss}");
        }
    }

    #[test]
    fn the_steepest_fall_and_the_lowest_loss_are_found() {
        let found = suggested(&rows(&[2.0, 1.9, 1.2, 1.1, 1.05, 3.0])).unwrap();
        assert_eq!(found, SuggestedRates { steepest: 3.0, lowest: 5.0 });
        assert_eq!(suggested(&rows(&[1.0, 2.0, 3.0])), None);
        assert_eq!(suggested(&[]), None);
    }
}
