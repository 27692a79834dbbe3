//! Epoch after epoch, from a configuration and images in memory to weights.

use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use catalog::Diagnosis;
use evaluation::ConfusionMatrix;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Reduction, Tensor};

use crate::batches::{self, Plan};
use crate::config::{Config, Stage};
use crate::history::Row;
use crate::model::{Mode, Model};
use crate::observer::{Observer, Step};
use crate::optimiser::Optimiser;
use crate::samples::{Samples, TrainingData};
use crate::schedule;
use crate::weights::Weights;

/// Outputs of the network.
const CLASSES: usize = Diagnosis::ALL.len();

/// The best epoch so far, of those at the final image size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// From 1.
    pub epoch: usize,
    /// On the validation images, 0 to 1.
    pub balanced_accuracy: f64,
    /// On the validation images; decides between equals.
    pub validation_loss: f64,
}

/// What stands in the header of a checkpoint.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    epochs_done: usize,
    steps: u64,
    best: Option<Best>,
    split_sha256: String,
}

/// How an epoch ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Normally; `best` says whether it is the best so far.
    Done {
        /// What it brought.
        row: Row,
        /// Whether no epoch at the final size was better.
        best: bool,
    },
    /// Somebody wants to stop; the epoch counts for nothing.
    Stopped,
}

/// A run in memory.
#[derive(Debug)]
pub struct Trainer<'a> {
    config: &'a Config,
    data: &'a TrainingData,
    model: Model,
    optimiser: Optimiser,
    epochs_done: usize,
    best: Option<Best>,
}

impl<'a> Trainer<'a> {
    /// With random first weights.
    ///
    /// # Errors
    /// A network that does not exist.
    pub fn start(config: &'a Config, data: &'a TrainingData, device: Device) -> anyhow::Result<Self> {
        tch::manual_seed(config.seed as i64);
        let network = architecture::by_name(&config.architecture, CLASSES, config.image_size() as usize)?;
        let model = Model::random(network, config.seed, device);
        let optimiser = Optimiser::new(config.optimiser, &model);
        Ok(Self { config, data, model, optimiser, epochs_done: 0, best: None })
    }

    /// Goes on from what [`Trainer::checkpoint`] returned.
    ///
    /// # Errors
    /// A checkpoint of another network, optimiser or split.
    pub fn resume(
        config: &'a Config,
        data: &'a TrainingData,
        device: Device,
        checkpoint: &Weights,
        about: Option<&str>,
    ) -> anyhow::Result<Self> {
        let about: About = serde_json::from_str(about.context("its header has no words about the run")?)?;
        ensure!(
            about.split_sha256 == data.split_sha256,
            "it was trained on the split {}, found {}; put the old split back, or start again without --resume",
            about.split_sha256,
            data.split_sha256
        );
        let network = architecture::by_name(&config.architecture, CLASSES, config.image_size() as usize)?;
        let model = Model::with_weights(network, checkpoint, device)?;
        let mut optimiser = Optimiser::new(config.optimiser, &model);
        optimiser.restore(checkpoint, about.steps)?;
        Ok(Self { config, data, model, optimiser, epochs_done: about.epochs_done, best: about.best })
    }

    /// Everything that is needed to go on, and the words for the file's header.
    ///
    /// # Errors
    /// Numbers that JSON cannot say, such as a loss that is not finite.
    pub fn checkpoint(&self) -> anyhow::Result<(Weights, String)> {
        let mut weights = self.model.weights();
        self.optimiser.save(&mut weights);
        let about = About {
            epochs_done: self.epochs_done,
            steps: self.optimiser.steps(),
            best: self.best,
            split_sha256: self.data.split_sha256.clone(),
        };
        Ok((weights, serde_json::to_string(&about)?))
    }

    /// The network as it is now.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whole epochs so far.
    pub fn epochs_done(&self) -> usize {
        self.epochs_done
    }

    /// The best epoch so far; `None` before the first at the final image size.
    pub fn best(&self) -> Option<Best> {
        self.best
    }

    /// Batches of one epoch.
    pub fn steps_per_epoch(&self) -> usize {
        (self.data.training.len() / self.config.batch_size).max(1)
    }

    /// Trains for one epoch and looks at the validation images.
    ///
    /// # Errors
    /// A loss that is no longer a number; no epoch left.
    pub fn epoch(&mut self, observer: &mut dyn Observer) -> anyhow::Result<Outcome> {
        let start = Instant::now();
        let (index, stage, before) = self.config.stage(self.epochs_done).context("every epoch is done")?;
        let Some((sums, learning_rate)) = self.pass(&stage, before, observer)? else {
            return Ok(Outcome::Stopped);
        };
        let Some(scores) = self.validate(stage.image_size, observer)? else { return Ok(Outcome::Stopped) };
        self.epochs_done += 1;
        let row = Row {
            epoch: self.epochs_done,
            stage: index + 1,
            image_size: stage.image_size,
            learning_rate,
            loss: sums.loss / self.steps_per_epoch() as f64,
            validation_loss: scores.loss,
            accuracy: scores.accuracy,
            balanced_accuracy: scores.balanced_accuracy,
            images_per_second: sums.images as f64 / (sums.seconds_computing + sums.seconds_waiting),
            seconds: start.elapsed().as_secs_f64(),
            training_accuracy: sums.correct as f64 / sums.images as f64,
            waiting_share: sums.seconds_waiting / (sums.seconds_computing + sums.seconds_waiting),
        };
        let this = Best {
            epoch: row.epoch,
            balanced_accuracy: row.balanced_accuracy,
            validation_loss: row.validation_loss,
        };
        let rank = |best: Best| (best.balanced_accuracy, -best.validation_loss);
        let best = stage.image_size == self.config.image_size()
            && self.best.is_none_or(|best| rank(this) > rank(best));
        if best {
            self.best = Some(this);
        }
        observer.epoch(&row);
        Ok(Outcome::Done { row, best })
    }

