//! What a checkpoint says beside its numbers.

use serde::{Deserialize, Serialize};

use super::best::Exact;
use super::stopping::Stopping;
use crate::observer::Step;
use crate::schedule::Plateau;
use crate::{bits, optimiser};

/// What stands in the header of a checkpoint.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) epochs_done: usize,
    pub(super) sums: Sums,
    pub(super) optimiser: optimiser::Words,
    /// Steps that the average of the weights has followed.
    pub(super) averaged: Option<u64>,
    pub(super) plateau: Plateau,
    pub(super) stopping: Stopping,
    pub(super) best: Option<Exact>,
    pub(super) split_sha256: String,
}

/// What the steps of an epoch brought so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sums {
    pub(super) steps: usize,
    #[serde(with = "bits")]
    pub(super) loss: f64,
    /// Of the last step.
    #[serde(with = "bits")]
    pub(super) learning_rate: f64,
    pub(super) images: usize,
    pub(super) correct: usize,
    pub(super) seconds_computing: f64,
    pub(super) seconds_waiting: f64,
}

impl Sums {
    pub(super) fn add(&mut self, step: &Step) {
        self.steps += 1;
        self.loss += step.loss;
        self.learning_rate = step.learning_rate;
        self.images += step.images;
        self.correct += step.correct;
        self.seconds_computing += step.seconds_computing;
        self.seconds_waiting += step.seconds_waiting;
    }
}
