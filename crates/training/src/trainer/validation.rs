//! Validation: a network's results on images that it does not learn from, in one view or several.

use anyhow::Context as _;
use evaluation::{ConfusionMatrix, Predictions};
use imaging::View;
use recipe::Metric;
use tch::{Device, Kind, Tensor};

use crate::batches;
use crate::features::{self, FeatureFeed, Features};
use crate::model::{Mode, Model};
use crate::observer::Observer;
use crate::samples::Samples;

/// Images that are classified together.
pub(super) const BATCH: usize = 64;

/// Logarithms of the probabilities `[N, classes]`, on the CPU, of all samples in their order: the mean of the
/// probabilities over the views. `None` if the observer wants to pause.
///
/// # Errors
/// An image that cannot be read.
pub fn log_probabilities(
    model: &Model,
    samples: &Samples,
    views: &[View],
    feed: FeatureFeed,
    observer: &mut dyn Observer,
) -> anyhow::Result<Option<Tensor>> {
    let order: Vec<usize> = (0..samples.len()).collect();
    let _guard = tch::no_grad_guard();
    let mut parts = Vec::new();
    let whole = std::thread::scope(|scope| -> anyhow::Result<bool> {
        let mut done = 0;
        for batch in batches::batches(scope, samples, &order, feed.plan) {
            let batch = batch?;
            if observer.pause() {
                return Ok(false);
            }
            let (images, _) = batch.tensors(model.device());
            let logits: Vec<Tensor> = views
                .iter()
                .map(|&view| {
                    feed.precision.run(&seen(&images, view), |images| model.logits(images, Mode::Inference))
                })
                .collect();
            parts.push(mean(&logits));
            done += batch.len();
            observer.validated(done, samples.len());
        }
        Ok(true)
    })?;
    Ok(whole.then(|| Tensor::cat(&parts, 0)))
}

/// Features of every view of the samples, computed unless they are `kept`; `None` if the observer wants to pause.
pub(super) fn features(
    model: &Model,
    samples: &Samples,
    views: &[View],
    feed: FeatureFeed,
    kept: &mut Vec<Features>,
    observer: &mut dyn Observer,
) -> anyhow::Result<Option<Vec<Tensor>>> {
    kept.resize_with(views.len(), Features::default);
    let mut all = Vec::with_capacity(views.len());
    for (&view, kept) in views.iter().zip(kept) {
        let trunk = |images: &Tensor| features::features(model, &seen(images, view));
        let Some(features) = kept.of_views(model.device(), &trunk, samples, feed, observer)? else {
            return Ok(None);
        };
        all.push(features);
    }
    Ok(Some(all))
}

/// Logarithms of the mean probabilities `[N, classes]`, on the CPU, from the logits of several views.
pub(super) fn mean(logits: &[Tensor]) -> Tensor {
    let each: Vec<Tensor> = logits
        .iter()
        .map(|logits| logits.to_device(Device::Cpu).to_kind(Kind::Float).log_softmax(-1, Kind::Float))
        .collect();
    if let [only] = each.as_slice() {
        return only.shallow_clone();
    }
    Tensor::stack(&each, 0).logsumexp([0_i64].as_slice(), false) - numerics::math::ln64(each.len() as f64)
}

/// Square images `[N, C, S, S]` in a view; the same pixels as [`View::of`] returns.
pub fn seen(images: &Tensor, view: View) -> Tensor {
    let images = if view.mirrored { images.flip([3]) } else { images.shallow_clone() };
    // libtorch rotates counter-clockwise, from the first axis to the second.
    if view.turns.is_multiple_of(4) { images } else { images.rot90(-i64::from(view.turns), [2, 3]) }
}

/// A network's scores on the validation images.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ValidationScores {
    pub(super) loss: f64,
    pub(super) accuracy: f64,
    pub(super) balanced_accuracy: f64,
    pub(super) matrix: ConfusionMatrix,
    /// `None` if all images belong to one class.
    auc: Option<f64>,
}

