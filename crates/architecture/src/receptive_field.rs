//! How much of the image one value of a layer can see.

use serde::{Deserialize, Serialize};

use crate::{Op, Shape};

/// The square of input pixels that one value depends on. It may be wider than the image: the rest is padding.
///
/// Source: Araujo, Norris and Sim 2019, <https://distill.pub/2019/computing-receptive-fields/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceptiveField {
    /// Width and height, in pixels of the input.
    pub size: usize,
    /// Distance between the fields of two neighbouring values, in pixels of the input.
    pub stride: usize,
}

impl ReceptiveField {
    /// What a pixel of the input sees: itself.
    pub const PIXEL: Self = Self { size: 1, stride: 1 };

    /// The field after `op` over a map of the shape `input`.
    #[must_use]
    pub fn after(self, op: &Op, input: Shape) -> Self {
        let (kernel, stride) = match (*op, input) {
            (Op::Convolution { kernel, stride, .. } | Op::MaxPool { kernel, stride, .. }, _) => {
                (kernel, stride)
            }
            (Op::GlobalAveragePool, Shape::Map([_, height, width])) => (height.max(width), 1),
            _ => (1, 1),
        };
        Self { size: self.size + (kernel - 1) * self.stride, stride: self.stride * stride }
    }

    /// The field of a value that depends on values with both fields, which have the same centre.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self { size: self.size.max(other.size), stride: self.stride.max(other.stride) }
    }
}
