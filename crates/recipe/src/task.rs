//! What the network's outputs mean, and by which metric the best epoch is chosen.

use catalog::Diagnosis;
use serde::Deserialize;

pub use catalog::diagnosis::MALIGNANCY;

/// What the network distinguishes.
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
            Self::Malignancy => MALIGNANCY.len(),
        }
    }

    /// Names of the outputs, in order.
    pub fn labels(self) -> Vec<String> {
        match self {
            Self::Diagnosis => Diagnosis::ALL.map(|diagnosis| diagnosis.abbreviation().to_owned()).to_vec(),
            Self::Malignancy => MALIGNANCY.map(str::to_owned).to_vec(),
        }
    }

    /// As model cards and ONNX files call it: `eight-class` or `binary`.
    pub const fn model_task(self) -> &'static str {
        match self {
            Self::Diagnosis => "eight-class",
            Self::Malignancy => "binary",
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

/// What decides which epoch is the best, measured on the validation images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// The share of each class that is classified correctly, averaged over the classes; higher is better.
    #[default]
    BalancedAccuracy,
    /// The share of all images that is classified correctly; higher is better.
    Accuracy,
    /// The area under the ROC curve of each class against the others, averaged; higher is better.
    Auc,
    /// Mean cross-entropy; lower is better.
    Loss,
}

impl Metric {
    /// As in a recipe.
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
    fn every_output_has_a_label() {
        for task in [Task::Diagnosis, Task::Malignancy] {
            assert_eq!(task.labels().len(), task.classes());
            assert!(Diagnosis::ALL.iter().all(|&diagnosis| task.class(diagnosis) < task.classes()));
        }
        assert_eq!(Task::Malignancy.labels()[Task::Malignancy.class(Diagnosis::Mel)], "malignant");
    }

    #[test]
    fn four_of_eight_diagnoses_are_malignant() {
        // MEL, BCC, AK (as pre-cancer) and SCC; NV, BKL, DF and VASC are benign.
        assert_eq!(Diagnosis::ALL.map(|d| Task::Malignancy.class(d)), [1, 0, 1, 1, 0, 0, 0, 1]);
        assert_eq!(Diagnosis::ALL.map(|d| Task::Diagnosis.class(d)), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
