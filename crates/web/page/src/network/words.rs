//! Texts about a network's answers.

use catalog::Diagnosis;

pub use session::words::backend;

/// A probability for a reader, to a tenth of a percent: `12.3 %`.
pub fn percent(probability: f32) -> String {
    match probability * 100.0 {
        p if p > 0.0 && p < 0.1 => "< 0.1 %".to_owned(),
        p if p < 100.0 && p > 99.9 => "> 99.9 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

/// A label in words: the diagnosis that it abbreviates, or else the label itself.
///
/// ```
/// use page::network::words::diagnosis;
/// assert_eq!((diagnosis("NV").as_str(), diagnosis("benign").as_str()), ("melanocytic nevus", "benign"));
/// ```
pub fn diagnosis(label: &str) -> String {
    Diagnosis::from_abbreviation(label)
        .map_or_else(|| label.to_owned(), |diagnosis| diagnosis.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_never_rounded_to_certainty() {
        let words = [0.0, 0.0004, 0.1234, 0.9995, 1.0].map(percent);
        assert_eq!(words, ["0.0 %", "< 0.1 %", "12.3 %", "> 99.9 %", "100.0 %"]);
    }
}
