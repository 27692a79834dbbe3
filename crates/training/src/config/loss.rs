//! `[loss]`: what is made small.

use serde::Deserialize;

use super::number;
use super::place::{Wrong, wrong};

/// `[loss]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Loss {
    /// Its form.
    pub kind: LossKind,
    /// With `focal`: how much less an image counts that is classified well already, at least 0; 0 is cross-entropy.
    #[serde(deserialize_with = "number::not_negative")]
    pub gamma: f64,
    /// Share of the target that is spread over all classes, 0 to below 1, so that the network never gets sure of
    /// anything.
    #[serde(deserialize_with = "number::share")]
    pub label_smoothing: f64,
    /// How much more the images of a rare class count.
    pub class_weights: ClassWeights,
    /// With `capped`: the largest weight, at least 1.
    #[serde(deserialize_with = "number::at_least_one")]
    pub cap: f64,
    /// What the weighted sum over a batch is divided by.
    pub weight_mean: WeightMean,
}

/// Form of the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossKind {
    /// Minus the logarithm of the probability that the true class was given.
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
        }
    }
}

impl Loss {
    /// Refuses keys that this form has no use for; `has` says which keys are there.
    pub(super) fn check(&self, has: impl Fn(&'static str) -> bool) -> Result<(), Wrong> {
        if has("gamma") && self.kind != LossKind::Focal {
            return Err(wrong!(["loss", "gamma"], "gamma goes with kind = \"focal\", found another kind"));
        }
        if has("cap") && self.class_weights != ClassWeights::Capped {
            return Err(wrong!(["loss", "cap"], "cap goes with class_weights = \"capped\", found others"));
        }
        if has("weight_mean") && self.class_weights == ClassWeights::None {
            let words = "weight_mean goes with class_weights of \"inverse\", \"square-root\" or \"capped\", found none";
            return Err(wrong!(["loss", "weight_mean"], "{words}"));
        }
        Ok(())
    }
}
