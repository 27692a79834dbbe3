//! A temperature and a number for each class that make probabilities fit the data they are fitted on.
//!
//! A network trained as if all classes were equally common gives the probabilities of such a world. A temperature
//! cannot change how common it takes a class to be; a bias for each class, added to its logit, can. Both together are
//! the bias-corrected temperature scaling of Alexandari, Kundaje and Shrikumar 2020, section 3.2,
//! <https://arxiv.org/abs/1901.06852>.

use numerics::math;

use crate::temperature::{logarithm, softmax};
use crate::{Predictions, temperature};

/// Rounds of fitting; twenty are common.
const MOST_ROUNDS: usize = 500;

/// The largest change of a bias that ends the fitting; probabilities are 32-bit and carry no more.
const SETTLED: f64 = 1e-6;

/// The logits z of an image become (z + `biases`) / `temperature`.
#[derive(Clone, Debug, PartialEq)]
pub struct Recalibration {
    /// What is divided by, above 0.
    pub temperature: f64,
    /// What is added to the logit of each class; their mean is 0.
    pub biases: Vec<f64>,
}

impl Recalibration {
    /// The temperature and the biases under which the true classes are the most probable.
    ///
    /// The cross-entropy has one minimum, and every round comes closer to it: the step of iterative scaling (Darroch and
    /// Ratcliff 1972) for each class, ln(its images / sum of its probabilities), then the best temperature for these
    /// biases. In the end the two are equal, so a class is given as much probability as it has images.
    /// A class without images counts as half an image, so that it keeps some probability.
    ///
    /// `None` where a round has no best [`temperature()`].
    ///
    /// ```
    /// use evaluation::{Predictions, Recalibration};
    /// // 0.6 to 0.4 says the network of four images and 0.4 to 0.6 of four others; 3 to 1 and 2 to 2 they are.
    /// let rows = [[[0.6, 0.4]; 4], [[0.4, 0.6]; 4]].concat().concat();
    /// let predictions = Predictions::new(2, vec![0, 0, 0, 1, 0, 0, 1, 1], rows)?;
    /// let recalibrated = predictions.recalibrated(&Recalibration::fit(&predictions).unwrap());
    /// let first = recalibrated.scores(0);
    /// assert!((first[0] - 0.75).abs() < 1e-5 && (first[4] - 0.5).abs() < 1e-5);
    /// # Ok::<(), evaluation::EvaluationError>(())
    /// ```
    pub fn fit(predictions: &Predictions) -> Option<Self> {
        let images = wanted(predictions);
        let mut fitted = Self { temperature: 1.0, biases: vec![0.0; images.len()] };
        for _ in 0..MOST_ROUNDS {
            let change = fitted.scale(predictions, &images);
            let shifted = Self { temperature: 1.0, ..fitted.clone() };
            fitted.temperature = temperature(&predictions.recalibrated(&shifted))?;
            if change < SETTLED {
                break;
            }
        }
        let mean = fitted.biases.iter().sum::<f64>() / fitted.biases.len() as f64;
        for bias in &mut fitted.biases {
            *bias -= mean;
        }
        Some(fitted)
    }

    /// One step of iterative scaling; the largest change of a bias.
    fn scale(&mut self, predictions: &Predictions, images: &[f64]) -> f64 {
        let now = predictions.recalibrated(self);
        let mut largest = 0.0_f64;
        for (class, bias) in self.biases.iter_mut().enumerate() {
            let expected: f64 = now.scores(class).into_iter().map(f64::from).sum();
            let step = self.temperature * math::ln64(images[class] / expected.max(f64::MIN_POSITIVE));
            *bias += step;
            largest = largest.max(step.abs());
        }
        largest
    }

    /// The probabilities of one image after this.
    pub(crate) fn of(&self, row: &[f32]) -> Vec<f32> {
        let logit = |(&p, bias): (&f32, &f64)| (logarithm(p) + bias) / self.temperature;
        softmax(row.iter().zip(&self.biases).map(logit).collect())
    }
}

