//! The training loop: epoch after epoch, from a recipe and images to weights.
//!
//! A checkpoint may be taken between any two steps and contains everything that is needed to continue: weights and their
//! average, the state of optimiser, schedule and early stopping, and the position in the epoch. On a CPU, a run that
//! continues from a checkpoint ends with the same weights, to the last bit.

mod answered;
mod best;
mod rates;
mod state;
mod stopping;
mod validation;

use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use tch::{Device, Kind, Tensor};

use crate::averaging::Averaged;
use crate::batches::{self, BatchPlan};
use crate::class_report::{ClassRow, class_rows};
use crate::distillation::Distillation;
use crate::features::{self, FeatureFeed, Features, Precision};
use crate::history::EpochRow;
use crate::loss::Loss;
use crate::model::{Mode, Model};
use crate::observer::{Observer, TrainingStep};
use crate::optimiser::Optimiser;
use crate::samples::TrainingData;
use crate::schedule::{self, PlateauState};
use crate::weights::{self, Weights, WeightsReport};

pub use best::Best;
pub use validation::{log_probabilities, seen};

use answered::AnsweredBatch;
use recipe::{BatchNorm, FirstWeights, Recipe, Train, TrainingStage, frozen};
use state::{CheckpointHeader, EpochSums};
use stopping::StoppingState;
use validation::ValidationScores;

/// How an epoch ended.
#[derive(Clone, Debug, PartialEq)]
pub enum EpochOutcome {
    /// Normally.
    Done {
        /// Its results.
        row: EpochRow,
        /// Those of each class.
        classes: Vec<ClassRow>,
        /// Whether it is the best epoch at the final image size so far.
        best: bool,
    },
    /// The observer asked for a pause; the next call continues the epoch, and so does a run from a checkpoint.
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
    distillation: Option<Distillation>,
    precision: Precision,
    /// Completed epochs, and those that early stopping left out.
    epochs_done: usize,
    /// Sums over the current epoch.
    sums: EpochSums,
    plateau: PlateauState,
    stopping: StoppingState,
    best: Option<Best>,
    /// Index of the stage whose layers are frozen.
    entered: Option<usize>,
    /// While only the head learns: features of every copy of the training images and every view of the validation images.
    kept: (Vec<Features>, Vec<Features>),
}

impl<'a> Trainer<'a> {
    /// Starts with the recipe's first weights.
    ///
    /// # Errors
    /// First weights that cannot be read or belong to another network.
    pub fn start(recipe: &'a Recipe, data: &'a TrainingData, device: Device) -> anyhow::Result<Self> {
        Self::begin(recipe, data, device).map(|(trainer, _)| trainer)
    }

    /// The same as [`Trainer::start`], with a report of where the first weights came from.
    ///
    /// # Errors
    /// As [`Trainer::start`].
    pub fn begin(
        recipe: &'a Recipe,
        data: &'a TrainingData,
        device: Device,
    ) -> anyhow::Result<(Self, WeightsReport)> {
        tch::manual_seed(recipe.seed as i64);
        let loaded = match &recipe.start.from {
            FirstWeights::Random => None,
            FirstWeights::Path(path) => Some(weights::load(path)?),
        };
        let (network, zero_init_residual) = (recipe.network()?, recipe.start.zero_init_residual);
        let (model, report) =
            Model::start(network, recipe.seed, zero_init_residual, loaded.as_ref(), device)?;
        Ok((Self::with_model(recipe, data, model)?, report))
    }

    fn with_model(recipe: &'a Recipe, data: &'a TrainingData, mut model: Model) -> anyhow::Result<Self> {
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
        Ok(Self {
            optimiser: Optimiser::new(recipe.optimiser, &model, half),
            loss: Loss::new(recipe.loss, &counts, device),
            distillation: Distillation::of_recipe(recipe, device)?,
            precision: Precision { half, channels_last: recipe.channels_last },
            recipe,
            data,
            model,
            averaged: None,
            epochs_done: 0,
            sums: EpochSums::default(),
            plateau: PlateauState::default(),
            stopping: StoppingState::default(),
            best: None,
            entered: None,
            kept: Default::default(),
        })
    }

    /// Continues from what [`Trainer::checkpoint`] returned.
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
        let about: CheckpointHeader = serde_json::from_str(
            about.context("it is not a checkpoint: its header says nothing about a run")?,
        )
        .context("it is not a checkpoint of this version of the program; start again")?;
        ensure!(
            about.split_sha256 == data.split_sha256,
            "the run was trained on another split (SHA-256 {}) than the present one ({}); restore the old split, or start again \
             without --resume",
            about.split_sha256,
            data.split_sha256
        );
        tch::manual_seed(recipe.seed as i64);
        let model = Model::with_weights(recipe.network()?, checkpoint, device)?;
        let mut trainer = Self::with_model(recipe, data, model)?;
        ensure!(
            about.teacher_sha256.as_deref() == trainer.distillation.as_ref().map(Distillation::sha256),
            "the teacher's weights have changed since the run began; restore them, or start again without --resume"
        );
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

