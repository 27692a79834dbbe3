//! Numbers of a network for a reader.

/// A number for a reader, with three digits that count: `0.0123`, `1.23`, `123`; a true minus sign.
pub(crate) fn number(value: f32) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size if size < 0.01 => 5,
        size if size < 0.1 => 4,
        size if size < 1.0 => 3,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}").replace('-', "−")
}

/// The same with its sign, a plus sign too: what a term adds.
pub(crate) fn signed(value: f32) -> String {
    if value < 0.0 { number(value) } else { format!("+{}", number(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_count_and_the_sign_is_a_true_one() {
        assert_eq!([0.012_34, 1.234, -123.4].map(number), ["0.0123", "1.23", "−123"]);
        assert_eq!([0.5, -0.5].map(signed), ["+0.500", "−0.500"]);
    }
}
