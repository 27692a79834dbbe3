//! Numbers in writing, with a true minus sign.

/// `value` with at most `digits` digits after the point, no zeros at the end, and a true minus sign.
pub(crate) fn number(value: f32, digits: usize) -> String {
    let fixed = fixed(value, digits);
    let short = if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.') } else { &fixed };
    if short == "−0" { "0".to_owned() } else { short.to_owned() }
}

/// `value` with exactly `digits` digits after the point, for columns of numbers.
pub(crate) fn fixed(value: f32, digits: usize) -> String {
    format!("{value:.digits$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_rounded_and_never_minus_nothing() {
        assert_eq!(number(-0.04, 1), "0");
        assert_eq!(number(133.25, 1), "133.2");
        assert_eq!(number(-1020.0, 1), "−1020");
        assert_eq!(number(100.0, 0), "100");
    }
}