    /// All training images once: their sums and the last learning rate, or `None` if somebody wants to stop.
    fn pass(
        &mut self,
        stage: &Stage,
        epochs_before: usize,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<Option<(Sums, f64)>> {
        let (config, data, epoch) = (self.config, self.data, self.epochs_done);
        let order = batches::shuffled(data.training.len(), config.batch_size, config.seed, epoch);
        let steps = self.steps_per_epoch();
        let plan = Plan::training(config, *stage, epoch);
        let (mut sums, mut learning_rate) = (Sums::default(), 0.0);
        let whole = std::thread::scope(|scope| -> anyhow::Result<bool> {
            let mut waiting_since = Instant::now();
            for (step, batch) in batches::batches(scope, &data.training, &order, plan).enumerate() {
                let batch = batch?;
                let computing_since = Instant::now();
                if observer.pause() {
                    return Ok(false);
                }
                let (images, classes) = batch.tensors(self.model.device());
                let logits = self.model.logits(&images, Mode::Training);
                let loss = cross_entropy(&logits, &classes, config.label_smoothing);
                let value = f64::try_from(&loss)?;
                if !value.is_finite() {
                    bail!(
                        "the loss expects a number, found {value} in epoch {} at step {} of {steps}; lower learning_rate \
                         (it was {learning_rate:.2e} at the step before) or lengthen warm_up_epochs, then --resume",
                        epoch + 1,
                        step + 1
                    );
                }
                learning_rate = schedule::learning_rate(stage, steps, epochs_before * steps + step);
                self.optimiser.step(&self.model, &loss, learning_rate);
                let right = logits.argmax(-1, false).eq_tensor(&classes).sum(Kind::Int64);
                let step = Step {
                    epoch: epoch + 1,
                    step: step + 1,
                    steps_in_epoch: steps,
                    images: batch.len(),
                    correct: i64::try_from(&right)? as usize,
                    loss: value,
                    learning_rate,
                    seconds_computing: computing_since.elapsed().as_secs_f64(),
                    seconds_waiting: (computing_since - waiting_since).as_secs_f64(),
                };
                sums.add(&step);
                observer.step(&step);
                waiting_since = Instant::now();
            }
            Ok(true)
        })?;
        Ok(whole.then_some((sums, learning_rate)))
    }

    /// Loss and accuracies on the validation images, or `None` if somebody wants to stop.
    fn validate(&self, image_size: u32, observer: &mut dyn Observer) -> anyhow::Result<Option<Scores>> {
        let validation = &self.data.validation;
        assert!(!validation.is_empty(), "expected validation images, found none");
        let Some(logits) = predict(&self.model, validation, image_size, observer)? else { return Ok(None) };
        let classes = Tensor::from_slice(&validation.classes);
        let loss = cross_entropy(&logits, &classes, 0.0).double_value(&[]);
        let predicted = logits.argmax(-1, false);
        let mut matrix = ConfusionMatrix::new(CLASSES);
        for (index, &truth) in validation.classes.iter().enumerate() {
            matrix.add(truth as usize, predicted.int64_value(&[index as i64]) as usize, 1);
        }
        let scored = "the validation part has images";
        Ok(Some(Scores {
            loss,
            accuracy: matrix.accuracy().expect(scored),
            balanced_accuracy: matrix.balanced_accuracy().expect(scored),
        }))
    }
}

/// What the steps of an epoch brought so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sums {
    loss: f64,
    images: usize,
    correct: usize,
    seconds_computing: f64,
    seconds_waiting: f64,
}

impl Sums {
    fn add(&mut self, step: &Step) {
        self.loss += step.loss;
        self.images += step.images;
        self.correct += step.correct;
        self.seconds_computing += step.seconds_computing;
        self.seconds_waiting += step.seconds_waiting;
    }
}

struct Scores {
    loss: f64,
    accuracy: f64,
    balanced_accuracy: f64,
}

/// Logits `[N, classes]` on the CPU of all samples, in their order; `None` if somebody wants to stop.
///
/// # Errors
/// An image that cannot be read.
pub fn predict(
    model: &Model,
    samples: &Samples,
    image_size: u32,
    observer: &mut dyn Observer,
) -> anyhow::Result<Option<Tensor>> {
    let order: Vec<usize> = (0..samples.len()).collect();
    let plan = Plan { batch_size: 64, image_size, varied: None };
    let _guard = tch::no_grad_guard();
    let mut logits = Vec::new();
    let whole = std::thread::scope(|scope| -> anyhow::Result<bool> {
        let mut done = 0;
        for batch in batches::batches(scope, samples, &order, plan) {
            let batch = batch?;
            if observer.pause() {
                return Ok(false);
            }
            let (images, _) = batch.tensors(model.device());
            logits.push(model.logits(&images, Mode::Inference).to_device(Device::Cpu));
            done += batch.len();
            observer.validated(done, samples.len());
        }
        Ok(true)
    })?;
    Ok(whole.then(|| Tensor::cat(&logits, 0).to_kind(Kind::Float)))
}

/// Mean cross-entropy of the target, of which `smoothing` is spread over all classes.
fn cross_entropy(logits: &Tensor, classes: &Tensor, smoothing: f64) -> Tensor {
    logits.cross_entropy_loss::<Tensor>(classes, None, Reduction::Mean, -100, smoothing)
}