    /// Everything that is needed to continue, and the text for the file's header. May be called between any two steps.
    ///
    /// # Errors
    /// A header that cannot be written as JSON.
    pub fn checkpoint(&self) -> anyhow::Result<(Weights, String)> {
        let mut weights = self.model.weights();
        let optimiser = self.optimiser.save(&mut weights);
        if let Some(averaged) = &self.averaged {
            averaged.save(&mut weights);
        }
        let about = CheckpointHeader {
            epochs_done: self.epochs_done,
            sums: self.sums,
            optimiser,
            averaged: self.averaged.as_ref().map(Averaged::steps),
            plateau: self.plateau,
            stopping: self.stopping,
            best: self.best.map(Into::into),
            split_sha256: self.data.split_sha256.clone(),
            teacher_sha256: self.distillation.as_ref().map(|taught| taught.sha256().to_owned()),
        };
        Ok((weights, serde_json::to_string(&about)?))
    }

    /// The network in its current state.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The weights that are validated, and saved if they are the best: the average, if there is one.
    pub fn weights(&self) -> Weights {
        self.validated().weights()
    }

    fn validated(&self) -> &Model {
        self.averaged.as_ref().map_or(&self.model, Averaged::model)
    }

    /// How the network computes: in half precision if the recipe asks for it and the device supports it.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Completed epochs so far, and those that early stopping left out.
    pub fn epochs_done(&self) -> usize {
        self.epochs_done
    }

    /// Completed steps of the current epoch.
    pub fn steps_done(&self) -> usize {
        self.sums.steps
    }

    /// The best epoch so far; `None` before the first at the final image size.
    pub fn best(&self) -> Option<Best> {
        self.best
    }

