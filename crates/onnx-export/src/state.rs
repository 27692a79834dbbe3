//! The weights as PyTorch keeps them: a safetensors file that `load_state_dict(strict=True)` takes.

use std::collections::HashMap;

use architecture::{Network, ParameterKind};
use safetensors::{Dtype, tensor::TensorView};

use crate::{ExportError, Weights};

impl Weights {
    /// A safetensors file in 32 bits with every entry of torchvision's `state_dict`, and `about` in its header.
    ///
    /// The counters `….num_batches_tracked`, which PyTorch reads only where batch normalisation has no momentum, are 0.
    /// The same arguments give the same entries; of `about` give one pair, and the bytes are the same as well.
    ///
    /// # Errors
    /// As [`Weights::check`].
    pub fn to_safetensors(&self, network: &Network, about: &[(&str, &str)]) -> Result<Vec<u8>, ExportError> {
        self.check(network)?;
        let entries = network.state().into_iter().map(|entry| {
            let (dtype, bytes) = match (entry.kind, self.get(&entry.name)) {
                (ParameterKind::Counter, _) | (_, None) => (Dtype::I64, 0_i64.to_le_bytes().to_vec()),
                (_, Some(array)) => {
                    (Dtype::F32, array.values.iter().flat_map(|value| value.to_le_bytes()).collect())
                }
            };
            (entry.name, entry.shape, dtype, bytes)
        });
        let entries: Vec<(String, Vec<usize>, Dtype, Vec<u8>)> = entries.collect();
        let views = entries
            .iter()
            .map(|(name, shape, dtype, bytes)| Ok((name, TensorView::new(*dtype, shape.clone(), bytes)?)))
            .collect::<Result<Vec<_>, ExportError>>()?;
        // `pt` is what PyTorch's own writer puts there, and some readers ask for it.
        let pairs = [("format", "pt")].iter().chain(about);
        let header: HashMap<String, String> =
            pairs.map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        Ok(safetensors::serialize(views, Some(header))?)
    }
}

#[cfg(test)]
mod tests {
    use safetensors::SafeTensors;

    use super::*;

    #[test]
    fn a_file_for_pytorch_has_the_counters_and_the_same_numbers() {
        let network = architecture::by_name("resnet18", 2, 32).unwrap();
        let mut weights = Weights::new();
        for (i, parameter) in network.parameters().into_iter().enumerate() {
            let values = vec![i as f32 / 8.0; parameter.numbers()];
            weights.insert(parameter.name.as_str(), &parameter.shape, values).unwrap();
        }
        let bytes = weights.to_safetensors(&network, &[("licence", "CC-BY-4.0")]).unwrap();
        assert_eq!(Weights::from_safetensors(&bytes).unwrap(), weights);
        let file = SafeTensors::deserialize(&bytes).unwrap();
        // torchvision's ResNet-18 has 122 entries, 20 of them counters.
        assert_eq!(file.names().len(), 122);
        let counter = file.tensor("layer4.1.bn2.num_batches_tracked").unwrap();
        assert_eq!((counter.dtype(), counter.shape().len(), counter.data()), (Dtype::I64, 0, &[0; 8][..]));
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        assert_eq!(header.metadata().as_ref().unwrap()["licence"], "CC-BY-4.0");
        assert!(weights.to_safetensors(&architecture::by_name("resnet34", 2, 32).unwrap(), &[]).is_err());
    }
}
