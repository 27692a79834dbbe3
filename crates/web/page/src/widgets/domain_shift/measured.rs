//! What a test says of every diagnosis: the chosen measure with its interval, and what its images were taken for.

use catalog::test_answers::TestAnswers;
use evaluation::{Bootstrap, ConfusionMatrix, Estimate, EvaluationError, Predictions};

/// As `cargo xtask evaluate` has them, so that page and model card give the same intervals.
const BOOTSTRAP: Bootstrap = Bootstrap { resamples: 2000, seed: 2019 };

/// The most classes that are measured.
pub(crate) const MOST: usize = 8;

/// What is measured of every class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Share of a class's images that were recognised.
    Sensitivity,
    /// Share of what was taken for a class that is of it.
    Precision,
}

impl Measure {
    /// By its name in the form.
    pub(crate) fn named(name: &str) -> Self {
        if name == "precision" { Self::Precision } else { Self::Sensitivity }
    }

    fn of(self, matrix: &ConfusionMatrix, class: usize) -> Option<f64> {
        match self {
            Self::Sensitivity => matrix.sensitivity(class),
            Self::Precision => matrix.precision(class),
        }
    }
}

/// One measure in one test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MeasuredTest {
    /// Of every class.
    pub(crate) classes: Vec<Option<Estimate>>,
    /// Mean over the classes; with [`Measure::Sensitivity`] the balanced accuracy.
    pub(crate) mean: Option<Estimate>,
    /// True against predicted classes.
    pub(crate) matrix: ConfusionMatrix,
}

impl MeasuredTest {
    /// Measures it, with intervals over lesions.
    ///
    /// # Errors
    /// [`EvaluationError`] if the answers do not fit together.
    pub(crate) fn new(answers: &TestAnswers, measure: Measure) -> Result<Self, EvaluationError> {
        let classes = answers.labels.len();
        let predictions = Predictions::new(classes, answers.truth.clone(), answers.probabilities.clone())?;
        let matrix = predictions.confusion_matrix();
        let numbers = |matrix: &ConfusionMatrix| -> [Option<f64>; MOST + 1] {
            let mut numbers = [None; MOST + 1];
            for (class, number) in numbers.iter_mut().take(classes.min(MOST)).enumerate() {
                *number = measure.of(matrix, class);
            }
            let defined: Vec<f64> = numbers.iter().flatten().copied().collect();
            numbers[MOST] = numerics::statistics::mean(&defined);
            numbers
        };
        let resampled = |times: &[u32]| {
            let mut matrix = ConfusionMatrix::new(classes);
            let images = predictions.truth().iter().zip(predictions.predicted()).zip(times);
            for ((&truth, &predicted), &times) in images {
                matrix.add(truth, predicted, u64::from(times));
            }
            numbers(&matrix)
        };
        let intervals = BOOTSTRAP.intervals(predictions.images(), &answers.lesions, resampled)?;
        let estimates: Vec<Option<Estimate>> = numbers(&matrix)
            .into_iter()
            .zip(intervals)
            .map(|(value, interval)| Some(Estimate { value: value?, interval }))
            .collect();
        Ok(Self { classes: estimates[..classes.min(MOST)].to_vec(), mean: estimates[MOST], matrix })
    }

    /// How many images of a class there are.
    pub(crate) fn images(&self, class: usize) -> u64 {
        (0..self.matrix.classes()).map(|predicted| self.matrix.count(class, predicted)).sum()
    }

    /// What the images of a class were taken for: class and share, the most frequent first; nothing that never was.
    pub(crate) fn taken_for(&self, class: usize) -> Vec<(usize, f64)> {
        let all = self.images(class).max(1) as f64;
        let mut shares: Vec<(usize, f64)> = (0..self.matrix.classes())
            .map(|predicted| (predicted, self.matrix.count(class, predicted) as f64 / all))
            .filter(|&(_, share)| share > 0.0)
            .collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six images of three lesions of two classes; the last image of each lesion is taken for the other class.
    fn answers() -> TestAnswers {
        let truth = vec![0, 0, 0, 0, 1, 1];
        let predicted = [0, 1, 0, 1, 1, 0];
        TestAnswers {
            model: "net".to_owned(),
            data: "set".to_owned(),
            labels: ["MEL", "NV"].map(str::to_owned).to_vec(),
            images: (0..6).map(|image| image.to_string()).collect(),
            probabilities: predicted.iter().flat_map(|&class| [1.0 - class as f32, class as f32]).collect(),
            lesions: vec![0, 0, 1, 1, 2, 2],
            truth,
        }
    }

    fn value(estimate: Option<Estimate>) -> f64 {
        estimate.unwrap().value
    }

    #[test]
    fn measures_are_those_of_the_confusion_matrix() {
        let found = MeasuredTest::new(&answers(), Measure::Sensitivity).unwrap();
        assert_eq!(found.classes.iter().map(|&class| value(class)).collect::<Vec<_>>(), [0.5, 0.5]);
        assert!((value(found.mean) - 0.5).abs() < 1e-12);
        let named = MeasuredTest::new(&answers(), Measure::Precision).unwrap();
        // Taken for the first: two of its own and one of the second.
        assert!((value(named.classes[0]) - 2.0 / 3.0).abs() < 1e-12);
        assert!((value(named.classes[1]) - 1.0 / 3.0).abs() < 1e-12);
        assert!((value(named.mean) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn shares_come_in_the_order_of_their_size() {
        let mut answers = answers();
        answers.truth = vec![0, 0, 0, 1, 1, 1];
        let found = MeasuredTest::new(&answers, Measure::Sensitivity).unwrap();
        // Images 0, 1 and 2 were taken for 0, 1 and 0.
        let shares = found.taken_for(0);
        assert_eq!((shares[0].0, shares[1].0, shares.len()), (0, 1, 2));
        assert!((shares[0].1 - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(found.images(0), 3);
    }
}
