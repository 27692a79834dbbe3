//! The loss that training minimises: cross-entropy or focal, with label smoothing and class weights.

use recipe::{ClassWeights, LossKind, WeightMean};
use tch::{Device, Kind, Reduction, Tensor};

/// A recipe's loss, with the weights of a data set's classes.
#[derive(Debug)]
pub struct Loss {
    settings: recipe::Loss,
    /// `[classes]`.
    weights: Option<Tensor>,
    /// What is added to the logits, `[classes]`.
    adjustment: Option<Tensor>,
}

impl Loss {
    /// For a training part with this many images of each class.
    pub fn new(settings: recipe::Loss, counts: &[usize], device: Device) -> Self {
        let weights =
            class_weights(settings, counts).map(|weights| Tensor::from_slice(&weights).to_device(device));
        let adjustment = (settings.logit_adjustment > 0.0)
            .then(|| Tensor::from_slice(&log_shares(counts)).to_device(device) * settings.logit_adjustment);
        Self { settings, weights, adjustment }
    }

    /// Mean loss of a batch with gradient: `logits` are `[N, classes]`, `classes` `[N]`.
    ///
    /// Focal loss is each image's cross-entropy times `(1 - p)^gamma`, where `p` is the probability given to its class.
    /// Source: Lin et al. 2017, <https://arxiv.org/abs/1708.02002>, equation 4, with softmax for sigmoid.
    pub fn of(&self, logits: &Tensor, classes: &Tensor) -> Tensor {
        let mut logits = logits.to_kind(Kind::Float);
        if let Some(adjustment) = &self.adjustment {
            logits += adjustment;
        }
        let each = |reduction| {
            let weights = self.weights.as_ref();
            logits.cross_entropy_loss(classes, weights, reduction, -100, self.settings.label_smoothing)
        };
        let sum = match self.settings.kind {
            // libtorch's own mean, which divides by the weights.
            LossKind::CrossEntropy if self.settings.weight_mean == WeightMean::Weights => {
                return each(Reduction::Mean);
            }
            LossKind::CrossEntropy => each(Reduction::Sum),
            LossKind::Focal => {
                let true_class = logits.log_softmax(-1, Kind::Float).gather(1, &classes.unsqueeze(1), false);
                // A root has an infinite slope at 0, so the smallest value is what single precision resolves.
                let missing = (-true_class.squeeze_dim(1).expm1()).clamp_min(f64::from(f32::EPSILON));
                (each(Reduction::None) * missing.pow_tensor_scalar(self.settings.gamma)).sum(Kind::Float)
            }
        };
        match (&self.weights, self.settings.weight_mean) {
            (Some(weights), WeightMean::Weights) => sum / weights.index_select(0, classes).sum(Kind::Float),
            _ => sum / classes.size1().unwrap_or(1) as f64,
        }
    }
}

/// The natural logarithm of each class's share of the images; of one image for a class without any.
fn log_shares(counts: &[usize]) -> Vec<f32> {
    let all = counts.iter().map(|&count| count.max(1)).sum::<usize>() as f32;
    counts.iter().map(|&count| numerics::math::ln(count.max(1) as f32 / all)).collect()
}

/// The weight of each class, 1 for the commonest. A class without images also gets 1, which nothing uses.
fn class_weights(settings: recipe::Loss, counts: &[usize]) -> Option<Vec<f32>> {
    let most = counts.iter().copied().max().unwrap_or(0) as f32;
    let weight: &dyn Fn(f32) -> f32 = match settings.class_weights {
        ClassWeights::None => return None,
        ClassWeights::Inverse => &|ratio| ratio,
        ClassWeights::SquareRoot => &|ratio| numerics::math::sqrt(ratio),
        ClassWeights::Capped => &|ratio| ratio.min(settings.cap as f32),
    };
    Some(counts.iter().map(|&count| if count == 0 { 1.0 } else { weight(most / count as f32) }).collect())
}

#[cfg(test)]
mod tests {
    use numerics::math::ln64;

    use super::*;

    fn settings(lines: &str) -> recipe::Loss {
        toml::from_str(lines).unwrap()
    }

    /// Two images of two classes: the first gives its class 3/4, the second 1/4.
    fn batch() -> (Tensor, Tensor) {
        let third = numerics::math::ln(3.0);
        (Tensor::from_slice(&[third, 0.0, third, 0.0]).view([2, 2]), Tensor::from_slice(&[0_i64, 1]))
    }

    #[track_caller]
    fn check(lines: &str, counts: [usize; 2], expected: f64) {
        let (logits, classes) = batch();
        let loss = Loss::new(settings(lines), &counts, Device::Cpu).of(&logits, &classes).double_value(&[]);
        // Single precision; an ulp of 1 is 1.2e-7.
        assert!((loss - expected).abs() < 1e-6, "{loss} {expected}");
    }

    // Cross-entropies of the two images.
    const SURE: f64 = 0.287_682_072_451_781; // ln(4 / 3)
    const WRONG: f64 = 1.386_294_361_119_891; // ln(4)

