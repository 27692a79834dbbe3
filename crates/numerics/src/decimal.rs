//! Numbers as text and back, in a few hundred instructions.
//!
//! The standard library's own way is exact for every number there is and takes 37 KB of a page's module for it, tables
//! included. A form's numbers have few digits; for up to 15 of them this gives the same.

/// Largest power of ten that a double holds exactly.
const LARGEST_POWER: i32 = 22;

/// A number such as `2`, `-0.5`, `.5` or `1e-3`; `None` for anything else. Exact for up to 15 digits and powers of ten
/// up to 22, off in the last bit beyond; may be infinite.
///
/// ```
/// # use numerics::decimal::parse;
/// assert_eq!((parse("-12.5"), parse("1e-3"), parse("1,5")), (Some(-12.5), Some(0.001), None));
/// ```
pub fn parse(text: &str) -> Option<f64> {
    let (negative, text) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    let (mut mantissa, mut power, mut digits) = (0.0_f64, 0_i32, 0);
    let mut after_point = false;
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10.0 + f64::from(byte - b'0');
                power -= i32::from(after_point);
                digits += 1;
            }
            b'.' if !after_point => after_point = true,
            b'e' | b'E' if digits > 0 => {
                power = power.saturating_add(whole(rest.as_slice())?);
                break;
            }
            _ => return None,
        }
    }
    if digits == 0 {
        return None;
    }
    let size = if mantissa == 0.0 { 0.0 } else { scaled(mantissa, power) };
    Some(if negative { -size } else { size })
}

/// The exponent: a sign or none, and digits.
fn whole(text: &[u8]) -> Option<i32> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] | rest => (1, rest),
    };
    if digits.is_empty() {
        return None;
    }
    digits
        .iter()
        .try_fold(0_i32, |sum, &byte| {
            byte.is_ascii_digit().then(|| sum.saturating_mul(10).saturating_add((byte - b'0').into()))
        })
        .map(|number| sign * number)
}

/// `value` × 10 to the `power`, by exact powers.
fn scaled(mut value: f64, mut power: i32) -> f64 {
    while power != 0 && value != 0.0 && value.is_finite() {
        let step = power.clamp(-LARGEST_POWER, LARGEST_POWER);
        let ten = (0..step.abs()).fold(1.0, |product: f64, _| product * 10.0);
        value = if step < 0 { value / ten } else { value * ten };
        power -= step;
    }
    value
}

/// `value` with exactly `digits` digits after the point, at most 9; half goes to the even digit. From 10⁹ on digits
/// after the point are left out, from 10¹⁸ on it is written like `1.2e20`.
///
/// ```
/// # use numerics::decimal::fixed;
/// assert_eq!((fixed(-0.5, 2).as_str(), fixed(2.5, 0).as_str()), ("-0.50", "2"));
/// ```
pub fn fixed(value: f64, digits: usize) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let size = value.abs();
    if size.is_nan() {
        return "not a number".to_owned();
    }
    if size.is_infinite() {
        return format!("{sign}∞");
    }
    if size >= 1e18 {
        let mut exponent = 18;
        while exponent < 308 && scaled(size, -exponent) >= 10.0 {
            exponent += 1;
        }
        return format!("{}e{exponent}", fixed(scaled(value, -exponent), 6));
    }
    let digits = if size >= 1e9 { 0 } else { digits.min(9) };
    let unit = (0..digits).fold(1_u64, |unit, _| unit * 10);
    let whole = (size * unit as f64).round_ties_even() as u64;
    let mut text = format!("{sign}{}", whole / unit);
    if digits > 0 {
        let after = (unit + whole % unit).to_string();
        text.push('.');
        // The 1 in front only kept the zeros that follow it.
        text.push_str(after.get(1..).unwrap_or_default());
    }
    text
}

/// The shortest text with at most 9 digits after the point that is read back as `value`; else all 9.
///
/// ```
/// assert_eq!(numerics::decimal::shortest(0.1), "0.1");
/// ```
pub fn shortest(value: f64) -> String {
    shortest_where(value, &|read| read.to_bits() == value.to_bits())
}

/// The same for single precision.
pub fn shortest_single(value: f32) -> String {
    shortest_where(value.into(), &|read| (read as f32).to_bits() == value.to_bits())
}

// One copy for both: a closure type of its own would make two.
fn shortest_where(value: f64, same: &dyn Fn(f64) -> bool) -> String {
    let written = |digits| Some(fixed(value, digits)).filter(|text| parse(text).is_some_and(same));
    (0..=9).find_map(written).unwrap_or_else(|| {
        // Small or odd numbers: nine digits from the first that counts, and a power of ten.
        let mut exponent = 0;
        while value != 0.0 && exponent < 60 && scaled(value.abs(), exponent) < 1.0 {
            exponent += 1;
        }
        let text = format!("{}e-{exponent}", fixed(scaled(value, exponent), 9));
        if exponent > 0 && parse(&text).is_some_and(same) { text } else { fixed(value, 9) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;

    #[test]
    fn short_numbers_read_as_the_standard_library_reads_them() {
        let mut random = Random::new(1);
        for _ in 0..20_000 {
            let whole = random.below(2_000_000_000);
            let digits = random.below(10) as usize;
            let text = format!("{:.digits$}", f64::from(whole) / 1000.0);
            assert_eq!(parse(&text), text.parse().ok(), "{text}");
            let power = format!("{whole}e{}", random.below(30) as i32 - 22);
            let (ours, theirs): (f64, f64) = (parse(&power).unwrap(), power.parse().unwrap());
            // One rounding more than the standard library where the power is beyond 22.
            assert!((ours - theirs).abs() <= theirs * f64::EPSILON, "{power}");
        }
    }

    #[test]
    fn numbers_are_rounded_as_the_standard_library_rounds_them() {
        let mut random = Random::new(2);
        for _ in 0..20_000 {
            let value = f64::from(random.below(4_000_000)) / 8.0 - 100_000.0;
            for digits in 0..5 {
                assert_eq!(fixed(value, digits), format!("{value:.digits$}"));
            }
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "e5", "1e", "1e+", "1.2.3", "x", "1x", "nan", "inf", " 1", "--1"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("1e999"), Some(f64::INFINITY));
        assert_eq!(parse("0e999999999999"), Some(0.0));
    }

    #[test]
    fn the_shortest_text_of_any_single_comes_back() {
        let mut random = Random::new(3);
        for _ in 0..20_000 {
            let value = (random.normal() * 10.0).powi(random.below(9) as i32);
            let text = shortest_single(value);
            assert_eq!(parse(&text).map(|x| (x as f32).to_bits()), Some(value.to_bits()), "{value} {text}");
        }
        assert_eq!([shortest_single(0.1), shortest(-0.0), shortest(3.0)], ["0.1", "-0", "3"]);
    }

    #[test]
    fn large_numbers_take_a_power_of_ten() {
        assert_eq!(
            [fixed(1.5e20, 2), fixed(-1e9, 3), fixed(f64::INFINITY, 1)],
            ["1.500000e20", "-1000000000", "∞"]
        );
    }
}
