//! A run folder: what is in it, and how it is filled without ever holding half a file.
//!
//! | file | what |
//! |---|---|
//! | `config.toml` | the configuration, byte for byte |
//! | `history.csv` | one row an epoch ([`crate::history::Row`]) |
//! | `steps.csv` | one row a step ([`crate::history::StepRow`]) |
//! | `tensorboard/` | the same numbers for `tensorboard --logdir runs` |
//! | `checkpoint.safetensors` | everything that decides the future, at the last place where one was written |
//! | `best.safetensors` | weights of the best epoch at the final image size, by the metric of the configuration |
//! | `lock` | held while a program trains here |
//!
//! A checkpoint is written after every epoch, every few minutes inside one, and on Ctrl-C. Files are replaced by renaming,
//! `checkpoint.safetensors` last: a run killed at any moment goes on from there, on a CPU to the same weights bit for bit,
//! and forgets the rows that it will write again.

mod curve;
mod folder;
mod space;
mod watch;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use indicatif::ProgressBar;

use crate::cache::Room;
use crate::device::Choice;
use crate::history::{self, Place, Row};
use crate::memory::{self, Need};
use crate::samples::TrainingData;
use crate::trainer::{Outcome, Trainer};
use crate::weights::Weights;
use folder::Folder;
use recipe::Recipe;
use watch::{Watch, duration};

/// Whether an existing folder is an error or where to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A run that is there already is left alone.
    Afresh,
    /// Go on after its last checkpoint; begin if there is none.
    Resume,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After its last epoch.
    Done,
    /// On request; it can be resumed.
    Stopped,
}

/// How to run, whatever is trained.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Where to compute.
    pub device: Choice,
    /// What to do with a folder that is there.
    pub start: Start,
    /// Time between two checkpoints inside an epoch; none writes one after every step.
    pub checkpoint_every: Duration,
    /// Stops the run once it is set.
    pub stop: &'a AtomicBool,
}

/// Trains as `recipe_path` says, in `folder`, until it is done or shall stop.
///
/// # Errors
/// A configuration, data set, device or folder that is not as it should be; a loss that is no longer a number; a device
/// without memory for the network or the batch.
pub fn run(recipe_path: &Path, folder: &Path, options: &Options) -> anyhow::Result<End> {
    without_panic(|| train(recipe_path, folder, options))
}

/// Runs something in which libtorch may run out of memory: its binding panics then, and this makes it an error.
fn without_panic<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| match text(&*panic) {
        Some(text) if memory::is_exhausted(text) => Err(anyhow!("{}", memory::sentence(text))),
        _ => std::panic::resume_unwind(panic),
    })
}

