//! One number that makes a network as sure as it may be: every logit is divided by a temperature before the softmax.
//!
//! Above 1 it makes the network less sure, below 1 more; the order of the classes stays. It is fitted on images that
//! are used neither to train the network nor to measure it. Source: Guo et al. 2017, section 4.2, <https://arxiv.org/abs/1706.04599>.

use numerics::math;

use crate::Predictions;

/// The range of temperatures tried; a minimum beyond it means that there is no best temperature.
const COLDEST: f64 = 0.01;
const HOTTEST: f64 = 100.0;

/// Steps of Newton's method or, where it would leave the bracket, halvings of it; ten are common.
const MOST_STEPS: usize = 100;

/// The temperature under which the true classes are the most probable.
///
/// The cross-entropy is convex in 1 / temperature, so there is one minimum or none. `None` without images, where every
/// image is right (colder were always better), and where the network is worse than guessing (hotter were).
/// A probability of 0 counts as the smallest normal number of 32 bits.
///
/// ```
/// use evaluation::{Predictions, temperature};
/// // 0.9 sure, and right in 3 of 4: at 3 : 1 the logits' difference is ln 3 instead of ln 9, one half.
/// let rows = [[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.9, 0.1]].concat();
/// let fitted = temperature(&Predictions::new(2, vec![0, 0, 0, 1], rows)?);
/// assert!(fitted.is_some_and(|t| (t - 2.0).abs() < 1e-6));
/// # Ok::<(), evaluation::EvaluationError>(())
/// ```
pub fn temperature(predictions: &Predictions) -> Option<f64> {
    let rows = LogProbabilities::of(predictions);
    let slope = |coldness: f64| rows.slope(coldness);
    let (mut low, mut high) = (1.0 / HOTTEST, 1.0 / COLDEST);
    if slope(low).0 >= 0.0 || slope(high).0 <= 0.0 {
        return None;
    }
    let mut coldness = 1.0;
    for _ in 0..MOST_STEPS {
        let (value, curvature) = slope(coldness);
        if value < 0.0 {
            low = coldness;
        } else {
            high = coldness;
        }
        let newton = coldness - value / curvature;
        // A curvature of 0 makes it infinite or NaN, which is in no bracket.
        let next = if newton >= low && newton <= high { newton } else { (low * high).sqrt() };
        let step = (next - coldness).abs();
        coldness = next;
        if step <= 1e-13 * coldness {
            break;
        }
    }
    Some(1.0 / coldness)
}

/// Logarithms of the probabilities, which all steps share.
struct LogProbabilities {
    classes: usize,
    /// Of each probability over the largest of its image, 0 and below; row-major.
    below_top: Vec<f64>,
    /// The same of the true class, summed.
    truth: f64,
}

impl LogProbabilities {
    fn of(predictions: &Predictions) -> Self {
        let classes = predictions.classes();
        let mut below_top = Vec::with_capacity(predictions.images() * classes);
        let mut sum = 0.0;
        for (image, &truth) in predictions.truth().iter().enumerate() {
            let row = predictions.probabilities(image);
            let top = logarithm(row[predictions.predicted()[image]]);
            below_top.extend(row.iter().map(|&p| logarithm(p) - top));
            sum += logarithm(row[truth]) - top;
        }
        Self { classes, below_top, truth: sum }
    }

    /// First and second derivative of the summed cross-entropy by 1 / temperature: mean (less the truth) and variance
    /// of the logarithms under the network's own probabilities, made colder.
    fn slope(&self, coldness: f64) -> (f64, f64) {
        let (mut first, mut second) = (-self.truth, 0.0);
        for row in self.below_top.chunks_exact(self.classes) {
            let (mut sum, mut mean, mut square) = (0.0, 0.0, 0.0);
            for &below in row {
                let weight = if below < 0.0 { math::exp64(coldness * below) } else { 1.0 };
                sum += weight;
                mean += weight * below;
                square += weight * below * below;
            }
            mean /= sum;
            first += mean;
            second += square / sum - mean * mean;
        }
        (first, second)
    }
}

