//! Numbers in 256 levels between their smallest and largest, and back.

use crate::palette::to_byte;

/// Numbers in 256 levels: level 0 is the smallest of them, 255 the largest.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// The value of level 0.
    pub low: f32,
    /// The value of level 255.
    pub high: f32,
    /// A level a number, in their order.
    pub bytes: Vec<u8>,
}

impl Levels {
    /// The levels of these values, each exact to half a level.
    ///
    /// `None` if one is not finite, or there are none.
    ///
    /// ```
    /// let levels = imaging::levels::Levels::of(&[-1.0, 0.0, 1.0]).unwrap();
    /// assert_eq!((levels.low, levels.high, levels.bytes), (-1.0, 1.0, vec![0, 128, 255]));
    /// ```
    pub fn of(values: &[f32]) -> Option<Self> {
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let low = values.iter().copied().reduce(f32::min)?;
        let high = values.iter().copied().reduce(f32::max)?;
        let span = (high - low).max(f32::MIN_POSITIVE);
        let bytes = values.iter().map(|value| to_byte((value - low) / span * 255.0)).collect();
        Some(Self { low, high, bytes })
    }
}

/// The value of a level between `low` and `high`.
///
/// ```
/// assert_eq!(imaging::levels::value(-1.0, 1.0, 51), -0.6);
/// ```
pub fn value(low: f32, high: f32, level: u8) -> f32 {
    low + f32::from(level) / 255.0 * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_strays_by_half_a_level_at_most() {
        let values = [-3.0, -1.1, 0.0, 0.7, 5.0];
        let levels = Levels::of(&values).unwrap();
        // Half of (5 − −3) / 255, and a little for rounding in 32 bits.
        let most = 4.0 / 255.0 + 1e-6;
        for (byte, value) in levels.bytes.iter().zip(values) {
            assert!((self::value(levels.low, levels.high, *byte) - value).abs() <= most, "{value}");
        }
    }

    #[test]
    fn equal_numbers_are_kept() {
        let levels = Levels::of(&[0.5; 4]).unwrap();
        assert!(
            levels
                .bytes
                .iter()
                .all(|&byte| value(levels.low, levels.high, byte).to_bits() == 0.5_f32.to_bits())
        );
    }

    #[test]
    fn nothing_and_what_is_no_number_have_no_levels() {
        assert_eq!((Levels::of(&[]), Levels::of(&[0.0, f32::NAN])), (None, None));
    }
}
