//! Zeros around a map, the same along height and width.

use serde::{Deserialize, Serialize};

/// How many rows of zeros are above a map and below it, and columns left and right of it.
///
/// PyTorch adds as many on either side. TensorFlow's padding "SAME" may add one more after the map than before it, and
/// networks that were trained there need it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Padding {
    /// Rows above, columns to the left.
    pub before: usize,
    /// Rows below, columns to the right.
    pub after: usize,
}

impl Padding {
    /// The same number on both sides.
    pub const fn both(side: usize) -> Self {
        Self { before: side, after: side }
    }

    /// TensorFlow's "SAME": as few zeros as give `size / stride` values, rounded up; an odd one comes after the map.
    ///
    /// ```
    /// use architecture::Padding;
    /// // 112 places of a kernel of 3 that moves by 2 cover 111 * 2 + 3 = 225 values: one more than there are.
    /// assert_eq!(Padding::same(224, 3, 2), Padding { before: 0, after: 1 });
    /// assert_eq!(Padding::same(224, 5, 1), Padding::both(2));
    /// assert_eq!(Padding::same(224, 1, 1), Padding::both(0));
    /// ```
    ///
    /// Source: TensorFlow, `tf.nn`, "Notes on padding", <https://www.tensorflow.org/api_docs/python/tf/nn>.
    ///
    /// # Panics
    /// If `size` or `stride` is 0.
    pub const fn same(size: usize, kernel: usize, stride: usize) -> Self {
        let covered = (size.div_ceil(stride) - 1) * stride + kernel;
        let zeros = covered.saturating_sub(size);
        Self { before: zeros / 2, after: zeros - zeros / 2 }
    }

    /// Zeros along one axis.
    pub const fn sum(self) -> usize {
        self.before + self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Op, Shape};

    #[test]
    fn same_padding_returns_the_size_over_the_stride_rounded_up() {
        for (size, kernel, stride) in [(224, 3, 2), (56, 5, 2), (7, 5, 1), (113, 3, 2), (1, 3, 2), (4, 1, 2)]
        {
            let padding = Padding::same(size, kernel, stride);
            let op = Op::Convolution {
                input_channels: 1,
                output_channels: 1,
                kernel,
                stride,
                padding,
                groups: 1,
                bias: false,
            };
            let side = size.div_ceil(stride);
            assert_eq!(
                op.output(&[Shape::Map([1, size, size])]),
                Some(Shape::Map([1, side, side])),
                "{size}"
            );
            assert!(padding.after - padding.before <= 1, "{padding:?}");
        }
    }
}
