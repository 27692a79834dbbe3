//! What a network says about one image.

use nn::softmax::softmax;
use numerics::math;

/// The outputs for one image, in the order of the model card's labels.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkAnswer {
    /// What the last layer computes, any real number.
    pub logits: Vec<f32>,
    /// Their softmax, 0 to 1, together 1.
    pub probabilities: Vec<f32>,
}

impl NetworkAnswer {
    /// Index of the largest probability, the first of equal ones; `None` without any.
    ///
    /// ```
    /// # use inference::NetworkAnswer;
    /// let answer = NetworkAnswer { logits: vec![0.0, 2.0, 2.0], probabilities: vec![0.06, 0.47, 0.47] };
    /// assert_eq!(answer.top(), Some(1));
    /// ```
    pub fn top(&self) -> Option<usize> {
        let largest = self.probabilities.iter().copied().max_by(f32::total_cmp)?;
        self.probabilities.iter().position(|p| p.total_cmp(&largest).is_eq())
    }

    /// From scores alone.
    pub(crate) fn of_logits(logits: &[f32]) -> Self {
        Self { logits: logits.to_vec(), probabilities: softmax(logits) }
    }

    /// From probabilities alone: their logarithms serve as logits, because softmax turns them back into the probabilities.
    ///
    /// A probability of 0 counts as the smallest that a 32-bit float holds, so that no logit is infinite.
    pub(crate) fn of_probabilities(probabilities: &[f32]) -> Self {
        let logits = probabilities.iter().map(|p| math::ln(p.max(f32::MIN_POSITIVE))).collect();
        Self { logits, probabilities: probabilities.to_vec() }
    }

    /// Takes `[N, labels]` apart.
    pub(crate) fn split(logits: &[f32], probabilities: &[f32], labels: usize) -> Vec<Self> {
        logits
            .chunks_exact(labels)
            .zip(probabilities.chunks_exact(labels))
            .map(|(logits, probabilities)| Self {
                logits: logits.to_vec(),
                probabilities: probabilities.to_vec(),
            })
            .collect()
    }
}
