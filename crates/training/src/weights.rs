//! Named arrays of numbers on disk, as safetensors, and the few words kept beside them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context as _, ensure};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use tch::{Device, Kind, Tensor};

/// The key of the words in a file's header; one key, so that the same contents give the same bytes.
const ABOUT: &str = "about";

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
    /// If the tensor has no data, which no tensor of ours is without.
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

    /// The array of this name.
    pub fn get(&self, name: &str) -> Option<&Array> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Array)> {
        self.0.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Reads a file of 32-bit floats and the words in its header.
    ///
    /// # Errors
    /// A file that cannot be read, is cut short, or holds anything but 32-bit floats.
    pub fn read(path: &Path) -> anyhow::Result<(Self, Option<String>)> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let wrong = || format!("{} is no whole safetensors file", path.display());
        let (_, header) = SafeTensors::read_metadata(&bytes).with_context(wrong)?;
        let about = header.metadata().as_ref().and_then(|words| words.get(ABOUT)).cloned();
        let mut weights = Self::default();
        for (name, view) in SafeTensors::deserialize(&bytes).with_context(wrong)?.tensors() {
            ensure!(
                view.dtype() == Dtype::F32,
                "{}: {name} expects 32-bit floats, found {:?}",
                path.display(),
                view.dtype()
            );
            let numbers =
                view.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            weights.insert(name, Array { shape: view.shape().to_vec(), numbers });
        }
        Ok((weights, about))
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, path: &Path, about: &str) -> anyhow::Result<()> {
        let bytes: Vec<(&str, &[usize], Vec<u8>)> = self
            .0
            .iter()
            .map(|(name, array)| {
                let data = array.numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
                (name.as_str(), array.shape.as_slice(), data)
            })
            .collect();
        let views = bytes
            .iter()
            .map(|(name, shape, data)| Ok((*name, TensorView::new(Dtype::F32, shape.to_vec(), data)?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let header = HashMap::from([(ABOUT.to_owned(), about.to_owned())]);
        datasets::whole::write(path, &safetensors::serialize(views, Some(header))?)?;
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
        assert!(message.contains("weights.safetensors is no whole safetensors file"), "{message}");
    }

    #[test]
    fn a_tensor_and_its_array_are_the_same_numbers() {
        let array = example().get("fc.weight").unwrap().clone();
        assert_eq!(Array::of(&array.tensor(Device::Cpu)), array);
    }
}
