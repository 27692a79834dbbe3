//! Epoch after epoch, from a configuration and images in memory to weights.
//!
//! What decides the future is all in a checkpoint, which may be taken between any two steps: weights and their average,
//! what optimiser, schedule and early stopping remember, and the place in the epoch. On a CPU, a run that goes on from
//! one ends with the same weights, to the last bit.

mod best;
mod state;
mod stopping;
mod validation;

use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use tch::{Device, Kind, Tensor};

use crate::averaging::Averaged;
use crate::batches::{self, Plan};
use crate::features::{self, Features, Feed, Precision};
use crate::history::Row;
use crate::loss::Loss;
use crate::model::{Mode, Model};
use crate::observer::{Observer, Step};
use crate::optimiser::Optimiser;
use crate::samples::TrainingData;
use crate::schedule::{self, Plateau};
use crate::weights::{self, Report, Weights};

pub use best::Best;
pub use validation::{log_probabilities, seen};

use recipe::{BatchNorm, FirstWeights, Recipe, Train, TrainingStage, frozen};
use state::{About, Sums};
use stopping::Stopping;
use validation::Scores;

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
    /// Somebody wants to pause; the epoch goes on where it was with the next call, or from a checkpoint.
    Stopped,
}

/// A run in memory.
#[derive(Debug)]
pub struct Trainer<'a> {
    recipe: &'a Recipe,
    data: &'a TrainingData,
    model: Model,
    averaged: Option<Averaged>,
    optimiser: Optimiser,
    loss: Loss,
    precision: Precision,
    /// Whole epochs, and those that early stopping left out.
    epochs_done: usize,
    /// Of the epoch that is under way.
    sums: Sums,
    plateau: Plateau,
    stopping: Stopping,
    best: Option<Best>,
    /// Index of the stage that layers are frozen for.
    entered: Option<usize>,
    /// While only the head learns: of every copy of the training images, and of every view of the validation images.
    kept: (Vec<Features>, Vec<Features>),
}

impl<'a> Trainer<'a> {
    /// With the first weights that the configuration names, and where each came from.
    ///
    /// # Errors
    /// First weights that cannot be read or are another network's.
    pub fn start(recipe: &'a Recipe, data: &'a TrainingData, device: Device) -> anyhow::Result<Self> {
        Self::begin(recipe, data, device).map(|(trainer, _)| trainer)
    }

    /// [`Trainer::start`], and where the first weights came from.
    ///
    /// # Errors
    /// See there.
    pub fn begin(
        recipe: &'a Recipe,
        data: &'a TrainingData,
        device: Device,
    ) -> anyhow::Result<(Self, Report)> {
        tch::manual_seed(recipe.seed as i64);
        let loaded = match &recipe.start.from {
            FirstWeights::Random => None,
            FirstWeights::Path(path) => Some(weights::load(path)?),
        };
        let (network, zero_init_residual) = (recipe.network()?, recipe.start.zero_init_residual);
        let (model, report) =
            Model::start(network, recipe.seed, zero_init_residual, loaded.as_ref(), device)?;
        Ok((Self::with_model(recipe, data, model), report))
    }

    fn with_model(recipe: &'a Recipe, data: &'a TrainingData, mut model: Model) -> Self {
        let device = model.device();
        if device.is_cuda() {
            tch::Cuda::cudnn_set_benchmark(!recipe.deterministic);
        }
        if recipe.channels_last {
            model.channels_last();
        }
        let half = recipe.mixed_precision && device.is_cuda();
        let mut counts = vec![0; recipe.task.classes()];
        for &class in &data.training.classes {
            counts[class as usize] += 1;
        }
        Self {
            optimiser: Optimiser::new(recipe.optimiser, &model, half),
            loss: Loss::new(recipe.loss, &counts, device),
            precision: Precision { half, channels_last: recipe.channels_last },
            recipe,
            data,
            model,
            averaged: None,
            epochs_done: 0,
            sums: Sums::default(),
            plateau: Plateau::default(),
            stopping: Stopping::default(),
            best: None,
            entered: None,
            kept: Default::default(),
        }
    }

