//! One kernel over one image: the result, what it took, and the arithmetic at every pixel of it.

use imaging::{Kernel, Rgb8, channels};
use nn::conv::{self, Step};
use nn::{ShapeError, Tensor};

use super::tone::NegativeRule;

/// What the form asks for, apart from the image.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KernelSettings {
    /// As it is on the image: already rotated if `turned`.
    pub(crate) kernel: Kernel,
    pub(crate) turned: bool,
    pub(crate) step: Step,
    pub(crate) rule: NegativeRule,
    pub(crate) colour: bool,
}

/// Image, kernel and result, which belong together.
pub(crate) struct KernelResult {
    /// The kernel's input, integers from 0 to 255: `[1, H, W]` grey or `[3, H, W]`.
    pub(crate) input: Tensor<3>,
    pub(crate) settings: KernelSettings,
    /// `[C, H', W']`.
    pub(crate) result: Tensor<3>,
}

/// The kernel's input: brightness rounded to integers as in an 8-bit grey picture, so that the
/// arithmetic can be followed by hand, or red, green and blue.
pub(crate) fn numbers(image: &Rgb8, colour: bool) -> Result<Tensor<3>, ShapeError> {
    let [height, width] = [image.height() as usize, image.width() as usize];
    if colour {
        return Tensor::new([3, height, width], channels::planes(image));
    }
    let grey = channels::grey(image).into_iter().map(|value| (value + 0.5).floor()).collect();
    Tensor::new([1, height, width], grey)
}

impl KernelResult {
    /// Runs the kernel over every channel of `input`.
    pub(crate) fn compute(input: Tensor<3>, settings: KernelSettings) -> Result<Self, ShapeError> {
        let size = settings.kernel.size();
        let kernel = Tensor::new([size, size], settings.kernel.coefficients().to_vec())?;
        let result = conv::depthwise(&input, &kernel, settings.step)?;
        Ok(Self { input, settings, result })
    }

    /// Height and width of the result.
    pub(crate) fn size(&self) -> [usize; 2] {
        let [_, height, width] = self.result.shape();
        [height, width]
    }

    /// One channel of the result, row-major.
    pub(crate) fn plane(&self, channel: usize) -> &[f32] {
        let [_, height, width] = self.result.shape();
        &self.result.data()[channel * height * width..(channel + 1) * height * width]
    }

    /// The result at a pixel, a number per channel.
    pub(crate) fn at(&self, column: usize, row: usize) -> Vec<f32> {
        let [channels, _, width] = self.result.shape();
        (0..channels).map(|channel| self.plane(channel)[row * width + column]).collect()
    }

    /// The patch under a pixel of the result, `[C, K, K]`, padding included.
    pub(crate) fn patch(&self, column: usize, row: usize) -> Option<Tensor<3>> {
        conv::patch_at(&self.input, self.settings.kernel.size(), self.settings.step, row, column)
    }

    /// Column and row in the image where the patch under a pixel of the result begins; negative beyond the edge.
    pub(crate) fn corner(&self, column: usize, row: usize) -> [isize; 2] {
        let (top, left) = conv::patch_corner(self.settings.kernel.size(), self.settings.step, row, column);
        [left, top]
    }

    /// The pixel of the result whose patch has its centre nearest to this column and row of the image.
    pub(crate) fn nearest(&self, [x, y]: [f32; 2]) -> [usize; 2] {
        let [left, top] = self.corner(0, 0);
        let half = self.half();
        let stride = self.settings.step.stride as f32;
        let [height, width] = self.size();
        let along = |at: f32, start: isize, length: usize| {
            let stop = (at - start as f32 - half) / stride + 0.5;
            (stop.max(0.0) as usize).min(length - 1)
        };
        [along(x, left, width), along(y, top, height)]
    }

    /// Column and row of the image under the centre of the kernel at a pixel of the result.
    pub(crate) fn centre(&self, [column, row]: [usize; 2]) -> [f32; 2] {
        let half = self.half();
        self.corner(column, row).map(|start| start as f32 + half)
    }

    /// Rows and columns of the image under the kernel.
    pub(crate) fn extent(&self) -> usize {
        self.settings.step.extent(self.settings.kernel.size())
    }

    fn half(&self) -> f32 {
        (self.extent() / 2) as f32
    }

