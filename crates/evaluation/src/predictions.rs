//! Probabilities with the true classes, checked once.

use crate::ranking::Ranking;
use crate::temperature::tempered;
use crate::{ConfusionMatrix, EvaluationError, Recalibration};

/// The probabilities that a network gave to images whose class is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    classes: usize,
    truth: Vec<usize>,
    probabilities: Vec<f32>,
    predicted: Vec<usize>,
}

impl Predictions {
    /// Predictions for `truth.len()` images.
    ///
    /// # Shapes
    /// `truth` is `[N]` with classes from 0 to `classes - 1`, `probabilities` is `[N, classes]`, row-major.
    ///
    /// # Errors
    /// [`EvaluationError`] if the sizes differ, a class is out of range, or a probability is outside 0..=1.
    pub fn new(classes: usize, truth: Vec<usize>, probabilities: Vec<f32>) -> Result<Self, EvaluationError> {
        if classes < 2 {
            return Err(EvaluationError::Classes { found: classes });
        }
        if probabilities.len() != truth.len() * classes {
            let (images, found) = (truth.len(), probabilities.len());
            return Err(EvaluationError::Count { images, classes, found });
        }
        if let Some(image) = truth.iter().position(|&class| class >= classes) {
            return Err(EvaluationError::Truth { image, classes, found: truth[image] });
        }
        if let Some(at) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            let (image, class, found) = (at / classes, at % classes, probabilities[at]);
            return Err(EvaluationError::Probability { image, class, found });
        }
        let predicted = probabilities.chunks_exact(classes).map(first_largest).collect();
        Ok(Self { classes, truth, probabilities, predicted })
    }

    /// How many images.
    pub fn images(&self) -> usize {
        self.truth.len()
    }

    /// How many classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The true class of every image.
    pub fn truth(&self) -> &[usize] {
        &self.truth
    }

    /// The predicted class of every image: the most probable one, the first of equals.
    pub fn predicted(&self) -> &[usize] {
        &self.predicted
    }

    /// The probabilities of one image, one for each class.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn probabilities(&self, image: usize) -> &[f32] {
        &self.probabilities[image * self.classes..][..self.classes]
    }

    /// The probability of `class` for every image.
    pub fn scores(&self, class: usize) -> Vec<f32> {
        self.probabilities.iter().skip(class).step_by(self.classes).copied().collect()
    }

    /// Whether `class` is true, for every image.
    pub fn is_class(&self, class: usize) -> Vec<bool> {
        self.truth.iter().map(|&truth| truth == class).collect()
    }

    /// The predictions for some of the images, in the order given.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn of_images(&self, images: &[usize]) -> Self {
        Self {
            classes: self.classes,
            truth: images.iter().map(|&image| self.truth[image]).collect(),
            probabilities: images.iter().flat_map(|&image| self.probabilities(image)).copied().collect(),
            predicted: images.iter().map(|&image| self.predicted[image]).collect(),
        }
    }

    /// The predictions if every logit had been divided by `temperature`; the predicted classes stay.
    ///
    /// # Panics
    /// If `temperature` is not above 0.
    #[must_use]
    pub fn at_temperature(&self, temperature: f64) -> Self {
        assert!(temperature > 0.0, "a temperature must be above 0; it is {temperature}");
        let rows = self.probabilities.chunks_exact(self.classes);
        let probabilities = rows.flat_map(|row| tempered(row, temperature)).collect();
        Self { probabilities, ..self.clone() }
    }

    /// The predictions with another temperature and biases of the classes; other classes may be the most probable ones.
    ///
    /// # Panics
    /// If there are not as many biases as classes.
    #[must_use]
    pub fn recalibrated(&self, recalibration: &Recalibration) -> Self {
        let (biases, classes) = (recalibration.biases.len(), self.classes);
        assert_eq!(biases, classes, "{classes} classes need as many biases; there are {biases}");
        let rows = self.probabilities.chunks_exact(classes);
        let probabilities: Vec<f32> = rows.flat_map(|row| recalibration.of(row)).collect();
        let predicted = probabilities.chunks_exact(classes).map(first_largest).collect();
        Self { probabilities, predicted, truth: self.truth.clone(), classes }
    }

    /// All images, sorted by the probability of `class`.
    pub(crate) fn ranking(&self, class: usize) -> Ranking {
        let scores = self.probabilities.chunks_exact(self.classes).map(|row| row[class]);
        Ranking::new(scores, &self.is_class(class))
    }

    /// True against predicted classes.
    pub fn confusion_matrix(&self) -> ConfusionMatrix {
        self.resampled_confusion_matrix(|_| 1)
    }

    /// The matrix if every image counted `times(image)` times.
    pub(crate) fn resampled_confusion_matrix(&self, times: impl Fn(usize) -> u32) -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(self.classes);
        for (image, (&truth, &predicted)) in self.truth.iter().zip(&self.predicted).enumerate() {
            matrix.add(truth, predicted, u64::from(times(image)));
        }
        matrix
    }
}

fn first_largest(row: &[f32]) -> usize {
    (0..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(classes: usize, truth: &[usize], probabilities: &[f32], message: &str) {
        let error = Predictions::new(classes, truth.to_vec(), probabilities.to_vec()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn predictions_that_do_not_fit_are_refused() {
        check_refused(1, &[0], &[1.0], "predictions need at least 2 classes; classes here: 1");
        let message = "2 images need 4 probabilities (2 each); there are 3";
        check_refused(2, &[0, 1], &[0.5, 0.5, 1.0], message);
        check_refused(2, &[2], &[0.5, 0.5], "the true class of image 0 must be below 2; it is 2");
        let message = "a probability must be from 0 to 1; image 1 has NaN for class 0";
        check_refused(2, &[0, 1], &[0.5, 0.5, f32::NAN, 0.5], message);
    }

    #[test]
    fn the_first_of_equally_probable_classes_is_predicted() {
        let predictions = Predictions::new(3, vec![0, 0], vec![0.4, 0.4, 0.2, 0.2, 0.4, 0.4]).unwrap();
        assert_eq!(predictions.predicted(), [0, 1]);
        assert_eq!(predictions.scores(2), [0.2, 0.4]);
    }
}