    /// Steps of one epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.recipe.steps_per_epoch(self.data.training.len())
    }

    /// Trains one epoch, or the rest of it, and validates.
    ///
    /// # Errors
    /// A loss that is not finite; no epoch left.
    pub fn epoch(&mut self, observer: &mut dyn Observer) -> anyhow::Result<EpochOutcome> {
        let start = Instant::now();
        let (index, stage, before) = self.recipe.stage(self.epochs_done).context("every epoch is done")?;
        self.enter(index, &stage, before)?;
        let whole = if stage.train == Train::Head {
            self.pass_features(&stage, before, observer)?
        } else {
            self.pass_images(&stage, before, observer)?
        };
        if !whole {
            return Ok(EpochOutcome::Stopped);
        }
        let validating = Instant::now();
        let Some(scores) = self.validate(&stage, observer)? else { return Ok(EpochOutcome::Stopped) };
        let sums = std::mem::take(&mut self.sums);
        self.epochs_done += 1;
        let seconds = sums.seconds_computing + sums.seconds_waiting;
        // An epoch that paused for a checkpoint started before this call.
        let paused = seconds + validating.elapsed().as_secs_f64();
        let row = EpochRow {
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
            // The numbers of the stage's other epochs are skipped, so that an epoch's number still determines its stage.
            self.epochs_done += stage.epochs - before - 1;
        }
        let classes = class_rows(row.epoch, self.recipe.task, &scores.matrix);
        observer.epoch(&row, &classes);
        Ok(EpochOutcome::Done { row, classes, best })
    }

    /// Freezes a stage's layers. At the start of a stage, schedule, early stopping and average start again.
    fn enter(&mut self, index: usize, stage: &TrainingStage, before: usize) -> anyhow::Result<()> {
        if self.entered == Some(index) {
            return Ok(());
        }
        let frozen = frozen::layers(self.model.network(), stage).map_err(anyhow::Error::msg)?;
        self.model.freeze(|name| frozen.contains(name));
        self.kept = Default::default();
        if before == 0 && self.sums.steps == 0 {
            self.plateau = PlateauState::default();
            self.stopping = StoppingState::default();
            let decay = self.recipe.averaging.decay;
            self.averaged = (decay > 0.0).then(|| Averaged::new(decay, &self.model)).transpose()?;
        }
        self.entered = Some(index);
        Ok(())
    }

    /// Whether the epoch that has just ended is the best so far.
    fn judge(
        &mut self,
        stage: &TrainingStage,
        row: &EpochRow,
        scores: &ValidationScores,
    ) -> anyhow::Result<bool> {
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

    /// Trains on the epoch's remaining images; `false` if the observer wants to pause.
    fn pass_images(
        &mut self,
        stage: &TrainingStage,
        before: usize,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<bool> {
        let (recipe, data) = (self.recipe, self.data);
        let order = self.order();
        let plan = BatchPlan::training(recipe, stage, self.epochs_done);
        // With running statistics every layer computes as in inference; gradients flow nevertheless.
        let mode = if stage.batch_norm == BatchNorm::Running { Mode::Inference } else { Mode::Training };
        std::thread::scope(|scope| {
            let mut waiting_since = Instant::now();
            for batch in batches::batches(scope, &data.training, &order, plan) {
                let batch = batch?;
                let computing_since = Instant::now();
                if observer.pause() {
                    return Ok(false);
                }
                let answered = self.answer(&batch, mode)?;
                let times = (waiting_since, computing_since);
                self.learn(&answered, stage, before, times, observer)?;
                waiting_since = Instant::now();
            }
            Ok(true)
        })
    }

    /// The same while only the head learns: its inputs are the features of the images or of their copies.
    fn pass_features(
        &mut self,
        stage: &TrainingStage,
        before: usize,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<bool> {
        let copy = before.checked_rem(stage.copies).unwrap_or(0);
        let mut plan = BatchPlan::training(self.recipe, stage, self.epochs_done - before + copy);
        if stage.copies == 0 {
            plan.varied = None;
        }
        let feed = FeatureFeed { plan, precision: self.precision };
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
            let places: Vec<i64> =
                batch.iter().map(|&place| (place % self.data.training.len()) as i64).collect();
            let places = Tensor::from_slice(&places).to_device(device);
            let logits = features::head(&self.model, &features.index_select(0, &places));
            let classes = classes.index_select(0, &places);
            let loss = self.loss.of(&logits, &classes);
            self.learn(&AnsweredBatch { logits, classes, loss }, stage, before, (start, start), observer)?;
        }
        Ok(true)
    }

    /// Indices of the current epoch's remaining training images.
    fn order(&self) -> Vec<usize> {
        let recipe = self.recipe;
        let classes = &self.data.training.classes;
        let mut order =
            batches::order(classes, recipe.sampling, recipe.batch_size, recipe.seed, self.epochs_done);
        order.drain(..(self.sums.steps * recipe.batch_size).min(order.len()));
        order
    }

    /// One step of the optimiser; `times` are when waiting for the batch and computing with it began.
    fn learn(
        &mut self,
        batch: &AnsweredBatch,
        stage: &TrainingStage,
        before: usize,
        times: (Instant, Instant),
        observer: &mut dyn Observer,
    ) -> anyhow::Result<()> {
        let (epoch, step, steps) = (self.epochs_done, self.sums.steps, self.steps_per_epoch());
        let learning_rate = schedule::learning_rate(stage, self.plateau, steps, before * steps + step);
        let AnsweredBatch { logits, classes, loss } = batch;
        let value = loss.double_value(&[]);
        if !value.is_finite() {
            bail!(
                "the loss became {value} in epoch {}, step {} of {steps}, at a learning rate of {learning_rate:.2e}; {}",
                epoch + 1,
                step + 1,
                self.advice()
            );
        }
        if self.optimiser.step(&self.model, loss, learning_rate)
            && let Some(averaged) = &mut self.averaged
        {
            averaged.follow(&self.model);
        }
        let right = logits.argmax(-1, false).eq_tensor(classes).sum(Kind::Int64).int64_value(&[]);
        let (waiting_since, computing_since) = times;
        let step = TrainingStep {
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

    /// What to do about a loss that is not finite.
    fn advice(&self) -> &'static str {
        if self.epochs_done == 0 && self.sums.steps == 0 {
            return "no step was taken yet, so the cause is in the first weights or an image: check [start] and [data]";
        }
        "the weights diverged: lower learning_rate, lengthen warm_up_epochs, or set clip_gradient_norm = 1 in [optimiser], \
         and train under another name; best.safetensors has the best epoch so far"
    }

    /// Scores on the validation images; `None` if the observer wants to pause.
    fn validate(
        &mut self,
        stage: &TrainingStage,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<Option<ValidationScores>> {
        let views = self.recipe.evaluation.test_time_augmentation.views();
        let samples = &self.data.validation;
        assert!(!samples.is_empty(), "there are no validation images");
        let feed = FeatureFeed {
            plan: BatchPlan {
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
            // The frozen trunk is its own average, so only the head's average differs.
            let model = self.validated();
            let logits = features.iter().map(|features| tch::no_grad(|| features::head(model, features)));
            validation::mean(&logits.collect::<Vec<_>>())
        } else {
            match log_probabilities(self.validated(), samples, views, feed, observer)? {
                Some(logits) => logits,
                None => return Ok(None),
            }
        };
        let scores = ValidationScores::of(&logits, &samples.classes)?;
        if !scores.loss.is_finite() {
            bail!(
                "the validation loss became {} after epoch {}; {}",
                scores.loss,
                self.epochs_done + 1,
                self.advice()
            );
        }
        Ok(Some(scores))
    }
}