/// The natural logarithm, of 0 that of the smallest normal number.
pub(crate) fn logarithm(probability: f32) -> f64 {
    math::ln64(f64::from(probability.max(f32::MIN_POSITIVE)))
}

/// The probabilities of one image at another temperature.
pub(crate) fn tempered(row: &[f32], temperature: f64) -> Vec<f32> {
    softmax(row.iter().map(|&p| logarithm(p) / temperature).collect())
}

/// The probabilities that belong to logits.
pub(crate) fn softmax(logits: Vec<f64>) -> Vec<f32> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logits.into_iter().map(|logit| math::exp64(logit - top)).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| (weight / sum) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_loss;
    use numerics::Random;

    fn predictions(truth: &[usize], rows: &[[f32; 2]]) -> Predictions {
        Predictions::new(2, truth.to_vec(), rows.concat()).unwrap()
    }

    #[test]
    fn twice_the_temperature_halves_the_difference_of_the_logits() {
        // 9 : 1 becomes 3 : 1.
        let tempered = predictions(&[0], &[[0.9, 0.1]]).at_temperature(2.0);
        assert!((tempered.probabilities(0)[0] - 0.75).abs() < 1e-6, "{tempered:?}");
    }

    #[test]
    fn the_predicted_class_stays_at_every_temperature() {
        let tied = predictions(&[0, 1], &[[0.499_999_97, 0.500_000_06], [0.1, 0.9]]);
        for temperature in [0.01, 1.0, 100.0] {
            assert_eq!(tied.at_temperature(temperature).predicted(), tied.predicted());
        }
    }

    #[test]
    fn no_other_temperature_makes_the_truth_more_probable() {
        let mut random = Random::new(11);
        let truth: Vec<usize> = (0..200).map(|_| random.below(2) as usize).collect();
        let rows = truth.iter().map(|&truth| {
            // Too sure: differences of the logits up to 10, often on the wrong side.
            let right = 1.0 / (1.0 + math::exp(-10.0 * (random.uniform() - 0.3)));
            if truth == 0 { [right, 1.0 - right] } else { [1.0 - right, right] }
        });
        let predictions = predictions(&truth, &rows.collect::<Vec<_>>());
        let best = temperature(&predictions).unwrap();
        assert!(best > 1.5, "{best}");
        let loss = |temperature: f64| log_loss(&predictions.at_temperature(temperature)).unwrap();
        assert!([0.5, 0.9, 0.99, 1.01, 1.1, 2.0].iter().all(|by| loss(best * by) > loss(best)), "{best}");
    }

    #[test]
    fn a_network_that_is_always_right_or_worse_than_guessing_has_no_temperature() {
        assert_eq!(temperature(&predictions(&[0, 1], &[[0.9, 0.1], [0.4, 0.6]])), None);
        assert_eq!(temperature(&predictions(&[1, 0], &[[0.9, 0.1], [0.4, 0.6]])), None);
        assert_eq!(temperature(&predictions(&[], &[])), None);
        // Nothing but ties: every temperature is as good.
        assert_eq!(temperature(&predictions(&[0, 1], &[[0.5, 0.5]; 2])), None);
    }

    #[test]
    fn a_probability_of_zero_for_the_truth_leaves_a_temperature() {
        // ln(2^-126) = -87.3 becomes ln(1/4), as four of five are right: 126 ln 2 / (2 ln 2).
        let fitted = temperature(&predictions(&[0, 0, 0, 0, 1], &[[1.0, 0.0]; 5])).unwrap();
        assert!((fitted - 63.0).abs() < 1e-9, "{fitted}");
        // With two of three right it were 126, hotter than is looked for.
        assert_eq!(temperature(&predictions(&[0, 0, 1], &[[1.0, 0.0]; 3])), None);
    }
}
