//! A run folder: what it contains, and how it is filled without ever containing half a file.
//!
//! | file | what |
//! |---|---|
//! | `config.toml` | the recipe, byte for byte |
//! | `history.csv` | one row per epoch ([`crate::history::EpochRow`]) |
//! | `classes.csv` | one row per epoch and class ([`crate::class_report::ClassRow`]) |
//! | `steps.csv` | one row per step ([`crate::history::StepRow`]) |
//! | `tensorboard/` | the same for `tensorboard --logdir runs` |
//! | `checkpoint.safetensors` | everything that is needed to continue from the last checkpoint |
//! | `best.safetensors` | weights of the best epoch at the final image size, by the recipe's metric |
//! | `lock` | locked while a program trains here |
//!
//! A checkpoint is written after every epoch, every few minutes within one, and on Ctrl-C. Files are replaced by renaming,
//! `checkpoint.safetensors` last: a run killed at any moment can be resumed from there, on a CPU to the same weights bit for
//! bit. Rows after the checkpoint are dropped, because they will be written again.

mod curve;
mod folder;
mod search;
mod space;
mod watch;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use catalog::number::count;
use indicatif::ProgressBar;
use serde::de::DeserializeOwned;

use crate::cache::MemoryBudget;
use crate::class_report::{self, ClassRow};
use crate::device::DeviceChoice;
use crate::history::{self, EpochRow, RunPosition};
use crate::memory::{self, MemoryNeed};
use crate::samples::TrainingData;
use crate::trainer::{EpochOutcome, Trainer};
use crate::weights::Weights;
use folder::Folder;
use recipe::Recipe;
use watch::{RunMonitor, duration};

pub use search::search;

/// Whether an existing run is an error or is resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStart {
    /// An existing run is left alone, with an error.
    Afresh,
    /// Continues from the last checkpoint; starts the run if there is none.
    Resume,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// After its last epoch.
    Done,
    /// On request; the run can be resumed.
    Stopped,
}

/// How to run, independent of the recipe.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions<'a> {
    /// Where to compute.
    pub device: DeviceChoice,
    /// What to do with an existing run.
    pub start: RunStart,
    /// Time between two checkpoints within an epoch; zero writes one after every step.
    pub checkpoint_every: Duration,
    /// Stops the run once it is set.
    pub stop: &'a AtomicBool,
}

/// Trains by the recipe at `recipe_path`, in `folder`, until the training is done or is stopped.
///
/// # Errors
/// A recipe, data set, device or folder that cannot be used; a loss that is not finite; a device with too little memory for
/// the network or the batch.
pub fn run(recipe_path: &Path, folder: &Path, options: &RunOptions) -> anyhow::Result<RunEnd> {
    without_panic(|| train(recipe_path, folder, options))
}

/// Runs work during which libtorch may run out of memory. Its binding panics then; this makes an error of it.
fn without_panic<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| match text(&*panic) {
        Some(text) if memory::is_exhausted(text) => Err(anyhow!("{}", memory::sentence(text))),
        _ => std::panic::resume_unwind(panic),
    })
}

fn train(recipe_path: &Path, folder: &Path, options: &RunOptions) -> anyhow::Result<RunEnd> {
    let recipe = Recipe::read(recipe_path)?;
    let folder = Folder::open(recipe_path, folder, options.start)?;
    let found = options.device.device()?;
    let checkpoint_path = folder.join("checkpoint.safetensors");
    let checkpoint = checkpoint_path.exists().then(|| Weights::read(&checkpoint_path)).transpose()?;
    let data = TrainingData::read(&recipe, &ProgressBar::hidden())?.for_device(found.device);
    println!(
        "{}: {} training and {} validation images; {} epochs; on {}",
        recipe.name,
        count(data.training.len()),
        count(data.validation.len()),
        recipe.epochs(),
        found.words,
    );

    let mut trainer = match &checkpoint {
        None => {
            print!("{}", recipe.explain(Some(data.training.len())));
            let (trainer, report) = Trainer::begin(&recipe, &data, found.device)?;
            println!("{report}");
            trainer
        }
        Some((weights, about)) => Trainer::resume(&recipe, &data, found.device, weights, about.as_deref())
            .with_context(|| format!("cannot resume from {}", checkpoint_path.display()))?,
    };
    drop(checkpoint);
    if recipe.mixed_precision && !trainer.precision().half {
        println!("mixed_precision needs CUDA; this run computes in 32 bits");
    }
    let position = RunPosition { epochs: trainer.epochs_done(), steps: trainer.steps_done() };
    if position > RunPosition::default() {
        println!("resuming after {}", words_of(position));
    }
    folder.check_room(room_needed(&trainer)?)?;
    let mut rows: Vec<EpochRow> =
        rows_until(&folder.join("history.csv"), position, |row: &EpochRow| row.epoch)?;
    let class_table = folder.join("classes.csv");
    // A run that began before there was this table goes on without its first rows.
    let mut classes = if class_table.exists() {
        rows_until(&class_table, position, |row: &ClassRow| row.epoch)?
    } else {
        Vec::new()
    };
    let steps = trainer.steps_per_epoch();
    let mut watch = RunMonitor::open(&recipe, options, &folder, (position, steps), &rows, found.device)?;
    let save = |trainer: &Trainer, watch: &mut RunMonitor| -> anyhow::Result<()> {
        watch.flush()?;
        let (weights, about) = trainer.checkpoint()?;
        weights.write(&checkpoint_path, &about)?;
        watch.saved();
        Ok(())
    };
    while trainer.epochs_done() < recipe.epochs() {
        let batch = recipe.batch_size.min(data.training.len());
        watch.begin(
            trainer.epochs_done() + 1,
            trainer.steps_per_epoch() * batch,
            trainer.steps_done() * batch,
        );
        match epoch(&mut trainer, &mut watch, &recipe)? {
            EpochOutcome::Stopped => {
                save(&trainer, &mut watch)?;
                if options.stop.load(Ordering::Relaxed) {
                    watch.end();
                    let position = RunPosition { epochs: trainer.epochs_done(), steps: trainer.steps_done() };
                    println!("stopped after {}; to continue, add --resume", words_of(position));
                    return Ok(RunEnd::Stopped);
                }
            }
            EpochOutcome::Done { row, classes: of_epoch, best } => {
                watch.say(&words(&row, best));
                watch.say(&class_report::words(&of_epoch));
                rows.push(row);
                classes.extend(of_epoch);
                if best {
                    let about = serde_json::to_string(&trainer.best())?;
                    trainer.weights().write(&folder.join("best.safetensors"), &about)?;
                }
                history::write(&folder.join("history.csv"), &rows)?;
                history::write(&class_table, &classes)?;
                save(&trainer, &mut watch)?;
            }
        }
    }
    watch.end();
    match trainer.best() {
        Some(best) => println!(
            "done: the best epoch by {} was epoch {}, with a validation balanced accuracy of {:.3}; its weights are in {}",
            recipe.metric.name(),
            best.epoch,
            best.balanced_accuracy,
            folder.join("best.safetensors").display()
        ),
        None => bail!(
            "the training is done, but no epoch had a finite validation loss, so there are no best weights"
        ),
    }
    Ok(RunEnd::Done)
}

