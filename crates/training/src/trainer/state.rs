//! The state of a training that is not in tensors: the header of a checkpoint.

use serde::{Deserialize, Serialize};

use super::best::BestBits;
use super::stopping::StoppingState;
use crate::observer::TrainingStep;
use crate::schedule::PlateauState;
use crate::{bits, optimiser};

/// The header of a checkpoint.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CheckpointHeader {
    pub(super) epochs_done: usize,
    pub(super) sums: EpochSums,
    pub(super) optimiser: optimiser::OptimiserHeader,
    /// Steps in the average of the weights.
    pub(super) averaged: Option<u64>,
    pub(super) plateau: PlateauState,
    pub(super) stopping: StoppingState,
    pub(super) best: Option<BestBits>,
    pub(super) split_sha256: String,
    /// Of the teacher's weights, if there is one.
    #[serde(default)]
    pub(super) teacher_sha256: Option<String>,
}

/// Sums over the steps of an epoch so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct EpochSums {
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

impl EpochSums {
    pub(super) fn add(&mut self, step: &TrainingStep) {
        self.steps += 1;
        self.loss += step.loss;
        self.learning_rate = step.learning_rate;
        self.images += step.images;
        self.correct += step.correct;
        self.seconds_computing += step.seconds_computing;
        self.seconds_waiting += step.seconds_waiting;
    }
}
