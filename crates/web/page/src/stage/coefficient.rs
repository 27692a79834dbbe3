//! Coefficients as a reader writes them: 2, −0.5, 1/49.

use super::number;

/// Largest denominator looked for: the mean of 15 × 15 values.
const LARGEST_DENOMINATOR: u32 = 225;

/// A coefficient in writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CellText {
    /// On one line: a whole number or a decimal.
    Line(String),
    /// Numerator, with its sign, over denominator.
    Fraction(String, String),
}

/// The shortest exact writing of `value`: whole, a decimal of up to three digits, a fraction; else four digits.
pub(crate) fn write(value: f32) -> CellText {
    if let Some(short) = short(value) {
        return CellText::Line(short);
    }
    for denominator in 3..=LARGEST_DENOMINATOR {
        let numerator = (value * denominator as f32).round();
        // Only what gives the very same number when it is read back; small numerators, or it helps nobody.
        if numerator != 0.0 && numerator.abs() < 100.0 && same(numerator / denominator as f32, value) {
            return CellText::Fraction(number(numerator, 0), denominator.to_string());
        }
    }
    CellText::Line(number(value, 4))
}

/// The same as text for a kernel's text form, with `-` for minus.
pub(crate) fn text(value: f32) -> String {
    match write(value) {
        CellText::Fraction(above, below) => format!("{above}/{below}").replace('−', "-"),
        // Every digit, so that the text stands for the same number.
        CellText::Line(_) => value.to_string(),
    }
}

/// A kernel as text, a row per line.
pub(crate) fn kernel_text(size: usize, coefficients: &[f32]) -> String {
    let rows = coefficients.chunks(size.max(1));
    let rows = rows.map(|row| row.iter().map(|&c| text(c)).collect::<Vec<_>>().join(" "));
    rows.collect::<Vec<_>>().join("\n")
}

fn short(value: f32) -> Option<String> {
    let written = number(value, 3);
    let read = written.replace('−', "-").parse().ok()?;
    same(read, value).then_some(written)
}

/// The same number to the last bit; zeros of both signs are equal.
fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || (a == 0.0 && b == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f32, expected: &str) {
        let written = match write(value) {
            CellText::Line(line) => line,
            CellText::Fraction(above, below) => format!("{above}/{below}"),
        };
        assert_eq!(written, expected);
    }

    #[test]
    fn means_are_written_as_fractions() {
        check(1.0 / 49.0, "1/49");
        check(1.0 / 225.0, "1/225");
        check(-2.0 / 9.0, "−2/9");
    }

    #[test]
    fn short_numbers_stay_as_they_are() {
        check(0.0, "0");
        check(-0.0, "0");
        check(-4.0, "−4");
        check(0.25, "0.25");
        check(-0.125, "−0.125");
    }

    #[test]
    fn other_numbers_are_rounded_to_four_digits() {
        check(0.123_456_7, "0.1235");
        check(core::f32::consts::PI, "3.1416");
    }

    #[test]
    fn the_text_of_every_named_kernel_reads_back_the_same() {
        for name in imaging::Kernel::NAMES {
            let kernel = imaging::Kernel::named(name).unwrap();
            let text = kernel_text(kernel.size(), kernel.coefficients());
            assert_eq!(imaging::Kernel::parse(&text), Ok(kernel), "{text}");
        }
    }
}
