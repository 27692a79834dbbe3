//! `[optimiser]`: how gradients become steps.

use serde::Deserialize;

use super::number;
use super::place::{Wrong, wrong};

/// `[optimiser]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimiser {
    /// Which rule.
    pub rule: Rule,
    /// With `sgd`: share of the last step that is kept, 0 to below 1.
    #[serde(deserialize_with = "number::share")]
    pub momentum: f64,
    /// With `sgd`: looks ahead along the momentum (Nesterov 1983).
    pub nesterov: bool,
    /// With `adamw`: memory of the gradients' mean, 0 to below 1.
    #[serde(deserialize_with = "number::share")]
    pub beta1: f64,
    /// With `adamw`: memory of the gradients' square, 0 to below 1.
    #[serde(deserialize_with = "number::share")]
    pub beta2: f64,
    /// With `adamw`: against division by 0.
    #[serde(deserialize_with = "number::above_zero")]
    pub epsilon: f64,
    /// Pull of every weight towards 0; biases and the scales of batch normalisation are not pulled.
    #[serde(deserialize_with = "number::not_negative")]
    pub weight_decay: f64,
    /// The head's learning rate over the trunk's, above 0.
    #[serde(deserialize_with = "number::above_zero")]
    pub head_factor: f64,
    /// Longest gradient over all weights together; 0 lets it be.
    #[serde(deserialize_with = "number::not_negative")]
    pub clip_gradient_norm: f64,
}

/// A rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Stochastic gradient descent with momentum.
    Sgd,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    #[default]
    Adamw,
}

impl Default for Optimiser {
    fn default() -> Self {
        Self {
            rule: Rule::default(),
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

impl Optimiser {
    /// Refuses the other rule's keys; `has` says which keys are there.
    pub(super) fn check(&self, has: impl Fn(&'static str) -> bool) -> Result<(), Wrong> {
        let (name, others) = match self.rule {
            Rule::Sgd => ("sgd", &["beta1", "beta2", "epsilon"][..]),
            Rule::Adamw => ("adamw", &["momentum", "nesterov"][..]),
        };
        if let Some(key) = others.iter().copied().find(|key| has(key)) {
            let own = if self.rule == Rule::Sgd { "momentum, nesterov" } else { "beta1, beta2, epsilon" };
            return Err(wrong!(["optimiser", key], "rule = \"{name}\" knows {own}, found {key}"));
        }
        if self.nesterov && self.momentum <= 0.0 {
            return Err(wrong!(["optimiser", "nesterov"], "nesterov expects a momentum above 0, found 0"));
        }
        Ok(())
    }
}
