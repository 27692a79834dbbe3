//! Everything that is said about one network on one set of images.

use crate::bootstrap::ResampleSpread;
use crate::calibration::{losses, resampled_calibration_error, squared_distances};
use crate::ranking::{Areas, Ranking};
use crate::{
    Binary, Bootstrap, CalibrationBin, ConfusionMatrix, EvaluationError, Interval, Predictions,
    Recalibration, calibration,
};

/// A number and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number, from all images.
    pub value: f64,
    /// From the resamples; `None` if it is undefined in many of them.
    pub interval: Option<Interval>,
}

/// What is known about one class against the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassReport {
    /// How many images of it there are.
    pub images: u64,
    /// Share of its images that were found.
    pub sensitivity: Option<Estimate>,
    /// Share of the other images that were left alone.
    pub specificity: Option<Estimate>,
    /// Share of what was taken for it that is it.
    pub precision: Option<Estimate>,
    /// Harmonic mean of precision and sensitivity.
    pub f1: Option<Estimate>,
    /// Area under the ROC curve.
    pub auc: Option<Estimate>,
    /// Area under the steps of the precision-recall curve.
    pub average_precision: Option<Estimate>,
}

/// Whether the probabilities are as large as they should be.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibrationReport {
    /// Mean squared distance between probabilities and truth, 0 to 2.
    pub brier_score: Option<Estimate>,
    /// Mean cross-entropy, 0 and up.
    pub log_loss: Option<Estimate>,
    /// Gap between confidence and accuracy, with [`CALIBRATION_BINS`]. Resampling adds noise to every bin and so makes
    /// the gap larger; the interval is moved back by as much.
    pub expected_calibration_error: Option<Estimate>,
    /// The reliability diagram.
    pub bins: Vec<CalibrationBin>,
}

/// What is known about a network. A macro value is the mean over the classes that have one.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// True against predicted classes.
    pub confusion_matrix: ConfusionMatrix,
    /// Share of images predicted right.
    pub accuracy: Option<Estimate>,
    /// Mean sensitivity.
    pub balanced_accuracy: Option<Estimate>,
    /// Mean specificity.
    pub macro_specificity: Option<Estimate>,
    /// Mean precision.
    pub macro_precision: Option<Estimate>,
    /// Mean F1.
    pub macro_f1: Option<Estimate>,
    /// Mean AUC.
    pub macro_auc: Option<Estimate>,
    /// Mean average precision.
    pub macro_average_precision: Option<Estimate>,
    /// Every class, in their order.
    pub classes: Vec<ClassReport>,
    /// The probabilities as the network gives them.
    pub calibration: CalibrationReport,
    /// The same at the temperature that was given; `None` if none was.
    pub calibrated: Option<CalibrationReport>,
    /// The same with the recalibration that was given; `None` if none was.
    pub recalibrated: Option<CalibrationReport>,
}

/// What was fitted to other images of the same kind to make probabilities as large as they should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FittedCalibration {
    /// As by [`crate::temperature()`].
    pub temperature: Option<f64>,
    /// As by [`Recalibration::fit`].
    pub recalibration: Option<Recalibration>,
}

/// Ranges of the reliability diagram, as many as in Guo et al. 2017.
pub const CALIBRATION_BINS: usize = 15;

/// All metrics with their intervals; `groups[image]` is the lesion of every image, numbered from 0.
///
/// # Errors
/// [`EvaluationError::Groups`] if `groups` are not as many as the images.
pub fn report(
    predictions: &Predictions,
    fitted: &FittedCalibration,
    groups: &[usize],
    bootstrap: Bootstrap,
) -> Result<Report, EvaluationError> {
    let measured = PreparedScores {
        predictions,
        rankings: (0..predictions.classes()).map(|class| predictions.ranking(class)).collect(),
        calibration: Calibration::new(predictions.clone()),
        calibrated: fitted
            .temperature
            .map(|temperature| Calibration::new(predictions.at_temperature(temperature))),
        recalibrated: fitted
            .recalibration
            .as_ref()
            .map(|fitted| Calibration::new(predictions.recalibrated(fitted))),
    };
    let values = measured.numbers(|_| 1);
    let spreads = bootstrap.spreads(values.len(), predictions.images(), groups, |times| {
        measured.numbers(|image| times[image])
    })?;
    let mut numbers = values.into_iter().zip(spreads);
    Ok(measured.report(&mut || {
        let (value, spread) = numbers.next()?;
        Some((value?, spread))
    }))
}

/// What every resample looks at, prepared once.
struct PreparedScores<'a> {
    predictions: &'a Predictions,
    /// Of every class.
    rankings: Vec<Ranking>,
    /// As the network says.
    calibration: Calibration,
    calibrated: Option<Calibration>,
    recalibrated: Option<Calibration>,
}

