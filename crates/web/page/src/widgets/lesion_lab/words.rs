//! The texts of the lesion lab.

use catalog::Diagnosis;
use lesion_statistics::{COLOURS, PRESENT};

use super::signs::LesionSign;

/// Which lesion and which picture.
pub(crate) fn title(diagnosis: Diagnosis, seed: u64, picture: u32) -> String {
    let (name, picture) = (diagnosis.name(), picture + 1);
    format!("Synthetic {name}, seed {seed}, picture {picture}")
}

/// The signs by name.
pub(crate) fn summary(present: &[(&LesionSign, bool)]) -> String {
    if present.is_empty() {
        return "no sign is clearly visible.".to_owned();
    }
    let mut words = String::new();
    for (index, (sign, faint)) in present.iter().enumerate() {
        words.push_str(if index > 0 { ", " } else { "" });
        words.push_str(if *faint { "faint " } else { "" });
        words.push_str(&sign.title.to_ascii_lowercase());
    }
    words + "."
}

/// Which of the six colours cover enough of the lesion to count.
pub(crate) fn colours(shares: &[f32; 6]) -> String {
    let mut found: Vec<(f32, &str)> =
        shares.iter().copied().zip(COLOURS).filter(|(share, _)| *share >= PRESENT).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let names: Vec<&str> = found.iter().map(|(_, name)| *name).collect();
    match names.as_slice() {
        [] => "None of the six colours covers 5 % of the lesion.".to_owned(),
        names => format!("{} of six colours: {}.", names.len(), names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::lesion_lab::signs;
    use lesions::{Clinical, Difficulty};

    #[test]
    fn colours_that_cover_a_twentieth_count_largest_first() {
        // black, blue-grey, white, red, dark brown, light brown
        assert_eq!(
            colours(&[0.05, 0.04, 0.0, 0.0, 0.2, 0.5]),
            "3 of six colours: light brown, dark brown, black."
        );
        assert_eq!(colours(&[0.01; 6]), "None of the six colours covers 5 % of the lesion.");
    }

    #[test]
    fn a_lesion_is_described_by_its_signs() {
        assert_eq!(title(Diagnosis::Bcc, 7, 0), "Synthetic basal cell carcinoma, seed 7, picture 1");
        let mut clinical = Clinical::of(Diagnosis::Bcc, Difficulty::TEXTBOOK, 7);
        for parameter in Clinical::PARAMETERS {
            parameter.set(&mut clinical, 0.0);
        }
        assert_eq!(summary(&signs::present(&clinical)), "no sign is clearly visible.");
        (clinical.arborising_vessels, clinical.ulcer) = (0.9, 0.2);
        assert_eq!(summary(&signs::present(&clinical)), "arborising vessels, faint ulcer or crust.");
    }
}
