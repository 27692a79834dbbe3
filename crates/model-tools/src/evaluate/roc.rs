//! The layout of `roc.csv`: the corners of every class's ROC curve, in counts, from which the book draws them.

use std::fmt::Write;

use evaluation::{Predictions, RocPoint, roc_curve};

/// One line a corner: `label,threshold,false_positives,true_positives`.
///
/// A curve begins at no image called positive (threshold `inf`) and ends at all of them; points in the middle of a
/// straight piece are left out. A class without a curve has no lines.
pub(crate) fn to_csv(labels: &[String], predictions: &Predictions) -> String {
    let mut text = "label,threshold,false_positives,true_positives\n".to_owned();
    for (class, label) in labels.iter().enumerate() {
        let positive = predictions.is_class(class);
        let positives = positive.iter().filter(|&&is| is).count();
        let negatives = positive.len() - positives;
        let Some(curve) = roc_curve(&predictions.scores(class), &positive) else { continue };
        // A rate is a count over a count: its product is the count again, but for rounding far below one half.
        let count = |rate: f64, of: usize| (rate * of as f64).round() as u64;
        let points: Vec<(f32, [u64; 2])> = curve
            .iter()
            .map(|&RocPoint { threshold, false_positive_rate, true_positive_rate }| {
                (threshold, [count(false_positive_rate, negatives), count(true_positive_rate, positives)])
            })
            .collect();
        for (threshold, [false_positives, true_positives]) in corners(&points) {
            let _infallible = writeln!(text, "{label},{threshold},{false_positives},{true_positives}");
        }
    }
    text
}

/// The points where the direction changes, and both ends.
fn corners(points: &[(f32, [u64; 2])]) -> Vec<(f32, [u64; 2])> {
    let is_corner = |at: usize| {
        let (Some(before), Some(after)) = (at.checked_sub(1).map(|i| points[i].1), points.get(at + 1)) else {
            return true;
        };
        let step = |from: [u64; 2], to: [u64; 2]| [to[0] - from[0], to[1] - from[1]];
        let (into, out) = (step(before, points[at].1), step(points[at].1, after.1));
        into[0] * out[1] != into[1] * out[0]
    };
    (0..points.len()).filter(|&at| is_corner(at)).map(|at| points[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(truth: Vec<usize>, first_class: &[f32], expected: &[&str]) {
        let probabilities = first_class.iter().flat_map(|&p| [p, 1.0 - p]).collect();
        let predictions = Predictions::new(2, truth, probabilities).unwrap();
        let text = to_csv(&["MEL".to_owned(), "NV".to_owned()], &predictions);
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("MEL")).collect();
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    fn a_curve_is_its_corners() {
        // Two melanomas above both nevi, one between them: up twice, right once, up once, right once.
        check(
            vec![0, 0, 1, 0, 1],
            &[0.875, 0.75, 0.5, 0.25, 0.125],
            &["MEL,inf,0,0", "MEL,0.75,0,2", "MEL,0.5,1,2", "MEL,0.25,1,3", "MEL,0.125,2,3"],
        );
    }

    #[test]
    fn a_tie_is_a_slope() {
        check(vec![0, 1], &[0.5, 0.5], &["MEL,inf,0,0", "MEL,0.5,1,1"]);
    }

    #[test]
    fn a_class_that_everything_belongs_to_has_no_curve() {
        check(vec![0, 0], &[0.5, 0.25], &[]);
    }
}
