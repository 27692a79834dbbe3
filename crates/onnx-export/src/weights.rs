//! Named arrays of numbers, held against the parameters of a network.

use std::collections::BTreeMap;

use architecture::Network;
use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors};

use crate::ExportError;

/// How the file stores convolution kernels and linear matrices. It is always computed in 32 bits.
///
/// Parameters with one dimension (biases, everything in a batch normalisation) stay in 32 bits: they are few, and
/// small differences in them shift whole channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 32 bits a number.
    Fp32,
    /// 16 bits a number, rounded to nearest, ties to even.
    Fp16,
}

impl Precision {
    /// As `model.toml` writes it: `fp32` or `fp16`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fp32 => "fp32",
            Self::Fp16 => "fp16",
        }
    }

    /// The precision of this name.
    ///
    /// ```
    /// # use onnx_export::Precision;
    /// assert_eq!(Precision::from_name("fp16"), Some(Precision::Fp16));
    /// assert_eq!(Precision::from_name("int8"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Fp32, Self::Fp16].into_iter().find(|precision| precision.name() == name)
    }

    /// Whether an array of this shape is stored in 16 bits.
    pub(crate) fn halves(self, shape: &[usize]) -> bool {
        self == Self::Fp16 && shape.len() > 1
    }
}

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
            let halves = precision.halves(&array.shape);
            for value in &mut array.values {
                let stored = if halves { f16::from_f32(*value).to_f32() } else { *value };
                if !stored.is_finite() {
                    let limit = if halves { f16::MAX.to_f32() } else { f32::MAX };
                    return Err(ExportError::Value { name: name.clone(), limit, found: *value });
                }
                *value = stored;
            }
        }
        Ok(rounded)
    }
}

fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&chunk| number(chunk)).collect()
}
