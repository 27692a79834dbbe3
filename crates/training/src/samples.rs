//! The images of one part of a split, decoded once and kept in memory.

use std::borrow::Cow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};
use datasets::{Dataset, Image, Part, Split};
use imaging::{Limits, Rgb8};
use indicatif::ProgressBar;

use crate::config::Config;

/// Images with their classes, in the order of their names.
#[derive(Clone, Debug)]
pub struct Samples {
    images: Vec<Rgb8>,
    /// For each image, the index of its diagnosis, 0 to 7.
    pub classes: Vec<i64>,
}

/// What a run trains on and chooses by. The test part is not opened here.
#[derive(Clone, Debug)]
pub struct TrainingData {
    /// The weights are fitted to these.
    pub training: Samples,
    /// The best epoch is chosen by these.
    pub validation: Samples,
    /// SHA-256 of the split file.
    pub split_sha256: String,
}

impl TrainingData {
    /// Reads the tables, the split and every image of the two parts.
    ///
    /// # Errors
    /// Anything that cannot be read, by file and line; a part without images.
    pub fn read(config: &Config, progress: &ProgressBar) -> anyhow::Result<Self> {
        let data = &config.data;
        let dataset = Dataset::read(&data.folder).with_context(|| {
            format!("no data set in {}; make one: cargo xtask data --help", data.folder.display())
        })?;
        let split = Split::read(&data.split).with_context(|| {
            format!("no split in {}; make one: cargo xtask split --help", data.split.display())
        })?;
        let part = |part: Part| -> anyhow::Result<Vec<&Image>> {
            let images = split.images(&dataset, part)?;
            ensure!(
                !images.is_empty(),
                "{} expects images for {}, found none",
                data.split.display(),
                part.name()
            );
            Ok(images)
        };
        let (training, validation) = (part(Part::Training)?, part(Part::Validation)?);
        progress.set_length((training.len() + validation.len()) as u64);
        Ok(Self {
            training: Samples::read(&dataset, &training, data.memory_size, progress)?,
            // From the file straight to the network's input, as every runtime does it.
            validation: Samples::read(&dataset, &validation, config.image_size(), progress)?,
            split_sha256: split.sha256().to_owned(),
        })
    }
}

impl Samples {
    /// Images that are decoded already, with the index of the diagnosis of each.
    pub fn in_memory(images: Vec<Rgb8>, classes: Vec<i64>) -> Self {
        Self { images, classes }
    }

    /// The pixels of one.
    ///
    /// # Errors
    /// A file that can no longer be read, by name.
    pub fn image(&self, index: usize) -> anyhow::Result<Cow<'_, Rgb8>> {
        Ok(Cow::Borrowed(&self.images[index]))
    }

    /// Decodes the images on all cores. One larger than `memory_size` on both sides is stretched to a square of it.
    ///
    /// # Errors
    /// An image that cannot be read, by name.
    pub fn read(
        dataset: &Dataset,
        images: &[&Image],
        memory_size: u32,
        progress: &ProgressBar,
    ) -> anyhow::Result<Self> {
        let next = AtomicUsize::new(0);
        let decoded = Mutex::new(vec![None; images.len()]);
        let work = || -> anyhow::Result<()> {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(image) = images.get(index) else { return Ok(()) };
                let path = dataset.path(&image.name);
                let bytes =
                    std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                let pixels = imaging::decode(&bytes, &Limits::default())
                    .with_context(|| format!("{} is no usable image", path.display()))?;
                let pixels = imaging::feed::kept(pixels, memory_size);
                decoded.lock().map_err(|_| anyhow::anyhow!("another thread failed"))?[index] = Some(pixels);
                progress.inc(1);
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| {
                worker.join().map_err(|_| anyhow::anyhow!("a thread that decodes images panicked"))?
            })
        })?;
        let decoded =
            decoded.into_inner().map_err(|_| anyhow::anyhow!("a thread that decodes images panicked"))?;
        Ok(Self {
            images: decoded.into_iter().flatten().collect(),
            classes: images.iter().map(|image| image.diagnosis.index() as i64).collect(),
        })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }
}
