//! Named arrays of numbers, compared with the parameters of a network.

use std::collections::BTreeMap;

use architecture::Network;
use half::{bf16, f16};
use prost::Message;
use safetensors::{Dtype, SafeTensors};

use crate::int8::Quantised;
use crate::proto::{FLOAT, FLOAT16, INT8, Model, Tensor};
use crate::{ExportError, Precision};

/// A parameter's values, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// As many as the product of the sizes.
    pub values: Vec<f32>,
}

/// Arrays by the name of their parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights(BTreeMap<String, Array>);

impl Weights {
    /// No arrays.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a safetensors file. Numbers in 16 bits become the same numbers in 32.
    ///
    /// Entries called `….num_batches_tracked`, which PyTorch's training writes and no computation reads, are left out.
    ///
    /// # Errors
    /// [`ExportError::Safetensors`] if the bytes are no such file, [`ExportError::Type`] if a parameter has integers
    /// or 64-bit numbers.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, ExportError> {
        let mut weights = Self::new();
        for (name, tensor) in SafeTensors::deserialize(bytes)?.iter() {
            if name.ends_with(".num_batches_tracked") {
                continue;
            }
            let values = match tensor.dtype() {
                Dtype::F32 => numbers(tensor.data(), f32::from_le_bytes),
                Dtype::F16 => numbers(tensor.data(), |bytes| f16::from_le_bytes(bytes).to_f32()),
                Dtype::BF16 => numbers(tensor.data(), |bytes| bf16::from_le_bytes(bytes).to_f32()),
                other => {
                    return Err(ExportError::Type { name: name.to_owned(), found: format!("{other:?}") });
                }
            };
            weights.insert(name, tensor.shape(), values)?;
        }
        Ok(weights)
    }

    /// Reads back what [`export`](crate::export()) put into an ONNX file. Numbers in 16 bits become the same numbers in 32,
    /// those in 8 bits what they stand for.
    ///
    /// # Errors
    /// [`ExportError::Onnx`] if the bytes are no such file, [`ExportError::Type`] if a parameter has other numbers.
    pub fn from_onnx(bytes: &[u8]) -> Result<Self, ExportError> {
        let mut weights = Self::new();
        let initializers = Model::decode(bytes)?.graph.unwrap_or_default().initializer;
        let of_name: BTreeMap<&str, &Tensor> = initializers.iter().map(|t| (t.name.as_str(), t)).collect();
        let scales_of = |name: &str| of_name.get(Precision::scale_name(name).as_str()).copied();
        for tensor in &initializers {
            if let Some(whole) = tensor.name.strip_suffix(Precision::SCALE)
                && of_name.get(whole).is_some_and(|tensor| tensor.data_type == INT8)
            {
                continue;
            }
            let values = match tensor.data_type {
                FLOAT => numbers(&tensor.raw_data, f32::from_le_bytes),
                FLOAT16 => numbers(&tensor.raw_data, |bytes| f16::from_le_bytes(bytes).to_f32()),
                INT8 if let Some(scales) = scales_of(&tensor.name) => {
                    let scales = numbers(&scales.raw_data, f32::from_le_bytes);
                    Quantised { numbers: numbers(&tensor.raw_data, i8::from_le_bytes), scales }.values()
                }
                other => {
                    return Err(ExportError::Type {
                        name: tensor.name.clone(),
                        found: format!("ONNX type {other}"),
                    });
                }
            };
            let shape: Vec<usize> = tensor.dims.iter().map(|&size| size as usize).collect();
            weights.insert(tensor.name.as_str(), &shape, values)?;
        }
        Ok(weights)
    }

    /// Adds or replaces an array.
    ///
    /// # Errors
    /// [`ExportError::Count`] if `values` are not as many as `shape` has places.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        shape: &[usize],
        values: Vec<f32>,
    ) -> Result<(), ExportError> {
        let (name, expected) = (name.into(), shape.iter().product());
        if values.len() != expected {
            return Err(ExportError::Count { name, shape: shape.to_vec(), expected, found: values.len() });
        }
        self.0.insert(name, Array { shape: shape.to_vec(), values });
        Ok(())
    }

    /// The array of this name.
    pub fn get(&self, name: &str) -> Option<&Array> {
        self.0.get(name)
    }

    /// Names and arrays, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Array)> {
        self.0.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Whether these are exactly the parameters of `network`.
    ///
    /// # Errors
    /// [`ExportError::Missing`], [`ExportError::Extra`] or [`ExportError::Shape`] names the first that differs.
    pub fn check(&self, network: &Network) -> Result<(), ExportError> {
        let name_of = || network.name.clone();
        let parameters = network.parameters();
        for parameter in &parameters {
            let (name, expected) = (parameter.name.clone(), parameter.shape.clone());
            match self.get(&name) {
                None => {
                    return Err(ExportError::Missing {
                        network: name_of(),
                        name,
                        expected,
                        count: self.0.len(),
                    });
                }
                Some(array) if array.shape != expected => {
                    let found = array.shape.clone();
                    return Err(ExportError::Shape { network: name_of(), name, expected, found });
                }
                Some(_) => {}
            }
        }
        match self.iter().find(|(name, _)| parameters.iter().all(|parameter| parameter.name != *name)) {
            None => Ok(()),
            Some((name, array)) => Err(ExportError::Extra {
                network: name_of(),
                count: parameters.len(),
                name: name.to_owned(),
                found: array.shape.clone(),
            }),
        }
    }

    /// The weights as a file of this precision holds them, so that a runtime and libtorch can be given the same numbers.
    ///
    /// # Errors
    /// [`ExportError::Value`] if a value is no number, infinite, or rounds to infinity.
    pub fn rounded(&self, precision: Precision) -> Result<Self, ExportError> {
        let mut rounded = self.clone();
        for (name, array) in &mut rounded.0 {
            let stored = precision.of_shape(&array.shape);
            let limit = if stored == Precision::Fp16 { f16::MAX.to_f32() } else { f32::MAX };
            let half = |value: f32| f16::from_f32(value).to_f32();
            // Infinite in this precision, or no number.
            let fits = |value: f32| if stored == Precision::Fp16 { half(value) } else { value }.is_finite();
            if let Some(&found) = array.values.iter().find(|&&value| !fits(value)) {
                return Err(ExportError::Value { name: name.clone(), limit, found });
            }
            match stored {
                Precision::Fp32 => {}
                Precision::Fp16 => array.values.iter_mut().for_each(|value| *value = half(*value)),
                Precision::Int8 => array.values = Quantised::of(array).values(),
            }
        }
        Ok(rounded)
    }
}

