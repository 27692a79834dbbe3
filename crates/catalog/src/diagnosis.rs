//! The eight diagnoses of ISIC 2019, in the one order that every file, figure and network output uses.

use serde::{Deserialize, Serialize};

/// Names of the two outputs of a network that tells benign from malignant, in order.
pub const MALIGNANCY: [&str; 2] = ["benign", "malignant"];

/// One of the eight diagnoses; the discriminant is the index of its probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Diagnosis {
    /// Melanoma.
    Mel,
    /// Melanocytic nevus.
    Nv,
    /// Basal cell carcinoma.
    Bcc,
    /// Actinic keratosis.
    Ak,
    /// Benign keratosis.
    Bkl,
    /// Dermatofibroma.
    Df,
    /// Vascular lesion.
    Vasc,
    /// Squamous cell carcinoma.
    Scc,
}

impl Diagnosis {
    /// All eight, in the order of ISIC 2019's ground-truth columns.
    pub const ALL: [Self; 8] =
        [Self::Mel, Self::Nv, Self::Bcc, Self::Ak, Self::Bkl, Self::Df, Self::Vasc, Self::Scc];

    /// Index into a vector of eight probabilities, 0 to 7.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// ISIC's column name, `MEL` to `SCC`.
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::Mel => "MEL",
            Self::Nv => "NV",
            Self::Bcc => "BCC",
            Self::Ak => "AK",
            Self::Bkl => "BKL",
            Self::Df => "DF",
            Self::Vasc => "VASC",
            Self::Scc => "SCC",
        }
    }

    /// The name in words, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mel => "melanoma",
            Self::Nv => "melanocytic nevus",
            Self::Bcc => "basal cell carcinoma",
            Self::Ak => "actinic keratosis",
            Self::Bkl => "benign keratosis",
            Self::Df => "dermatofibroma",
            Self::Vasc => "vascular lesion",
            Self::Scc => "squamous cell carcinoma",
        }
    }

    /// The diagnosis with this abbreviation, in any case.
    ///
    /// ```
    /// # use catalog::Diagnosis;
    /// assert_eq!(Diagnosis::from_abbreviation("mel"), Some(Diagnosis::Mel));
    /// assert_eq!(Diagnosis::from_abbreviation("UNK"), None);
    /// ```
    pub fn from_abbreviation(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.abbreviation().eq_ignore_ascii_case(text))
    }

    /// Whether the book counts it with the malignant ones; actinic keratosis is counted as pre-cancer.
    pub const fn is_malignant(self) -> bool {
        matches!(self, Self::Mel | Self::Bcc | Self::Ak | Self::Scc)
    }
}
