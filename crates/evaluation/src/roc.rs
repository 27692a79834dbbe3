//! The receiver operating characteristic: what a threshold on the score of one class costs and brings.

use crate::Predictions;

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
    let ranking = Ranking::new(scores, positive);
    let count = |wanted| positive.iter().filter(|&&is| is == wanted).count();
    let (positives, negatives) = (count(true), count(false));
    if positives == 0 || negatives == 0 {
        return None;
    }
    let point = |threshold, above: (usize, usize)| RocPoint {
        threshold,
        false_positive_rate: above.1 as f64 / negatives as f64,
        true_positive_rate: above.0 as f64 / positives as f64,
    };
    let mut above = (0, 0);
    let mut curve = vec![point(f32::INFINITY, above)];
    for tied in ranking.ties().rev() {
        let found = tied.iter().filter(|&&(_, is_positive)| is_positive).count();
        above = (above.0 + found, above.1 + tied.len() - found);
        curve.push(point(scores[tied[0].0], above));
    }
    Some(curve)
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
    Ranking::new(scores, positive).auc(&vec![1; scores.len()])
}

/// Mean AUC, each class against the rest, of the classes that have one; `None` if none has.
pub fn macro_auc(predictions: &Predictions) -> Option<f64> {
    let classes = 0..predictions.classes();
    let areas: Vec<f64> =
        classes.filter_map(|class| auc(&predictions.scores(class), &predictions.is_class(class))).collect();
    numerics::statistics::mean(&areas)
}

/// Images sorted once by a score, so that the area of every resample takes one pass.
pub(crate) struct Ranking {
    /// Index of the image and whether it is positive, lowest score first.
    images: Vec<(usize, bool)>,
    /// Where each run of equal scores ends.
    ends: Vec<usize>,
}

impl Ranking {
    pub(crate) fn new(scores: &[f32], positive: &[bool]) -> Self {
        assert_eq!(scores.len(), positive.len(), "a ranking expects one truth for every score");
        assert!(scores.iter().all(|score| !score.is_nan()), "a ranking expects numbers, found NaN");
        let mut images: Vec<(usize, bool)> = positive.iter().copied().enumerate().collect();
        images.sort_by(|a, b| scores[a.0].total_cmp(&scores[b.0]));
        let last_of_run =
            |&end: &usize| end == images.len() || scores[images[end - 1].0] < scores[images[end].0];
        let ends = (1..=images.len()).filter(last_of_run).collect();
        Self { images, ends }
    }

    /// Runs of equal scores, lowest first.
    fn ties(&self) -> impl DoubleEndedIterator<Item = &[(usize, bool)]> {
        (0..self.ends.len()).map(|run| {
            let start = run.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.images[start..self.ends[run]]
        })
    }

    /// The area if every image counted `times[image]` times.
    pub(crate) fn auc(&self, times: &[u32]) -> Option<f64> {
        // Whole numbers throughout, with every pair counted twice so that a tie is 1: the order of addition cannot matter.
        let (mut positives, mut negatives, mut won) = (0_u64, 0_u64, 0_u64);
        for tied in self.ties() {
            let (mut tied_positives, mut tied_negatives) = (0, 0);
            for &(image, is_positive) in tied {
                let times = u64::from(times[image]);
                *(if is_positive { &mut tied_positives } else { &mut tied_negatives }) += times;
            }
            won += tied_positives * (2 * negatives + tied_negatives);
            positives += tied_positives;
            negatives += tied_negatives;
        }
        let pairs = positives * negatives;
        (pairs > 0).then(|| won as f64 / (2 * pairs) as f64)
    }
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
        let ranking = Ranking::new(&SCORES, &POSITIVE);
        let (mut scores, mut positive) = (SCORES.to_vec(), POSITIVE.to_vec());
        scores.extend([SCORES[1], SCORES[5]]);
        positive.extend([POSITIVE[1], POSITIVE[5]]);
        assert_eq!(ranking.auc(&[1, 2, 1, 1, 1, 2]), auc(&scores, &positive));
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
    fn a_class_without_images_stays_out_of_the_macro_mean() {
        let rows = [[0.6, 0.4, 0.0], [0.3, 0.7, 0.0], [0.7, 0.3, 0.0]];
        let predictions = Predictions::new(3, vec![0, 1, 1], rows.concat()).unwrap();
        // Class 0: 0.6 beats 0.3 and loses to 0.7; class 1: 0.7 beats 0.4 and 0.3 loses to it. Both one half.
        assert_eq!(macro_auc(&predictions), Some(0.5));
    }
}
