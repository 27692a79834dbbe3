//! A run folder: what is in it, and how it is filled without ever holding half a file.
//!
//! | file | what |
//! |---|---|
//! | `config.toml` | the configuration, byte for byte |
//! | `history.csv` | one row an epoch ([`crate::history::Row`]) |
//! | `checkpoint.safetensors` | weights, and what the optimiser remembers, after the last whole epoch |
//! | `best.safetensors` | weights of the best epoch at the final image size, by balanced accuracy on validation |
//!
//! Files are replaced by renaming, `checkpoint.safetensors` last: a run killed at any moment goes on from there.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;
use crate::device::Choice;
use crate::history::{self, Row};
use crate::observer::{Observer, Step};
use crate::samples::TrainingData;
use crate::trainer::{Outcome, Trainer};
use crate::weights::Weights;

/// Whether an existing folder is an error or where to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A run that is there already is left alone.
    Afresh,
    /// Go on after its last whole epoch; begin if there is none.
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

/// Trains as `config_path` says, in `folder`, until it is done or `stop` is set.
///
/// # Errors
/// A configuration, data set or folder that is not as it should be; a loss that is no longer a number.
pub fn run(
    config_path: &Path,
    folder: &Path,
    device: Choice,
    start: Start,
    stop: &AtomicBool,
) -> anyhow::Result<End> {
    let config = Config::read(config_path)?;
    let device = device.device()?.device;
    adopt_config(config_path, folder, start)?;
    let checkpoint_path = folder.join("checkpoint.safetensors");
    let checkpoint = checkpoint_path.exists().then(|| Weights::read(&checkpoint_path)).transpose()?;

    let loading = bar("reading images");
    let data = TrainingData::read(&config, &loading)?;
    loading.finish_and_clear();
    println!(
        "{}: {} images to train on, {} to validate on; {} epochs; {device:?}",
        config.name,
        data.training.len(),
        data.validation.len(),
        config.epochs(),
    );

    let mut trainer = match &checkpoint {
        None => Trainer::start(&config, &data, device)?,
        Some((weights, about)) => Trainer::resume(&config, &data, device, weights, about.as_deref())
            .with_context(|| format!("cannot go on from {}", checkpoint_path.display()))?,
    };
    let mut rows = match trainer.epochs_done() {
        0 => Vec::new(),
        // The row of an epoch that was killed before its checkpoint is trained, and written, again.
        done => {
            history::read(&folder.join("history.csv"))?.into_iter().filter(|row| row.epoch <= done).collect()
        }
    };
    while trainer.epochs_done() < config.epochs() {
        let progress = bar(&format!("epoch {:>2}/{}", trainer.epochs_done() + 1, config.epochs()));
        progress.set_length((trainer.steps_per_epoch() * config.batch_size.min(data.training.len())) as u64);
        let outcome = trainer.epoch(&mut Watch { stop, progress: &progress, losses: 0.0 })?;
        progress.finish_and_clear();
        let Outcome::Done { row, best } = outcome else {
            println!("stopped after {} whole epochs; go on with --resume", trainer.epochs_done());
            return Ok(End::Stopped);
        };
        println!("{}", words(&row, best));
        rows.push(row);
        if best {
            let about = serde_json::to_string(&trainer.best())?;
            trainer.model().weights().write(&folder.join("best.safetensors"), &about)?;
        }
        history::write(&folder.join("history.csv"), &rows)?;
        let (weights, about) = trainer.checkpoint()?;
        weights.write(&checkpoint_path, &about)?;
    }
    match trainer.best() {
        Some(best) => println!(
            "done: best after epoch {}, balanced accuracy {:.3} on validation; weights in {}",
            best.epoch,
            best.balanced_accuracy,
            folder.join("best.safetensors").display()
        ),
        None => bail!("every epoch is done, yet none was the best: no validation loss was a number"),
    }
    Ok(End::Done)
}

/// Copies the configuration into a new folder, or holds it against the one that is there.
fn adopt_config(config_path: &Path, folder: &Path, start: Start) -> anyhow::Result<()> {
    let text =
        std::fs::read(config_path).with_context(|| format!("cannot read {}", config_path.display()))?;
    let copy = folder.join("config.toml");
    match std::fs::read(&copy) {
        Ok(_) if start == Start::Afresh => bail!(
            "{} holds a run already; go on with --resume, or remove that folder to start again",
            folder.display()
        ),
        Ok(old) => ensure!(
            old == text,
            "{} expects the configuration it began with, found another in {}; put the old one back, or give the new one \
             another name",
            copy.display(),
            config_path.display()
        ),
        Err(_) => datasets::whole::write(&copy, &text)?,
    }
    Ok(())
}

struct Watch<'a> {
    stop: &'a AtomicBool,
    progress: &'a ProgressBar,
    losses: f64,
}

impl Observer for Watch<'_> {
    fn step(&mut self, step: &Step) {
        self.losses += step.loss;
        self.progress.inc(step.images as u64);
        self.progress.set_message(format!("loss {:.3}", self.losses / step.step as f64));
    }

    fn epoch(&mut self, _: &Row) {}

    fn pause(&mut self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

fn words(row: &Row, best: bool) -> String {
    format!(
        "epoch {:>2}  stage {} ({} px)  lr {:.1e}  loss {:.3}  validation: loss {:.3}, accuracy {:.3}, balanced {:.3}  \
         {:.1} images/s  {:.0} s{}",
        row.epoch,
        row.stage,
        row.image_size,
        row.learning_rate,
        row.loss,
        row.validation_loss,
        row.accuracy,
        row.balanced_accuracy,
        row.images_per_second,
        row.seconds,
        if best { "  best" } else { "" },
    )
}

/// A progress bar with count, rate and time left; it draws nothing where the terminal is none.
fn bar(what: &str) -> ProgressBar {
    const TEMPLATE: &str = "{prefix}  {wide_bar} {pos}/{len}  {per_sec}  {eta} left  {msg}";
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style).with_prefix(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
