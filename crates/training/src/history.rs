//! The results of every epoch and every step: `history.csv` and `steps.csv` of a run folder.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::observer::TrainingStep;

/// One epoch: a row of `history.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRow {
    /// From 1.
    pub epoch: usize,
    /// From 1.
    pub stage: usize,
    /// Width and height of the images in pixels.
    pub image_size: u32,
    /// Learning rate of the last step.
    pub learning_rate: f64,
    /// Mean over the training batches, with augmentation and label smoothing.
    pub loss: f64,
    /// Mean over the validation images, without label smoothing.
    pub validation_loss: f64,
    /// Share of the validation images that were classified correctly, 0 to 1.
    pub accuracy: f64,
    /// Share of each class that was classified correctly, averaged over the classes, 0 to 1.
    pub balanced_accuracy: f64,
    /// Training images per second.
    pub images_per_second: f64,
    /// Of the whole epoch, validation included.
    pub seconds: f64,
    /// Share of the training images that were classified correctly while the network learned, with augmentation; 0 to 1.
    #[serde(default)]
    pub training_accuracy: f64,
    /// Share of the training time in which the device waited for images, 0 to 1.
    #[serde(default)]
    pub waiting_share: f64,
}

/// Writes a table, whole or not at all.
///
/// # Errors
/// A folder that cannot be written.
pub fn write<T: Serialize>(path: &Path, rows: &[T]) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    files::write(path, &writer.into_inner().context("the table is written to memory")?)?;
    Ok(())
}

/// Reads the rows of a table.
///
/// # Errors
/// A file that cannot be read; a row that is not one, with its line.
pub fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let rows = csv::Reader::from_path(path).and_then(|mut reader| reader.deserialize().collect());
    rows.with_context(|| format!("cannot read {}", path.display()))
}

/// One step of the optimiser: a row of `steps.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRow {
    /// Within the run, from 1.
    pub step: u64,
    /// From 1.
    pub epoch: usize,
    /// Within the epoch, from 1.
    pub step_in_epoch: usize,
    /// Mean over the batch, with augmentation and label smoothing.
    pub loss: f64,
    /// Share of the batch that was classified correctly before the step, 0 to 1.
    pub accuracy: f64,
    /// The learning rate that the optimiser was given.
    pub learning_rate: f64,
    /// From the batch's arrival to the end of the step.
    pub seconds_computing: f64,
    /// Time in which the device waited for the batch.
    pub seconds_waiting: f64,
}

/// A position between two steps of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunPosition {
    /// Whole epochs before it.
    pub epochs: usize,
    /// Steps after them, in the epoch that has begun.
    pub steps: usize,
}

/// `steps.csv` of a run, which grows.
#[derive(Debug)]
pub struct StepLog {
    path: PathBuf,
    file: BufWriter<File>,
    steps: u64,
}

impl StepLog {
    /// Opens the file and returns its rows up to `position`. Later rows are dropped, because they will be written again;
    /// so is half a row that a killed run left.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn open(path: &Path, position: RunPosition) -> anyhow::Result<(Self, Vec<StepRow>)> {
        let mut text = std::fs::read_to_string(path).unwrap_or_default();
        text.truncate(text.rfind('\n').map_or(0, |last| last + 1));
        let mut rows: Vec<StepRow> = Vec::new();
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let row: StepRow = row.with_context(|| {
                format!("cannot read {}; remove that file to continue without its rows", path.display())
            })?;
            // `epochs` epochs come before the row's own.
            if (RunPosition { epochs: row.epoch - 1, steps: row.step_in_epoch }) <= position {
                rows.push(row);
            }
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in &rows {
            writer.serialize(row)?;
        }
        let mut bytes = writer.into_inner().context("the table is written to memory")?;
        if rows.is_empty() {
            bytes.extend(HEADER.as_bytes());
        }
        files::write(path, &bytes)?;
        let file = File::options().append(true).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        let steps = rows.last().map_or(0, |row| row.step);
        Ok((Self { path: path.to_path_buf(), file: BufWriter::new(file), steps }, rows))
    }

    /// Steps of the run so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Adds a row and returns it.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn add(&mut self, step: &TrainingStep) -> anyhow::Result<StepRow> {
        self.steps += 1;
        let row = StepRow {
            step: self.steps,
            epoch: step.epoch,
            step_in_epoch: step.step,
            loss: step.loss,
            accuracy: step.correct as f64 / step.images as f64,
            learning_rate: step.learning_rate,
            seconds_computing: step.seconds_computing,
            seconds_waiting: step.seconds_waiting,
        };
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        writer.serialize(row)?;
        let bytes = writer.into_inner().context("the row is written to memory")?;
        self.file.write_all(&bytes).with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(row)
    }

    /// Writes buffered rows to the file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        self.file.flush().with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// The first line of `steps.csv`.
const HEADER: &str =
    "step,epoch,step_in_epoch,loss,accuracy,learning_rate,seconds_computing,seconds_waiting\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_back_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        let row = EpochRow {
            epoch: 1,
            stage: 1,
            image_size: 64,
            learning_rate: 1e-3,
            loss: 2.0,
            validation_loss: 1.9,
            accuracy: 0.25,
            balanced_accuracy: 1.0 / 3.0,
            images_per_second: 31.5,
            seconds: 12.0,
            training_accuracy: 0.5,
            waiting_share: 0.125,
        };
        write(&path, std::slice::from_ref(&row)).unwrap();
        assert_eq!(read::<EpochRow>(&path).unwrap(), [row]);
        assert!(
            std::fs::read_to_string(&path).unwrap().starts_with("epoch,stage,image_size,learning_rate,loss,")
        );
    }

    fn step(epoch: usize, step: usize) -> TrainingStep {
        TrainingStep {
            epoch,
            step,
            steps_in_epoch: 2,
            images: 4,
            correct: 3,
            loss: 0.5,
            learning_rate: 0.1,
            seconds_computing: 0.25,
            seconds_waiting: 0.125,
        }
    }

    #[test]
    fn steps_after_the_position_and_half_a_row_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("steps.csv");
        let (mut log, rows) = StepLog::open(&path, RunPosition::default()).unwrap();
        assert!(rows.is_empty());
        for (epoch, place) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
            log.add(&step(epoch, place)).unwrap();
        }
        log.flush().unwrap();
        let mut text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(HEADER) && text.contains("\n1,1,1,0.5,0.75,0.1,0.25,0.125\n"), "{text}");
        text.push_str("5,3,1,0.");
        std::fs::write(&path, text).unwrap();

        // Whole epochs: 1, and one step of the second.
        let (mut log, rows) = StepLog::open(&path, RunPosition { epochs: 1, steps: 1 }).unwrap();
        assert_eq!(rows.iter().map(|row| row.step).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(log.add(&step(2, 2)).unwrap().step, 4);
        log.flush().unwrap();
        let (_, rows) = StepLog::open(&path, RunPosition { epochs: 2, steps: 0 }).unwrap();
        assert_eq!(rows.iter().map(|row| row.step).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }
}