/// The rows of a table up to a position. An epoch that was killed before its checkpoint is trained, and its rows written, again.
fn rows_until<T: DeserializeOwned>(
    path: &Path,
    position: RunPosition,
    epoch: impl Fn(&T) -> usize,
) -> anyhow::Result<Vec<T>> {
    if position.epochs == 0 {
        return Ok(Vec::new());
    }
    Ok(history::read(path)?.into_iter().filter(|row| epoch(row) <= position.epochs).collect())
}

/// Trains one epoch; if memory runs out, the error suggests a batch size.
fn epoch(trainer: &mut Trainer, watch: &mut RunMonitor, recipe: &Recipe) -> anyhow::Result<EpochOutcome> {
    let size = recipe.stage(trainer.epochs_done()).map_or(0, |(_, stage, _)| stage.image_size);
    let error = match without_panic(|| trainer.epoch(watch)) {
        Err(error) if memory::is_exhausted(&format!("{error:#}")) => error,
        result => return result,
    };
    let message = format!("{error:#}");
    // The weights and their gradients, and the optimiser's state and the average, which are in the checkpoint.
    let network = trainer.model().network();
    let copies = room_of(trainer)? / (4 * network.parameter_count() as u64).max(1) + 1;
    let bytes = if recipe.mixed_precision && trainer.model().device().is_cuda() { 2.0 } else { 4.0 };
    let network = architecture::by_name(&recipe.architecture, recipe.task.classes(), size as usize)?;
    let need = MemoryNeed::of(&network, copies as usize, bytes);
    Err(memory::answer(
        &message,
        need,
        recipe.batch_size,
        2.0 * MemoryBudget::of_this_machine().left() as f64,
    ))
}

/// The message of a panic.
fn text(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())
}

/// Bytes of a checkpoint.
fn room_of(trainer: &Trainer) -> anyhow::Result<u64> {
    let (weights, about) = trainer.checkpoint()?;
    let numbers: usize = weights.iter().map(|(_, array)| array.numbers.len()).sum();
    Ok((4 * numbers + about.len()) as u64)
}

/// Bytes on disk that a run may need at once: an old and a new checkpoint, old and new best weights, and a day's rows.
fn room_needed(trainer: &Trainer) -> anyhow::Result<u64> {
    const ROWS: u64 = 50_000_000;
    Ok(2 * room_of(trainer)? + 8 * trainer.model().network().parameter_count() as u64 + ROWS)
}

fn words_of(position: RunPosition) -> String {
    let epochs =
        if position.epochs == 1 { "1 epoch".to_owned() } else { format!("{} epochs", position.epochs) };
    match position.steps {
        0 => epochs,
        1 => format!("{epochs} and 1 step"),
        steps => format!("{epochs} and {} steps", count(steps)),
    }
}

fn words(row: &EpochRow, best: bool) -> String {
    format!(
        "epoch {:>2}  stage {} ({} px)  lr {:.1e}  loss {:.3}, accuracy {:.3}  validation: loss {:.3}, accuracy {:.3}, \
         balanced {:.3}  {:.1} images/s, {:.1} % waiting  {}{}",
        row.epoch,
        row.stage,
        row.image_size,
        row.learning_rate,
        row.loss,
        row.training_accuracy,
        row.validation_loss,
        row.accuracy,
        row.balanced_accuracy,
        row.images_per_second,
        100.0 * row.waiting_share,
        duration(row.seconds),
        if best { "  best" } else { "" },
    )
}
