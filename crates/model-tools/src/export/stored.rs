//! What storing the weights in fewer bits costs: every precision on the test images, beside libtorch with the weights
//! as trained.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use catalog::model::StoredPrecision;
use catalog::number::grouped;
use evaluation::ConfusionMatrix;
use inference::NetworkAnswer;

/// Answers to the test images, one list of probabilities each, in their order.
pub(super) type Answers = Vec<Vec<f32>>;

/// How two lists of answers compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Difference {
    /// On how many images the largest probability belongs to the same label.
    pub(super) same_top: u32,
    /// Largest absolute difference of any probability.
    pub(super) largest: f32,
}

/// Holds `found` against `expected`.
///
/// # Errors
/// Other images or labels; a probability that is no number.
pub(super) fn difference(found: &[Vec<f32>], expected: &[Vec<f32>]) -> anyhow::Result<Difference> {
    let alike = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.len() == b.len());
    ensure!(alike, "expected answers to {} images, found {} or other classes", expected.len(), found.len());
    let pairs = found.iter().zip(expected);
    let same_top = pairs.clone().filter(|(a, b)| top(a) == top(b)).count() as u32;
    let each = pairs.flat_map(|(a, b)| a.iter().zip(b)).map(|(a, b)| (a - b).abs());
    let largest = each.max_by(f32::total_cmp).context("there are no test images")?;
    ensure!(largest.is_finite(), "an answer is not a number (largest difference {largest})");
    Ok(Difference { same_top, largest })
}

/// Index of the largest probability, the first of equal ones.
fn top(probabilities: &[f32]) -> Option<usize> {
    NetworkAnswer { logits: Vec::new(), probabilities: probabilities.to_vec() }.top()
}

/// Mean of the sensitivities; `truth` is a label an image.
pub(super) fn balanced_accuracy(answers: &[Vec<f32>], truth: &[usize]) -> Option<f64> {
    let mut matrix = ConfusionMatrix::new(answers.first()?.len());
    for (probabilities, &truth) in answers.iter().zip(truth) {
        matrix.add(truth, top(probabilities)?, 1);
    }
    matrix.balanced_accuracy()
}

/// A text file with a path a line, for the trainer.
///
/// # Errors
/// A folder that cannot be written; a path that is no text.
pub(super) fn list(images: &[PathBuf], folder: &Path) -> anyhow::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new_in(folder).context("cannot write a list of images")?;
    for image in images {
        let absolute = std::path::absolute(image).context("a path is empty")?;
        let text = absolute.to_str().filter(|text| !text.contains('\n'));
        writeln!(file, "{}", text.with_context(|| format!("no text: the path {}", image.display()))?)?;
    }
    Ok(file)
}

/// A line for the terminal.
pub(super) fn words(stored: &StoredPrecision) -> String {
    format!(
        "{}: {}, the same diagnosis on {} of {} test images, largest difference {:.1e}, balanced accuracy {}",
        stored.precision,
        files::size(stored.bytes),
        grouped(stored.same_top),
        grouped(stored.images),
        stored.difference,
        stored.balanced_accuracy.map_or("undefined".to_owned(), |value| format!("{value:.4}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_diagnoses_are_counted_and_the_largest_difference_told() {
        let expected = [vec![0.5, 0.25, 0.25], vec![0.125, 0.75, 0.125], vec![0.5, 0.5, 0.0]];
        let found = [vec![0.25, 0.5, 0.25], vec![0.125, 0.75, 0.125], vec![0.5, 0.375, 0.125]];
        // The first changed its label; of equal ones the first counts, so the third did not.
        assert_eq!(difference(&found, &expected).unwrap(), Difference { same_top: 2, largest: 0.25 });
        assert!(difference(&found[..2], &expected).is_err());
        assert!(difference(&[], &[]).is_err());
        assert!(difference(&[vec![f32::NAN]], &[vec![1.0]]).is_err());
    }

    #[test]
    fn balanced_accuracy_is_the_mean_over_the_labels() {
        // Label 0: 1 of 2 right; label 1: 1 of 1.
        let answers = [vec![0.75, 0.25], vec![0.25, 0.75], vec![0.25, 0.75]];
        assert_eq!(balanced_accuracy(&answers, &[0, 0, 1]), Some(0.75));
        assert_eq!(balanced_accuracy(&[], &[]), None);
    }
}
