//! Whoever watches a training: told of every step, asked whether to pause.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::history::Row;

/// One step of the optimiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The epoch it belongs to, from 1.
    pub epoch: usize,
    /// Within the epoch, from 1.
    pub step: usize,
    /// Steps of the whole epoch.
    pub steps_in_epoch: usize,
    /// Images in the batch.
    pub images: usize,
    /// Of these, as many were classified correctly, before the step.
    pub correct: usize,
    /// Mean over the batch.
    pub loss: f64,
    /// What the optimiser was given; that of the trunk where the head has another.
    pub learning_rate: f64,
    /// From the batch's arrival to the end of the step.
    pub seconds_computing: f64,
    /// In which the device had nothing to do, because no batch was ready.
    pub seconds_waiting: f64,
}

/// Watches a training.
pub trait Observer {
    /// After every step of the optimiser.
    fn step(&mut self, step: &Step);

    /// While the validation images are classified: so many of so many are.
    fn validated(&mut self, images: usize, of: usize) {
        let _ = (images, of);
    }

    /// While the trunk's features are computed, which are kept as long as only the head learns: so many of so many are.
    fn features(&mut self, images: usize, of: usize) {
        let _ = (images, of);
    }

    /// After every epoch, validation included.
    fn epoch(&mut self, row: &Row);

    /// Whether to pause here, between two batches. The trainer then returns, and goes on from there, or from a
    /// checkpoint taken there, to the same weights as if it had not paused.
    fn pause(&mut self) -> bool {
        false
    }
}

/// Watches nothing, and lets the training go on.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Observer for Nobody {
    fn step(&mut self, _: &Step) {}
    fn epoch(&mut self, _: &Row) {}
}

/// Watches nothing, and pauses the training as soon as the flag is set.
impl Observer for &AtomicBool {
    fn step(&mut self, _: &Step) {}
    fn epoch(&mut self, _: &Row) {}
    fn pause(&mut self) -> bool {
        self.load(Ordering::Relaxed)
    }
}
