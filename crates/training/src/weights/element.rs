//! The number types in files, and their conversion to 32-bit floats.

use half::{bf16, f16};
use safetensors::Dtype;

use super::Array;

/// How a file stores one number, lowest byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    /// A float of 16 bits, IEEE 754.
    F16,
    /// The upper half of a 32-bit float.
    Bf16,
    /// A float of 32 bits.
    F32,
    /// A float of 64 bits.
    F64,
    /// A whole number of 64 bits.
    I64,
}

impl Element {
    /// The type with this safetensors name; `None` for types that no weight has.
    pub(crate) fn of_safetensors(dtype: Dtype) -> Option<Self> {
        Some(match dtype {
            Dtype::F16 => Self::F16,
            Dtype::BF16 => Self::Bf16,
            Dtype::F32 => Self::F32,
            Dtype::F64 => Self::F64,
            Dtype::I64 => Self::I64,
            _ => return None,
        })
    }

    /// Bytes per number.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 | Self::I64 => 8,
        }
    }

    /// The values in these bytes, rounded to 32 bits; extra bytes at the end are ignored.
    pub(crate) fn numbers(self, bytes: &[u8]) -> Vec<f32> {
        fn map<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
            bytes.as_chunks::<N>().0.iter().map(|&bytes| number(bytes)).collect()
        }
        match self {
            Self::F16 => map(bytes, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Self::Bf16 => map(bytes, |bytes| bf16::from_le_bytes(bytes).to_f32()),
            Self::F32 => map(bytes, f32::from_le_bytes),
            Self::F64 => map(bytes, |bytes| f64::from_le_bytes(bytes) as f32),
            Self::I64 => map(bytes, |bytes| i64::from_le_bytes(bytes) as f32),
        }
    }

    /// An array of this shape; `None` if the number of bytes does not match.
    pub(crate) fn array(self, shape: Vec<usize>, bytes: &[u8]) -> Option<Array> {
        let size = shape.iter().try_fold(self.size(), |size, &n| size.checked_mul(n))?;
        (size == bytes.len()).then(|| Array { shape, numbers: self.numbers(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_a_half_is_the_same_in_every_type() {
        // 1.5 = sign 0, exponent as for 1, first bit of the fraction set.
        assert_eq!(Element::F16.numbers(&[0x00, 0x3e]), [1.5]);
        assert_eq!(Element::Bf16.numbers(&[0xc0, 0x3f]), [1.5]);
        assert_eq!(Element::F32.numbers(&1.5_f32.to_le_bytes()), [1.5]);
        assert_eq!(Element::F64.numbers(&1.5_f64.to_le_bytes()), [1.5]);
        assert_eq!(Element::I64.numbers(&(-7_i64).to_le_bytes()), [-7.0]);
    }

    #[test]
    fn an_array_takes_all_bytes_and_no_others() {
        assert_eq!(Element::F32.array(vec![], &1.5_f32.to_le_bytes()).unwrap().numbers, [1.5]);
        assert_eq!(Element::F32.array(vec![2], &[0; 4]), None);
        assert_eq!(Element::F32.array(vec![usize::MAX, 2], &[0; 4]), None);
    }
}
