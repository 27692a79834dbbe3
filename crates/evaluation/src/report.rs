//! Everything that is said about one network on one set of images.

use crate::roc::Ranking;
use crate::{Bootstrap, ConfusionMatrix, EvaluationError, Interval, Predictions};
use crate::{brier_score, expected_calibration_error};

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
}

/// What is known about a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// True against predicted classes.
    pub confusion_matrix: ConfusionMatrix,
    /// Share of images predicted right.
    pub accuracy: Option<Estimate>,
    /// Mean sensitivity of the classes that occur.
    pub balanced_accuracy: Option<Estimate>,
    /// Mean AUC of the classes that have one.
    pub macro_auc: Option<Estimate>,
    /// Every class, in their order.
    pub classes: Vec<ClassReport>,
    /// Mean squared distance between probabilities and truth, 0 to 2.
    pub brier_score: Option<f64>,
    /// Gap between confidence and accuracy, with 15 bins.
    pub expected_calibration_error: Option<f64>,
}

/// As many as in Guo et al. 2017.
const CALIBRATION_BINS: usize = 15;

/// Numbers of a network before the classes', and of each class.
const OVERALL: usize = 3;
const PER_CLASS: usize = 5;

/// All numbers with their intervals; `groups[image]` is the lesion of every image, numbered from 0.
///
/// # Errors
/// [`EvaluationError::Groups`] if `groups` are not as many as the images.
pub fn report(
    predictions: &Predictions,
    groups: &[usize],
    bootstrap: Bootstrap,
) -> Result<Report, EvaluationError> {
    let classes = predictions.classes();
    let rankings: Vec<Ranking> = (0..classes)
        .map(|class| Ranking::new(&predictions.scores(class), &predictions.is_class(class)))
        .collect();
    let numbers = |times: &[u32]| all_numbers(predictions, &rankings, times);
    let values = numbers(&vec![1; predictions.images()]);
    let intervals = bootstrap.intervals_of(values.len(), predictions.images(), groups, numbers)?;
    let estimates: Vec<Option<Estimate>> = values
        .into_iter()
        .zip(intervals)
        .map(|(value, interval)| value.map(|value| Estimate { value, interval }))
        .collect();

    let confusion_matrix = predictions.confusion_matrix();
    let class_images: Vec<u64> = confusion_matrix.rows().map(|row| row.iter().sum()).collect();
    let classes = class_images.into_iter().zip(estimates[OVERALL..].chunks_exact(PER_CLASS));
    Ok(Report {
        accuracy: estimates[0],
        balanced_accuracy: estimates[1],
        macro_auc: estimates[2],
        classes: classes
            .map(|(images, of)| ClassReport {
                images,
                sensitivity: of[0],
                specificity: of[1],
                precision: of[2],
                f1: of[3],
                auc: of[4],
            })
            .collect(),
        brier_score: brier_score(predictions),
        expected_calibration_error: expected_calibration_error(predictions, CALIBRATION_BINS),
        confusion_matrix,
    })
}

/// The three numbers of the network, then the five of each class, if every image counted `times[image]` times.
fn all_numbers(predictions: &Predictions, rankings: &[Ranking], times: &[u32]) -> Vec<Option<f64>> {
    let matrix = predictions.resampled_confusion_matrix(times);
    let areas: Vec<Option<f64>> = rankings.iter().map(|ranking| ranking.auc(times)).collect();
    let defined: Vec<f64> = areas.iter().flatten().copied().collect();
    let macro_auc = numerics::statistics::mean(&defined);
    let mut numbers = vec![matrix.accuracy(), matrix.balanced_accuracy(), macro_auc];
    for (class, area) in areas.into_iter().enumerate() {
        let class = matrix.against_the_rest(class);
        numbers.extend([class.sensitivity(), class.specificity(), class.precision(), class.f1(), area]);
    }
    numbers
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
        let report = report(&predictions, &groups, BOOTSTRAP).unwrap();
        let overall = [report.accuracy, report.balanced_accuracy, report.macro_auc];
        let of_classes =
            report.classes.iter().flat_map(|c| [c.sensitivity, c.specificity, c.precision, c.f1, c.auc]);
        for estimate in overall.into_iter().chain(of_classes) {
            let estimate = estimate.expect("every class occurs and is predicted");
            let interval = estimate.interval.expect("no class is rare");
            assert!(interval.low <= estimate.value && estimate.value <= interval.high, "{estimate:?}");
        }
        assert_eq!(report.macro_auc.map(|auc| auc.value), crate::macro_auc(&predictions));
    }

    #[test]
    fn a_class_without_images_is_undefined_and_does_not_disturb_the_others() {
        let report = report(&predictions(200, 7), &(0..200).collect::<Vec<_>>(), BOOTSTRAP).unwrap();
        let last = &report.classes[7];
        assert_eq!((last.images, last.sensitivity, last.auc), (0, None, None));
        assert!(report.balanced_accuracy.is_some_and(|estimate| estimate.interval.is_some()));
    }

    #[test]
    fn nothing_gives_a_report_without_numbers() {
        let nothing = Predictions::new(8, Vec::new(), Vec::new()).unwrap();
        let report = report(&nothing, &[], BOOTSTRAP).unwrap();
        assert_eq!((report.accuracy, report.balanced_accuracy, report.macro_auc), (None, None, None));
    }
}
