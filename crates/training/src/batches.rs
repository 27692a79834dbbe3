//! Batches of normalised images, made by all cores while the network computes.
//!
//! Which images are in a batch, and how they are varied, depends only on seed, epoch and position, not on the number of
//! threads or on which of them made it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Scope, available_parallelism};

use anyhow::anyhow;
use architecture::Normalisation;
use imaging::Augmentation;
use numerics::Random;
use recipe::{Recipe, Sampling, TrainingStage};
use tch::{Device, Kind, Tensor};

use crate::samples::Samples;

/// Batches that are finished or in progress, besides the one that the network computes with.
const AHEAD: usize = 3;

/// How the images of one pass are put into batches.
#[derive(Clone, Copy, Debug)]
pub struct BatchPlan {
    /// Images in a batch.
    pub batch_size: usize,
    /// Width and height in pixels.
    pub image_size: u32,
    /// How images are varied; `None` leaves them as they are.
    pub varied: Option<Varied>,
    /// How the network wants its input.
    pub normalisation: Normalisation,
}

/// The variation of one epoch.
#[derive(Clone, Copy, Debug)]
pub struct Varied {
    /// How far images may be varied.
    pub augmentation: Augmentation,
    /// The training's seed.
    pub seed: u64,
    /// From 0.
    pub epoch: usize,
}

impl BatchPlan {
    /// The batches of an epoch, at the size of the stage it belongs to.
    pub fn training(recipe: &Recipe, stage: &TrainingStage, epoch: usize) -> Self {
        Self {
            batch_size: recipe.batch_size,
            image_size: stage.image_size,
            varied: Some(Varied { augmentation: recipe.augmentation, seed: recipe.seed, epoch }),
            normalisation: recipe.normalisation(),
        }
    }
}

/// One batch, in the computer's main memory.
#[derive(Debug)]
pub struct Batch {
    images: Tensor,
    classes: Tensor,
    count: usize,
}

impl Batch {
    /// Puts images of `size` pixels, `[3, S, S]` each, into one batch. For a GPU the batch is in pinned memory, so that the
    /// GPU can fetch it while it computes.
    fn of(images: &[Vec<f32>], classes: &[i64], size: u32, device: Device) -> Self {
        let (count, size) = (images.len(), i64::from(size));
        let numbers: Vec<f32> = images.concat();
        let images = Tensor::from_slice(&numbers).view([count as i64, 3, size, size]);
        let classes = Tensor::from_slice(classes);
        if device.is_cuda() {
            return Self { images: images.pin_memory(device), classes: classes.pin_memory(device), count };
        }
        Self { images, classes, count }
    }

    /// Images `[N, 3, S, S]` and classes `[N]` on a device.
    pub fn tensors(&self, device: Device) -> (Tensor, Tensor) {
        let there = |tensor: &Tensor, kind| tensor.to_device_(device, kind, true, false);
        (there(&self.images, Kind::Float), there(&self.classes, Kind::Int64))
    }

