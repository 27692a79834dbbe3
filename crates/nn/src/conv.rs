//! Cross-correlation: a kernel slides over an image, and every stop is one weighted sum.
//!
//! Images are `[C, H, W]`. Every output is summed in the same order, channel by channel and row-major inside the
//! kernel, so that the arithmetic a reader does on one patch gives the very same number, to the last bit.

mod block;
mod grouped;

pub use grouped::grouped;

use crate::{ShapeError, Tensor};

/// What is beyond the edge of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Nothing: the kernel stays inside the image and the result shrinks by its extent minus 1.
    None,
    /// Zeros, which are black.
    Zero,
    /// The pixel at the edge, repeated: `a b c` continues `c c`.
    Replicate,
    /// A mirror standing on the pixel at the edge: `a b c` continues `b a`.
    Reflect,
}

impl Padding {
    /// Pixels added on each side for a kernel that covers `extent` × `extent` pixels: none, or `(extent - 1) / 2`.
    pub const fn width(self, extent: usize) -> usize {
        match self {
            Self::None => 0,
            Self::Zero | Self::Replicate | Self::Reflect => extent.saturating_sub(1) / 2,
        }
    }

    /// Which of `length` pixels is at `position`, which may lie before 0 or after the end; `None` is zero.
    fn source(self, position: isize, length: usize) -> Option<usize> {
        let last = length as isize - 1;
        if (0..=last).contains(&position) {
            return Some(position as usize);
        }
        match self {
            Self::None | Self::Zero => None,
            Self::Replicate => Some(position.clamp(0, last) as usize),
            Self::Reflect if last == 0 => Some(0),
            Self::Reflect => {
                // To the far end and back is one period.
                let along = position.rem_euclid(2 * last);
                Some(along.min(2 * last - along) as usize)
            }
        }
    }
}

/// How the kernel moves, and what it finds beyond the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Pixels from one stop to the next, down and across; at least 1.
    pub stride: usize,
    /// What is beyond the edge.
    pub padding: Padding,
    /// Pixels from one number of the kernel to the next; at least 1. Above 1 the kernel has holes: it covers more of
    /// the image with the same number of coefficients.
    pub dilation: usize,
    /// Pixels added on each side, where they are not the [`Padding::width`] that keeps the size at a stride of 1.
    pub pad: Option<usize>,
}

impl Step {
    /// A step of `stride` pixels with this padding; the kernel has no holes.
    pub const fn new(stride: usize, padding: Padding) -> Self {
        Self { stride, padding, dilation: 1, pad: None }
    }

    /// The same with `dilation` pixels from one number of the kernel to the next.
    #[must_use]
    pub const fn dilated(self, dilation: usize) -> Self {
        Self { dilation, ..self }
    }

    /// The same with `pad` pixels added on each side; [`Padding::None`] adds none all the same.
    #[must_use]
    pub const fn padded(self, pad: usize) -> Self {
        Self { pad: Some(pad), ..self }
    }

    /// Rows and columns of the image that `kernel` × `kernel` coefficients cover.
    pub const fn extent(self, kernel: usize) -> usize {
        extent(kernel, self.dilation)
    }

    /// Pixels added on each side for a kernel of `kernel` × `kernel` coefficients.
    pub const fn pad(self, kernel: usize) -> usize {
        match (self.padding, self.pad) {
            (Padding::Zero | Padding::Replicate | Padding::Reflect, Some(pad)) => pad,
            _ => self.padding.width(self.extent(kernel)),
        }
    }

    /// Length of the result along one axis of `input` pixels; `None` as from [`output_size`], or if `kernel` or the
    /// dilation is 0.
    pub fn output_size(self, input: usize, kernel: usize) -> Option<usize> {
        output_size(input, self.extent(kernel), self.stride, self.pad(kernel))
    }
}

// ANCHOR: output_size
/// Pixels that `kernel` coefficients cover if they are `dilation` pixels apart: `kernel + (kernel - 1) * (dilation - 1)`.
///
/// ```
/// # use nn::conv::extent;
/// assert_eq!(extent(3, 1), 3);
/// assert_eq!(extent(3, 2), 5); // x . x . x
/// ```
pub const fn extent(kernel: usize, dilation: usize) -> usize {
    if kernel == 0 || dilation == 0 { 0 } else { (kernel - 1) * dilation + 1 }
}

