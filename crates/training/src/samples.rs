//! The images of one part of a split: decoded when they are first needed, and kept while memory allows.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, ensure};
use datasets::{Dataset, Image, Split, SplitPart};
use imaging::{Limits, Rgb8};
use indicatif::ProgressBar;
use recipe::{Recipe, Task};
use tch::Device;

use crate::cache::MemoryBudget;

/// Images with their classes, in the order of their names.
#[derive(Clone, Debug)]
pub struct Samples {
    /// For each image, the index of its class.
    pub classes: Vec<i64>,
    images: Arc<Images>,
    device: Device,
}

/// Decoded images, and the files of the others.
#[derive(Debug)]
struct Images {
    /// Images that are decoded and kept.
    kept: Vec<OnceLock<Rgb8>>,
    /// Files from which the others are read.
    files: Vec<PathBuf>,
    /// See [`imaging::feed::kept`].
    memory_size: u32,
    room: Arc<MemoryBudget>,
}

/// The training and validation images of a run. The test part is never opened here.
#[derive(Clone, Debug)]
pub struct TrainingData {
    /// The network learns from these.
    pub training: Samples,
    /// These decide which epoch is the best.
    pub validation: Samples,
    /// SHA-256 of the split file.
    pub split_sha256: String,
}

impl TrainingData {
    /// Reads the tables and the split, and checks that every image of both parts exists.
    ///
    /// # Errors
    /// Anything that cannot be read, with file and line; a part without images.
    pub fn read(recipe: &Recipe, progress: &ProgressBar) -> anyhow::Result<Self> {
        let data = &recipe.data;
        let dataset = Dataset::read(&data.folder).with_context(|| {
            format!(
                "there is no data set in {}; to create one: cargo xtask data --help",
                data.folder.display()
            )
        })?;
        let split = Split::read(&data.split).with_context(|| {
            format!("there is no split in {}; to create one: cargo xtask split --help", data.split.display())
        })?;
        let room = Arc::new(MemoryBudget::of_this_machine());
        let part = |part: SplitPart, memory_size: u32| -> anyhow::Result<Samples> {
            let images = split.images(&dataset, part)?;
            ensure!(
                !images.is_empty(),
                "the split {} has no images for {}; split again with larger shares: cargo xtask split --help",
                data.split.display(),
                part.name()
            );
            Samples::in_files(&dataset, &images, recipe.task, memory_size, &room, progress)
        };
        Ok(Self {
            training: part(SplitPart::Training, data.memory_size)?,
            // Resized once, from the file to the network's input, as in every runtime.
            validation: part(SplitPart::Validation, recipe.image_size())?,
            split_sha256: split.sha256().to_owned(),
        })
    }

    /// Sets the device that the batches are for.
    #[must_use]
    pub fn for_device(mut self, device: Device) -> Self {
        (self.training.device, self.validation.device) = (device, device);
        self
    }
}

impl Samples {
    /// Images that are decoded already, with the index of the class of each.
    pub fn in_memory(images: Vec<Rgb8>, classes: Vec<i64>) -> Self {
        let kept = images.into_iter().map(OnceLock::from).collect();
        let images =
            Images { kept, files: Vec::new(), memory_size: u32::MAX, room: Arc::new(MemoryBudget::new(0)) };
        Self { classes, images: Arc::new(images), device: Device::Cpu }
    }

    /// Images in files, which are decoded when they are requested and kept while there is `room`. An image larger than
    /// `memory_size` on both sides is stretched to a square of that size.
    ///
    /// # Errors
    /// A missing file.
    pub fn in_files(
        dataset: &Dataset,
        images: &[&Image],
        task: Task,
        memory_size: u32,
        room: &Arc<MemoryBudget>,
        progress: &ProgressBar,
    ) -> anyhow::Result<Self> {
        progress.inc_length(images.len() as u64);
        let file = |image: &&Image| -> anyhow::Result<PathBuf> {
            let path = dataset.path(&image.name);
            let about = std::fs::metadata(&path);
            about.with_context(|| format!("cannot read {}", path.display()))?;
            progress.inc(1);
            Ok(path)
        };
        let files = images.iter().map(file).collect::<anyhow::Result<_>>()?;
        let kept = images.iter().map(|_| OnceLock::new()).collect();
        Ok(Self {
            classes: images.iter().map(|image| task.class(image.diagnosis) as i64).collect(),
            images: Arc::new(Images { kept, files, memory_size, room: Arc::clone(room) }),
            device: Device::Cpu,
        })
    }

    /// The pixels of one image, as a training keeps them.
    ///
    /// # Errors
    /// A file that cannot be read or is not an image, with its path.
    ///
    /// # Panics
    /// If there is no image of this index.
    pub fn image(&self, index: usize) -> anyhow::Result<Cow<'_, Rgb8>> {
        let images = &*self.images;
        if let Some(image) = images.kept[index].get() {
            return Ok(Cow::Borrowed(image));
        }
        let image = imaging::feed::kept(decode(&images.files[index])?, images.memory_size);
        if images.room.take(image.data().len() as u64) {
            Ok(Cow::Borrowed(images.kept[index].get_or_init(|| image)))
        } else {
            Ok(Cow::Owned(image))
        }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// Number of images that are decoded and kept.
    pub fn kept(&self) -> usize {
        self.images.kept.iter().filter(|image| image.get().is_some()).count()
    }

    /// The device that the batches are for: those for a GPU are in memory that it can fetch from.
    pub fn device(&self) -> Device {
        self.device
    }
}

fn decode(path: &Path) -> anyhow::Result<Rgb8> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    imaging::decode(&bytes, &Limits::default())
        .with_context(|| format!("{} is not a usable image", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three grey images of 4 × 4 pixels, 48 bytes each, in files, with room for `room` bytes.
    fn samples(folder: &Path, room: u64) -> Samples {
        let files: Vec<PathBuf> = (0..3).map(|i| folder.join(format!("{i}.png"))).collect();
        for (i, file) in files.iter().enumerate() {
            let image = Rgb8::new(4, 4, vec![i as u8; 48]).unwrap();
            std::fs::write(file, imaging::encode_png(&image).unwrap()).unwrap();
        }
        let kept = files.iter().map(|_| OnceLock::new()).collect();
        let images = Images { kept, files, memory_size: 8, room: Arc::new(MemoryBudget::new(room)) };
        Samples { classes: vec![0, 1, 2], images: Arc::new(images), device: Device::Cpu }
    }

    #[test]
    fn images_are_kept_while_there_is_room_and_decoded_again_when_not() {
        let folder = tempfile::tempdir().unwrap();
        // 100 bytes are room for two images of 48.
        let samples = samples(folder.path(), 100);
        for _ in 0..2 {
            for index in 0..3 {
                assert_eq!(samples.image(index).unwrap().data(), vec![index as u8; 48]);
            }
            assert_eq!(samples.kept(), 2);
        }
    }

    #[test]
    fn an_image_that_cannot_be_decoded_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let samples = samples(folder.path(), 0);
        std::fs::write(folder.path().join("1.png"), b"no picture").unwrap();
        let message = format!("{:#}", samples.image(1).unwrap_err());
        assert!(message.contains("1.png is not a usable image"), "{message}");
    }
}