impl ValidationScores {
    /// Scores of the logarithms of probabilities `[N, classes]`.
    pub(super) fn of(log_probabilities: &Tensor, classes: &[i64]) -> anyhow::Result<Self> {
        let truth = Tensor::from_slice(classes);
        let loss = log_probabilities.nll_loss(&truth).double_value(&[]);
        let count = log_probabilities.size2()?.1 as usize;
        let mut matrix = ConfusionMatrix::new(count);
        if !loss.is_finite() {
            return Ok(Self { loss, accuracy: 0.0, balanced_accuracy: 0.0, matrix, auc: None });
        }
        let predicted = log_probabilities.argmax(-1, false);
        for (index, &truth) in classes.iter().enumerate() {
            matrix.add(truth as usize, predicted.int64_value(&[index as i64]) as usize, 1);
        }
        let probabilities =
            Vec::<f32>::try_from(log_probabilities.exp().clamp(0.0, 1.0).contiguous().view(-1))?;
        let truth = classes.iter().map(|&class| class as usize).collect();
        let auc = evaluation::macro_auc(&Predictions::new(count, truth, probabilities)?);
        let scored = "there are no validation images";
        Ok(Self {
            loss,
            accuracy: matrix.accuracy().context(scored)?,
            balanced_accuracy: matrix.balanced_accuracy().context(scored)?,
            matrix,
            auc,
        })
    }

    /// The value of a metric; higher is better, so the loss is negated.
    ///
    /// # Errors
    /// The area under the curve if all images belong to one class.
    pub(super) fn metric(&self, metric: Metric) -> anyhow::Result<f64> {
        Ok(match metric {
            Metric::BalancedAccuracy => self.balanced_accuracy,
            Metric::Accuracy => self.accuracy,
            Metric::Auc => self.auc.context(
                "metric = \"auc\" needs validation images of at least two classes, but all are of one; split again, or \
                 choose another metric",
            )?,
            Metric::Loss => -self.loss,
        })
    }
}

#[cfg(test)]
mod tests {
    use imaging::{Rgb8, Views};

    use super::*;

    #[test]
    fn a_view_of_a_tensor_is_the_view_of_its_image() {
        let image = Rgb8::new(3, 3, (0..27).collect()).unwrap();
        let tensor = |image: &Rgb8| {
            let numbers: Vec<f32> = image.data().iter().map(|&value| f32::from(value)).collect();
            Tensor::from_slice(&numbers).view([1, 3, 3, 3]).permute([0, 3, 1, 2])
        };
        for &view in Views::Dihedral.views().iter().chain(Views::Flips.views()) {
            assert!(seen(&tensor(&image), view).equal(&tensor(&view.of(&image))), "{view:?}");
        }
    }

    #[test]
    fn views_are_averaged_as_probabilities() {
        // 3/4 and 1/4 for the first class: a mean of 1/2.
        let third = numerics::math::ln(3.0);
        let views = [[third, 0.0], [0.0, third]].map(|logits| Tensor::from_slice(&logits).view([1, 2]));
        let mean = mean(&views);
        assert!((mean.double_value(&[0, 0]) - numerics::math::ln64(0.5)).abs() < 1e-6);
        assert!((mean.double_value(&[0, 1]) - numerics::math::ln64(0.5)).abs() < 1e-6);
    }

    #[test]
    fn every_metric_is_read_off_the_same_answers() {
        // Three images of class 0, one of class 1; one of class 0 goes wrong.
        let first = [0.9_f32, 0.6, 0.2, 0.4];
        let rows: Vec<f32> = first.iter().flat_map(|&p| [p, 1.0 - p].map(numerics::math::ln)).collect();
        let scores = ValidationScores::of(&Tensor::from_slice(&rows).view([4, 2]), &[0, 0, 0, 1]).unwrap();
        let close = |metric, expected: f64| (scores.metric(metric).unwrap() - expected).abs() < 1e-6;
        assert!(close(Metric::Accuracy, 0.75));
        assert!(close(Metric::BalancedAccuracy, 5.0 / 6.0));
        // Of three pairs, 0.9 and 0.6 are above 0.4, and 0.2 below: 2/3, for both classes.
        assert!(close(Metric::Auc, 2.0 / 3.0));
        assert!(close(Metric::Loss, numerics::math::ln64(0.9 * 0.6 * 0.2 * 0.6) / 4.0));
    }

    #[test]
    fn one_class_has_no_area_under_a_curve() {
        let rows = Tensor::from_slice(&[numerics::math::ln(0.5); 4]).view([2, 2]);
        let error =
            ValidationScores::of(&rows, &[1, 1]).unwrap().metric(Metric::Auc).unwrap_err().to_string();
        assert!(error.contains("at least two classes"), "{error}");
    }
}
