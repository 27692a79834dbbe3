//! Observers of a training: they see every step and may ask for a pause.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::class_report::ClassRow;
use crate::history::EpochRow;

/// One step of the optimiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingStep {
    /// The epoch it belongs to, from 1.
    pub epoch: usize,
    /// Within the epoch, from 1.
    pub step: usize,
    /// Steps of the whole epoch.
    pub steps_in_epoch: usize,
    /// Images in the batch.
    pub images: usize,
    /// How many of them were classified correctly before the step.
    pub correct: usize,
    /// Mean over the batch.
    pub loss: f64,
    /// The learning rate that the optimiser was given; the trunk's, if the head has its own.
    pub learning_rate: f64,
    /// From the batch's arrival to the end of the step.
    pub seconds_computing: f64,
    /// Time in which the device waited because no batch was ready.
    pub seconds_waiting: f64,
}

/// Watches a training.
pub trait Observer {
    /// After every step of the optimiser.
    fn step(&mut self, step: &TrainingStep);

    /// While the validation images are classified: `images` out of `of` are done.
    fn validated(&mut self, images: usize, of: usize) {
        let _ = (images, of);
    }

    /// While the trunk's features are computed, as long as only the head learns: `images` out of `of` are done.
    fn features(&mut self, images: usize, of: usize) {
        let _ = (images, of);
    }

    /// After every epoch, validation included.
    fn epoch(&mut self, row: &EpochRow, classes: &[ClassRow]);

    /// Whether to pause here, between two batches. The trainer then returns. Continuing, also from a checkpoint taken here,
    /// leads to the same weights as without the pause.
    fn pause(&mut self) -> bool {
        false
    }
}

/// Ignores everything and never pauses.
#[derive(Clone, Copy, Debug)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn step(&mut self, _: &TrainingStep) {}
    fn epoch(&mut self, _: &EpochRow, _: &[ClassRow]) {}
}

/// Ignores everything and pauses as soon as the flag is set.
impl Observer for &AtomicBool {
    fn step(&mut self, _: &TrainingStep) {}
    fn epoch(&mut self, _: &EpochRow, _: &[ClassRow]) {}
    fn pause(&mut self) -> bool {
        self.load(Ordering::Relaxed)
    }
}