    #[test]
    fn plain_cross_entropy_is_the_mean() {
        check("", [5, 1], f64::midpoint(SURE, WRONG));
    }

    #[test]
    fn smoothing_spreads_the_target_over_all_classes() {
        // 0.2 of the target is spread: 0.9 for the class itself, 0.1 for the other.
        let (sure, wrong) = (0.9 * SURE + 0.1 * WRONG, 0.9 * WRONG + 0.1 * SURE);
        check("label_smoothing = 0.2", [1, 1], f64::midpoint(sure, wrong));
    }

    #[test]
    fn focal_loss_discounts_images_that_are_classified_well() {
        // (1 - 3/4)^2 = 1/16 and (1 - 1/4)^2 = 9/16.
        check("kind = \"focal\"\ngamma = 2", [1, 1], (SURE + 9.0 * WRONG) / 32.0);
        check("kind = \"focal\"\ngamma = 0", [1, 1], f64::midpoint(SURE, WRONG));
        // Weights 1 and 4: (1/16 sure + 4 * 9/16 wrong) / 5.
        check("kind = \"focal\"\nclass_weights = \"inverse\"", [4, 1], (SURE + 36.0 * WRONG) / 80.0);
    }

    #[test]
    fn a_rare_class_weighs_more() {
        // Nine images to one: weights 1 and 9, 1 and 3, 1 and 4.
        check("class_weights = \"inverse\"", [9, 1], (SURE + 9.0 * WRONG) / 10.0);
        check("class_weights = \"square-root\"", [9, 1], (SURE + 3.0 * WRONG) / 4.0);
        check("class_weights = \"capped\"\ncap = 4", [9, 1], (SURE + 4.0 * WRONG) / 5.0);
        // As Keras does it: divided by the images.
        check(
            "class_weights = \"inverse\"\nweight_mean = \"images\"",
            [9, 1],
            f64::midpoint(SURE, 9.0 * WRONG),
        );
    }

    #[test]
    fn adjusted_logits_allow_for_the_frequency_of_the_classes() {
        // Shares 9/10 and 1/10: odds of 3 become 27, so the first image gives its class 27/28, the second 1/28.
        let (sure, wrong) = (ln64(28.0 / 27.0), ln64(28.0));
        check("logit_adjustment = 1", [9, 1], f64::midpoint(sure, wrong));
        // Half as strong: odds of 3 become 9.
        let (sure, wrong) = (ln64(10.0 / 9.0), ln64(10.0));
        check("logit_adjustment = 0.5", [9, 1], f64::midpoint(sure, wrong));
        check("logit_adjustment = 1", [5, 5], f64::midpoint(SURE, WRONG));
        let loss = Loss::new(settings("logit_adjustment = 1"), &[9, 0], Device::Cpu);
        assert!(loss.of(&batch().0, &batch().1).double_value(&[]).is_finite());
    }

    #[test]
    fn a_class_without_images_keeps_the_loss_finite() {
        check("class_weights = \"inverse\"\nlabel_smoothing = 0.2", [9, 0], {
            let (sure, wrong) = (0.9 * SURE + 0.1 * WRONG, 0.9 * WRONG + 0.1 * SURE);
            f64::midpoint(sure, wrong)
        });
    }

    #[test]
    fn the_gradient_of_a_confident_image_stays_finite() {
        let logits = Tensor::from_slice(&[60.0_f32, 0.0]).view([1, 2]).set_requires_grad(true);
        let loss = Loss::new(settings("kind = \"focal\"\ngamma = 0.5"), &[1, 1], Device::Cpu);
        loss.of(&logits, &Tensor::from_slice(&[0_i64])).backward();
        assert!(logits.grad().isfinite().all().int64_value(&[]) == 1, "{:?}", logits.grad());
    }

    #[test]
    fn weights_smoothing_and_focal_loss_match_pytorch() {
        #[derive(serde::Deserialize)]
        struct Golden {
            loss: Batch,
        }
        #[derive(serde::Deserialize)]
        struct Batch {
            logits: Vec<f32>,
            classes: Vec<i64>,
            counts: Vec<usize>,
            cases: Vec<Case>,
        }
        #[derive(serde::Deserialize)]
        struct Case {
            toml: String,
            #[serde(rename = "loss")]
            expected: f64,
        }
        let golden: Golden =
            serde_json::from_str(include_str!("../../../tests/golden/recipe_torch.json")).unwrap();
        let Batch { logits, classes, counts, cases } = golden.loss;
        let logits = Tensor::from_slice(&logits).view([classes.len() as i64, counts.len() as i64]);
        let classes = Tensor::from_slice(&classes);
        for Case { toml, expected } in cases {
            let found =
                Loss::new(settings(&toml), &counts, Device::Cpu).of(&logits, &classes).double_value(&[]);
            assert!((found - expected).abs() < 1e-5, "{toml}: {found} {expected}");
        }
    }
}