    /// Goes on from what [`Trainer::checkpoint`] returned.
    ///
    /// # Errors
    /// A checkpoint of another network, optimiser or split.
    pub fn resume(
        recipe: &'a Recipe,
        data: &'a TrainingData,
        device: Device,
        checkpoint: &Weights,
        about: Option<&str>,
    ) -> anyhow::Result<Self> {
        let about: About = serde_json::from_str(about.context("its header has no words about the run")?)
            .context("its header is that of no checkpoint, or of another version's; start again")?;
        ensure!(
            about.split_sha256 == data.split_sha256,
            "it was trained on the split {}, found {}; put the old split back, or start again without --resume",
            about.split_sha256,
            data.split_sha256
        );
        tch::manual_seed(recipe.seed as i64);
        let model = Model::with_weights(recipe.network()?, checkpoint, device)?;
        let mut trainer = Self::with_model(recipe, data, model);
        trainer.optimiser.restore(&trainer.model, checkpoint, about.optimiser)?;
        if let Some(steps) = about.averaged {
            let decay = recipe.averaging.decay;
            trainer.averaged = Some(Averaged::restore(decay, &trainer.model, checkpoint, steps)?);
        }
        trainer.epochs_done = about.epochs_done;
        trainer.sums = about.sums;
        trainer.plateau = about.plateau;
        trainer.stopping = about.stopping;
        trainer.best = about.best.map(Best::from);
        Ok(trainer)
    }

    /// Everything that is needed to go on, and the words for the file's header; between any two steps.
    ///
    /// # Errors
    /// Words that JSON cannot say.
    pub fn checkpoint(&self) -> anyhow::Result<(Weights, String)> {
        let mut weights = self.model.weights();
        let optimiser = self.optimiser.save(&mut weights);
        if let Some(averaged) = &self.averaged {
            averaged.save(&mut weights);
        }
        let about = About {
            epochs_done: self.epochs_done,
            sums: self.sums,
            optimiser,
            averaged: self.averaged.as_ref().map(Averaged::steps),
            plateau: self.plateau,
            stopping: self.stopping,
            best: self.best.map(Into::into),
            split_sha256: self.data.split_sha256.clone(),
        };
        Ok((weights, serde_json::to_string(&about)?))
    }

    /// The network as it is now.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The weights that are validated, and kept if they are the best: the average, where there is one.
    pub fn weights(&self) -> Weights {
        self.validated().weights()
    }

    fn validated(&self) -> &Model {
        self.averaged.as_ref().map_or(&self.model, Averaged::model)
    }

    /// How the network computes: half precision where the configuration wants it and the device has it.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Whole epochs so far, and those that early stopping left out.
    pub fn epochs_done(&self) -> usize {
        self.epochs_done
    }

    /// Steps of the epoch under way that are done.
    pub fn steps_done(&self) -> usize {
        self.sums.steps
    }

    /// The best epoch so far; `None` before the first at the final image size.
    pub fn best(&self) -> Option<Best> {
        self.best
    }

