//! The answers for the samples, with everything that leads to them: `answers.json`.

use serde::{Deserialize, Serialize};

use crate::Diagnosis;

/// The file, in the folder of precomputed results.
pub const ANSWERS: &str = "answers.json";

/// The contents of `answers.json`. Values inside the network are rounded to four decimals, logits and probabilities are
/// not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecomputedAnswers {
    /// The command that wrote it.
    pub command: String,
    /// Name of the model.
    pub model: String,
    /// SHA-256 of its `model.onnx`, hexadecimal.
    pub model_sha256: String,
    /// Width and height that the samples were drawn at, in pixels.
    pub drawn_size: u32,
    /// Names of the classes.
    pub labels: Vec<String>,
    /// The last layer's bias, one per class.
    pub bias: Vec<f32>,
    /// The layer whose maps are averaged.
    pub layer: String,
    /// Rows and columns of those maps.
    pub size: [usize; 2],
    /// One for each of [`SAMPLES`](crate::widget::SAMPLES), in their order.
    pub samples: Vec<PrecomputedAnswer>,
}

/// The answer for one sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecomputedAnswer {
    /// The diagnosis that was drawn.
    pub diagnosis: Diagnosis,
    /// Its seed.
    pub seed: u64,
    /// One per class.
    pub logits: Vec<f32>,
    /// One per class, 0 to 1.
    pub probabilities: Vec<f32>,
    /// Mean of each of the last maps.
    pub pooled: Vec<f32>,
    /// One class activation map per class, row by row.
    pub maps: Vec<Vec<f32>>,
    /// The strongest evidence for and against each class.
    pub terms: Vec<ScoreTerms>,
}

/// The largest terms of a weighted sum.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreTerms {
    /// The largest positive ones, largest first.
    pub adding: Vec<ScoreTerm>,
    /// The largest negative ones, largest first.
    pub taking: Vec<ScoreTerm>,
}

/// One term: mean of a map times the class's weight for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreTerm {
    /// Number of the map.
    pub channel: usize,
    /// Its mean.
    pub pooled: f32,
    /// The class's weight for it.
    pub weight: f32,
    /// Their product.
    pub product: f32,
}

impl PrecomputedAnswers {
    /// The answer for this sample.
    pub fn answer(&self, diagnosis: Diagnosis, seed: u64) -> Option<&PrecomputedAnswer> {
        self.samples.iter().find(|sample| sample.diagnosis == diagnosis && sample.seed == seed)
    }

    /// Why these answers are not those of the model with this hash; `None` if they are.
    pub fn stale(&self, model_sha256: &str) -> Option<String> {
        let found = self.samples.iter().map(|sample| (sample.diagnosis, sample.seed));
        super::stale("answers", model_sha256, &self.model_sha256, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::SAMPLES;

    #[test]
    fn answers_of_another_model_or_for_other_samples_are_stale() {
        let answer = |sample: crate::widget::Sample| PrecomputedAnswer {
            diagnosis: sample.diagnosis,
            seed: sample.seed,
            logits: vec![0.0],
            probabilities: vec![1.0],
            pooled: vec![0.5],
            maps: vec![vec![0.5]],
            terms: vec![ScoreTerms::default()],
        };
        let mut answers = PrecomputedAnswers {
            command: String::new(),
            model: "net".to_owned(),
            model_sha256: "aa".to_owned(),
            drawn_size: 224,
            labels: vec!["MEL".to_owned()],
            bias: vec![0.0],
            layer: "layer4.1.relu2".to_owned(),
            size: [1, 1],
            samples: SAMPLES.map(answer).into(),
        };
        assert_eq!(answers.stale("aa"), None);
        assert!(answers.answer(SAMPLES[2].diagnosis, SAMPLES[2].seed).is_some());
        assert!(answers.stale("bb").is_some_and(|words| words.contains("answers of another model")));
        answers.samples.pop();
        assert!(answers.stale("aa").is_some_and(|words| words.contains("answers of the samples")));
    }
}