    /// The images as the network sees them: `[N, 3, S, S]`, row-major.
    ///
    /// # Panics
    /// Never: the images are floats in the computer's memory.
    pub fn numbers(&self) -> Vec<f32> {
        Vec::try_from(self.images.view(-1)).expect("a flat tensor of floats on the CPU")
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// The order of the training images in one epoch, given the class of each. The last images, if they do not fill a batch, are left
/// out: another epoch's order includes them.
///
/// When an image is used again, its index grows by the number of images each time, so that it is varied anew.
pub fn order(classes: &[i64], sampling: Sampling, batch_size: usize, seed: u64, epoch: usize) -> Vec<usize> {
    let random = Random::new(seed).part(u64::MAX).part(epoch as u64);
    let count = classes.len();
    let mut order = if sampling.balance > 0.0 {
        balanced(classes, sampling.balance, &random)
    } else {
        (0..count).collect()
    };
    random.clone().shuffle(&mut order);
    if count >= batch_size {
        order.truncate(count - count % batch_size);
    }
    order
}

/// As many indices as there are images; a class with `n` images gets a part in proportion to `n^(1 - balance)`. No image is used
/// again before all others of its class were.
fn balanced(classes: &[i64], balance: f64, random: &Random) -> Vec<usize> {
    let mut members = BTreeMap::<i64, Vec<usize>>::new();
    for (index, &class) in classes.iter().enumerate() {
        members.entry(class).or_default().push(index);
    }
    let share = |members: &Vec<usize>| numerics::math::pow64(members.len() as f64, 1.0 - balance);
    let mut left: f64 = members.values().map(share).sum();
    let mut places = classes.len();
    let mut order = Vec::with_capacity(places);
    for (class, members) in &members {
        // Of the places that are left, so that roundings do not add up.
        let quota = (places as f64 * share(members) / left).round() as usize;
        (places, left) = (places - quota, left - share(members));
        for again in 0..quota.div_ceil(members.len()) {
            let mut round = members.clone();
            random.part(*class as u64).part(again as u64).shuffle(&mut round);
            round.truncate(quota - again * members.len());
            order.extend(round.into_iter().map(|index| index + again * classes.len()));
        }
    }
    order
}

/// Starts threads in `scope`, one for each core, that make the batches of `order`, and returns the batches in order. An index
/// beyond the last image means an image again, as in [`order`].
///
/// The threads share the images of a batch, so that the first batch is ready as soon as possible, and stay `AHEAD` batches
/// ahead. If an image cannot be read, the iterator returns the error and ends. Dropping the iterator ends the threads.
pub fn batches<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    samples: &'env Samples,
    order: &'env [usize],
    plan: BatchPlan,
) -> impl Iterator<Item = anyhow::Result<Batch>> + use<'scope, 'env> {
    let line = Arc::new(BatchQueue { state: Mutex::default(), changed: Condvar::new() });
    let threads = available_parallelism().map_or(1, usize::from).min(order.len());
    for _ in 0..threads {
        let line = Arc::clone(&line);
        scope.spawn(move || line.work(samples, order, plan));
    }
    let left = order.len().div_ceil(plan.batch_size);
    Batches { line, left }
}

/// The consumer's end; see [`batches`].
struct Batches {
    line: Arc<BatchQueue>,
    left: usize,
}

impl Iterator for Batches {
    type Item = anyhow::Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let batch = self.line.take();
        if batch.is_err() {
            self.left = 0;
        }
        Some(batch)
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.line.lock().ended = true;
        self.line.changed.notify_all();
    }
}

/// The queue that the threads share.
struct BatchQueue {
    state: Mutex<QueueState>,
    changed: Condvar,
}

#[derive(Default)]
struct QueueState {
    /// Position of the next image that no thread works on yet.
    next: usize,
    /// Batches that the consumer has taken.
    taken: usize,
    /// The batches after those that threads work on or have finished.
    begun: VecDeque<PendingBatch>,
    /// Whether the threads should end.
    ended: bool,
    failed: Option<anyhow::Error>,
}

/// A batch in progress.
enum PendingBatch {
    Parts { images: Vec<Vec<f32>>, missing: usize },
    Whole(Batch),
}

