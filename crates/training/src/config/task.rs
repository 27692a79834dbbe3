//! What the network's outputs mean, and by which number the best epoch is chosen.

use catalog::Diagnosis;
use serde::Deserialize;

/// What is told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// The eight diagnoses, in the order of [`Diagnosis::ALL`].
    #[default]
    Diagnosis,
    /// Benign, malignant: [`Diagnosis::is_malignant`].
    Malignancy,
}

impl Task {
    /// Outputs of the network.
    pub fn classes(self) -> usize {
        match self {
            Self::Diagnosis => Diagnosis::ALL.len(),
            Self::Malignancy => 2,
        }
    }

    /// The class of a diagnosis.
    pub fn class(self, diagnosis: Diagnosis) -> usize {
        match self {
            Self::Diagnosis => diagnosis.index(),
            Self::Malignancy => usize::from(diagnosis.is_malignant()),
        }
    }
}

/// What is the best epoch on the validation images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Mean over the classes of the share that was classified correctly; higher is better.
    #[default]
    BalancedAccuracy,
    /// Share that was classified correctly; higher is better.
    Accuracy,
    /// Mean over the classes of the area under the curve against the rest; higher is better.
    Auc,
    /// Mean cross-entropy; lower is better.
    Loss,
}

impl Metric {
    /// As in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BalancedAccuracy => "balanced-accuracy",
            Self::Accuracy => "accuracy",
            Self::Auc => "auc",
            Self::Loss => "loss",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_of_eight_diagnoses_are_malignant() {
        // MEL, BCC, AK (as pre-cancer) and SCC; NV, BKL, DF and VASC are benign.
        assert_eq!(Diagnosis::ALL.map(|d| Task::Malignancy.class(d)), [1, 0, 1, 1, 0, 0, 0, 1]);
        assert_eq!(Diagnosis::ALL.map(|d| Task::Diagnosis.class(d)), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
