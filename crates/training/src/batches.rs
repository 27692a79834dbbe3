//! Batches of normalised images, made by other threads while the network computes.
//!
//! Which images a batch holds, and how they are varied, depends on seed, epoch and place alone, not on the number of
//! threads nor on which of them made it.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Scope, available_parallelism};

use imaging::Augmentation;
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use numerics::Random;
use tch::{Device, Tensor};

use crate::config::{Config, Stage};
use crate::samples::Samples;

/// Finished batches that wait for the network, for every thread that makes them.
const WAITING: usize = 2;

/// How the images of a pass are put into batches.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Images in a batch.
    pub batch_size: usize,
    /// Width and height in pixels.
    pub image_size: u32,
    /// How images are varied; `None` leaves them as they are.
    pub varied: Option<Varied>,
}

/// The variation of one epoch.
#[derive(Clone, Copy, Debug)]
pub struct Varied {
    /// How far.
    pub augmentation: Augmentation,
    /// The training's seed.
    pub seed: u64,
    /// From 0.
    pub epoch: usize,
}

impl Plan {
    /// What an epoch of a training feeds, at the size of the stage it belongs to.
    pub fn training(config: &Config, stage: Stage, epoch: usize) -> Self {
        Self {
            batch_size: config.batch_size,
            image_size: stage.image_size,
            varied: Some(Varied { augmentation: config.augmentation, seed: config.seed, epoch }),
        }
    }
}

/// One batch.
#[derive(Debug)]
pub struct Batch {
    numbers: Vec<f32>,
    classes: Vec<i64>,
    image_size: u32,
}

impl Batch {
    /// Images `[N, 3, S, S]` and classes `[N]` on a device.
    pub fn tensors(&self, device: Device) -> (Tensor, Tensor) {
        let (count, size) = (self.classes.len() as i64, i64::from(self.image_size));
        let images = Tensor::from_slice(&self.numbers).view([count, 3, size, size]);
        (images.to_device(device), Tensor::from_slice(&self.classes).to_device(device))
    }

    /// What the network is fed: `[N, 3, S, S]`, row-major.
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// Images in it.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }
}

/// The order of the training images in one epoch, without the last ones that do not fill a batch: another epoch's order
/// brings them in.
pub fn shuffled(count: usize, batch_size: usize, seed: u64, epoch: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    Random::new(seed).part(u64::MAX).part(epoch as u64).shuffle(&mut order);
    if count >= batch_size {
        order.truncate(count - count % batch_size);
    }
    order
}

/// Starts threads in `scope` that make the batches of `order`, and returns them as they come, in order.
///
/// Dropping the iterator ends the threads.
pub fn batches<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    samples: &'env Samples,
    order: &'env [usize],
    plan: Plan,
) -> impl Iterator<Item = anyhow::Result<Batch>> + use<'scope, 'env> {
    let count = order.len().div_ceil(plan.batch_size);
    let threads = available_parallelism().map_or(1, usize::from).div_ceil(2).min(count.max(1));
    let receivers: Vec<Receiver<anyhow::Result<Batch>>> = (0..threads)
        .map(|thread| {
            let (sender, receiver) = sync_channel(WAITING);
            scope.spawn(move || {
                for index in (thread..count).step_by(threads) {
                    let start = index * plan.batch_size;
                    let end = (start + plan.batch_size).min(order.len());
                    if sender.send(make(samples, &order[start..end], plan)).is_err() {
                        return;
                    }
                }
            });
            receiver
        })
        .collect();
    (0..count).map_while(move |index| receivers[index % threads].recv().ok())
}

fn make(samples: &Samples, indices: &[usize], plan: Plan) -> anyhow::Result<Batch> {
    let size = plan.image_size;
    let mut numbers = Vec::with_capacity(indices.len() * 3 * (size * size) as usize);
    for &index in indices {
        let variation = plan
            .varied
            .map(|varied| varied.augmentation.in_training(varied.seed, varied.epoch as u64, index as u64));
        let image = imaging::feed::fed(&*samples.image(index)?, variation.as_ref(), size);
        numbers.extend(imaging::normalise(&image, IMAGENET_MEAN, IMAGENET_STD));
    }
    Ok(Batch {
        numbers,
        classes: indices.iter().map(|&index| samples.classes[index]).collect(),
        image_size: size,
    })
}

#[cfg(test)]
mod tests {
    use imaging::Rgb8;

    use super::*;

    const NOT_AT_ALL: Varied = Varied { augmentation: Augmentation::NONE, seed: 1, epoch: 0 };

    fn samples(count: u8) -> Samples {
        let images = (0..count).map(|i| Rgb8::new(2, 2, vec![i; 12]).unwrap()).collect();
        Samples::in_memory(images, (0..i64::from(count)).collect())
    }

    fn classes(batch_size: usize, order: &[usize]) -> Vec<Vec<i64>> {
        let samples = samples(20);
        let plan = Plan { batch_size, image_size: 2, varied: Some(NOT_AT_ALL) };
        std::thread::scope(|scope| {
            batches(scope, &samples, order, plan).map(|batch| batch.unwrap().classes).collect()
        })
    }

    #[test]
    fn batches_come_in_order_whichever_thread_made_them() {
        let order: Vec<usize> = (0..20).rev().collect();
        let expected: Vec<Vec<i64>> =
            order.chunks(3).map(|c| c.iter().map(|&i| i as i64).collect()).collect();
        assert_eq!(classes(3, &order), expected);
    }

    #[test]
    fn threads_end_when_nobody_wants_more() {
        let (samples, order) = (samples(20), (0..20).collect::<Vec<_>>());
        let plan = Plan { batch_size: 1, image_size: 2, varied: None };
        let first = std::thread::scope(|scope| batches(scope, &samples, &order, plan).next());
        assert_eq!(first.map(|batch| batch.unwrap().classes), Some(vec![0]));
    }

    #[test]
    fn an_epoch_is_a_shuffle_without_the_last_broken_batch() {
        let order = shuffled(20, 8, 1, 0);
        assert_eq!(order.len(), 16);
        assert_eq!(order, shuffled(20, 8, 1, 0));
        assert_ne!(order, shuffled(20, 8, 1, 1));
        // Fewer than one batch: all of them are one.
        assert_eq!(shuffled(5, 8, 1, 0).len(), 5);
    }

    #[test]
    fn a_tensor_is_the_normalised_image() {
        let samples = samples(2);
        let batch = make(&samples, &[1], Plan { batch_size: 1, image_size: 2, varied: None }).unwrap();
        let (images, classes) = batch.tensors(Device::Cpu);
        assert_eq!((images.size(), i64::try_from(classes).unwrap()), (vec![1, 3, 2, 2], 1));
        let expected = (1.0 / 255.0 - 0.406) / 0.225;
        assert!((images.double_value(&[0, 2, 1, 1]) - expected).abs() < 1e-6);
    }
}
