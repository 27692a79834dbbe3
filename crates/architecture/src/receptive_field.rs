//! How much of the image one value of a layer can see, and which part of it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{Op, Shape};

// ANCHOR: receptive_field
/// The square of input pixels that one value depends on. It may extend beyond the image, into the padding.
///
/// Along each axis, the value with index `i` sees the pixels from `start + i * stride` on, `size` of them. Where a stride
/// leaves the last rows of a map unread, those are not seen.
///
/// Source: Araujo, Norris and Sim 2019, <https://distill.pub/2019/computing-receptive-fields/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceptiveField {
    /// Width and height, in pixels of the input.
    pub size: usize,
    /// Distance between the fields of two neighbouring values, in pixels of the input.
    pub stride: usize,
    /// First column and row that the value with index 0 sees; negative where that is padding.
    pub start: isize,
}

impl ReceptiveField {
    /// What a pixel of the input sees: itself.
    pub const PIXEL: Self = Self { size: 1, stride: 1, start: 0 };

    /// The field after `op` over a map of the shape `input`.
    #[must_use]
    pub fn after(self, op: &Op, input: Shape) -> Self {
        let (kernel, stride, padding) = match (*op, input) {
            (Op::Convolution { kernel, stride, padding, .. }, _) => (kernel, stride, padding.before),
            (Op::MaxPool { kernel, stride, padding }, _) => (kernel, stride, padding),
            (Op::GlobalAveragePool, Shape::Map([_, height, width])) => (height.max(width), 1, 0),
            _ => (1, 1, 0),
        };
        Self {
            size: self.size + (kernel - 1) * self.stride,
            stride: self.stride * stride,
            start: self.start - (padding * self.stride) as isize,
        }
    }