/// Length of the result along one axis: `(input + 2 * pad - extent) / stride + 1`, rounded down; `None` if the
/// kernel does not fit, or if `extent` or `stride` is 0.
///
/// ```
/// # use nn::conv::{extent, output_size};
/// assert_eq!(output_size(224, 7, 2, 3), Some(112)); // the first layer of a ResNet
/// assert_eq!(output_size(224, extent(3, 4), 1, 0), Some(216)); // 3 × 3, dilation 4
/// assert_eq!(output_size(5, 7, 1, 0), None);
/// ```
///
/// Source: Dumoulin and Visin 2016, relationship 15, <https://arxiv.org/abs/1603.07285>.
pub fn output_size(input: usize, extent: usize, stride: usize, pad: usize) -> Option<usize> {
    if extent == 0 || stride == 0 {
        return None;
    }
    Some((input + 2 * pad).checked_sub(extent)? / stride + 1)
}
// ANCHOR_END: output_size

/// Along one axis, the input pixel under the middle of the window of output pixel `at`; of an even number of pixels in the
/// middle the later one. Negative beyond the edge.
///
/// ```
/// # use nn::conv::centre;
/// // The first layer of a ResNet: 7 pixels, stride 2, padding 3.
/// assert_eq!([0, 1, 111].map(|at| centre(at, 7, 2, 3)), [0, 2, 222]);
/// ```
pub fn centre(at: usize, extent: usize, stride: usize, pad: usize) -> isize {
    (at * stride + extent / 2) as isize - pad as isize
}

/// Along one axis, which of `length` output pixels has the middle of its window nearest to input pixel `at`; half-way between
/// two the later one, beyond the edge the last.
///
/// ```
/// # use nn::conv::nearest;
/// assert_eq!([-9.0, 0.4, 1.0, 9.0].map(|at| nearest(at, 7, 2, 3, 4)), [0, 0, 1, 3]);
/// ```
pub fn nearest(at: f32, extent: usize, stride: usize, pad: usize, length: usize) -> usize {
    let first = centre(0, extent, stride, pad) as f32;
    // A negative number becomes 0.
    (((at - first) / stride.max(1) as f32 + 0.5) as usize).min(length.saturating_sub(1))
}

// ANCHOR: cross_correlate
/// Cross-correlates `image` with `kernel`; most texts call this convolution.
///
/// # Shapes
/// `image` is `[C, H, W]`, `kernel` is `[C, K, K]`, the result `[H', W']`
/// with `H' = (H + 2 * pad - extent) / stride + 1`, rounded down, and `extent = (K - 1) * dilation + 1`.
///
/// # Errors
/// [`ShapeError`] if the channels differ, the kernel is not square or does not fit, or stride or dilation is 0.
///
/// ```
/// # use nn::{conv::*, ShapeError, Tensor};
/// let image = Tensor::zeros([1, 5, 5]);
/// let kernel = Tensor::zeros([1, 3, 3]);
/// assert_eq!(cross_correlate(&image, &kernel, Step::new(2, Padding::Zero))?.shape(), [3, 3]);
/// # Ok::<(), ShapeError>(())
/// ```
///
/// Source: Dumoulin and Visin 2016, relationship 15, <https://arxiv.org/abs/1603.07285>.
pub fn cross_correlate(image: &Tensor<3>, kernel: &Tensor<3>, step: Step) -> Result<Tensor<2>, ShapeError> {
    let mut output = Tensor::zeros(output_shape("cross_correlate", image, kernel.shape(), step)?);
    for channel in 0..image.shape()[0] {
        let window = PaddedChannel::new(image, channel, kernel.shape()[1], step);
        window.add_products(plane(kernel, channel), &mut output);
    }
    Ok(output)
}

