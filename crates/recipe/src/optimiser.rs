//! `[optimiser]`: how gradients become steps.

use serde::Deserialize;

use crate::document::{Problem, problem};
use crate::number;

/// `[optimiser]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimiser {
    /// Which rule.
    pub rule: OptimiserRule,
    /// With `sgd`: share of the previous step that is kept, 0 to below 1.
    #[serde(deserialize_with = "number::share")]
    pub momentum: f64,
    /// With `sgd`: takes the gradient at the point to which the momentum leads (Nesterov 1983).
    pub nesterov: bool,
    /// With `adamw`: decay of the average gradient, 0 to below 1.
    #[serde(deserialize_with = "number::share")]
    pub beta1: f64,
    /// With `adamw`: decay of the average squared gradient, 0 to below 1.
    #[serde(deserialize_with = "number::share")]
    pub beta2: f64,
    /// With `adamw`: added to the denominator, which keeps it from being 0.
    #[serde(deserialize_with = "number::above_zero")]
    pub epsilon: f64,
    /// Strength of the pull of every weight towards 0; biases and batch normalisation are exempt.
    #[serde(deserialize_with = "number::not_negative")]
    pub weight_decay: f64,
    /// The head's learning rate divided by the trunk's, above 0.
    #[serde(deserialize_with = "number::above_zero")]
    pub head_factor: f64,
    /// Gradients longer than this, over all weights together, are shortened to it; 0 switches this off.
    #[serde(deserialize_with = "number::not_negative")]
    pub clip_gradient_norm: f64,
}

/// A rule for turning gradients into steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimiserRule {
    /// Stochastic gradient descent with momentum.
    Sgd,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    #[default]
    Adamw,
}

impl Default for Optimiser {
    fn default() -> Self {
        Self {
            rule: OptimiserRule::default(),
            momentum: 0.9,
            nesterov: false,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.0,
            head_factor: 1.0,
            clip_gradient_norm: 0.0,
        }
    }
}

impl OptimiserRule {
    /// As in a recipe.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sgd => "sgd",
            Self::Adamw => "adamw",
        }
    }

    /// The keys that only this rule uses.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Sgd => &["momentum", "nesterov"],
            Self::Adamw => &["beta1", "beta2", "epsilon"],
        }
    }
}

impl Optimiser {
    /// Refuses the other rule's keys; `has` says which keys are in the file.
    pub(crate) fn check(&self, has: impl Fn(&'static str) -> bool) -> Result<(), Problem> {
        let other = if self.rule == OptimiserRule::Sgd { OptimiserRule::Adamw } else { OptimiserRule::Sgd };
        if let Some(key) = other.keys().iter().copied().find(|key| has(key)) {
            return Err(problem!(
                ["optimiser", key],
                "`{key}` in [optimiser] belongs to rule = \"{}\"; rule = \"{}\" uses {}",
                other.name(),
                self.rule.name(),
                self.rule.keys().join(", ")
            ));
        }
        if self.nesterov && self.momentum <= 0.0 {
            return Err(problem!(
                ["optimiser", "nesterov"],
                "`nesterov` in [optimiser] needs a momentum above 0, such as momentum = 0.9; the momentum is 0"
            ));
        }
        Ok(())
    }
}