    /// Batches of one epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.recipe.steps_per_epoch(self.data.training.len())
    }

    /// Trains for one epoch, or what is left of it, and looks at the validation images.
    ///
    /// # Errors
    /// A loss that is no longer a number; no epoch left.
    pub fn epoch(&mut self, observer: &mut dyn Observer) -> anyhow::Result<Outcome> {
        let start = Instant::now();
        let (index, stage, before) = self.recipe.stage(self.epochs_done).context("every epoch is done")?;
        self.enter(index, &stage, before)?;
        let whole = if stage.train == Train::Head {
            self.pass_features(&stage, before, observer)?
        } else {
            self.pass_images(&stage, before, observer)?
        };
        if !whole {
            return Ok(Outcome::Stopped);
        }
        let validating = Instant::now();
        let Some(scores) = self.validate(&stage, observer)? else { return Ok(Outcome::Stopped) };
        let sums = std::mem::take(&mut self.sums);
        self.epochs_done += 1;
        let seconds = sums.seconds_computing + sums.seconds_waiting;
        // An epoch that paused for a checkpoint began before this call.
        let paused = seconds + validating.elapsed().as_secs_f64();
        let row = Row {
            epoch: self.epochs_done,
            stage: index + 1,
            image_size: stage.image_size,
            learning_rate: sums.learning_rate,
            loss: sums.loss / sums.steps as f64,
            validation_loss: scores.loss,
            accuracy: scores.accuracy,
            balanced_accuracy: scores.balanced_accuracy,
            images_per_second: sums.images as f64 / seconds,
            seconds: start.elapsed().as_secs_f64().max(paused),
            training_accuracy: sums.correct as f64 / sums.images as f64,
            waiting_share: sums.seconds_waiting / seconds,
        };
        let best = self.judge(&stage, &row, &scores)?;
        self.plateau.epoch(&stage, scores.loss);
        if self.stopping.epoch(self.recipe.early_stopping, scores.metric(self.recipe.metric)?) {
            // The rest of the stage is left out, so that an epoch's number says its stage all the same.
            self.epochs_done += stage.epochs - before - 1;
        }
        observer.epoch(&row);
        Ok(Outcome::Done { row, best })
    }

    /// Freezes a stage's layers. Where the stage begins, its schedule, early stopping and average begin afresh.
    fn enter(&mut self, index: usize, stage: &TrainingStage, before: usize) -> anyhow::Result<()> {
        if self.entered == Some(index) {
            return Ok(());
        }
        let frozen = frozen::layers(self.model.network(), stage).map_err(anyhow::Error::msg)?;
        self.model.freeze(|name| frozen.contains(name));
        self.kept = Default::default();
        if before == 0 && self.sums.steps == 0 {
            self.plateau = Plateau::default();
            self.stopping = Stopping::default();
            let decay = self.recipe.averaging.decay;
            self.averaged = (decay > 0.0).then(|| Averaged::new(decay, &self.model)).transpose()?;
        }
        self.entered = Some(index);
        Ok(())
    }

    /// Whether the epoch that just ended is the best so far.
    fn judge(&mut self, stage: &TrainingStage, row: &Row, scores: &Scores) -> anyhow::Result<bool> {
        let this = Best {
            epoch: row.epoch,
            score: scores.metric(self.recipe.metric)?,
            balanced_accuracy: row.balanced_accuracy,
            validation_loss: row.validation_loss,
        };
        let best = stage.image_size == self.recipe.image_size()
            && self.best.is_none_or(|best| this.rank() > best.rank());
        if best {
            self.best = Some(this);
        }
        Ok(best)
    }

    /// The training images of the epoch that are left; `false` if somebody wants to pause.
    fn pass_images(
        &mut self,
        stage: &TrainingStage,
        before: usize,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<bool> {
        let (recipe, data) = (self.recipe, self.data);
        let order = self.order();
        let plan = Plan::training(recipe, stage, self.epochs_done);
        // Where batch normalisation rests, every layer computes as in inference; gradients flow all the same.
        let mode = if stage.batch_norm == BatchNorm::Running { Mode::Inference } else { Mode::Training };
        std::thread::scope(|scope| {
            let mut waiting_since = Instant::now();
            for batch in batches::batches(scope, &data.training, &order, plan) {
                let batch = batch?;
                let computing_since = Instant::now();
                if observer.pause() {
                    return Ok(false);
                }
                let (images, classes) = batch.tensors(self.model.device());
                let logits = self.precision.run(&images, |images| self.model.logits(images, mode));
                let times = (waiting_since, computing_since);
                self.learn(&logits, &classes, stage, before, times, observer)?;
                waiting_since = Instant::now();
            }
            Ok(true)
        })
    }

    /// The same while only the head learns: it is shown the features of the images, or of their copies.
    fn pass_features(
        &mut self,
        stage: &TrainingStage,
        before: usize,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<bool> {
        let copy = before.checked_rem(stage.copies).unwrap_or(0);
        let mut plan = Plan::training(self.recipe, stage, self.epochs_done - before + copy);
        if stage.copies == 0 {
            plan.varied = None;
        }
        let feed = Feed { plan, precision: self.precision };
        let copies = &mut self.kept.0;
        if copies.len() <= copy {
            copies.resize_with(copy + 1, Features::default);
        }
        let Some(features) = copies[copy].of(&self.model, &self.data.training, feed, observer)? else {
            return Ok(false);
        };
        let device = self.model.device();
        let classes = Tensor::from_slice(&self.data.training.classes).to_device(device);
        for batch in self.order().chunks(self.recipe.batch_size) {
            if observer.pause() {
                return Ok(false);
            }
            let start = Instant::now();
            let places: Vec<i64> = batch.iter().map(|&place| place as i64).collect();
            let places = Tensor::from_slice(&places).to_device(device);
            let logits = features::head(&self.model, &features.index_select(0, &places));
            let classes = classes.index_select(0, &places);
            self.learn(&logits, &classes, stage, before, (start, start), observer)?;
        }
        Ok(true)
    }

    /// Places of the training images that are left of the epoch under way.
    fn order(&self) -> Vec<usize> {
        let recipe = self.recipe;
        let mut order =
            batches::shuffled(self.data.training.len(), recipe.batch_size, recipe.seed, self.epochs_done);
        order.drain(..(self.sums.steps * recipe.batch_size).min(order.len()));
        order
    }

    /// One step of the optimiser; `times` are since when the batch was waited for, and computed with.
    fn learn(
        &mut self,
        logits: &Tensor,
        classes: &Tensor,
        stage: &TrainingStage,
        before: usize,
        times: (Instant, Instant),
        observer: &mut dyn Observer,
    ) -> anyhow::Result<()> {
        let (epoch, step, steps) = (self.epochs_done, self.sums.steps, self.steps_per_epoch());
        let learning_rate = schedule::learning_rate(stage, self.plateau, steps, before * steps + step);
        let loss = self.loss.of(logits, classes);
        let value = loss.double_value(&[]);
        if !value.is_finite() {
            bail!(
                "the loss expects a number, found {value} in epoch {} at step {} of {steps}, with a learning rate of \
                 {learning_rate:.2e}; {}",
                epoch + 1,
                step + 1,
                self.advice()
            );
        }
        if self.optimiser.step(&self.model, &loss, learning_rate)
            && let Some(averaged) = &mut self.averaged
        {
            averaged.follow(&self.model);
        }
        let right = logits.argmax(-1, false).eq_tensor(classes).sum(Kind::Int64).int64_value(&[]);
        let (waiting_since, computing_since) = times;
        let step = Step {
            epoch: epoch + 1,
            step: step + 1,
            steps_in_epoch: steps,
            images: classes.size1()? as usize,
            correct: right as usize,
            loss: value,
            learning_rate,
            seconds_computing: computing_since.elapsed().as_secs_f64(),
            seconds_waiting: (computing_since - waiting_since).as_secs_f64(),
        };
        self.sums.add(&step);
        observer.step(&step);
        Ok(())
    }

    /// What to do about a loss that is no number.
    fn advice(&self) -> &'static str {
        if self.epochs_done == 0 && self.sums.steps == 0 {
            return "no step was made yet, so the first weights or an image are to blame: look at [start] and [data]";
        }
        "the weights grew without end: lower learning_rate, lengthen warm_up_epochs, or set clip_gradient_norm = 1 in \
         [optimiser], and train under another name; best.safetensors keeps the best epoch so far"
    }

    /// What the validation images say, or `None` if somebody wants to pause.
    fn validate(
        &mut self,
        stage: &TrainingStage,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<Option<Scores>> {
        let views = self.recipe.evaluation.test_time_augmentation.views();
        let samples = &self.data.validation;
        assert!(!samples.is_empty(), "expected validation images, found none");
        let feed = Feed {
            plan: Plan {
                batch_size: validation::BATCH,
                image_size: stage.image_size,
                varied: None,
                normalisation: self.model.network().normalisation,
            },
            precision: self.precision,
        };
        let logits = if stage.train == Train::Head {
            let (model, kept) = (&self.model, &mut self.kept.1);
            let Some(features) = validation::features(model, samples, views, feed, kept, observer)? else {
                return Ok(None);
            };
            // The trunk's average is the trunk itself, so only the head's differs.
            let model = self.validated();
            let logits = features.iter().map(|features| tch::no_grad(|| features::head(model, features)));
            validation::mean(&logits.collect::<Vec<_>>())
        } else {
            match log_probabilities(self.validated(), samples, views, feed, observer)? {
                Some(logits) => logits,
                None => return Ok(None),
            }
        };
        let scores = Scores::of(&logits, &samples.classes)?;
        if !scores.loss.is_finite() {
            bail!(
                "the validation loss expects a number, found {} after epoch {}; {}",
                scores.loss,
                self.epochs_done + 1,
                self.advice()
            );
        }
        Ok(Some(scores))
    }
}
