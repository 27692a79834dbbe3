//! Whether 80 % sure means right in 80 of 100.

use crate::Predictions;
use crate::temperature::logarithm;

/// Images whose most probable class has a probability in one range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationBin {
    /// Lower end of the range, excluded except for 0.
    pub low: f64,
    /// Upper end of the range, included.
    pub high: f64,
    /// How many images.
    pub images: u64,
    /// Mean probability of the predicted class; `None` without images.
    pub confidence: Option<f64>,
    /// Share predicted right; `None` without images.
    pub accuracy: Option<f64>,
}

/// The reliability diagram: `bins` ranges of equal width over 0..=1.
///
/// # Panics
/// If `bins` is 0.
pub fn calibration(predictions: &Predictions, bins: usize) -> Vec<CalibrationBin> {
    resampled_calibration(predictions, bins, |_| 1)
}

/// The diagram if every image counted `times(image)` times.
fn resampled_calibration(
    predictions: &Predictions,
    bins: usize,
    times: impl Fn(usize) -> u32,
) -> Vec<CalibrationBin> {
    assert!(bins > 0, "calibration needs at least 1 bin");
    let mut sums = vec![(0_u64, 0.0_f64, 0_u64); bins];
    for (image, (&truth, &predicted)) in predictions.truth().iter().zip(predictions.predicted()).enumerate() {
        let times = times(image);
        let confidence = f64::from(predictions.probabilities(image)[predicted]);
        let bin = ((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1;
        let (images, confidences, right) = &mut sums[bin];
        *images += u64::from(times);
        *confidences += f64::from(times) * confidence;
        *right += u64::from(times) * u64::from(truth == predicted);
    }
    let bin = |(index, (images, confidences, right)): (usize, (u64, f64, u64))| CalibrationBin {
        low: index as f64 / bins as f64,
        high: (index + 1) as f64 / bins as f64,
        images,
        confidence: (images > 0).then(|| confidences / images as f64),
        accuracy: (images > 0).then(|| right as f64 / images as f64),
    };
    sums.into_iter().enumerate().map(bin).collect()
}

/// Mean distance between confidence and accuracy over the bins, weighted by images; `None` without images.
///
/// Source: Guo et al. 2017, equation 5, <https://arxiv.org/abs/1706.04599> (there with 15 bins).
///
/// # Panics
/// If `bins` is 0.
pub fn expected_calibration_error(predictions: &Predictions, bins: usize) -> Option<f64> {
    resampled_calibration_error(predictions, bins, |_| 1)
}

/// The error if every image counted `times(image)` times.
pub(crate) fn resampled_calibration_error(
    predictions: &Predictions,
    bins: usize,
    times: impl Fn(usize) -> u32,
) -> Option<f64> {
    let bins = resampled_calibration(predictions, bins, times);
    let gap = |bin: &CalibrationBin| Some((bin.confidence? - bin.accuracy?).abs() * bin.images as f64);
    let gaps: f64 = bins.iter().filter_map(gap).sum();
    let images: u64 = bins.iter().map(|bin| bin.images).sum();
    (images > 0).then(|| gaps / images as f64)
}

/// Mean squared distance between the probabilities and the truth, summed over the classes, 0 (best) to 2.
///
/// `None` without images. Source: Brier 1950, <https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2>.
pub fn brier_score(predictions: &Predictions) -> Option<f64> {
    numerics::statistics::mean(&squared_distances(predictions))
}

/// What [`brier_score`] is the mean of, one an image.
pub(crate) fn squared_distances(predictions: &Predictions) -> Vec<f64> {
    let image_score = |(image, &truth): (usize, &usize)| -> f64 {
        let distance = |(class, &p): (usize, &f32)| f64::from(p) - if class == truth { 1.0 } else { 0.0 };
        predictions.probabilities(image).iter().enumerate().map(distance).map(|d| d * d).sum()
    };
    predictions.truth().iter().enumerate().map(image_score).collect()
}

/// Mean cross-entropy: minus the natural logarithm of the true class's probability, 0 (best) and up.
///
/// `None` without images. A probability of 0 counts as the smallest normal number of 32 bits, 87.3.
pub fn log_loss(predictions: &Predictions) -> Option<f64> {
    numerics::statistics::mean(&losses(predictions))
}

/// What [`log_loss`] is the mean of, one an image.
pub(crate) fn losses(predictions: &Predictions) -> Vec<f64> {
    let truth = predictions.truth().iter().enumerate();
    truth.map(|(image, &truth)| -logarithm(predictions.probabilities(image)[truth])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predictions(truth: &[usize], rows: &[[f32; 2]]) -> Predictions {
        Predictions::new(2, truth.to_vec(), rows.concat()).unwrap()
    }

    #[test]
    fn confident_and_wrong_costs_the_most() {
        assert_eq!(brier_score(&predictions(&[0], &[[0.0, 1.0]])), Some(2.0));
        assert_eq!(brier_score(&predictions(&[0], &[[1.0, 0.0]])), Some(0.0));
        // (0.5 - 1)² + 0.5²
        assert_eq!(brier_score(&predictions(&[0], &[[0.5, 0.5]])), Some(0.5));
    }

    #[test]
    fn the_error_is_the_gap_between_sure_and_right() {
        // Four images at 0.75, two of them right: |0.75 - 0.5|.
        let four = predictions(&[0, 0, 1, 1], &[[0.75, 0.25]; 4]);
        assert_eq!(expected_calibration_error(&four, 10), Some(0.25));
    }

    #[test]
    fn a_value_on_the_edge_belongs_to_the_lower_bin() {
        let bins = calibration(&predictions(&[0], &[[0.5, 0.5]]), 4);
        assert_eq!(bins.iter().map(|bin| bin.images).collect::<Vec<_>>(), [0, 1, 0, 0]);
        assert_eq!((bins[0].confidence, bins[0].accuracy), (None, None));
    }

    #[test]
    fn half_sure_of_two_costs_the_logarithm_of_two() {
        let loss = log_loss(&predictions(&[0, 1], &[[0.5, 0.5], [0.0, 1.0]])).unwrap();
        // (ln 2 + 0) / 2
        assert!((loss - core::f64::consts::LN_2 / 2.0).abs() < 1e-15, "{loss}");
    }

    #[test]
    fn sure_of_the_wrong_class_costs_much_but_not_infinitely() {
        let loss = log_loss(&predictions(&[0], &[[0.0, 1.0]])).unwrap();
        // The smallest normal number is 2 to the power -126.
        assert!((loss - 126.0 * core::f64::consts::LN_2).abs() < 1e-12, "{loss}");
    }

    #[test]
    fn nothing_is_not_calibrated() {
        let nothing = predictions(&[], &[]);
        assert_eq!((expected_calibration_error(&nothing, 15), brier_score(&nothing)), (None, None));
        assert_eq!(log_loss(&nothing), None);
    }
}