impl BatchQueue {
    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, QueueState>) -> MutexGuard<'a, QueueState> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next batch.
    fn take(&self) -> anyhow::Result<Batch> {
        let mut state = self.lock();
        loop {
            if let Some(error) = state.failed.take() {
                return Err(error);
            }
            match state.begun.pop_front() {
                Some(PendingBatch::Whole(batch)) => {
                    state.taken += 1;
                    self.changed.notify_all();
                    return Ok(batch);
                }
                Some(begun) => state.begun.push_front(begun),
                None => {}
            }
            state = self.wait(state);
        }
    }

    /// Prepares images until there are no more.
    fn work(&self, samples: &Samples, order: &[usize], plan: BatchPlan) {
        let _alarm = PanicGuard(self);
        while let Some(place) = self.next(order.len(), plan.batch_size) {
            let number = place / plan.batch_size;
            let done = match make(samples, order[place], plan) {
                Ok(numbers) => self.put(number, place % plan.batch_size, numbers),
                Err(error) => return self.fail(error),
            };
            // The thread that made the last image assembles the batch, so that the network need not wait for it.
            if let Some(images) = done {
                let start = number * plan.batch_size;
                let classes: Vec<i64> = order[start..start + images.len()]
                    .iter()
                    .map(|&index| samples.classes[index % samples.len()])
                    .collect();
                let batch = Batch::of(&images, &classes, plan.image_size, samples.device());
                let mut state = self.lock();
                let index = number - state.taken;
                state.begun[index] = PendingBatch::Whole(batch);
                self.changed.notify_all();
            }
        }
    }

    /// The position of an image that no thread works on yet; waits until its batch is not too far ahead.
    fn next(&self, count: usize, batch_size: usize) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.ended || state.next == count {
                return None;
            }
            if state.next / batch_size < state.taken + AHEAD {
                break;
            }
            state = self.wait(state);
        }
        let place = state.next;
        state.next += 1;
        if place.is_multiple_of(batch_size) {
            let missing = batch_size.min(count - place);
            state.begun.push_back(PendingBatch::Parts { images: vec![Vec::new(); missing], missing });
        }
        Some(place)
    }

    /// Puts one image into its batch. Returns all images of the batch if this was the last one missing.
    fn put(&self, number: usize, place: usize, numbers: Vec<f32>) -> Option<Vec<Vec<f32>>> {
        let mut state = self.lock();
        let index = number - state.taken;
        let Some(PendingBatch::Parts { images, missing }) = state.begun.get_mut(index) else { return None };
        images[place] = numbers;
        *missing -= 1;
        (*missing == 0).then(|| std::mem::take(images))
    }

    fn fail(&self, error: anyhow::Error) {
        let mut state = self.lock();
        state.failed.get_or_insert(error);
        state.ended = true;
        self.changed.notify_all();
    }
}

/// Reports a thread that panicked to the consumer, which would otherwise wait forever.
struct PanicGuard<'a>(&'a BatchQueue);

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail(anyhow!(
                "a thread that prepares batches crashed; its message is above. Please report it"
            ));
        }
    }
}

/// One image as the network sees it: `[3, S, S]`, row-major.
fn make(samples: &Samples, index: usize, plan: BatchPlan) -> anyhow::Result<Vec<f32>> {
    let variation = plan
        .varied
        .map(|varied| varied.augmentation.in_training(varied.seed, varied.epoch as u64, index as u64));
    let image =
        imaging::feed::fed(&*samples.image(index % samples.len())?, variation.as_ref(), plan.image_size);
    let Normalisation { mean, std } = plan.normalisation;
    Ok(imaging::normalise(&image, mean, std))
}

#[cfg(test)]
mod tests {
    use catalog::Diagnosis;
    use datasets::{Dataset, Image};
    use imaging::Rgb8;
    use indicatif::ProgressBar;

    use super::*;
    use crate::cache::MemoryBudget;
    use recipe::Task;

    const NOT_AT_ALL: Varied = Varied { augmentation: Augmentation::NONE, seed: 1, epoch: 0 };
    const ONE: BatchPlan =
        BatchPlan { batch_size: 1, image_size: 2, varied: None, normalisation: Normalisation::IMAGENET };

    fn samples(count: u8) -> Samples {
        let images = (0..count).map(|i| Rgb8::new(2, 2, vec![i; 12]).unwrap()).collect();
        Samples::in_memory(images, (0..i64::from(count)).collect())
    }

    fn classes_of(batch: anyhow::Result<Batch>) -> Vec<i64> {
        Vec::try_from(batch.unwrap().classes).unwrap()
    }

    fn classes(batch_size: usize, order: &[usize]) -> Vec<Vec<i64>> {
        let samples = samples(20);
        let plan = BatchPlan { batch_size, varied: Some(NOT_AT_ALL), ..ONE };
        std::thread::scope(|scope| batches(scope, &samples, order, plan).map(classes_of).collect())
    }

    #[test]
    fn batches_arrive_in_order_whichever_thread_made_them() {
        let order: Vec<usize> = (0..20).rev().collect();
        let expected: Vec<Vec<i64>> =
            order.chunks(3).map(|c| c.iter().map(|&i| i as i64).collect()).collect();
        assert_eq!(classes(3, &order), expected);
    }

    #[test]
    fn threads_end_when_the_iterator_is_dropped() {
        let (samples, order) = (samples(20), (0..20).collect::<Vec<_>>());
        let first = std::thread::scope(|scope| batches(scope, &samples, &order, ONE).next());
        assert_eq!(first.map(classes_of), Some(vec![0]));
    }