    /// The field of a value that depends on values with both fields, such as a sum with a shortcut.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        let end = |field: Self| field.start + field.size as isize;
        let start = self.start.min(other.start);
        let size = (end(self).max(end(other)) - start) as usize;
        Self { size, stride: self.stride.max(other.stride), start }
    }
    // ANCHOR_END: receptive_field

    /// The columns (or rows) that the value with this index along its axis sees; they may be beyond the image.
    ///
    /// ```
    /// # use architecture::{Depth, resnet};
    /// let conv1 = resnet(Depth::Resnet50, 8, 224).receptive_field("conv1");
    /// // A kernel of 7 with 3 pixels of padding, which moves by 2.
    /// assert_eq!(conv1.map(|field| (field.along(0), field.along(111))), Some((-3..4, 219..226)));
    /// ```
    pub fn along(self, index: usize) -> Range<isize> {
        let begin = self.start + (index * self.stride) as isize;
        begin..begin + self.size as isize
    }

    /// Of `count` values along an axis, the one whose field has its middle nearest to this pixel; the first of equals.
    pub fn nearest(self, pixel: usize, count: usize) -> usize {
        // Twice the distance from the first field's middle, so that halves stay whole.
        let twice = 2 * (pixel as isize - self.start) - (self.size as isize - 1);
        let stride = 2 * self.stride as isize;
        // Half a stride up would be the next one; one less keeps the first of equals.
        let index = (twice + stride / 2 - 1).div_euclid(stride).max(0) as usize;
        index.min(count.saturating_sub(1))
    }

    /// The pixel in the middle of a field, of two the upper one, held inside an image of `side` pixels.
    pub fn middle(self, index: usize, side: usize) -> usize {
        let Range { start, .. } = self.along(index);
        let middle = start + (self.size as isize - 1) / 2;
        middle.clamp(0, side as isize - 1) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Depth, INPUT, Network, Padding, resnet};

    fn convolution((kernel, stride, before, after): Window) -> Op {
        let padding = Padding { before, after };
        Op::Convolution {
            input_channels: 1,
            output_channels: 1,
            kernel,
            stride,
            padding,
            groups: 1,
            bias: false,
        }
    }

    /// Kernel, stride and the padding before and after.
    type Window = (usize, usize, usize, usize);

    /// Which pixels a value depends on, found by changing them one by one: along one axis of `side` pixels, each of
    /// `layers` marks a value when it reads a marked one.
    fn seen(layers: &[Window], side: usize, index: usize) -> Vec<usize> {
        let depends = |pixel: usize| {
            let mut marked: Vec<bool> = (0..side).map(|at| at == pixel).collect();
            for &(kernel, stride, before, after) in layers {
                let count = (marked.len() + before + after - kernel) / stride + 1;
                let reads = |value: usize, step: usize| (value * stride + step).checked_sub(before);
                marked = (0..count)
                    .map(|v| (0..kernel).any(|s| reads(v, s).and_then(|at| marked.get(at)) == Some(&true)))
                    .collect();
            }
            marked.get(index) == Some(&true)
        };
        (0..side).filter(|&pixel| depends(pixel)).collect()
    }

    #[test]
    fn a_field_holds_exactly_the_pixels_that_change_the_value() {
        // The stem, a block of three kernels with the stride in the middle, and odd ones, on a row of so many pixels.
        let cases: [(usize, &[Window]); 5] = [
            (61, &[(7, 2, 3, 3), (3, 2, 1, 1)]),
            (61, &[(7, 2, 3, 3), (3, 2, 1, 1), (1, 1, 0, 0), (3, 2, 1, 1), (1, 1, 0, 0), (3, 1, 1, 1)]),
            (61, &[(5, 1, 0, 0), (3, 3, 0, 0)]),
            // A window of 2 leaves the last of 61 unread, so 60.
            (60, &[(2, 2, 0, 0), (4, 1, 2, 2), (3, 2, 1, 1)]),
            // EfficientNet's beginning: more zeros after a map than before it.
            (64, &[(3, 2, 0, 1), (3, 1, 1, 1), (3, 2, 0, 1), (5, 2, 1, 2), (5, 1, 2, 2)]),
        ];
        for (side, layers) in cases {
            let mut network = Network::new("row", [1, side, side]);
            let mut last = INPUT.to_owned();
            for (index, &window) in layers.iter().enumerate() {
                let name = format!("conv{index}");
                network.add(&name, convolution(window), &[&last]).unwrap();
                last = name;
            }
            let field = network.receptive_field(&last).unwrap();
            let [_, count, _] = network.shape(&last).unwrap().sizes().try_into().unwrap();
            for index in 0..count {
                let inside =
                    field.along(index).filter(|at| (0..side as isize).contains(at)).map(|at| at as usize);
                assert_eq!(inside.collect::<Vec<_>>(), seen(layers, side, index), "{layers:?} at {index}");
            }
        }
    }

    #[test]
    fn every_field_of_a_residual_network_has_its_middle_on_a_multiple_of_the_stride() {
        for depth in Depth::ALL {
            let network = resnet(depth, 8, 224);
            let maps = network.layers.iter().zip(network.receptive_fields());
            for (layer, field) in maps.filter(|(layer, _)| layer.output.sizes().len() == 3) {
                if layer.name != "avgpool" {
                    assert_eq!(
                        field.start + (field.size as isize - 1) / 2,
                        0,
                        "{} {}",
                        depth.name(),
                        layer.name
                    );
                }
            }
        }
    }

    #[test]
    fn a_sum_sees_what_either_of_its_inputs_sees() {
        let wide = ReceptiveField { size: 9, stride: 2, start: -6 };
        let late = ReceptiveField { size: 5, stride: 2, start: 1 };
        // -6 to 2 and 1 to 5.
        assert_eq!(wide.joined(late), ReceptiveField { size: 12, stride: 2, start: -6 });
    }

    #[test]
    fn the_nearest_value_is_the_one_whose_middle_is() {
        let field = ReceptiveField { size: 435, stride: 32, start: -217 };
        // Middles at 0, 32, 64, … 192.
        let cases = [(0, 0), (16, 0), (17, 1), (112, 3), (113, 4), (192, 6), (223, 6)];
        for (pixel, index) in cases {
            assert_eq!(field.nearest(pixel, 7), index, "{pixel}");
        }
        assert_eq!(field.middle(6, 224), 192);
        assert_eq!(ReceptiveField::PIXEL.nearest(5, 224), 5);
    }
}