impl PaddedChannel {
    /// Adds to every output pixel the sum of kernel × the patch of the padded image under it.
    fn add_products(&self, kernel: &[f32], output: &mut Tensor<2>) {
        let [_, columns] = output.shape();
        for (y, sums) in output.data_mut().chunks_exact_mut(columns).enumerate() {
            if self.stride == 1 {
                // The same sums in the same order, several pixels at once.
                let rows = |ky: usize| &self.padded[(y + ky * self.dilation) * self.width..];
                block::add_products(sums, kernel, self.kernel, self.dilation, rows);
                continue;
            }
            for ky in 0..self.kernel {
                for kx in 0..self.kernel {
                    let weight = kernel[ky * self.kernel + kx];
                    let row = y * self.stride + ky * self.dilation;
                    let pixels = &self.padded[row * self.width + kx * self.dilation..];
                    add_scaled(sums, weight, pixels, self.stride);
                }
            }
        }
    }
}
// ANCHOR_END: cross_correlate

// ANCHOR: convolve
/// Convolves `image` with `kernel` in the strict sense: every square of the kernel is first turned by 180°, which is
/// to read its coefficients backwards.
///
/// # Shapes
/// As in [`cross_correlate`].
///
/// # Errors
/// As from [`cross_correlate`].
///
/// Source: Goodfellow, Bengio and Courville, Deep Learning, 2016, equations 9.4 to 9.6.
pub fn convolve(image: &Tensor<3>, kernel: &Tensor<3>, step: Step) -> Result<Tensor<2>, ShapeError> {
    let [_, rows, columns] = kernel.shape();
    let mut turned = kernel.clone();
    for square in turned.data_mut().chunks_exact_mut((rows * columns).max(1)) {
        square.reverse();
    }
    cross_correlate(image, &turned, step)
}
// ANCHOR_END: convolve

/// `sums[x] += weight * pixels[x * stride]`.
fn add_scaled(sums: &mut [f32], weight: f32, pixels: &[f32], stride: usize) {
    for (sum, pixel) in sums.iter_mut().zip(pixels.iter().step_by(stride)) {
        *sum += weight * pixel;
    }
}

/// Runs one kernel over every channel apart, as a filter on a colour image does.
///
/// # Shapes
/// `image` is `[C, H, W]`, `kernel` is `[K, K]`, the result `[C, H', W']` as in [`cross_correlate`].
///
/// # Errors
/// [`ShapeError`] if the kernel is not square or does not fit, or stride or dilation is 0.
pub fn depthwise(image: &Tensor<3>, kernel: &Tensor<2>, step: Step) -> Result<Tensor<3>, ShapeError> {
    let [channels, ..] = image.shape();
    let [kernel_rows, kernel_columns] = kernel.shape();
    let [rows, columns] = output_shape("depthwise", image, [channels, kernel_rows, kernel_columns], step)?;
    let mut all = Vec::with_capacity(channels * rows * columns);
    for channel in 0..channels {
        let mut output = Tensor::zeros([rows, columns]);
        PaddedChannel::new(image, channel, kernel_rows, step).add_products(kernel.data(), &mut output);
        all.extend(output.into_data());
    }
    Tensor::new([channels, rows, columns], all)
}

/// The patch of `image` under output pixel (`row`, `column`), padding included: `[C, K, K]`, of a dilated kernel only
/// the pixels under its coefficients. `None` if that pixel is outside the result, or the kernel does not fit.
///
/// Kernel × patch, added up in row-major order, is that pixel of [`cross_correlate`], to the last bit.
pub fn patch_at(
    image: &Tensor<3>,
    kernel: usize,
    step: Step,
    row: usize,
    column: usize,
) -> Option<Tensor<3>> {
    let [channels, ..] = image.shape();
    let [rows, columns] = output_shape("patch_at", image, [channels, kernel, kernel], step).ok()?;
    if row >= rows || column >= columns {
        return None;
    }
    let (top, left) = patch_corner(kernel, step, row, column);
    let mut patch = Tensor::zeros([channels, kernel, kernel]);
    if kernel > 0 {
        for (channel, square) in patch.data_mut().chunks_exact_mut(kernel * kernel).enumerate() {
            copy_padded(image, channel, (top, left), (kernel, step.dilation), step.padding, square);
        }
    }
    Some(patch)
}

/// Row and column, in the image, of the top left pixel of the patch under output pixel (`row`, `column`); negative
/// where the patch reaches beyond the edge.
pub fn patch_corner(kernel: usize, step: Step, row: usize, column: usize) -> (isize, isize) {
    let pad = step.pad(kernel) as isize;
    ((row * step.stride) as isize - pad, (column * step.stride) as isize - pad)
}