    #[test]
    fn an_epoch_is_a_shuffle_without_the_last_incomplete_batch() {
        let of = |count: usize, epoch| order(&vec![0; count], Sampling::default(), 8, 1, epoch);
        assert_eq!(of(20, 0).len(), 16);
        assert_eq!(of(20, 0), of(20, 0));
        assert_ne!(of(20, 0), of(20, 1));
        // Fewer than one batch: all of them are one.
        assert_eq!(of(5, 0).len(), 5);
    }

    #[track_caller]
    fn check_balance(balance: f64, expected: [usize; 3]) {
        // 64, 16 and 4 images of three classes.
        let classes: Vec<i64> =
            (0..84).map(|index| [0, 1, 2][usize::from(index >= 64) + usize::from(index >= 80)]).collect();
        let order = order(&classes, Sampling { balance }, 1, 7, 3);
        let found =
            [0, 1, 2].map(|class| order.iter().filter(|&&index| classes[index % 84] == class).count());
        assert_eq!(found, expected, "balance {balance}");
        // No index twice, so an image that is used again is varied anew.
        assert_eq!(order.iter().collect::<std::collections::BTreeSet<_>>().len(), order.len());
        let times = |image: usize| order.iter().filter(|&&index| index % 84 == image).count();
        let rare: Vec<_> = (80..84).map(times).collect();
        assert!(rare.iter().max().unwrap() - rare.iter().min().unwrap() <= 1, "{rare:?}");
    }

    #[test]
    fn rare_classes_come_up_more_often_as_the_recipe_asks() {
        check_balance(0.0, [64, 16, 4]);
        // Shares in proportion to 8, 4 and 2.
        check_balance(0.5, [48, 24, 12]);
        check_balance(1.0, [28, 28, 28]);
    }

    #[test]
    fn an_image_that_cannot_be_read_ends_the_batches() {
        let folder = tempfile::tempdir().unwrap();
        let image = |name: &str| {
            let pixels = Rgb8::new(2, 2, vec![9; 12]).unwrap();
            let path = datasets::isic::image_path(folder.path(), name);
            files::write(&path, &imaging::encode_jpeg(&pixels, 90).unwrap()).unwrap();
            let name = name.to_owned();
            Image { name, diagnosis: Diagnosis::ALL[0], age: None, site: None, lesion: None, sex: None }
        };
        let dataset = Dataset::new(folder.path(), ["a", "b", "c"].map(image).into()).unwrap();
        std::fs::write(dataset.path("b"), b"no picture").unwrap();
        let (images, room) = (dataset.images().iter().collect::<Vec<_>>(), Arc::new(MemoryBudget::new(0)));
        let samples =
            Samples::in_files(&dataset, &images, Task::Diagnosis, 8, &room, &ProgressBar::hidden()).unwrap();
        let order = [0, 1, 2];
        let made: Vec<_> = std::thread::scope(|scope| batches(scope, &samples, &order, ONE).collect());
        let error = format!("{:#}", made.into_iter().find_map(Result::err).unwrap());
        assert!(error.contains("b.jpg is not a usable image"), "{error}");
    }

    #[test]
    fn a_thread_that_panics_ends_the_batches() {
        // There are classes for four images, and pixels for two.
        let images = (0..2).map(|i| Rgb8::new(2, 2, vec![i; 12]).unwrap()).collect();
        let samples = Samples::in_memory(images, vec![0; 4]);
        let order = [0, 1, 2, 3];
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            std::thread::scope(|scope| {
                let made: Vec<_> = batches(scope, &samples, &order, ONE).collect();
                assert!(made.last().is_some_and(Result::is_err));
            });
        }));
        // The scope passes the thread's panic on; what matters is that it returns at all.
        assert!(panicked.is_err());
    }

    #[test]
    fn a_tensor_is_the_normalised_image() {
        let samples = samples(2);
        let batch = std::thread::scope(|scope| batches(scope, &samples, &[1], ONE).next()).unwrap().unwrap();
        let (images, classes) = batch.tensors(Device::Cpu);
        assert_eq!((images.size(), i64::try_from(classes).unwrap()), (vec![1, 3, 2, 2], 1));
        let expected = (1.0 / 255.0 - 0.406) / 0.225;
        assert!((images.double_value(&[0, 2, 1, 1]) - expected).abs() < 1e-6);
    }
}
