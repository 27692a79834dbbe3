//! Two networks on the same images: whether one is better, or only luckier.

use numerics::math;

use crate::ranking::Ranking;
use crate::{Bootstrap, Estimate, EvaluationError, Interval, Predictions};

/// What two networks did with the same images.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Images that both predict right.
    pub both_right: u64,
    /// Images that the first alone predicts right.
    pub first_right: u64,
    /// Images that the second alone predicts right.
    pub second_right: u64,
    /// Images that both predict wrong.
    pub both_wrong: u64,
    /// How often chance alone would split those that one predicts right at least as unevenly; see [`mcnemar`].
    pub mcnemar: Option<f64>,
    /// Accuracy of the second less that of the first.
    pub accuracy: Option<Estimate>,
    /// Balanced accuracy of the second less that of the first.
    pub balanced_accuracy: Option<Estimate>,
    /// Mean AUC of the second less that of the first.
    pub macro_auc: Option<Estimate>,
}

/// Compares two networks; `groups[image]` is the lesion of every image, numbered from 0.
///
/// Every resample gives both networks the same lesions, so what makes a lesion hard for both cancels out. An interval
/// that leaves out 0 tells a difference. [`mcnemar`] treats every image as a lesion of its own: with several images of
/// a lesion it is too sure, and the intervals are not.
///
/// # Errors
/// [`EvaluationError`] if the predictions are not for the same images, or `groups` are not as many.
pub fn compare(
    first: &Predictions,
    second: &Predictions,
    groups: &[usize],
    bootstrap: Bootstrap,
) -> Result<Comparison, EvaluationError> {
    check(first, second)?;
    let mut counts = [[0_u64; 2]; 2];
    for ((truth, a), b) in first.truth().iter().zip(first.predicted()).zip(second.predicted()) {
        counts[usize::from(a == truth)][usize::from(b == truth)] += 1;
    }
    let rankings = [rankings(first), rankings(second)];
    let difference = |times: &[u32]| {
        let [a, b] = [numbers(first, &rankings[0], times), numbers(second, &rankings[1], times)];
        [0, 1, 2].map(|number| Some(b[number]? - a[number]?))
    };
    let values = difference(&vec![1; first.images()]);
    let intervals = bootstrap.intervals(first.images(), groups, difference)?;
    let estimate = |number: usize| -> Option<Estimate> {
        let interval: Option<Interval> = intervals[number];
        values[number].map(|value| Estimate { value, interval })
    };
    Ok(Comparison {
        both_right: counts[1][1],
        first_right: counts[1][0],
        second_right: counts[0][1],
        both_wrong: counts[0][0],
        mcnemar: mcnemar(counts[1][0], counts[0][1]),
        accuracy: estimate(0),
        balanced_accuracy: estimate(1),
        macro_auc: estimate(2),
    })
}

fn check(first: &Predictions, second: &Predictions) -> Result<(), EvaluationError> {
    let place = if first.images() != second.images() {
        format!("the number of images, {} and {}", first.images(), second.images())
    } else if first.classes() != second.classes() {
        format!("the number of classes, {} and {}", first.classes(), second.classes())
    } else if let Some(image) = (0..first.images()).find(|&i| first.truth()[i] != second.truth()[i]) {
        format!("the true class of image {image}, {} and {}", first.truth()[image], second.truth()[image])
    } else {
        return Ok(());
    };
    Err(EvaluationError::Pairs { place })
}

fn rankings(predictions: &Predictions) -> Vec<Ranking> {
    (0..predictions.classes()).map(|class| predictions.ranking(class)).collect()
}

/// Accuracy, balanced accuracy and mean AUC if every image counted `times[image]` times.
fn numbers(predictions: &Predictions, rankings: &[Ranking], times: &[u32]) -> [Option<f64>; 3] {
    let matrix = predictions.resampled_confusion_matrix(|image| times[image]);
    let areas: Vec<f64> =
        rankings.iter().filter_map(|ranking| ranking.areas(|image| times[image]).roc).collect();
    [matrix.accuracy(), matrix.balanced_accuracy(), numerics::statistics::mean(&areas)]
}

