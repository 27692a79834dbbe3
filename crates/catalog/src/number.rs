//! How numbers are written for readers, the same in chapters, figures and widgets. Code, data and addresses have no commas.

/// A whole number with a comma at every thousand, from 1,000 on.
///
/// ```
/// assert_eq!(catalog::number::grouped(25_331_u32), "25,331");
/// ```
pub fn grouped(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same for a length, which Rust counts in `usize`.
///
/// ```
/// assert_eq!(catalog::number::count([0; 1279].len()), "1,279");
/// ```
pub fn count(number: usize) -> String {
    grouped(number as u64)
}

/// `part` of `whole` to a tenth of a percent, half up; undefined if `whole` is 0.
///
/// ```
/// // 12875 / 25331 = 50.827 %
/// assert_eq!(catalog::number::percent(12_875, 25_331), "50.8 %");
/// ```
pub fn percent(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "undefined".to_owned();
    }
    // 64 bits, since a thousand times a count may not fit 32.
    let tenths = (2000 * u64::from(part) + u64::from(whole)) / (2 * u64::from(whole));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_commas() {
        let numbers = [0_u32, 999, 1000, 25_331, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "25,331", "1,234,567"]);
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn shares_are_rounded_to_a_tenth_of_a_percent() {
        // 1 / 2000 = 0.05 %, half up.
        assert_eq!([percent(1, 2000), percent(8, 8), percent(0, 0)], ["0.1 %", "100.0 %", "undefined"]);
        assert_eq!(percent(u32::MAX, u32::MAX), "100.0 %");
    }
}
