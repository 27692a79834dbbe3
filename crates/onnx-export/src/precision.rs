//! In how many bits a file stores its weights.

/// How the file stores convolution kernels and linear matrices. It is always computed in 32 bits.
///
/// Parameters with one dimension (biases, everything in a batch normalisation) stay in 32 bits: they are few, and
/// small differences in them shift whole channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// 32 bits a number.
    Fp32,
    /// 16 bits a number, rounded to nearest, ties to even.
    Fp16,
    /// 8 bits a number, -127 to 127, times a scale that the numbers of an output channel share.
    Int8,
}

impl Precision {
    /// From the largest file to the smallest.
    pub const ALL: [Self; 3] = [Self::Fp32, Self::Fp16, Self::Int8];

    /// What is added to a parameter's name for its scales.
    pub(crate) const SCALE: &str = ".scale";

    /// As `model.toml` writes it: `fp32`, `fp16` or `int8`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fp32 => "fp32",
            Self::Fp16 => "fp16",
            Self::Int8 => "int8",
        }
    }

    /// Bits a number.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Fp32 => 32,
            Self::Fp16 => 16,
            Self::Int8 => 8,
        }
    }

    /// The precision of this name.
    ///
    /// ```
    /// # use onnx_export::Precision;
    /// assert_eq!(Precision::from_name("fp16"), Some(Precision::Fp16));
    /// assert_eq!(Precision::from_name("int4"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|precision| precision.name() == name)
    }

    /// How a file of this precision stores an array of this shape.
    ///
    /// Kernels that convolve one channel at a time, `[M, 1, H, W]`, stay in 32 bits: they are a twentieth of an EfficientNet-Lite0,
    /// and each error in one of their few values changes a whole map.
    pub(crate) fn of_shape(self, shape: &[usize]) -> Self {
        match shape {
            [] | [_] | [_, 1, _, _] => Self::Fp32,
            _ => self,
        }
    }

    /// The initializer with the scales of a parameter in 8 bits.
    pub(crate) fn scale_name(parameter: &str) -> String {
        format!("{parameter}{}", Self::SCALE)
    }
}