fn numbers<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|&chunk| number(chunk)).collect()
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::TensorView;

    use super::*;

    fn file(name: &str, dtype: Dtype, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
        let view = TensorView::new(dtype, shape.to_vec(), bytes).unwrap();
        safetensors::serialize([(name, view)], None).unwrap()
    }

    #[test]
    fn numbers_of_16_bits_are_read_as_the_same_numbers() {
        // 1.5 is 0x3e00 as a half and 0x3fc0 as a bfloat16.
        for (dtype, bytes) in [(Dtype::F16, [0x00, 0x3e]), (Dtype::BF16, [0xc0, 0x3f])] {
            let weights = Weights::from_safetensors(&file("fc.bias", dtype, &[1], &bytes)).unwrap();
            let array = Array { shape: vec![1], values: vec![1.5] };
            assert_eq!(weights.get("fc.bias"), Some(&array));
        }
    }

    #[test]
    fn a_counter_of_batches_is_left_out_and_other_integers_are_refused() {
        let counter = file("bn1.num_batches_tracked", Dtype::I64, &[], &[7, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(Weights::from_safetensors(&counter).unwrap(), Weights::new());
        let integers = file("fc.bias", Dtype::I64, &[1], &[7, 0, 0, 0, 0, 0, 0, 0]);
        let error = Weights::from_safetensors(&integers).unwrap_err().to_string();
        assert_eq!(error, "parameter fc.bias has values of type I64; only F32, F16 and BF16 can be exported");
    }

    #[test]
    fn a_file_cut_short_is_refused() {
        let whole = file("fc.bias", Dtype::F32, &[2], &[0; 8]);
        let error = Weights::from_safetensors(&whole[..whole.len() - 1]).unwrap_err();
        assert!(matches!(error, ExportError::Safetensors(_)), "{error}");
    }

    #[test]
    fn rounding_goes_to_the_nearest_half_and_ties_to_the_even_one() {
        // Halves between 1 and 2 are multiples of 2⁻¹⁰; a tie lies 2⁻¹¹ above one.
        let (step, tie) = (1.0 / 1024.0, 1.0 / 2048.0);
        let mut weights = Weights::new();
        weights.insert("fc.weight", &[1, 3], vec![1.0 + tie, 1.0 + step + tie, 1.0 + tie * 1.01]).unwrap();
        weights.insert("fc.bias", &[1], vec![1.0 + tie]).unwrap();
        let rounded = weights.rounded(Precision::Fp16).unwrap();
        assert_eq!(rounded.get("fc.weight").unwrap().values, [1.0, 1.0 + 2.0 * step, 1.0 + step]);
        assert_eq!(rounded.get("fc.bias"), weights.get("fc.bias"));
        assert_eq!(weights.rounded(Precision::Fp32).unwrap(), weights);
    }

    #[test]
    fn as_many_values_as_places_are_expected() {
        let error = Weights::new().insert("fc.bias", &[2, 3], vec![0.0; 5]).unwrap_err().to_string();
        assert_eq!(error, "parameter fc.bias has 5 values, but its shape [2, 3] needs 6");
    }
}
