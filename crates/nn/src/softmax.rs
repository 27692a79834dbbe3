//! From the network's last values, the logits, to probabilities.

use numerics::math;

// ANCHOR: softmax
/// Probabilities, 0 to 1 with sum 1, from logits of any size; empty for empty.
///
/// The largest logit is subtracted first: the quotient is the same, and `exp` cannot overflow.
///
/// ```
/// # use nn::softmax::softmax;
/// assert_eq!(softmax(&[1000.0, 1000.0]), [0.5, 0.5]);
/// ```
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut powers: Vec<f32> = logits.iter().map(|logit| math::exp(logit - largest)).collect();
    let total = powers.iter().fold(0.0, |sum, power| sum + power);
    for power in &mut powers {
        *power /= total;
    }
    powers
}
// ANCHOR_END: softmax

/// Index of the largest number, the first of equals; `None` of nothing or if any is NaN.
///
/// ```
/// # use nn::softmax::argmax;
/// assert_eq!(argmax(&[0.1, 0.7, 0.2]), Some(1));
/// assert_eq!(argmax(&[]), None);
/// ```
pub fn argmax(numbers: &[f32]) -> Option<usize> {
    if numbers.iter().any(|number| number.is_nan()) {
        return None;
    }
    (0..numbers.len()).reduce(|best, index| if numbers[index] > numbers[best] { index } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_the_powers_of_e_over_their_sum() {
        // e^0 : e^ln 3 = 1 : 3
        let probabilities = softmax(&[0.0, math::ln(3.0)]);
        // One ulp of 0.75 is 6e-8.
        assert!((probabilities[0] - 0.25).abs() < 1e-7 && (probabilities[1] - 0.75).abs() < 1e-7);
    }

    #[test]
    fn adding_a_constant_to_every_logit_changes_nothing() {
        assert_eq!(softmax(&[1.0, 2.0, 3.0]), softmax(&[-99.0, -98.0, -97.0]));
    }

    #[test]
    fn nothing_stays_nothing() {
        assert!(softmax(&[]).is_empty());
    }

    #[test]
    fn the_first_of_equals_wins() {
        assert_eq!(argmax(&[1.0, 3.0, 3.0]), Some(1));
    }

    #[test]
    fn a_nan_has_no_largest() {
        assert_eq!(argmax(&[1.0, f32::NAN]), None);
    }
}
