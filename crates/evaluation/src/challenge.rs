//! The metrics of the ISIC challenge's own scorer, each class against the rest at a threshold of one half.
//!
//! They differ from a confusion matrix, where the most probable class is predicted: here a class is called present
//! where its own probability is above 0.5, so an image may get no class. Where the scorer gives away a 1 because there
//! is nothing to count, the number is `None`. Source: `isic-challenge-scoring` 5.6.0, `classification.py`.

use crate::{Binary, Predictions, RocPoint, auc, average_precision, roc_curve};

/// A class is called present above this.
const THRESHOLD: f32 = 0.5;

/// The sensitivity from which `auc_sens_80` takes the area.
const SENSITIVITY: f64 = 0.8;

/// One class, with the scorer's names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChallengeScore {
    /// What is called present or absent rightly.
    pub accuracy: Option<f64>,
    /// Share of the class's images called present.
    pub sensitivity: Option<f64>,
    /// Share of the other images called absent.
    pub specificity: Option<f64>,
    /// Dice coefficient, the same as F1.
    pub dice: Option<f64>,
    /// Positive predictive value, the precision.
    pub ppv: Option<f64>,
    /// Negative predictive value.
    pub npv: Option<f64>,
    /// Area under the ROC curve.
    pub auc: Option<f64>,
    /// The part of that area right of where the sensitivity reaches 0.8.
    pub auc_sens_80: Option<f64>,
    /// Average precision.
    pub ap: Option<f64>,
}

/// The scorer's metrics for `class`.
///
/// # Panics
/// If there is no such class.
pub fn challenge_score(predictions: &Predictions, class: usize) -> ChallengeScore {
    let (scores, positive) = (predictions.scores(class), predictions.is_class(class));
    let counts = at_threshold(&scores, &positive);
    ChallengeScore {
        accuracy: counts.accuracy(),
        sensitivity: counts.sensitivity(),
        specificity: counts.specificity(),
        dice: counts.f1(),
        ppv: counts.precision(),
        npv: counts.negative_predictive_value(),
        auc: auc(&scores, &positive),
        auc_sens_80: roc_curve(&scores, &positive).and_then(|curve| area_above(&curve, SENSITIVITY)),
        ap: average_precision(&scores, &positive),
    }
}

fn at_threshold(scores: &[f32], positive: &[bool]) -> Binary {
    let count = |called: bool, is: bool| {
        let pairs = scores.iter().zip(positive);
        pairs.filter(|&(&score, &positive)| (score > THRESHOLD) == called && positive == is).count() as u64
    };
    Binary {
        true_positives: count(true, true),
        false_positives: count(true, false),
        false_negatives: count(false, true),
        true_negatives: count(false, false),
    }
}

/// Area under the part of the curve where the sensitivity is at least `sensitivity`; between points it is a straight line.
fn area_above(curve: &[RocPoint], sensitivity: f64) -> Option<f64> {
    let from = curve.iter().position(|point| point.true_positive_rate >= sensitivity)?;
    let (before, after) = (curve.get(from.checked_sub(1)?)?, curve[from]);
    let rise = after.true_positive_rate - before.true_positive_rate;
    let share = (sensitivity - before.true_positive_rate) / rise;
    let start = before.false_positive_rate + share * (after.false_positive_rate - before.false_positive_rate);
    let points = curve[from..].iter().map(|point| (point.false_positive_rate, point.true_positive_rate));
    let (mut area, mut last) = (0.0, (start, sensitivity));
    for point in points {
        area += (point.0 - last.0) * f64::midpoint(point.1, last.1);
        last = point;
    }
    Some(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_may_be_called_nothing_at_all() {
        let predictions = Predictions::new(3, vec![0], vec![0.5, 0.25, 0.25]).unwrap();
        assert_eq!(challenge_score(&predictions, 0).sensitivity, Some(0.0));
        assert_eq!(predictions.confusion_matrix().sensitivity(0), Some(1.0));
    }

    #[test]
    fn a_perfect_curve_has_all_its_area_above_any_sensitivity() {
        let predictions = Predictions::new(2, vec![0, 1], vec![0.75, 0.25, 0.25, 0.75]).unwrap();
        assert_eq!(challenge_score(&predictions, 1).auc_sens_80, Some(1.0));
    }

    #[test]
    fn a_diagonal_keeps_the_part_from_eight_tenths_on() {
        // From (0.8, 0.8) to (1, 1): 0.2 * 0.9.
        let ties = Predictions::new(2, vec![0, 1], vec![0.5; 4]).unwrap();
        let area = challenge_score(&ties, 1).auc_sens_80.unwrap();
        assert!((area - 0.18).abs() < 1e-15, "{area}");
    }

    #[test]
    fn what_the_scorer_gives_away_is_undefined() {
        let never = Predictions::new(2, vec![0, 0], vec![0.75, 0.25, 0.75, 0.25]).unwrap();
        let score = challenge_score(&never, 1);
        assert_eq!((score.sensitivity, score.ppv, score.dice), (None, None, None));
        assert_eq!((score.auc, score.auc_sens_80, score.ap), (None, None, None));
        assert_eq!(score.specificity, Some(1.0));
    }
}
