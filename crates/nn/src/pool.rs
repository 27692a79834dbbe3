//! Pooling: of every window of a map one number is kept, the largest or the mean.
//!
//! Maps are `[H, W]`, top row first. Padding is never the largest number; in a mean it counts as zeros, as in PyTorch.

use crate::conv::output_size;
use crate::{ShapeError, Tensor};

/// Which number of a window is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The largest.
    Max,
    /// The mean of kernel × kernel values; those of the padding are 0.
    Average,
}

/// How the window moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolWindow {
    /// Rows and columns of the window; at least 1.
    pub kernel: usize,
    /// Pixels from one stop to the next, down and across; at least 1.
    pub stride: usize,
    /// Pixels added on each side; at most half the kernel, so that no window is completely beyond the edge.
    pub pad: usize,
}

// ANCHOR: pool
/// Keeps one number of every window.
///
/// # Shapes
/// `map` is `[H, W]`, the result `[H', W']` with `H' = (H + 2 * pad - kernel) / stride + 1`, rounded down.
///
/// # Errors
/// [`ShapeError`] if the window does not fit, kernel or stride is 0, or the padding is more than half the kernel.
///
/// ```
/// # use nn::{pool::*, ShapeError, Tensor};
/// let map = Tensor::new([2, 4], vec![1.0, 2.0, 0.0, 4.0, 3.0, 6.0, 0.0, -8.0])?;
/// let window = PoolWindow { kernel: 2, stride: 2, pad: 0 };
/// assert_eq!(pool(&map, Pooling::Max, window)?.data(), [6.0, 4.0]);
/// assert_eq!(pool(&map, Pooling::Average, window)?.data(), [3.0, -1.0]);
/// # Ok::<(), ShapeError>(())
/// ```
///
/// Source: `torch.nn.MaxPool2d` and `torch.nn.AvgPool2d`, which also count the padding of a mean.
pub fn pool(map: &Tensor<2>, pooling: Pooling, window: PoolWindow) -> Result<Tensor<2>, ShapeError> {
    let mut output = Tensor::zeros(output_shape(map.shape(), window)?);
    let [_, columns] = output.shape();
    for (index, kept) in output.data_mut().iter_mut().enumerate() {
        let numbers = numbers_in(map, window, index / columns, index % columns);
        *kept = match pooling {
            Pooling::Max => numbers.fold(f32::NEG_INFINITY, f32::max),
            Pooling::Average => numbers.fold(0.0, |sum, x| sum + x) / (window.kernel * window.kernel) as f32,
        };
    }
    Ok(output)
}
// ANCHOR_END: pool

impl PoolWindow {
    /// Row and column, in the map, of the top left pixel of the window of output pixel (`row`, `column`); negative
    /// where it reaches beyond the edge.
    pub fn corner(self, row: usize, column: usize) -> (isize, isize) {
        let pad = self.pad as isize;
        ((row * self.stride) as isize - pad, (column * self.stride) as isize - pad)
    }

    /// The rows, or columns, of a map of `length` that the window of output pixel `at` covers.
    pub fn covered(self, at: usize, length: usize) -> core::ops::Range<usize> {
        let start = at * self.stride;
        start.saturating_sub(self.pad)..(start + self.kernel).saturating_sub(self.pad).min(length)
    }
}

/// The values in the window of output pixel (`row`, `column`), row by row, kernel × kernel places; `None` is padding.
///
/// ```
/// # use nn::{pool::*, Tensor};
/// let map = Tensor::new([2, 2], vec![1.0, 2.0, 3.0, 4.0]).unwrap();
/// let window = PoolWindow { kernel: 2, stride: 2, pad: 1 };
/// assert_eq!(window_at(&map, window, 0, 1), [None, None, Some(2.0), None]);
/// ```
pub fn window_at(map: &Tensor<2>, window: PoolWindow, row: usize, column: usize) -> Vec<Option<f32>> {
    let [height, width] = map.shape();
    let (top, left) = window.corner(row, column);
    let inside = |start: isize, by: usize, length: usize| {
        usize::try_from(start + by as isize).ok().filter(|&at| at < length)
    };
    let places = (0..window.kernel).flat_map(|y| (0..window.kernel).map(move |x| (y, x)));
    places
        .map(|(y, x)| {
            let (row, column) = (inside(top, y, height)?, inside(left, x, width)?);
            map.data().get(row * width + column).copied()
        })
        .collect()
}

/// The position of the value that max pooling keeps, the first of equal ones; `None` if there is none.
///
/// ```
/// assert_eq!(nn::pool::largest(&[None, Some(-2.0), Some(-1.0), Some(-1.0)]), Some(2));
/// ```
pub fn largest(window: &[Option<f32>]) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (place, number) in window.iter().enumerate() {
        if let Some(number) = *number
            && best.is_none_or(|(_, most)| number > most)
        {
            best = Some((place, number));
        }
    }
    best.map(|(place, _)| place)
}

