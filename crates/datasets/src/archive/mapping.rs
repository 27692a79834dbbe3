//! The archive's diagnoses, a tree of five levels (`diagnosis_1` to `diagnosis_5`), as the eight of ISIC 2019.
//!
//! | ours | the archive's |
//! |---|---|
//! | MEL | everything under *Malignant melanocytic proliferations (Melanoma)*: invasive, in situ, NOS; not *Melanoma metastasis* |
//! | NV | *Nevus* with all its kinds |
//! | BCC | *Basal cell carcinoma* |
//! | AK | *Solar or actinic keratosis* |
//! | BKL | *Pigmented benign keratosis*, *Seborrheic keratosis*, *Solar lentigo*, *Lichen planus like keratosis* |
//! | DF | *Dermatofibroma* |
//! | VASC | everything under *Benign soft tissue proliferations - Vascular*, and *Hemorrhagic lesions*, as HAM10000 counts them |
//! | SCC | *Squamous cell carcinoma*: NOS, invasive, in situ (Bowen's disease) |
//!
//! Everything else is not one of the eight; it is counted and listed. A metastasis of a melanoma is deeper and looks
//! different; keratoacanthoma is left out because ISIC 2019 does not say where it belongs.
//!
//! Sources: the archive's vocabulary, <https://github.com/ImageMarkup/isic-metadata>; classes as in Tschandl 2018,
//! <https://doi.org/10.1038/sdata.2018.161>, and <https://challenge.isic-archive.com/data/#2019>.

use catalog::Diagnosis::{self, Ak, Bcc, Bkl, Df, Mel, Nv, Scc, Vasc};

/// Ours, the level, and the archive's words there.
const RULES: [(Diagnosis, usize, &str); 15] = [
    (Mel, 2, "Malignant melanocytic proliferations (Melanoma)"),
    (Nv, 3, "Nevus"),
    (Bcc, 3, "Basal cell carcinoma"),
    (Ak, 3, "Solar or actinic keratosis"),
    (Bkl, 3, "Pigmented benign keratosis"),
    (Bkl, 3, "Seborrheic keratosis"),
    (Bkl, 3, "Solar lentigo"),
    (Bkl, 3, "Lichen planus like keratosis"),
    (Df, 3, "Dermatofibroma"),
    (Vasc, 2, "Benign soft tissue proliferations - Vascular"),
    (Vasc, 2, "Hemorrhagic lesions"),
    (Scc, 3, "Squamous cell carcinoma, NOS"),
    (Scc, 3, "Squamous cell carcinoma, Invasive"),
    (Scc, 3, "Squamous cell carcinoma in situ"),
    // What a few older collections still say.
    (Scc, 3, "Squamous cell carcinoma"),
];

/// Under a rule and yet none of the eight.
const EXCEPTION: (usize, &str) = (3, "Melanoma metastasis");

/// The diagnosis of these five levels, where it is one of the eight.
pub(super) fn diagnosis(levels: &[Option<String>; 5]) -> Option<Diagnosis> {
    let says = |level: usize, words: &str| levels[level - 1].as_deref() == Some(words);
    if says(EXCEPTION.0, EXCEPTION.1) {
        return None;
    }
    RULES.into_iter().find(|&(_, level, words)| says(level, words)).map(|(diagnosis, ..)| diagnosis)
}

/// The name of a diagnosis that is not one of the eight: its finest level.
pub(super) fn name(levels: &[Option<String>; 5]) -> String {
    levels.iter().rev().flatten().next().map_or("no diagnosis".to_owned(), Clone::clone)
}

/// A query that finds these diagnoses.
pub(super) fn query(diagnoses: &[Diagnosis]) -> String {
    let rules = RULES.into_iter().filter(|(diagnosis, ..)| diagnoses.contains(diagnosis));
    let terms: Vec<String> =
        rules.map(|(_, level, words)| format!("diagnosis_{level}:\"{words}\"")).collect();
    format!("({})", terms.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(levels: &[&str], expected: Option<Diagnosis>) {
        let mut all = [const { None }; 5];
        for (level, words) in all.iter_mut().zip(levels) {
            *level = Some((*words).to_owned());
        }
        assert_eq!(diagnosis(&all), expected, "{levels:?}");
    }

    #[test]
    fn the_archives_words_become_the_eight() {
        let melanoma = "Malignant melanocytic proliferations (Melanoma)";
        check(
            &["Malignant", melanoma, "Melanoma in situ", "Melanoma in situ, Superficial spreading"],
            Some(Mel),
        );
        check(&["Malignant", melanoma], Some(Mel));
        check(&["Benign", "Benign melanocytic proliferations", "Nevus", "Nevus, Spitz"], Some(Nv));
        check(&["Benign", "Benign epidermal proliferations", "Solar lentigo"], Some(Bkl));
        check(&["Benign", "Benign soft tissue proliferations - Vascular"], Some(Vasc));
        check(
            &["Malignant", "Malignant epidermal proliferations", "Squamous cell carcinoma in situ"],
            Some(Scc),
        );
        check(
            &["Indeterminate", "Indeterminate epidermal proliferations", "Solar or actinic keratosis"],
            Some(Ak),
        );
    }

    #[test]
    fn what_is_none_of_the_eight_is_named_by_its_finest_level() {
        let melanoma = "Malignant melanocytic proliferations (Melanoma)";
        check(&["Malignant", melanoma, "Melanoma metastasis"], None);
        check(&["Benign", "Benign soft tissue proliferations - Fibro-histiocytic", "Scar"], None);
        check(&["Benign"], None);
        check(&[], None);
        let mut levels = [const { None }; 5];
        assert_eq!(name(&levels), "no diagnosis");
        levels[0] = Some("Benign".to_owned());
        levels[2] = Some("Scar".to_owned());
        assert_eq!(name(&levels), "Scar");
    }

    #[test]
    fn a_query_names_every_word_of_a_diagnosis() {
        assert_eq!(query(&[Df]), "(diagnosis_3:\"Dermatofibroma\")");
        assert_eq!(query(&[Bkl]).matches(" OR ").count(), 3);
    }
}