/// Sum of products in the order of [`cross_correlate`], for the patch and kernel that a reader looks at.
pub fn weighted_sum(patch: &[f32], kernel: &[f32]) -> f32 {
    patch.iter().zip(kernel).fold(0.0, |sum, (pixel, weight)| sum + weight * pixel)
}

/// One padded channel and how the kernel moves over it.
struct PaddedChannel {
    padded: Vec<f32>,
    width: usize,
    kernel: usize,
    stride: usize,
    dilation: usize,
}

impl PaddedChannel {
    fn new(image: &Tensor<3>, channel: usize, kernel: usize, step: Step) -> Self {
        let [_, height, width] = image.shape();
        let pad = step.pad(kernel);
        let padded_width = width + 2 * pad;
        let mut padded = vec![0.0; (height + 2 * pad) * padded_width];
        let corner = (-(pad as isize), -(pad as isize));
        copy_padded(image, channel, corner, (padded_width, 1), step.padding, &mut padded);
        Self { padded, width: padded_width, kernel, stride: step.stride, dilation: step.dilation }
    }
}

/// Fills `target`, rows of `columns` pixels, from a channel of `image` starting at `corner` (row, column) and taking
/// every `apart`-th pixel. What is outside the image follows `padding`; zeros are expected to be there already.
fn copy_padded(
    image: &Tensor<3>,
    channel: usize,
    corner: (isize, isize),
    (columns, apart): (usize, usize),
    padding: Padding,
    target: &mut [f32],
) {
    let [_, height, width] = image.shape();
    let pixels = plane(image, channel);
    for (y, line) in target.chunks_exact_mut(columns).enumerate() {
        let Some(row) = padding.source(corner.0 + (y * apart) as isize, height) else { continue };
        for (x, value) in line.iter_mut().enumerate() {
            if let Some(column) = padding.source(corner.1 + (x * apart) as isize, width) {
                *value = pixels[row * width + column];
            }
        }
    }
}

/// One channel of `[C, H, W]`, row-major.
fn plane(image: &Tensor<3>, channel: usize) -> &[f32] {
    let [_, height, width] = image.shape();
    &image.data()[channel * height * width..(channel + 1) * height * width]
}

