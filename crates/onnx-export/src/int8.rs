//! Kernels and matrices in 8 bits: for every output channel one scale, and whole numbers from -127 to 127.
//!
//! The scale of a channel is its largest absolute value over 127, so that zero stays zero and no value is cut off.
//! -128 is left out: the range is symmetric, and no zero point is needed.
//!
//! Source: Jacob et al. 2018, section 3, <https://arxiv.org/abs/1712.05877>, for whole channels of weights alone.

use crate::Array;

/// The largest whole number.
const LARGEST: f32 = 127.0;

/// An array in 8 bits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantised {
    /// Whole numbers, in the shape of the array they stand for.
    pub(crate) numbers: Vec<i8>,
    /// What those of a channel are multiplied by; a channel is an index of the first size.
    pub(crate) scales: Vec<f32>,
}

impl Quantised {
    /// Rounds to nearest, ties to even; every value is within half a scale of what [`Self::values`] gives for it.
    ///
    /// `array` has finite numbers.
    pub(crate) fn of(array: &Array) -> Self {
        let (mut numbers, mut scales) = (Vec::with_capacity(array.values.len()), Vec::new());
        for channel in array.values.chunks_exact(channel_size(&array.shape)) {
            let scale = channel.iter().fold(0.0, |largest: f32, value| largest.max(value.abs())) / LARGEST;
            let whole = |&value: &f32| {
                // A channel of zeros has the scale 0, and so has one whose largest value is too small for a scale.
                if scale > 0.0 { (value / scale).round_ties_even().clamp(-LARGEST, LARGEST) as i8 } else { 0 }
            };
            numbers.extend(channel.iter().map(whole));
            scales.push(scale);
        }
        Self { numbers, scales }
    }

    /// The numbers a runtime computes with: each whole number times its channel's scale, in 32 bits.
    pub(crate) fn values(&self) -> Vec<f32> {
        let size = self.numbers.len() / self.scales.len().max(1);
        let channels = self.numbers.chunks(size.max(1)).zip(&self.scales);
        channels.flat_map(|(channel, &scale)| channel.iter().map(move |&n| f32::from(n) * scale)).collect()
    }

    /// The shape of the scales, so that multiplying broadcasts them: `[C, 1, …]` for `[C, …]`.
    pub(crate) fn scales_shape(shape: &[usize]) -> Vec<usize> {
        shape.iter().enumerate().map(|(axis, &size)| if axis == 0 { size } else { 1 }).collect()
    }
}

/// How many numbers a channel has.
fn channel_size(shape: &[usize]) -> usize {
    shape.iter().skip(1).product::<usize>().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantised(shape: &[usize], values: &[f32]) -> Quantised {
        Quantised::of(&Array { shape: shape.to_vec(), values: values.to_vec() })
    }

    #[test]
    fn every_channel_has_a_scale_of_its_own() {
        // 2.54 / 127 = 0.02 and 1.27 / 127 = 0.01; -0.635 / 0.01 = -63.5, a tie, goes to the even -64.
        let found = quantised(&[2, 2], &[2.54, -1.0, -0.635, 1.27]);
        assert_eq!(found.numbers, [127, -50, -64, 127]);
        assert!((found.scales[0] - 0.02).abs() < 1e-8 && (found.scales[1] - 0.01).abs() < 1e-8);
    }

    #[test]
    fn a_value_changes_by_at_most_half_a_scale() {
        let values: Vec<f32> = (0..60).map(|i| (i * i % 37) as f32 * 0.013 - 0.2).collect();
        let found = quantised(&[3, 5, 2, 2], &values);
        for (i, (value, back)) in values.iter().zip(found.values()).enumerate() {
            // Half a scale, and the last bits of a division and a product.
            assert!((value - back).abs() <= found.scales[i / 20] * 0.500_01, "{value} came back as {back}");
        }
    }

    #[test]
    fn a_channel_of_zeros_stays_zero() {
        let found = quantised(&[2, 2], &[0.0, -0.0, 1.0, 0.0]);
        assert_eq!(found.values(), [0.0, 0.0, 1.0, 0.0]);
        // 1e-44 / 127 is below the smallest number there is.
        assert_eq!(quantised(&[1, 1], &[1e-44]).values(), [0.0]);
    }

    #[test]
    fn the_largest_value_never_leaves_the_range() {
        for value in [1e-38_f32, 0.3, 1.0, 3.333_333, f32::MAX] {
            assert_eq!(quantised(&[1, 2], &[value, -value]).numbers, [127, -127]);
        }
    }

    #[test]
    fn scales_broadcast_over_what_is_behind_the_channel() {
        assert_eq!(Quantised::scales_shape(&[8, 3, 7, 7]), [8, 1, 1, 1]);
    }
}