/// Probabilities and what they cost, one an image.
struct Calibration {
    predictions: Predictions,
    squared_distances: Vec<f64>,
    losses: Vec<f64>,
}

/// The next metric and its values over the resamples.
type NextMetric<'a> = &'a mut dyn FnMut() -> Option<(f64, Option<ResampleSpread>)>;

fn estimate(next: NextMetric) -> Option<Estimate> {
    let (value, spread) = next()?;
    Some(Estimate { value, interval: spread.map(|spread| spread.interval) })
}

fn moved_estimate(next: NextMetric) -> Option<Estimate> {
    let (value, spread) = next()?;
    Some(Estimate { value, interval: spread.map(|spread| spread.moved_to(value)) })
}

impl PreparedScores<'_> {
    /// Every number if every image counted `times(image)` times, in the order in which [`PreparedScores::report`] takes them.
    fn numbers(&self, times: impl Fn(usize) -> u32 + Copy) -> Vec<Option<f64>> {
        let matrix = self.predictions.resampled_confusion_matrix(times);
        let areas: Vec<Areas> = self.rankings.iter().map(|ranking| ranking.areas(times)).collect();
        let mean_area = |area: fn(&Areas) -> Option<f64>| {
            let defined: Vec<f64> = areas.iter().filter_map(area).collect();
            numerics::statistics::mean(&defined)
        };
        let mut numbers = vec![
            matrix.accuracy(),
            matrix.balanced_accuracy(),
            matrix.macro_mean(Binary::specificity),
            matrix.macro_mean(Binary::precision),
            matrix.macro_mean(Binary::f1),
            mean_area(|areas| areas.roc),
            mean_area(|areas| areas.precision),
        ];
        for (class, areas) in areas.iter().enumerate() {
            let class = matrix.against_the_rest(class);
            numbers.extend([class.sensitivity(), class.specificity(), class.precision(), class.f1()]);
            numbers.extend([areas.roc, areas.precision]);
        }
        let others = self.calibrated.iter().chain(&self.recalibrated);
        let calibrations = std::iter::once(&self.calibration).chain(others);
        numbers.extend(calibrations.flat_map(|calibration| calibration.numbers(times)));
        numbers
    }

    /// Puts every number into its place.
    fn report(&self, next: NextMetric) -> Report {
        let confusion_matrix = self.predictions.confusion_matrix();
        // A literal's fields are filled in the order in which they are here, that of `numbers`.
        Report {
            accuracy: estimate(next),
            balanced_accuracy: estimate(next),
            macro_specificity: estimate(next),
            macro_precision: estimate(next),
            macro_f1: estimate(next),
            macro_auc: estimate(next),
            macro_average_precision: estimate(next),
            classes: confusion_matrix.rows().map(|row| class_report(row.iter().sum(), next)).collect(),
            calibration: self.calibration.report(next),
            calibrated: self.calibrated.as_ref().map(|calibrated| calibrated.report(next)),
            recalibrated: self.recalibrated.as_ref().map(|recalibrated| recalibrated.report(next)),
            confusion_matrix,
        }
    }
}

fn class_report(images: u64, next: NextMetric) -> ClassReport {
    ClassReport {
        images,
        sensitivity: estimate(next),
        specificity: estimate(next),
        precision: estimate(next),
        f1: estimate(next),
        auc: estimate(next),
        average_precision: estimate(next),
    }
}

impl Calibration {
    fn new(predictions: Predictions) -> Self {
        let (squared_distances, losses) = (squared_distances(&predictions), losses(&predictions));
        Self { predictions, squared_distances, losses }
    }

    fn numbers(&self, times: impl Fn(usize) -> u32 + Copy) -> [Option<f64>; 3] {
        [
            weighted_mean(&self.squared_distances, times),
            weighted_mean(&self.losses, times),
            resampled_calibration_error(&self.predictions, CALIBRATION_BINS, times),
        ]
    }

    fn report(&self, next: NextMetric) -> CalibrationReport {
        CalibrationReport {
            brier_score: estimate(next),
            log_loss: estimate(next),
            expected_calibration_error: moved_estimate(next),
            bins: calibration(&self.predictions, CALIBRATION_BINS),
        }
    }
}

