//! What every epoch brought: `history.csv` of a run folder.

use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// One epoch, and one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// From 1.
    pub epoch: usize,
    /// From 1.
    pub stage: usize,
    /// Width and height of the images in pixels.
    pub image_size: u32,
    /// Learning rate of the last step.
    pub learning_rate: f64,
    /// Mean over the training batches, of the smoothed target, with augmentation.
    pub loss: f64,
    /// Mean over the validation images, of the target itself.
    pub validation_loss: f64,
    /// Share of the validation images that were classified correctly, 0 to 1.
    pub accuracy: f64,
    /// Mean over the diagnoses of the share that was classified correctly, 0 to 1.
    pub balanced_accuracy: f64,
    /// Training images a second.
    pub images_per_second: f64,
    /// Of the whole epoch, validation included.
    pub seconds: f64,
    /// Share of the training images that were classified correctly, with augmentation, while the network learned; 0 to 1.
    #[serde(default)]
    pub training_accuracy: f64,
    /// Share of the time of training in which the device waited for images, 0 to 1.
    #[serde(default)]
    pub waiting_share: f64,
}

/// The file, whole or not at all.
///
/// # Errors
/// A folder that cannot be written.
pub fn write(path: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    datasets::whole::write(path, &writer.into_inner().context("the table is written to memory")?)?;
    Ok(())
}

/// The rows of the file.
///
/// # Errors
/// A file that cannot be read, or a row that is none, by line.
pub fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    let rows = csv::Reader::from_path(path).and_then(|mut reader| reader.deserialize().collect());
    rows.with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        let row = Row {
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
        assert_eq!(read(&path).unwrap(), [row]);
        assert!(
            std::fs::read_to_string(&path).unwrap().starts_with("epoch,stage,image_size,learning_rate,loss,")
        );
    }
}
