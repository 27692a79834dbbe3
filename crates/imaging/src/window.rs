//! A small square cut out of a picture's values, with their minimum, maximum and mean.

use numerics::math;

/// Minimum, maximum and mean of some values; `None` if undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The smallest.
    pub smallest: Option<f32>,
    /// The largest.
    pub largest: Option<f32>,
    /// The mean.
    pub mean: Option<f32>,
}

impl Summary {
    /// For values on a line; undefined ones do not count.
    ///
    /// ```
    /// # use imaging::window::Summary;
    /// let summary = Summary::of([Some(1.0), None, Some(4.0)]);
    /// assert_eq!((summary.smallest, summary.largest, summary.mean), (Some(1.0), Some(4.0), Some(2.5)));
    /// ```
    pub fn of(values: impl IntoIterator<Item = Option<f32>>) -> Self {
        let (mut count, mut sum) = (0_u32, 0.0_f64);
        let (mut smallest, mut largest) = (f32::INFINITY, f32::NEG_INFINITY);
        for value in values.into_iter().flatten() {
            smallest = smallest.min(value);
            largest = largest.max(value);
            sum += f64::from(value);
            count += 1;
        }
        let known = |value| (count > 0).then_some(value);
        Self {
            smallest: known(smallest),
            largest: known(largest),
            mean: known((sum / f64::from(count)) as f32),
        }
    }

    /// For angles in degrees. A circle has neither a smallest nor a largest one; the mean is the direction of the sum of
    /// unit vectors, and undefined where they cancel out.
    pub fn of_angles(degrees: impl IntoIterator<Item = Option<f32>>) -> Self {
        let (mut count, mut across, mut along) = (0_u32, 0.0_f64, 0.0_f64);
        for angle in degrees.into_iter().flatten() {
            let radians = angle.to_radians();
            across += f64::from(math::sin(radians));
            along += f64::from(math::cos(radians));
            count += 1;
        }
        // Below a thousandth of the longest possible sum the direction is an accident.
        let clear = across * across + along * along > 1e-6 * f64::from(count) * f64::from(count);
        let degrees = math::atan2(across as f32, along as f32).to_degrees();
        let mean = clear.then_some(if degrees < 0.0 { degrees + 360.0 } else { degrees });
        Self { smallest: None, largest: None, mean }
    }
}

/// Where a window of `side` values may begin so that it stays within `length`, as near to `start` as possible.
///
/// ```
/// assert_eq!(imaging::window::held(220, 10, 224), 214);
/// ```
pub fn held(start: usize, side: usize, length: usize) -> usize {
    start.min(length.saturating_sub(side))
}

/// The values of the window of `side` × `side` that begins at column `left` and row `top` of rows of `width`,
/// row-major; fewer at the edges.
pub fn cut<T: Copy>(plane: &[T], width: usize, [left, top]: [usize; 2], side: usize) -> Vec<T> {
    let rows = plane.chunks(width.max(1)).skip(top).take(side);
    rows.flat_map(|row| row.iter().skip(left).take(side).copied()).collect()
}

/// How many of `values` fall into each of `bins` equal parts of `low` to `high`; the ends belong to the outermost parts,
/// and so does what is beyond. Undefined values do not count.
///
/// ```
/// # use imaging::window::histogram;
/// assert_eq!(histogram(&[Some(0.0), Some(49.0), None, Some(100.0)], [0.0, 100.0], 2), [2, 1]);
/// ```
pub fn histogram(values: &[Option<f32>], [low, high]: [f32; 2], bins: usize) -> Vec<u32> {
    let mut counts = vec![0; bins];
    for value in values.iter().flatten() {
        // A negative number becomes 0.
        let bin = ((value - low) / (high - low) * bins as f32) as usize;
        if let Some(count) = counts.get_mut(bin.min(bins.saturating_sub(1))) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_mean() {
        let none = Summary { smallest: None, largest: None, mean: None };
        assert_eq!(Summary::of([None, None]), none);
        assert_eq!(Summary::of_angles([]), none);
    }

    #[test]
    fn the_mean_of_350_and_20_degrees_lies_between_them() {
        let mean = Summary::of_angles([Some(350.0), Some(20.0)]).mean.unwrap();
        // 5°, not 185°; f32 holds an angle of 350° to 3e-5.
        assert!((mean - 5.0).abs() < 1e-3, "{mean}");
        assert_eq!(Summary::of_angles([Some(0.0), Some(180.0)]).mean, None);
    }

    #[test]
    fn a_window_is_cut_row_by_row() {
        // 0 1 2 3 / 4 5 6 7 / 8 9 10 11
        let plane: Vec<u32> = (0..12).collect();
        assert_eq!(cut(&plane, 4, [1, 1], 2), [5, 6, 9, 10]);
        assert_eq!(cut(&plane, 4, [3, 2], 2), [11]);
    }

    #[test]
    fn every_defined_value_is_counted_once() {
        let values: Vec<_> = (-20..300).map(|i| (i % 7 != 0).then_some(i as f32)).collect();
        for bins in [1, 7, 64] {
            let counts = histogram(&values, [0.0, 255.0], bins);
            assert_eq!(counts.iter().sum::<u32>() as usize, values.iter().flatten().count());
        }
        assert!(histogram(&values, [0.0, 255.0], 0).is_empty());
    }

    #[test]
    fn a_number_between_two_parts_belongs_to_the_upper_one() {
        // Four parts of 64 would be 0..64, 64..128, 128..192, 192..256.
        assert_eq!(histogram(&[Some(63.9), Some(64.0), Some(256.0)], [0.0, 256.0], 4), [1, 1, 0, 1]);
    }

    #[test]
    fn a_window_larger_than_the_picture_begins_at_its_corner() {
        assert_eq!((held(3, 10, 4), held(3, 10, 14)), (0, 3));
    }
}