fn train(recipe_path: &Path, folder: &Path, options: &Options) -> anyhow::Result<End> {
    let recipe = Recipe::read(recipe_path)?;
    let folder = Folder::open(recipe_path, folder, options.start)?;
    let found = options.device.device()?;
    let checkpoint_path = folder.join("checkpoint.safetensors");
    let checkpoint = checkpoint_path.exists().then(|| Weights::read(&checkpoint_path)).transpose()?;
    let data = TrainingData::read(&recipe, &ProgressBar::hidden())?.for_device(found.device);
    println!(
        "{}: {} images to train on, {} to validate on; {} epochs; on {}",
        recipe.name,
        data.training.len(),
        data.validation.len(),
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
            .with_context(|| format!("cannot go on from {}", checkpoint_path.display()))?,
    };
    drop(checkpoint);
    if recipe.mixed_precision && !trainer.precision().half {
        println!("mixed_precision is for CUDA alone: this run computes in single precision");
    }
    let place = Place { epochs: trainer.epochs_done(), steps: trainer.steps_done() };
    if place > Place::default() {
        println!("going on after {}", words_of(place));
    }
    folder.check_room(room_needed(&trainer)?)?;
    let mut rows = match place.epochs {
        0 => Vec::new(),
        // The row of an epoch that was killed before its checkpoint is trained, and written, again.
        done => {
            history::read(&folder.join("history.csv"))?.into_iter().filter(|row| row.epoch <= done).collect()
        }
    };
    let steps = trainer.steps_per_epoch();
    let mut watch = Watch::open(&recipe, options, &folder, (place, steps), &rows, found.device)?;
    let save = |trainer: &Trainer, watch: &mut Watch| -> anyhow::Result<()> {
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
            Outcome::Stopped => {
                save(&trainer, &mut watch)?;
                if options.stop.load(Ordering::Relaxed) {
                    watch.end();
                    let place = Place { epochs: trainer.epochs_done(), steps: trainer.steps_done() };
                    println!("stopped after {}; go on with --resume", words_of(place));
                    return Ok(End::Stopped);
                }
            }
            Outcome::Done { row, best } => {
                watch.say(&words(&row, best));
                rows.push(row);
                if best {
                    let about = serde_json::to_string(&trainer.best())?;
                    trainer.weights().write(&folder.join("best.safetensors"), &about)?;
                }
                history::write(&folder.join("history.csv"), &rows)?;
                save(&trainer, &mut watch)?;
            }
        }
    }
    watch.end();
    match trainer.best() {
        Some(best) => println!(
            "done: best by {} after epoch {}, balanced accuracy {:.3} on validation; weights in {}",
            recipe.metric.name(),
            best.epoch,
            best.balanced_accuracy,
            folder.join("best.safetensors").display()
        ),
        None => bail!("every epoch is done, yet none was the best: no validation loss was a number"),
    }
    Ok(End::Done)
}

/// An epoch; when memory runs out in the midst of it, the error says which batch would fit.
fn epoch(trainer: &mut Trainer, watch: &mut Watch, recipe: &Recipe) -> anyhow::Result<Outcome> {
    let size = recipe.stage(trainer.epochs_done()).map_or(0, |(_, stage, _)| stage.image_size);
    let error = match without_panic(|| trainer.epoch(watch)) {
        Err(error) if memory::is_exhausted(&format!("{error:#}")) => error,
        result => return result,
    };
    let message = format!("{error:#}");
    // The weight and its gradient, and what the optimiser and the average keep, which the checkpoint holds.
    let network = trainer.model().network();
    let copies = room_of(trainer)? / (4 * network.parameter_count() as u64).max(1) + 1;
    let bytes = if recipe.mixed_precision && trainer.model().device().is_cuda() { 2.0 } else { 4.0 };
    let network = architecture::by_name(&recipe.architecture, recipe.task.classes(), size as usize)?;
    let need = Need::of(&network, copies as usize, bytes);
    Err(memory::answer(&message, need, recipe.batch_size, 2.0 * Room::of_this_machine().left() as f64))
}

/// What a panic says.
fn text(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())
}

/// Bytes of a checkpoint.
fn room_of(trainer: &Trainer) -> anyhow::Result<u64> {
    let (weights, about) = trainer.checkpoint()?;
    let numbers: usize = weights.iter().map(|(_, array)| array.numbers.len()).sum();
    Ok((4 * numbers + about.len()) as u64)
}

/// Bytes on the disk that a run may need at once: an old and a new checkpoint, old and new best weights, and as much as a
/// day's rows.
fn room_needed(trainer: &Trainer) -> anyhow::Result<u64> {
    const ROWS: u64 = 50_000_000;
    Ok(2 * room_of(trainer)? + 8 * trainer.model().network().parameter_count() as u64 + ROWS)
}

fn words_of(place: Place) -> String {
    let epochs =
        if place.epochs == 1 { "1 whole epoch".to_owned() } else { format!("{} whole epochs", place.epochs) };
    match place.steps {
        0 => epochs,
        1 => format!("{epochs} and 1 step"),
        steps => format!("{epochs} and {steps} steps"),
    }
}

fn words(row: &Row, best: bool) -> String {
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