/// The values of the map in the window of an output pixel, row by row; those of the padding are left out.
fn numbers_in(map: &Tensor<2>, window: PoolWindow, row: usize, column: usize) -> impl Iterator<Item = f32> {
    let [height, width] = map.shape();
    let columns = window.covered(column, width);
    window.covered(row, height).flat_map(move |y| map.data()[y * width..][columns.clone()].iter().copied())
}

/// `[H', W']`, once map and window are known to go together.
fn output_shape([height, width]: [usize; 2], window: PoolWindow) -> Result<[usize; 2], ShapeError> {
    let PoolWindow { kernel, stride, pad } = window;
    let error =
        |expected: &str, found: String| ShapeError { operation: "pool", expected: expected.into(), found };
    if kernel == 0 || stride == 0 {
        return Err(error("a kernel and a stride of at least 1", format!("{kernel} and {stride}")));
    }
    if 2 * pad > kernel {
        return Err(error(&format!("a padding of at most {}, half the kernel", kernel / 2), pad.to_string()));
    }
    let length = |input: usize| output_size(input, kernel, stride, pad).filter(|_| input > 0);
    length(height).zip(length(width)).map(|(h, w)| [h, w]).ok_or_else(|| {
        let least = kernel.saturating_sub(2 * pad).max(1);
        error(&format!("a map of at least {least} × {least}"), format!("{height} × {width}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The window of a `ResNet`.
    const RESNET: PoolWindow = PoolWindow { kernel: 3, stride: 2, pad: 1 };

    fn map(rows: usize, columns: usize, data: &[f32]) -> Tensor<2> {
        Tensor::new([rows, columns], data.to_vec()).unwrap()
    }

    #[test]
    fn the_window_of_a_resnet_halves_the_size() {
        // (112 + 2 - 3) / 2 + 1 = 56.5, (5 + 2 - 3) / 2 + 1 = 3
        for (input, expected) in [(112, 56), (64, 32), (5, 3)] {
            let pooled = pool(&Tensor::zeros([input, input]), Pooling::Max, RESNET).unwrap();
            assert_eq!(pooled.shape(), [expected, expected]);
        }
    }

    #[test]
    fn padding_is_never_the_largest_but_counts_in_a_mean() {
        let map = map(3, 3, &[-1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -7.0, -8.0, -9.0]);
        let largest = pool(&map, Pooling::Max, RESNET).unwrap();
        assert_eq!(largest.data(), [-1.0, -2.0, -4.0, -5.0]);
        // The corner has -1 -2 -4 -5 and five zeros: -12 / 9; the next -2 -3 -5 -6, and so on.
        let mean = pool(&map, Pooling::Average, RESNET).unwrap();
        assert_eq!(mean.data(), [-12.0 / 9.0, -16.0 / 9.0, -24.0 / 9.0, -28.0 / 9.0]);
    }

    #[test]
    fn a_window_lies_where_its_corner_says() {
        assert_eq!([RESNET.corner(0, 0), RESNET.corner(2, 3)], [(-1, -1), (3, 5)]);
        // Of a map of 6: rows -1 to 1, of which 0 and 1 are there; then 3, 4, 5.
        assert_eq!([RESNET.covered(0, 6), RESNET.covered(2, 6)], [0..2, 3..6]);
        assert_eq!(RESNET.covered(2, 5), 3..5);
    }

    #[test]
    fn a_window_written_out_gives_what_pooling_gives() {
        let map = map(5, 5, &core::array::from_fn::<f32, 25, _>(|i| (i * 7 % 11) as f32 - 4.0));
        let [most, mean] = [Pooling::Max, Pooling::Average].map(|p| pool(&map, p, RESNET).unwrap());
        for (row, column) in (0..3).flat_map(|y| (0..3).map(move |x| (y, x))) {
            let window = window_at(&map, RESNET, row, column);
            assert_eq!(window.len(), 9);
            assert_eq!(largest(&window).and_then(|at| window[at]), Some(most.data()[row * 3 + column]));
            let sum: f32 = window.iter().flatten().sum();
            assert_eq!((sum / 9.0).to_bits(), mean.data()[row * 3 + column].to_bits());
        }
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let message =
            |shape, window| pool(&Tensor::zeros(shape), Pooling::Max, window).unwrap_err().to_string();
        let window = |kernel, stride, pad| PoolWindow { kernel, stride, pad };
        assert_eq!(message([2, 5], window(3, 1, 0)), "pool expects a map of at least 3 × 3, found 2 × 5");
        assert_eq!(message([0, 5], window(2, 1, 1)), "pool expects a map of at least 1 × 1, found 0 × 5");
        assert_eq!(
            message([5, 5], window(3, 2, 2)),
            "pool expects a padding of at most 1, half the kernel, found 2"
        );
        assert_eq!(
            message([5, 5], window(3, 0, 0)),
            "pool expects a kernel and a stride of at least 1, found 3 and 0"
        );
    }
}