    /// The pixel with the strongest result of either sign in any channel, the first of them in reading order: where
    /// there is something to see.
    pub(crate) fn strongest(&self) -> [usize; 2] {
        let [height, width] = self.size();
        let mut best = (0, f32::NEG_INFINITY);
        for (index, value) in self.result.data().iter().enumerate() {
            if value.abs() > best.1 {
                best = (index % (height * width), value.abs());
            }
        }
        [best.0 % width, best.0 / width]
    }
}

/// Kernel × patch, number by number.
pub(crate) fn products(patch: &[f32], kernel: &[f32]) -> Vec<f32> {
    patch.iter().zip(kernel).map(|(pixel, weight)| pixel * weight).collect()
}

#[cfg(test)]
mod tests {
    use nn::conv::Padding;

    use super::*;

    fn outcome(kernel: &str, stride: usize, padding: Padding) -> KernelResult {
        let data = (0..9 * 12 * 3).map(|i| (i * 37 % 251) as u8).collect();
        let image = Rgb8::new(12, 9, data).unwrap();
        let kernel = Kernel::named(kernel).unwrap();
        let settings = KernelSettings {
            kernel,
            turned: false,
            step: Step::new(stride, padding).dilated(stride),
            rule: NegativeRule::Signed,
            colour: false,
        };
        KernelResult::compute(numbers(&image, false).unwrap(), settings).unwrap()
    }

    #[test]
    fn the_arithmetic_shown_gives_the_result_shown() {
        let outcome = outcome("sobel-x", 2, Padding::Reflect);
        let [height, width] = outcome.size();
        for (row, column) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let patch = outcome.patch(column, row).unwrap();
            let sum: f32 = products(patch.data(), outcome.settings.kernel.coefficients()).iter().sum();
            // Whole numbers below 2^24: exact in any order.
            assert_eq!(vec![sum], outcome.at(column, row));
        }
    }

    #[test]
    fn the_pixel_nearest_to_a_patch_is_the_one_it_belongs_to() {
        for padding in [Padding::None, Padding::Zero] {
            for stride in 1..4 {
                let outcome = outcome("sharpen", stride, padding);
                let [height, width] = outcome.size();
                for pixel in (0..height).flat_map(|y| (0..width).map(move |x| [x, y])) {
                    assert_eq!(outcome.nearest(outcome.centre(pixel)), pixel);
                }
                assert_eq!(outcome.nearest([-50.0, 1e6]), [0, height - 1]);
            }
        }
    }

    #[test]
    fn the_strongest_result_is_found_whatever_its_sign() {
        let image =
            Rgb8::new(5, 3, [[0; 12], [255; 12], [0; 12], [255; 12]].concat()[..45].to_vec()).unwrap();
        let kernel = Kernel::named("laplacian").unwrap();
        let step = Step::new(1, Padding::Replicate);
        let settings =
            KernelSettings { kernel, turned: false, step, rule: NegativeRule::Signed, colour: false };
        let outcome = KernelResult::compute(numbers(&image, false).unwrap(), settings).unwrap();
        let [column, row] = outcome.strongest();
        let most = outcome.result.data().iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert_eq!(outcome.at(column, row)[0].abs().to_bits(), most.to_bits());
    }

    #[test]
    fn a_turned_kernel_makes_a_convolution() {
        let outcome = outcome("sobel-x", 1, Padding::Zero);
        let (kernel, step) = (outcome.settings.kernel.clone(), outcome.settings.step);
        let numbers = Tensor::new([1, 3, 3], kernel.coefficients().to_vec()).unwrap();
        let settings = KernelSettings { kernel: kernel.turned(), turned: true, ..outcome.settings.clone() };
        let strict = conv::convolve(&outcome.input, &numbers, step).unwrap();
        let turned = KernelResult::compute(outcome.input, settings).unwrap();
        assert_eq!(turned.result.data(), strict.data());
        assert_ne!(turned.result, outcome.result);
    }

    #[test]
    fn grey_numbers_are_whole() {
        let image = Rgb8::new(1, 1, vec![10, 20, 30]).unwrap();
        // 2.99 + 11.74 + 3.42 = 18.15
        assert_eq!(numbers(&image, false).unwrap().data(), [18.0]);
    }
}
