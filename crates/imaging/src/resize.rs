//! Resizing with an antialiased triangle filter: bilinear interpolation that looks at every pixel when it shrinks.
//!
//! The arithmetic is that of Pillow 11 for 8-bit images (weights in fixed point with 22 bits, rows first, rounding to
//! 8 bits after each pass), so the result is the same everywhere, and the same as torchvision's on a Pillow image.

use crate::Rgb8;

/// Bits after the point: 32, less 8 for the pixel and 2 for overshoot.
const BITS: u32 = 22;

/// Half of the last bit that stays, so that dropping the others rounds.
const HALF: u32 = 1 << (BITS - 1);

/// Stretches `image` to `width` × `height`, without regard to its proportions.
///
/// ```
/// # use imaging::{Rgb8, resize};
/// let image = Rgb8::new(2, 1, vec![0, 0, 0, 100, 200, 50]).unwrap();
/// assert_eq!(resize(&image, 1, 1).data(), [50, 100, 25]);
/// ```
///
/// # Panics
/// If `width` or `height` is 0.
pub fn resize(image: &Rgb8, width: u32, height: u32) -> Rgb8 {
    assert!(width > 0 && height > 0, "resize expects sides of at least 1, found {width} × {height}");
    if (image.width(), image.height()) == (width, height) {
        return image.clone();
    }
    let row_bytes = width as usize * 3;
    let mut rows = ResizedRows::new(image, width);
    let mut sums = vec![0; row_bytes];
    let mut data = Vec::with_capacity(row_bytes * height as usize);
    for PixelWeights { start, weights } in windows(image.height(), height) {
        sums.fill(HALF);
        let rows = rows.at(start, weights.len()).chunks_exact(row_bytes);
        for (&weight, row) in weights.iter().zip(rows) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += weight * u32::from(value);
            }
        }
        data.extend(sums.iter().map(|&sum| to_byte(sum)));
    }
    Rgb8::new(width, height, data).expect("every window gave one row")
}

/// The rows of an image at their new width, made when a window comes to them and forgotten behind it: a new image in
/// between would be large, and memory fresh from the system is slow.
struct ResizedRows<'a> {
    image: &'a Rgb8,
    /// One for every pixel of a row; none where the width stays.
    windows: Vec<PixelWeights>,
    /// Two rows of the image, a number of 32 bits above another.
    pairs: Vec<[u64; 3]>,
    /// How many rows were forgotten.
    forgotten: usize,
    /// The rows behind them.
    data: Vec<u8>,
}

impl<'a> ResizedRows<'a> {
    fn new(image: &'a Rgb8, width: u32) -> Self {
        let windows = if image.width() == width { Vec::new() } else { windows(image.width(), width) };
        let pairs = vec![[0; 3]; image.width() as usize];
        Self { image, windows, pairs, forgotten: 0, data: Vec::new() }
    }

    /// `count` rows from `start` on, which is not before the last call's.
    fn at(&mut self, start: usize, count: usize) -> &[u8] {
        let from_bytes = self.image.width() as usize * 3;
        if self.windows.is_empty() {
            return &self.image.data()[start * from_bytes..][..count * from_bytes];
        }
        let to_bytes = self.windows.len() * 3;
        // Not at every call, because the rows that stay have to move.
        if start - self.forgotten > 32 {
            self.data.drain(..(start - self.forgotten) * to_bytes);
            self.forgotten = start;
        }
        let image = self.image;
        while self.forgotten + self.data.len() / to_bytes < start + count {
            let next = self.forgotten + self.data.len() / to_bytes;
            let rows = &image.data()[next * from_bytes..];
            self.stretch(&rows[..rows.len().min(2 * from_bytes)]);
        }
        &self.data[(start - self.forgotten) * to_bytes..][..count * to_bytes]
    }