/// The exact test of `McNemar`, two-sided: how often a coin thrown once for each image that only one network predicts
/// right would favour either network at least as much. `None` if there is no such image.
///
/// ```
/// // Of five the first has all: the coin does so, or the opposite, in 2 of 32 throws.
/// assert!(evaluation::mcnemar(5, 0).is_some_and(|p| (p - 2.0 / 32.0).abs() < 1e-15));
/// assert_eq!(evaluation::mcnemar(4, 4), Some(1.0));
/// ```
///
/// Source: `McNemar` 1947, <https://doi.org/10.1007/BF02295996>.
pub fn mcnemar(first_right: u64, second_right: u64) -> Option<f64> {
    let throws = first_right + second_right;
    if throws == 0 {
        return None;
    }
    // Binomial coefficients one after the other, as logarithms, which cannot overflow.
    let mut logarithm = -(throws as f64) * core::f64::consts::LN_2;
    let mut tail = 0.0;
    for favoured in 0..=first_right.min(second_right) {
        tail += math::exp64(logarithm);
        logarithm += math::ln64((throws - favoured) as f64 / (favoured + 1) as f64);
    }
    Some((2.0 * tail).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTSTRAP: Bootstrap = Bootstrap { resamples: 500, seed: 5 };

    /// Two classes in turns; the network errs on the images that `wrong` picks.
    fn network(images: usize, wrong: impl Fn(usize) -> bool) -> Predictions {
        let truth: Vec<usize> = (0..images).map(|image| image % 2).collect();
        let row =
            |image: usize| if (truth[image] == 0) == wrong(image) { [0.25, 0.75] } else { [0.75, 0.25] };
        let probabilities = (0..images).flat_map(row).collect();
        Predictions::new(2, truth.clone(), probabilities).unwrap()
    }

    #[test]
    fn a_network_does_not_differ_from_itself() {
        let one = network(40, |image| image % 5 == 0);
        let groups: Vec<usize> = (0..40).collect();
        let comparison = compare(&one, &one, &groups, BOOTSTRAP).unwrap();
        let zero = Estimate { value: 0.0, interval: Some(Interval { low: 0.0, high: 0.0 }) };
        assert_eq!((comparison.accuracy, comparison.balanced_accuracy), (Some(zero), Some(zero)));
        assert_eq!((comparison.both_right, comparison.both_wrong, comparison.mcnemar), (32, 8, None));
    }

    #[test]
    fn a_network_that_errs_less_is_told_from_one_that_errs_more() {
        // 200 images: 80 wrong, and 20 wrong of the same ones: 180/200 - 120/200.
        let (worse, better) = (network(200, |image| image % 5 < 2), network(200, |image| image % 10 == 0));
        let groups: Vec<usize> = (0..200).collect();
        let comparison = compare(&worse, &better, &groups, BOOTSTRAP).unwrap();
        let accuracy = comparison.accuracy.unwrap();
        assert!((accuracy.value - 0.3).abs() < 1e-15);
        // Standard error of the mean of 60 ones among 200: sqrt(0.3 * 0.7 / 200) = 0.032.
        let interval = accuracy.interval.unwrap();
        assert!((interval.low - 0.236).abs() < 0.02 && (interval.high - 0.364).abs() < 0.02, "{interval:?}");
        assert_eq!((comparison.first_right, comparison.second_right), (0, 60));
        assert!(comparison.mcnemar.is_some_and(|p| p < 1e-15));
    }

    #[test]
    fn a_coin_decides_what_is_luck() {
        // Of ten one: 2 * (1 + 10) / 1024.
        assert!(mcnemar(1, 9).is_some_and(|p| (p - 22.0 / 1024.0).abs() < 1e-14));
        assert_eq!((mcnemar(0, 0), mcnemar(1, 0)), (None, Some(1.0)));
        // A thousand throws neither overflow nor vanish: the normal approximation gives 0.0466 for 531.5 of 1000.
        assert!(mcnemar(468, 532).is_some_and(|p| (p - 0.0464).abs() < 5e-4), "{:?}", mcnemar(468, 532));
    }

    #[test]
    fn other_images_are_refused() {
        let message =
            |a: &Predictions, b: &Predictions| compare(a, b, &[0, 1], BOOTSTRAP).unwrap_err().to_string();
        let (one, more) = (network(2, |_| false), network(4, |_| false));
        assert!(message(&one, &more).ends_with("they differ in the number of images, 2 and 4"));
        let other = Predictions::new(2, vec![0, 0], vec![0.5; 4]).unwrap();
        assert!(message(&one, &other).ends_with("they differ in the true class of image 1, 1 and 0"));
    }
}
