//! The receiver operating characteristic: what a threshold on the score of one class costs and brings.

use crate::Predictions;
use crate::ranking::Ranking;

/// One place of the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RocPoint {
    /// Images with at least this score are called positive; infinity at the first point.
    pub threshold: f32,
    /// Share of the negative images called positive, 1 − specificity.
    pub false_positive_rate: f64,
    /// Share of the positive images called positive, sensitivity.
    pub true_positive_rate: f64,
}

/// The curve from (0, 0) to (1, 1), one point for each different score, highest first.
///
/// `None` if no image is positive or none is negative.
///
/// ```
/// let curve = evaluation::roc_curve(&[0.9, 0.4, 0.4], &[true, true, false]).unwrap();
/// let points: Vec<_> = curve.iter().map(|p| (p.false_positive_rate, p.true_positive_rate)).collect();
/// assert_eq!(points, [(0.0, 0.0), (0.0, 0.5), (1.0, 1.0)]);
/// ```
///
/// # Panics
/// If the lengths differ or a score is NaN.
pub fn roc_curve(scores: &[f32], positive: &[bool]) -> Option<Vec<RocPoint>> {
    let ranking = Ranking::new(scores.iter().copied(), positive);
    let positives = positive.iter().filter(|&&is| is).count();
    let negatives = positive.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let start = RocPoint { threshold: f32::INFINITY, false_positive_rate: 0.0, true_positive_rate: 0.0 };
    let point = |(image, [true_positives, false_positives]): (usize, [u64; 2])| RocPoint {
        threshold: scores[image],
        false_positive_rate: false_positives as f64 / negatives as f64,
        true_positive_rate: true_positives as f64 / positives as f64,
    };
    Some(std::iter::once(start).chain(ranking.runs().map(point)).collect())
}

/// Area under the ROC curve: the probability that a positive image scores higher than a negative one, ties one half.
///
/// `None` if no image is positive or none is negative.
///
/// ```
/// // Of four pairs one is lost and one is a tie: (1 + 1 + 0 + 1/2) / 4.
/// assert_eq!(evaluation::auc(&[0.9, 0.4, 0.5, 0.4], &[true, true, false, false]), Some(0.625));
/// assert_eq!(evaluation::auc(&[0.9, 0.4], &[true, true]), None);
/// ```
///
/// # Panics
/// If the lengths differ or a score is NaN.
///
/// Source: Hanley and `McNeil` 1982, <https://doi.org/10.1148/radiology.143.1.7063747>.
pub fn auc(scores: &[f32], positive: &[bool]) -> Option<f64> {
    Ranking::new(scores.iter().copied(), positive).areas(|_| 1).roc
}

/// Average precision: the mean, over the positive images, of the precision at the threshold that just finds each.
///
/// It is the area under the steps of the precision-recall curve, without interpolation; a network that tells nothing
/// gets the share of positive images. `None` if no image is positive.
///
/// ```
/// // At 0.9 one of one is positive, at 0.4 two of four: (1 + 2/4) / 2.
/// let average = evaluation::average_precision(&[0.9, 0.4, 0.5, 0.4], &[true, true, false, false]);
/// assert_eq!(average, Some(0.75));
/// ```
///
/// # Panics
/// If the lengths differ or a score is NaN.
///
/// Source: Zhu 2004, Recall, precision and average precision; scikit-learn's `average_precision_score`.
pub fn average_precision(scores: &[f32], positive: &[bool]) -> Option<f64> {
    Ranking::new(scores.iter().copied(), positive).areas(|_| 1).precision
}