    /// Appends two rows or the last one at their new width. The sums of both are in one number, 32 bits each, which they
    /// never leave, so that one multiplication does for two.
    fn stretch(&mut self, rows: &[u8]) {
        const HALVES: u64 = (HALF as u64) << 32 | HALF as u64;
        let (from_bytes, to_bytes) = (self.pairs.len() * 3, self.windows.len() * 3);
        // A last row of its own is its own partner.
        let (row, partner) = (&rows[..from_bytes], &rows[rows.len() - from_bytes..]);
        for (pair, (&value, &other)) in self.pairs.as_flattened_mut().iter_mut().zip(row.iter().zip(partner))
        {
            *pair = u64::from(other) << 32 | u64::from(value);
        }
        let end = self.data.len();
        self.data.resize(end + rows.len() / from_bytes * to_bytes, 0);
        let targets = &mut self.data[end..];
        let partner = targets.len() - to_bytes;
        for (index, PixelWeights { start, weights }) in self.windows.iter().enumerate() {
            let [mut red, mut green, mut blue] = [HALVES; 3];
            for (&weight, [reds, greens, blues]) in weights.iter().zip(&self.pairs[*start..]) {
                red += u64::from(weight) * reds;
                green += u64::from(weight) * greens;
                blue += u64::from(weight) * blues;
            }
            let sums = [red, green, blue];
            targets[partner + index * 3..][..3].copy_from_slice(&sums.map(|sum| to_byte((sum >> 32) as u32)));
            targets[index * 3..][..3].copy_from_slice(&sums.map(|sum| to_byte(sum as u32)));
        }
    }
}

/// Drops the bits after the point; half was added before.
fn to_byte(sum: u32) -> u8 {
    (sum >> BITS).min(255) as u8
}

/// The input pixels that one output pixel is made of, and their weights, which sum to about 2²².
struct PixelWeights {
    start: usize,
    weights: Vec<u32>,
}

/// One window for every pixel of `output`.
fn windows(input: u32, output: u32) -> Vec<PixelWeights> {
    let scale = f64::from(input) / f64::from(output);
    // Half the width of the triangle: one input pixel when growing, one output pixel when shrinking.
    let reach = scale.max(1.0);
    let window = |index: u32| {
        let centre = (f64::from(index) + 0.5) * scale;
        let start = (centre - reach + 0.5).max(0.0) as usize;
        let end = ((centre + reach + 0.5) as usize).min(input as usize);
        let triangle = |x: usize| (1.0 - ((x as f64 - centre + 0.5) * (1.0 / reach)).abs()).max(0.0);
        let sum = (start..end).fold(0.0, |sum, x| sum + triangle(x));
        let fixed = |x| (0.5 + triangle(x) / sum * f64::from(1 << BITS)) as u32;
        PixelWeights { start, weights: (start..end).map(fixed).collect() }
    };
    (0..output).map(window).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey_row(values: &[u8]) -> Rgb8 {
        Rgb8::new(values.len() as u32, 1, values.iter().flat_map(|&v| [v; 3]).collect()).unwrap()
    }

    fn check_row(values: &[u8], expected: &[u8]) {
        assert_eq!(resize(&grey_row(values), expected.len() as u32, 1), grey_row(expected));
    }

    #[test]
    fn the_same_size_is_the_same_image() {
        check_row(&[3, 200, 7], &[3, 200, 7]);
    }

    #[test]
    fn twice_as_wide_puts_quarters_between_neighbours() {
        // Centres at 0.25, 0.75, 1.25, 1.75: (1), (3/4, 1/4), (1/4, 3/4), (1)
        check_row(&[0, 100], &[0, 25, 75, 100]);
    }

    #[test]
    fn half_as_wide_looks_at_every_pixel() {
        // First window: centre 1, triangle reaching 2 pixels: weights 3/4, 3/4, 1/4 of 7/4 on pixels 0, 1, 2.
        // 0 * 3/7 + 70 * 3/7 + 140 * 1/7 = 50; by symmetry 70 * 1/7 + 140 * 3/7 + 210 * 3/7 = 160
        check_row(&[0, 70, 140, 210], &[50, 160]);
    }

    #[test]
    fn an_even_area_stays_even_at_any_size() {
        let image = Rgb8::new(13, 7, [9, 130, 255].repeat(91)).unwrap();
        for (width, height) in [(1, 1), (5, 30), (224, 224), (13, 8)] {
            let resized = resize(&image, width, height);
            assert_eq!(resized.data(), [9, 130, 255].repeat((width * height) as usize));
        }
    }

    #[test]
    fn rows_and_columns_are_treated_alike() {
        let column = Rgb8::new(1, 3, grey_row(&[0, 90, 30]).data().to_vec()).unwrap();
        let row = resize(&grey_row(&[0, 90, 30]), 7, 1);
        assert_eq!(resize(&column, 1, 7).data(), row.data());
    }
}