/// `[H', W']`, once image and kernel are known to go together.
fn output_shape(
    operation: &'static str,
    image: &Tensor<3>,
    kernel: [usize; 3],
    step: Step,
) -> Result<[usize; 2], ShapeError> {
    let [channels, height, width] = image.shape();
    let error = |expected: String, found: String| ShapeError { operation, expected, found };
    if channels == 0 || height == 0 || width == 0 {
        return Err(error("an image [C, H, W] with no side of 0".into(), format!("{:?}", image.shape())));
    }
    if kernel[0] != channels || kernel[1] != kernel[2] || kernel[1] == 0 {
        return Err(error(format!("a kernel [{channels}, K, K] with K >= 1"), format!("{kernel:?}")));
    }
    if step.stride == 0 {
        return Err(error("a stride of at least 1".into(), "0".into()));
    }
    if step.dilation == 0 {
        return Err(error("a dilation of at least 1".into(), "0".into()));
    }
    let length = |input| step.output_size(input, kernel[1]);
    length(height).zip(length(width)).map(|(h, w)| [h, w]).ok_or_else(|| {
        let (extent, pad) = (step.extent(kernel[1]), step.pad(kernel[1]));
        error(
            format!("an image of at least {extent} × {extent}, padding included, which the kernel covers"),
            format!("{} × {}", height + 2 * pad, width + 2 * pad),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY_PADDING: [Padding; 4] = [Padding::None, Padding::Zero, Padding::Replicate, Padding::Reflect];

    /// An image of distinct numbers with sign and fraction.
    fn numbers<const N: usize>(shape: [usize; N]) -> Tensor<N> {
        let count = shape.iter().product::<usize>();
        let data = (0..count).map(|i| ((i * 37 + 11) % 101) as f32 * 0.173 - 7.3).collect();
        Tensor::new(shape, data).unwrap()
    }

    fn check_output_shape(image: [usize; 3], kernel: usize, step: Step, expected: [usize; 2]) {
        let kernel = Tensor::zeros([image[0], kernel, kernel]);
        assert_eq!(cross_correlate(&Tensor::zeros(image), &kernel, step).unwrap().shape(), expected);
    }

    fn check_row(padding: Padding, expected: [f32; 5]) {
        // One row 1 2 3 4 5 under a kernel whose middle row is 1 0 0 shifts the row by one to the right.
        let image = Tensor::new([1, 1, 5], vec![1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let kernel = Tensor::new([1, 3, 3], vec![0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]).unwrap();
        assert_eq!(cross_correlate(&image, &kernel, Step::new(1, padding)).unwrap().data(), expected);
    }

    #[test]
    fn padding_of_one_keeps_a_five_by_five_image() {
        // (5 + 2*1 - 3) / 1 + 1 = 5
        check_output_shape([1, 5, 5], 3, Step::new(1, Padding::Zero), [5, 5]);
    }

    #[test]
    fn without_padding_the_result_shrinks_by_kernel_minus_one() {
        // (6 - 3) / 1 + 1 = 4, (5 - 3) / 1 + 1 = 3
        check_output_shape([2, 6, 5], 3, Step::new(1, Padding::None), [4, 3]);
    }

    #[test]
    fn the_stride_divides_the_size_rounding_down() {
        // (6 + 2 - 3) / 2 + 1 = 3, (8 + 2 - 3) / 2 + 1 = 4
        check_output_shape([1, 6, 8], 3, Step::new(2, Padding::Reflect), [3, 4]);
    }

    #[test]
    fn a_dilated_kernel_covers_more_with_as_many_numbers() {
        // extent (3 - 1) * 2 + 1 = 5: (7 - 5) / 1 + 1 = 3; padding of (5 - 1) / 2 = 2 keeps 7.
        check_output_shape([1, 7, 7], 3, Step::new(1, Padding::None).dilated(2), [3, 3]);
        check_output_shape([1, 7, 7], 3, Step::new(1, Padding::Zero).dilated(2), [7, 7]);
        // extent (3 - 1) * 4 + 1 = 9: (20 + 2 * 1 - 9) / 2 + 1 = 7.5, rounded down.
        check_output_shape([1, 20, 20], 3, Step::new(2, Padding::Zero).dilated(4).padded(1), [7, 7]);
    }

    #[test]
    fn a_dilation_of_two_looks_two_pixels_away() {
        // 1 × (two to the left) + 10 × (two to the right), beyond the edge 0.
        let image = Tensor::new([1, 1, 5], vec![1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let kernel = Tensor::new([1, 3, 3], vec![0.0, 0.0, 0.0, 1.0, 0.0, 10.0, 0.0, 0.0, 0.0]).unwrap();
        let output = cross_correlate(&image, &kernel, Step::new(1, Padding::Zero).dilated(2)).unwrap();
        assert_eq!(output.data(), [30.0, 40.0, 51.0, 2.0, 3.0]);
    }

    #[test]
    fn a_convolution_reads_the_kernel_backwards() {
        // A single 1 in the image: correlation gives the kernel turned, convolution the kernel itself.
        let mut image = Tensor::zeros([1, 3, 3]);
        image.data_mut()[4] = 1.0;
        let kernel = numbers([1, 3, 3]);
        let step = Step::new(1, Padding::Zero);
        let backwards: Vec<f32> = kernel.data().iter().rev().copied().collect();
        assert_eq!(cross_correlate(&image, &kernel, step).unwrap().data(), backwards);
        assert_eq!(convolve(&image, &kernel, step).unwrap().data(), kernel.data());
    }

    #[test]
    fn an_amount_of_padding_is_kept_but_by_none() {
        let step = Step::new(1, Padding::Reflect);
        assert_eq!([step.pad(7), step.padded(1).pad(7), step.dilated(3).pad(7)], [3, 1, 9]);
        assert_eq!(Step::new(1, Padding::None).padded(5).pad(7), 0);
    }

    #[test]
    fn beyond_the_edge_stands_what_the_padding_says() {
        check_row(Padding::Zero, [0.0, 1.0, 2.0, 3.0, 4.0]);
        check_row(Padding::Replicate, [1.0, 1.0, 2.0, 3.0, 4.0]);
        check_row(Padding::Reflect, [2.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn a_reflection_wider_than_the_image_goes_back_and_forth() {
        let seen: Vec<_> = (-5..8).map(|i| Padding::Reflect.source(i, 3)).collect();
        // Around 0 1 2 the mirror gives … 1 0 1 2 1 0 1 2 …: position -1 is 1, -2 is 2, -3 is 1, -4 is 0, -5 is 1.
        let mirror = |i: isize| [0, 1, 2, 1][i.rem_euclid(4) as usize];
        assert_eq!(seen, (-5..8).map(|i| Some(mirror(i))).collect::<Vec<_>>());
    }

    #[test]
    fn an_image_of_one_pixel_reflects_itself() {
        assert_eq!(Padding::Reflect.source(-4, 1), Some(0));
    }

    #[test]
    fn a_patch_times_the_kernel_is_the_output_to_the_last_bit() {
        let (image, kernel) = (numbers([2, 9, 7]), numbers([2, 5, 5]));
        for padding in EVERY_PADDING {
            for stride in 1..4 {
                // The last is 13 pixels wide, more than the image, and finds them beyond its edge.
                let step =
                    Step::new(stride, padding).dilated(if padding == Padding::None { 1 } else { stride });
                let output = cross_correlate(&image, &kernel, step).unwrap();
                let [rows, columns] = output.shape();
                for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
                    let patch = patch_at(&image, 5, step, y, x).unwrap();
                    let sum = weighted_sum(patch.data(), kernel.data());
                    assert_eq!(sum.to_bits(), output.data()[y * columns + x].to_bits());
                }
                assert_eq!(patch_at(&image, 5, step, rows, 0), None);
                assert_eq!(patch_at(&image, 5, step, 0, columns), None);
            }
        }
    }

    #[test]
    fn the_window_nearest_to_a_middle_is_its_own() {
        for (extent, stride, pad) in [(7, 2, 3), (3, 2, 1), (3, 1, 0), (1, 4, 0), (4, 3, 1)] {
            for at in 0..9 {
                let middle = centre(at, extent, stride, pad) as f32;
                assert_eq!(nearest(middle, extent, stride, pad, 9), at, "{extent} {stride} {pad}");
            }
        }
    }

    #[test]
    fn depthwise_is_cross_correlation_of_every_channel_alone() {
        let (image, kernel) = (numbers([3, 6, 5]), numbers([3, 3]));
        let step = Step::new(2, Padding::Replicate);
        let apart = depthwise(&image, &kernel, step).unwrap();
        let alone: Vec<f32> = (0..3)
            .flat_map(|c| {
                let channel = Tensor::new([1, 6, 5], plane(&image, c).to_vec()).unwrap();
                let kernel = Tensor::new([1, 3, 3], kernel.data().to_vec()).unwrap();
                cross_correlate(&channel, &kernel, step).unwrap().into_data()
            })
            .collect();
        assert_eq!(apart.shape(), [3, 3, 3]);
        assert_eq!(apart.data(), alone);
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let step = Step::new(1, Padding::None);
        let message = |image, kernel, step| {
            cross_correlate(&Tensor::zeros(image), &Tensor::zeros(kernel), step).unwrap_err().to_string()
        };
        assert_eq!(
            message([3, 5, 5], [1, 3, 3], step),
            "cross_correlate expects a kernel [3, K, K] with K >= 1, found [1, 3, 3]"
        );
        assert_eq!(
            message([1, 2, 5], [1, 3, 3], step),
            "cross_correlate expects an image of at least 3 × 3, padding included, which the kernel covers, found 2 × 5"
        );
        assert_eq!(
            message([1, 4, 5], [1, 3, 3], step.dilated(2)),
            "cross_correlate expects an image of at least 5 × 5, padding included, which the kernel covers, found 4 × 5"
        );
        assert_eq!(
            message([1, 5, 5], [1, 3, 3], step.dilated(0)),
            "cross_correlate expects a dilation of at least 1, found 0"
        );
        assert_eq!(
            message([1, 5, 5], [1, 3, 3], Step::new(0, Padding::Zero)),
            "cross_correlate expects a stride of at least 1, found 0"
        );
        assert!(message([0, 5, 5], [0, 3, 3], step).contains("no side of 0"));
    }
}