/// Mean AUC, each class against the rest, of the classes that have one; `None` if none has.
pub fn macro_auc(predictions: &Predictions) -> Option<f64> {
    let classes = 0..predictions.classes();
    let areas: Vec<f64> = classes.filter_map(|class| predictions.ranking(class).areas(|_| 1).roc).collect();
    numerics::statistics::mean(&areas)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f32; 6] = [0.1, 0.4, 0.4, 0.4, 0.8, 0.9];
    const POSITIVE: [bool; 6] = [false, true, false, false, true, false];

    #[test]
    fn the_trapezoids_under_the_curve_are_the_pairs_won() {
        // 0.4 against 0.1: won, twice tied, lost: 1 + 1/2 + 1/2 + 0; 0.8 against them: 3 won, 1 lost. 5 of 8.
        assert_eq!(auc(&SCORES, &POSITIVE), Some(5.0 / 8.0));
        let curve = roc_curve(&SCORES, &POSITIVE).unwrap();
        let trapezoids = curve.windows(2).map(|pair| {
            let width = pair[1].false_positive_rate - pair[0].false_positive_rate;
            width * f64::midpoint(pair[0].true_positive_rate, pair[1].true_positive_rate)
        });
        // All rates are multiples of 1/4, exact in binary.
        assert_eq!(Some(trapezoids.sum::<f64>()), auc(&SCORES, &POSITIVE));
    }

    #[test]
    fn counting_an_image_twice_is_the_same_as_having_it_twice() {
        let ranking = Ranking::new(SCORES.into_iter(), &POSITIVE);
        let (mut scores, mut positive) = (SCORES.to_vec(), POSITIVE.to_vec());
        scores.extend([SCORES[1], SCORES[5]]);
        positive.extend([POSITIVE[1], POSITIVE[5]]);
        let areas = ranking.areas(|image| [1, 2, 1, 1, 1, 2][image]);
        assert_eq!(
            (areas.roc, areas.precision),
            (auc(&scores, &positive), average_precision(&scores, &positive))
        );
    }

    #[test]
    fn scores_that_are_all_equal_tell_nothing() {
        assert_eq!(auc(&[0.5; 4], &[true, false, false, true]), Some(0.5));
        assert_eq!(roc_curve(&[0.5; 4], &[true, false, false, true]).unwrap().len(), 2);
    }

    #[test]
    fn zero_and_minus_zero_are_a_tie() {
        assert_eq!(auc(&[0.0, -0.0], &[true, false]), Some(0.5));
    }

    #[test]
    fn nothing_to_tell_apart_has_no_area() {
        assert_eq!((auc(&[], &[]), auc(&[0.3], &[false])), (None, None));
        assert_eq!(roc_curve(&[0.3], &[true]), None);
    }

    #[test]
    fn perfect_order_is_one_and_reversed_order_zero() {
        assert_eq!(auc(&[0.1, 0.2], &[false, true]), Some(1.0));
        assert_eq!(auc(&[0.1, 0.2], &[true, false]), Some(0.0));
    }

    #[test]
    fn average_precision_takes_equal_scores_at_once() {
        // At 0.9 none of 1, at 0.8 one of 2, at 0.4 two of 5: (1/2 + 2/5) / 2.
        assert_eq!(average_precision(&SCORES, &POSITIVE), Some(0.45));
        // All equal: the share of positive images.
        assert_eq!(average_precision(&[0.5; 4], &[true, false, false, false]), Some(0.25));
    }

    #[test]
    fn average_precision_needs_positive_images_only() {
        assert_eq!(average_precision(&[0.3], &[true]), Some(1.0));
        assert_eq!((average_precision(&[0.3], &[false]), average_precision(&[], &[])), (None, None));
    }

    #[test]
    fn a_class_without_images_stays_out_of_the_macro_mean() {
        let rows = [[0.6, 0.4, 0.0], [0.3, 0.7, 0.0], [0.7, 0.3, 0.0]];
        let predictions = Predictions::new(3, vec![0, 1, 1], rows.concat()).unwrap();
        // Class 0: 0.6 beats 0.3 and loses to 0.7; class 1: 0.7 beats 0.4 and 0.3 loses to it. Both one half.
        assert_eq!(macro_auc(&predictions), Some(0.5));
    }
}
