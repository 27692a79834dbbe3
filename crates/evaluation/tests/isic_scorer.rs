//! The official scorer of the ISIC challenge read `tests/golden/isic_scorer/` and said what ours has to say.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use evaluation::{Predictions, challenge_score, macro_auc};
use serde_json::Value;

/// Sums of up to 81 numbers below 1 in another order: 81 roundings of 1.1e-16.
const TOLERANCE: f64 = 1e-14;

/// Labels and predictions of two files with the same rows.
fn read(truth: &str, predictions: &str) -> (Vec<String>, Predictions) {
    let cells = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let (truth, predictions) = (cells(truth), cells(predictions));
    assert_eq!(truth[0], predictions[0]);
    let labels = truth[0][1..].to_vec();
    let class = |row: &Vec<String>| row[1..].iter().position(|cell| cell == "1.0").unwrap();
    let numbers = predictions[1..].iter().flat_map(|row| row[1..].iter().map(|cell| cell.parse().unwrap()));
    let predictions =
        Predictions::new(labels.len(), truth[1..].iter().map(class).collect(), numbers.collect()).unwrap();
    (labels, predictions)
}

#[track_caller]
fn check(found: Option<f64>, expected: &Value, what: &str) {
    // Where there is nothing to count, the scorer gives away a 1.
    let (found, expected) = (found.unwrap_or(1.0), expected.as_f64().unwrap());
    assert!((found - expected).abs() <= TOLERANCE, "{what}: {found}, expected {expected}");
}

fn check_scores(task: &str, truth: &str, predictions: &str) {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/isic_scorer.json")).unwrap();
    let golden = &golden[task];
    let (labels, predictions) = read(truth, predictions);
    let matrix = predictions.confusion_matrix();
    check(matrix.balanced_accuracy(), &golden["overall"], "overall");
    check(matrix.balanced_accuracy(), &golden["aggregate"]["balanced_accuracy"], "balanced accuracy");
    check(macro_auc(&predictions), &golden["macro_average"]["auc"], "mean AUC");
    for (class, label) in labels.iter().enumerate() {
        let score = challenge_score(&predictions, class);
        let expected = |key: &str| &golden["per_category"][key][label];
        for (key, found) in [
            ("accuracy", score.accuracy),
            ("sensitivity", score.sensitivity),
            ("specificity", score.specificity),
            ("dice", score.dice),
            ("ppv", score.ppv),
            ("npv", score.npv),
            ("auc", score.auc),
            ("auc_sens_80", score.auc_sens_80),
            ("ap", score.ap),
        ] {
            check(found, expected(key), &format!("{key} of {label}"));
        }
    }
}

#[test]
fn eight_diagnoses_and_unknown_images_score_as_the_challenge_scores_them() {
    check_scores(
        "eight",
        include_str!("../../../tests/golden/isic_scorer/truth.csv"),
        include_str!("../../../tests/golden/isic_scorer/predictions.csv"),
    );
}

#[test]
fn benign_and_malignant_score_as_the_challenge_scores_them() {
    check_scores(
        "two",
        include_str!("../../../tests/golden/isic_scorer/truth_two.csv"),
        include_str!("../../../tests/golden/isic_scorer/predictions_two.csv"),
    );
}