fn weighted_mean(values: &[f64], times: impl Fn(usize) -> u32) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u64);
    for (image, value) in values.iter().enumerate() {
        let times = times(image);
        sum += f64::from(times) * value;
        count += u64::from(times);
    }
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::Random;

    const BOOTSTRAP: Bootstrap = Bootstrap { resamples: 200, seed: 1 };

    /// `images` images of the first `occurring` of eight classes, about 60 % of them predicted right.
    fn predictions(images: usize, occurring: u32) -> Predictions {
        let mut random = Random::new(3);
        let truth: Vec<usize> = (0..images).map(|_| random.below(occurring) as usize).collect();
        let row = |&class: &usize| {
            let mut row: Vec<f32> = (0..8).map(|_| random.uniform()).collect();
            row[class] += 0.7;
            let total: f32 = row.iter().sum();
            row.into_iter().map(move |p| p / total)
        };
        let probabilities = truth.iter().flat_map(row).collect();
        Predictions::new(8, truth, probabilities).unwrap()
    }

    #[test]
    fn every_value_lies_in_its_interval() {
        let predictions = predictions(600, 8);
        let groups: Vec<usize> = (0..600).map(|image| image / 2).collect();
        let recalibration =
            Recalibration { temperature: 2.0, biases: vec![0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0] };
        let fitted = FittedCalibration { temperature: Some(0.5), recalibration: Some(recalibration.clone()) };
        let report = report(&predictions, &fitted, &groups, BOOTSTRAP).unwrap();
        let overall = [
            report.accuracy,
            report.balanced_accuracy,
            report.macro_specificity,
            report.macro_precision,
            report.macro_f1,
            report.macro_auc,
            report.macro_average_precision,
        ];
        let of_classes = report
            .classes
            .iter()
            .flat_map(|c| [c.sensitivity, c.specificity, c.precision, c.f1, c.auc, c.average_precision]);
        let recalibrated = report.recalibrated.as_ref().unwrap();
        let calibrations = [&report.calibration, report.calibrated.as_ref().unwrap(), recalibrated];
        let of_calibrations =
            calibrations.into_iter().flat_map(|c| [c.brier_score, c.log_loss, c.expected_calibration_error]);
        for estimate in overall.into_iter().chain(of_classes).chain(of_calibrations) {
            let estimate = estimate.expect("every class occurs and is predicted");
            let interval = estimate.interval.expect("no class is rare");
            assert!(interval.low <= estimate.value && estimate.value <= interval.high, "{estimate:?}");
        }
        let matrix = predictions.confusion_matrix();
        let value = |estimate: Option<Estimate>| estimate.map(|estimate| estimate.value);
        assert_eq!(value(report.macro_auc), crate::macro_auc(&predictions));
        assert_eq!(value(report.macro_specificity), matrix.macro_mean(Binary::specificity));
        assert_eq!(value(report.macro_precision), matrix.macro_mean(Binary::precision));
        assert_eq!(value(report.macro_f1), matrix.macro_mean(Binary::f1));
        let last = &report.classes[7];
        assert_eq!((value(last.precision), value(last.f1)), (matrix.precision(7), matrix.f1(7)));
        let (scores, positive) = (predictions.scores(7), predictions.is_class(7));
        assert_eq!(value(last.average_precision), crate::average_precision(&scores, &positive));
        assert_eq!(value(report.calibration.brier_score), crate::brier_score(&predictions));
        let sharper = predictions.at_temperature(0.5);
        assert_eq!(value(calibrations[1].log_loss), crate::log_loss(&sharper));
        assert_eq!(
            value(calibrations[1].expected_calibration_error),
            crate::expected_calibration_error(&sharper, CALIBRATION_BINS)
        );
        let moved = predictions.recalibrated(&recalibration);
        assert_eq!(value(recalibrated.log_loss), crate::log_loss(&moved));
    }

    #[test]
    fn a_class_without_images_is_undefined_and_does_not_disturb_the_others() {
        let report = report(
            &predictions(200, 7),
            &FittedCalibration::default(),
            &(0..200).collect::<Vec<_>>(),
            BOOTSTRAP,
        )
        .unwrap();
        let last = &report.classes[7];
        assert_eq!((last.images, last.sensitivity, last.auc), (0, None, None));
        assert_eq!((last.average_precision, report.calibrated), (None, None));
        assert!(report.balanced_accuracy.is_some_and(|estimate| estimate.interval.is_some()));
    }

    #[test]
    fn nothing_gives_a_report_without_numbers() {
        let nothing = Predictions::new(8, Vec::new(), Vec::new()).unwrap();
        let fitted = FittedCalibration { temperature: Some(2.0), recalibration: None };
        let report = report(&nothing, &fitted, &[], BOOTSTRAP).unwrap();
        assert_eq!((report.accuracy, report.balanced_accuracy, report.macro_auc), (None, None, None));
        assert_eq!(report.calibrated.unwrap().expected_calibration_error, None);
    }
}
