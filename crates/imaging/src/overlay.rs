//! A coarse map of values in colours over a grey image.

use crate::Rgb8;
use crate::palette::{cividis, to_byte};

/// How to fill the space between the values of a coarse map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest number: squares, as coarse as the map is.
    Nearest,
    /// Bilinear interpolation between the middles of the squares; beyond the outer ones the outer number.
    Bilinear,
}

/// A map of values, row by row, and the values at the two ends of its colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoarseMap<'a> {
    /// Row by row.
    pub values: &'a [f32],
    /// Rows and columns.
    pub size: [usize; 2],
    /// Dark blue.
    pub low: f32,
    /// Yellow.
    pub high: f32,
}

impl CoarseMap<'_> {
    /// The number at a place, both 0 to 1 from the top left; 0 of an empty map.
    ///
    /// ```
    /// use imaging::overlay::{Interpolation, CoarseMap};
    /// let map = CoarseMap { values: &[0.0, 4.0], size: [1, 2], low: 0.0, high: 4.0 };
    /// // The middles of the two squares are at 0.25 and 0.75.
    /// let at = |x, between| map.at(x, 0.5, between);
    /// assert_eq!([0.1, 0.45, 0.5, 0.9].map(|x| at(x, Interpolation::Nearest)), [0.0, 0.0, 4.0, 4.0]);
    /// assert_eq!([0.1, 0.25, 0.5, 0.9].map(|x| at(x, Interpolation::Bilinear)), [0.0, 0.0, 2.0, 4.0]);
    /// ```
    pub fn at(&self, x: f32, y: f32, between: Interpolation) -> f32 {
        let [rows, columns] = self.size;
        let value =
            |row: usize, column: usize| self.values.get(row * columns + column).copied().unwrap_or(0.0);
        if rows * columns == 0 {
            return 0.0;
        }
        match between {
            Interpolation::Nearest => {
                let place = |share: f32, count: usize| ((share * count as f32) as usize).min(count - 1);
                value(place(y, rows), place(x, columns))
            }
            Interpolation::Bilinear => {
                let place = |share: f32, count: usize| {
                    let place = (share * count as f32 - 0.5).clamp(0.0, (count - 1) as f32);
                    let first = place as usize;
                    (first, (first + 1).min(count - 1), place - first as f32)
                };
                let (top, bottom, down) = place(y, rows);
                let (left, right, across) = place(x, columns);
                let row = |row: usize| value(row, left) + (value(row, right) - value(row, left)) * across;
                row(top) + (row(bottom) - row(top)) * down
            }
        }
    }

    /// How far a value is from `low` to `high`, 0 to 1; one half if both are equal.
    pub fn share(&self, value: f32) -> f32 {
        if self.high > self.low { ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0) } else { 0.5 }
    }
}

/// The image in grey with the map over it: cividis where `opacity` is 1, the grey image alone where it is 0.
pub fn overlay(image: &Rgb8, map: &CoarseMap<'_>, opacity: f32, between: Interpolation) -> Rgb8 {
    let (width, height) = (image.width(), image.height());
    let mut data = Vec::with_capacity(image.data().len());
    for (index, pixel) in (0_u32..).zip(image.data().chunks_exact(3)) {
        let x = ((index % width) as f32 + 0.5) / width as f32;
        let y = ((index / width) as f32 + 0.5) / height as f32;
        // Luma of ITU-R BT.601, as JPEG has it.
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        let grey = 0.299 * r + 0.587 * g + 0.114 * b;
        let colour = cividis(map.share(map.at(x, y, between)));
        data.extend(colour.map(|level| to_byte(grey + (f32::from(level) - grey) * opacity)));
    }
    Rgb8::new(width, height, data).expect("three levels for each pixel of the image")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: CoarseMap<'_> = CoarseMap { values: &[0.0, 1.0, 2.0, 3.0], size: [2, 2], low: 0.0, high: 3.0 };

    #[test]
    fn the_middle_of_four_numbers_is_their_mean() {
        assert!((MAP.at(0.5, 0.5, Interpolation::Bilinear) - 1.5).abs() < 1e-6);
        // The corners keep their numbers, and nothing reaches beyond them.
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        for between in [Interpolation::Nearest, Interpolation::Bilinear] {
            for ((x, y), corner) in corners.into_iter().zip(MAP.values) {
                assert!((MAP.at(x, y, between) - corner).abs() < 1e-6, "{x}, {y}");
            }
        }
    }

    #[test]
    fn opacity_goes_from_the_grey_image_to_the_colours() {
        let image = Rgb8::new(2, 2, [[200, 100, 50]; 4].concat()).unwrap();
        // 0.299 × 200 + 0.587 × 100 + 0.114 × 50 = 124.2
        assert_eq!(overlay(&image, &MAP, 0.0, Interpolation::Nearest).data(), [124; 12]);
        let colours = overlay(&image, &MAP, 1.0, Interpolation::Nearest);
        let expected: Vec<u8> = [0.0, 1.0, 2.0, 3.0].iter().flat_map(|x| cividis(x / 3.0)).collect();
        assert_eq!(colours.data(), expected);
    }

    #[test]
    fn a_map_of_one_number_everywhere_is_in_the_middle_of_the_scale() {
        let flat = CoarseMap { values: &[7.0], size: [1, 1], low: 7.0, high: 7.0 };
        assert!((flat.share(flat.at(0.3, 0.9, Interpolation::Bilinear)) - 0.5).abs() < 1e-9);
        let none = CoarseMap { values: &[], size: [0, 0], ..flat };
        assert!(none.at(0.5, 0.5, Interpolation::Nearest).abs() < 1e-9);
    }
}
