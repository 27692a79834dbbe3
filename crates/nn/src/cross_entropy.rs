//! The loss of a classifier, and which way its logits should go.

use numerics::math;

use crate::softmax::softmax;
use crate::{ShapeError, Tensor};

// ANCHOR: cross_entropy
/// The mean of −ln of the true class's probability over a batch, and how it changes with every logit: probability minus 1
/// for the true class, the probability for every other, over the number of examples.
///
/// # Shapes
/// `logits` is `[N, classes]`, `truth` has `N` classes, each below `classes`; the gradient is `[N, classes]`.
///
/// # Errors
/// [`ShapeError`] unless there is one class per example, at least one, and each class has a logit.
///
/// ```
/// # use nn::{cross_entropy, Tensor};
/// let (loss, gradient) = cross_entropy(&Tensor::zeros([1, 2]), &[0])?;
/// // Half and half: −ln 0.5.
/// assert!((loss - 0.693_147).abs() < 1e-6);
/// assert_eq!(gradient.data(), [-0.5, 0.5]);
/// # Ok::<(), nn::ShapeError>(())
/// ```
pub fn cross_entropy(logits: &Tensor<2>, truth: &[usize]) -> Result<(f32, Tensor<2>), ShapeError> {
    let [examples, classes] = logits.shape();
    if truth.len() != examples || examples == 0 || truth.iter().any(|&class| class >= classes) {
        return Err(ShapeError {
            operation: "cross_entropy",
            expected: format!("a class below {classes} for each of {examples} examples, at least one"),
            found: format!("{truth:?}"),
        });
    }
    let (mut loss, mut gradient) = (0.0, Tensor::zeros([examples, classes]));
    let rows = gradient.data_mut().chunks_exact_mut(classes);
    for ((row, logits), &class) in rows.zip(logits.data().chunks_exact(classes)).zip(truth) {
        row.copy_from_slice(&softmax(logits));
        loss += loss_of(logits, class);
        row[class] -= 1.0;
        for x in row {
            *x /= examples as f32;
        }
    }
    Ok((loss / examples as f32, gradient))
}

/// −ln of the softmax of one class, exact where the probability itself would round to 0.
fn loss_of(logits: &[f32], class: usize) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total = logits.iter().fold(0.0, |sum, logit| sum + math::exp(logit - largest));
    math::ln(total) - (logits[class] - largest)
}
// ANCHOR_END: cross_entropy

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sure_mistake_costs_what_it_should() {
        // Probabilities e^-200 and 1 - e^-200: the loss is 200, though e^-200 is no f32.
        let (loss, gradient) = cross_entropy(&Tensor::new([1, 2], vec![0.0, 200.0]).unwrap(), &[0]).unwrap();
        assert_eq!((loss, gradient.data()), (200.0, &[-1.0, 1.0][..]));
    }

    #[test]
    fn a_batch_costs_its_mean() {
        // Logits ln 3 and 0: probabilities 3/4 and 1/4, losses -ln 0.75 = 0.287682 and -ln 0.25 = 1.386294.
        let ln3 = math::ln(3.0);
        let logits = Tensor::new([2, 2], vec![ln3, 0.0, ln3, 0.0]).unwrap();
        let (loss, gradient) = cross_entropy(&logits, &[0, 1]).unwrap();
        // Worked to six digits by hand.
        assert!((loss - 0.836_988).abs() < 1e-6, "{loss}");
        for (found, expected) in gradient.data().iter().zip([-0.125, 0.125, 0.375, -0.375]) {
            assert!((found - expected).abs() < 1e-7, "{found}, expected {expected}");
        }
    }

    #[test]
    fn a_class_without_a_logit_is_named() {
        let message = cross_entropy(&Tensor::zeros([1, 2]), &[2]).unwrap_err().to_string();
        assert_eq!(
            message,
            "cross_entropy expects a class below 2 for each of 1 examples, at least one, found [2]"
        );
        assert!(cross_entropy(&Tensor::zeros([0, 2]), &[]).is_err());
    }
}
