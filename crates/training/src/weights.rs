//! Named arrays on disk, as safetensors, with a text in the file's header.
//!
//! This module writes and reads the files of this crate; [`load`] reads other programs' files, and [`crate::Model::start`]
//! puts them into a network.

mod element;
mod fit;
mod folded;
mod loaded;
mod npz;
mod pickle;
mod pytorch;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context as _, ensure};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use tch::{Device, Kind, Tensor};

pub(crate) use fit::fit;
pub use fit::{HeadSource, WeightsReport};
pub use loaded::{LoadedWeights, load};

use element::Element;

/// The key of the text in a file's header; a single key, so that the same contents give the same bytes.
const ABOUT: &str = "about";

/// PyTorch's name for the counter of a batch normalisation, which is a 64-bit whole number on disk.
pub(crate) const COUNTER: &str = ".num_batches_tracked";

/// Arrays by name; for a model, torchvision's names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights(BTreeMap<String, Array>);

/// One array.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Row-major.
    pub numbers: Vec<f32>,
}

impl Array {
    /// Copies a tensor from any device.
    ///
    /// # Panics
    /// If the tensor has no data; all of ours do.
    pub fn of(tensor: &Tensor) -> Self {
        let shape = tensor.size().iter().map(|&size| size as usize).collect();
        let flat = tensor.detach().to_device(Device::Cpu).to_kind(Kind::Float).contiguous().view(-1);
        Self { shape, numbers: Vec::try_from(flat).expect("a flat tensor of floats on the CPU") }
    }

    /// Copies to a device.
    pub fn tensor(&self, device: Device) -> Tensor {
        let shape: Vec<i64> = self.shape.iter().map(|&size| size as i64).collect();
        Tensor::from_slice(&self.numbers).view(shape.as_slice()).to_device(device)
    }
}

impl Weights {
    /// Adds an array.
    pub fn insert(&mut self, name: String, array: Array) {
        self.0.insert(name, array);
    }

    /// Adds all arrays of `other`, which replace those with the same names.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Removes and returns the array of this name.
    pub fn remove(&mut self, name: &str) -> Option<Array> {
        self.0.remove(name)
    }

    /// The array of this name.
    pub fn get(&self, name: &str) -> Option<&Array> {
        self.0.get(name)
    }

    /// All arrays, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Array)> {
        self.0.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Reads a file of 32-bit floats, as [`Weights::write`] writes it, and the text in its header.
    ///
    /// # Errors
    /// A file that cannot be read, is incomplete, or contains anything but 32-bit floats and counters.
    pub fn read(path: &Path) -> anyhow::Result<(Self, Option<String>)> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let wrong = || format!("{} is not a complete safetensors file", path.display());
        let (_, header) = SafeTensors::read_metadata(&bytes).with_context(wrong)?;
        let about = header.metadata().as_ref().and_then(|words| words.get(ABOUT)).cloned();
        let mut weights = Self::default();
        for (name, view) in SafeTensors::deserialize(&bytes).with_context(wrong)?.tensors() {
            let expected = if name.ends_with(COUNTER) { Element::I64 } else { Element::F32 };
            ensure!(
                Element::of_safetensors(view.dtype()) == Some(expected),
                "{}: {name} must be of type {expected:?}, but is {:?}",
                path.display(),
                view.dtype()
            );
            let numbers = expected.numbers(view.data());
            weights.insert(name, Array { shape: view.shape().to_vec(), numbers });
        }
        Ok((weights, about))
    }

    /// Writes the file, whole or not at all: 32-bit floats, and counters as in PyTorch, so that PyTorch loads a network's
    /// file with `strict=True`.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, path: &Path, about: &str) -> anyhow::Result<()> {
        let bytes: Vec<(&str, &[usize], Vec<u8>)> = self
            .0
            .iter()
            .map(|(name, array)| {
                let data = if name.ends_with(COUNTER) {
                    array.numbers.iter().flat_map(|number| (number.round() as i64).to_le_bytes()).collect()
                } else {
                    array.numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
                };
                (name.as_str(), array.shape.as_slice(), data)
            })
            .collect();
        let views = bytes
            .iter()
            .map(|(name, shape, data)| {
                let dtype = if name.ends_with(COUNTER) { Dtype::I64 } else { Dtype::F32 };
                Ok((*name, TensorView::new(dtype, shape.to_vec(), data)?))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let header = HashMap::from([(ABOUT.to_owned(), about.to_owned())]);
        files::write(path, &safetensors::serialize(views, Some(header))?)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Weights {
        let mut weights = Weights::default();
        weights.insert(
            "fc.weight".to_owned(),
            Array { shape: vec![2, 3], numbers: vec![0.5, -1.0, 2.0, 3.0, 4.0, 1e-30] },
        );
        weights.insert("fc.bias".to_owned(), Array { shape: vec![2], numbers: vec![0.0, f32::MAX] });
        weights
    }

    #[test]
    fn weights_come_back_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        example().write(&path, "epoch 3").unwrap();
        assert_eq!(Weights::read(&path).unwrap(), (example(), Some("epoch 3".to_owned())));
    }

    #[test]
    fn a_file_cut_short_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        example().write(&path, "").unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let message = format!("{:#}", Weights::read(&path).unwrap_err());
        assert!(message.contains("weights.safetensors is not a complete safetensors file"), "{message}");
    }

    #[test]
    fn a_tensor_and_its_array_are_the_same_numbers() {
        let array = example().get("fc.weight").unwrap().clone();
        assert_eq!(Array::of(&array.tensor(Device::Cpu)), array);
    }
}
