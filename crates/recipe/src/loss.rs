//! `[loss]`: what the training minimises.

use serde::Deserialize;

use crate::document::{Problem, problem};
use crate::number;

/// `[loss]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Loss {
    /// Its form.
    pub kind: LossKind,
    /// With `focal`: how strongly images that are already classified well are discounted, at least 0; 0 is
    /// cross-entropy.
    #[serde(deserialize_with = "number::not_negative")]
    pub gamma: f64,
    /// Share of the target that is spread over all classes, 0 to below 1, which keeps the network from becoming
    /// overconfident.
    #[serde(deserialize_with = "number::share")]
    pub label_smoothing: f64,
    /// How much more the images of a rare class count.
    pub class_weights: ClassWeights,
    /// With `capped`: the largest weight, at least 1.
    #[serde(deserialize_with = "number::at_least_one")]
    pub cap: f64,
    /// What the weighted sum over a batch is divided by.
    pub weight_mean: WeightMean,
    /// How strongly the loss corrects for rare classes, at least 0: during training, and only then, this many times the logarithm
    /// of its class's share of the training images is added to each logit. With 1, the trained network gives probabilities as if
    /// all classes were equally common.
    /// Source: the logit-adjusted loss of Menon et al. 2021, <https://arxiv.org/abs/2007.07314>.
    #[serde(deserialize_with = "number::not_negative")]
    pub logit_adjustment: f64,
}

/// Form of the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossKind {
    /// Minus the logarithm of the probability given to the true class.
    #[default]
    CrossEntropy,
    /// The same, times `(1 - p)^gamma` (Lin et al. 2017).
    Focal,
}

/// Weight of a class of which the training part has `n` images, and of the commonest class `N`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeights {
    /// 1.
    #[default]
    None,
    /// `N / n`, the notebooks' rule.
    Inverse,
    /// `sqrt(N / n)`.
    SquareRoot,
    /// `min(N / n, cap)`.
    Capped,
}

/// What a weighted sum over a batch is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightMean {
    /// The sum of the weights, as PyTorch does: weights change directions, not the length of a step.
    #[default]
    Weights,
    /// The number of images, as Keras does: a batch with rare images makes a longer step.
    Images,
}

impl Default for Loss {
    fn default() -> Self {
        Self {
            kind: LossKind::default(),
            gamma: 2.0,
            label_smoothing: 0.0,
            class_weights: ClassWeights::default(),
            cap: 10.0,
            weight_mean: WeightMean::default(),
            logit_adjustment: 0.0,
        }
    }
}

impl Loss {
    /// Refuses keys that this form of loss does not use; `has` says which keys are in the file.
    pub(crate) fn check(&self, has: impl Fn(&'static str) -> bool) -> Result<(), Problem> {
        if has("gamma") && self.kind != LossKind::Focal {
            return Err(problem!(
                ["loss", "gamma"],
                "`gamma` in [loss] has no effect with kind = \"cross-entropy\"; remove it, or set kind = \"focal\""
            ));
        }
        if has("cap") && self.class_weights != ClassWeights::Capped {
            return Err(problem!(
                ["loss", "cap"],
                "`cap` in [loss] has no effect without class_weights = \"capped\"; remove it, or set class_weights"
            ));
        }
        if has("weight_mean") && self.class_weights == ClassWeights::None {
            return Err(problem!(
                ["loss", "weight_mean"],
                "`weight_mean` in [loss] has no effect without class weights; remove it, or set class_weights to \
                 \"inverse\", \"square-root\" or \"capped\""
            ));
        }
        Ok(())
    }
}