/// The sum of its probabilities that each class should have; all of them together are the images.
fn wanted(predictions: &Predictions) -> Vec<f64> {
    let counted = |class| predictions.truth().iter().filter(|&&truth| truth == class).count() as f64;
    let images: Vec<f64> = (0..predictions.classes()).map(|class| counted(class).max(0.5)).collect();
    let too_many = images.iter().sum::<f64>() / predictions.images() as f64;
    images.into_iter().map(|images| images / too_many).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_loss;
    use numerics::Random;

    /// Images of three classes, the first ten times as common as each of the others, and what a network says that
    /// takes them to be equally common: the probabilities of `truth` without its prior.
    fn balanced_answers() -> Predictions {
        let mut random = Random::new(5);
        let (mut truth, mut rows) = (Vec::new(), Vec::new());
        for _ in 0..3000 {
            let class = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2][random.below(12) as usize];
            // A measured value is normal around 1.5 for its class and around 0 for the others: e^(1.5 value) by Bayes.
            let mut weight =
                |of: usize| math::exp(1.5 * (random.normal() + if of == class { 1.5 } else { 0.0 }));
            let weights = [weight(0), weight(1), weight(2)];
            let sum: f32 = weights.iter().sum();
            truth.push(class);
            rows.extend(weights.into_iter().map(|weight| weight / sum));
        }
        Predictions::new(3, truth, rows).unwrap()
    }

    #[test]
    fn no_other_biases_or_temperature_make_the_truth_more_probable() {
        let predictions = balanced_answers();
        let fitted = Recalibration::fit(&predictions).unwrap();
        let loss = |of: &Recalibration| log_loss(&predictions.recalibrated(of)).unwrap();
        let best = loss(&fitted);
        for change in [-0.05, 0.05] {
            let warmer = Recalibration { temperature: fitted.temperature + change, ..fitted.clone() };
            assert!(loss(&warmer) > best);
            for class in 0..3 {
                let mut moved = fitted.clone();
                moved.biases[class] += change;
                assert!(loss(&moved) > best, "class {class}");
            }
        }
    }

    #[test]
    fn it_mends_what_a_temperature_alone_cannot() {
        let predictions = balanced_answers();
        let tempered = predictions.at_temperature(temperature(&predictions).unwrap());
        let recalibrated = predictions.recalibrated(&Recalibration::fit(&predictions).unwrap());
        let losses = [log_loss(&tempered).unwrap(), log_loss(&recalibrated).unwrap()];
        // The true posteriors, 10 : 1 : 1 put back, cost as much as what was fitted.
        let prior = Recalibration { temperature: 1.0, biases: vec![math::ln64(10.0), 0.0, 0.0] };
        let true_loss = log_loss(&predictions.recalibrated(&prior)).unwrap();
        assert!(
            losses[0] > 1.2 * losses[1] && (losses[1] / true_loss - 1.0).abs() < 0.01,
            "{losses:?}, {true_loss}"
        );
    }

    #[test]
    fn a_class_gets_as_much_probability_as_it_has_images() {
        let predictions = balanced_answers();
        let fitted = Recalibration::fit(&predictions).unwrap();
        let recalibrated = predictions.recalibrated(&fitted);
        for class in 0..3 {
            let images = predictions.truth().iter().filter(|&&truth| truth == class).count() as f64;
            let given: f64 = recalibrated.scores(class).into_iter().map(f64::from).sum();
            assert!((given / images - 1.0).abs() < 1e-4, "{given} for {images}");
        }
        assert!(fitted.biases.iter().sum::<f64>().abs() < 1e-9);
    }

    #[test]
    fn a_class_without_images_keeps_some_probability() {
        let rows = [[[0.6, 0.3, 0.1]; 4], [[0.3, 0.6, 0.1]; 4]].concat().concat();
        let predictions = Predictions::new(3, vec![0, 0, 0, 1, 1, 1, 1, 0], rows).unwrap();
        let recalibrated = predictions.recalibrated(&Recalibration::fit(&predictions).unwrap());
        let [first, second, absent] = [0, 1, 2].map(|class| recalibrated.scores(class)[0]);
        // Half an image of eight and a half.
        assert!((absent - 0.5 / 8.5).abs() < 1e-4 && first > second, "{recalibrated:?}");
    }

    #[test]
    fn a_network_that_is_always_right_has_none() {
        let right = Predictions::new(2, vec![0, 1], vec![0.9, 0.1, 0.2, 0.8]).unwrap();
        assert_eq!(Recalibration::fit(&right), None);
    }
}
