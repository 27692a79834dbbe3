//! Every number against scikit-learn's; the script is in `tests/golden`, pinned.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use evaluation::{
    Binary, Predictions, auc, average_precision, brier_score, expected_calibration_error, log_loss,
    macro_auc, mcnemar, roc_curve, temperature,
};
use serde_json::Value;

/// Sums of up to 120 numbers in another order: 120 roundings of 1.1e-16, of 1 or of the number if that is larger.
const TOLERANCE: f64 = 1.4e-14;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../tests/golden/evaluation_sklearn.json")).unwrap()
}

fn whole(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(item).collect()
}

fn check_cases(check: impl Fn(&Predictions, &Value)) {
    let golden = golden();
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let steps = whole(&case["steps"]) as f32;
        let probabilities = list(&case["probabilities_in_steps"], |p| whole(p) as f32 / steps);
        let truth = list(&case["truth"], whole);
        check(&Predictions::new(whole(&case["classes"]), truth, probabilities).unwrap(), case);
    }
}

#[track_caller]
fn check_number(found: Option<f64>, expected: &Value, case: &Value, what: &str) {
    check_within(TOLERANCE, found, expected, case, what);
}

#[track_caller]
fn check_within(tolerance: f64, found: Option<f64>, expected: &Value, case: &Value, what: &str) {
    let name = &case["name"];
    match (found, expected.as_f64()) {
        (None, None) => assert!(expected.is_null(), "{name}: {what} is missing"),
        (Some(a), Some(b)) if (a - b).abs() <= tolerance * b.abs().max(1.0) => {}
        (found, expected) => panic!("{name}: {what} is {found:?}, expected {expected:?}"),
    }
}

#[test]
fn the_confusion_matrix_is_scikit_learns() {
    check_cases(|predictions, case| {
        let rows: Vec<Vec<usize>> = predictions
            .confusion_matrix()
            .rows()
            .map(|row| row.iter().map(|&count| count as usize).collect())
            .collect();
        assert_eq!(rows, list(&case["confusion_matrix"], |row| list(row, whole)));
    });
}

#[test]
fn scores_of_the_network_are_scikit_learns() {
    let bins = whole(&golden()["calibration_bins"]);
    check_cases(|predictions, case| {
        let matrix = predictions.confusion_matrix();
        let check = |found, key: &str| check_number(found, &case[key], case, key);
        check(matrix.accuracy(), "accuracy");
        check(matrix.balanced_accuracy(), "balanced_accuracy");
        check(macro_auc(predictions), "macro_auc");
        check(matrix.macro_mean(Binary::specificity), "macro_specificity");
        check(matrix.macro_mean(Binary::precision), "macro_precision");
        check(matrix.macro_mean(Binary::f1), "macro_f1");
        let averages = (0..predictions.classes())
            .filter_map(|class| average_precision(&predictions.scores(class), &predictions.is_class(class)));
        check(numerics::statistics::mean(&averages.collect::<Vec<_>>()), "macro_average_precision");
        check(log_loss(predictions), "log_loss");
        check(brier_score(predictions), "brier");
        check(expected_calibration_error(predictions, bins), "calibration_error");
    });
}

#[test]
fn scores_of_every_class_are_scikit_learns_or_undefined() {
    check_cases(|predictions, case| {
        let matrix = predictions.confusion_matrix();
        for class in 0..predictions.classes() {
            let expected = &case["per_class"][class];
            let check = |found, key: &str| {
                check_number(found, &expected[key], case, &format!("{key} of class {class}"));
            };
            check(matrix.sensitivity(class), "sensitivity");
            check(matrix.specificity(class), "specificity");
            check(matrix.precision(class), "precision");
            check(matrix.f1(class), "f1");
            let (scores, positive) = (predictions.scores(class), predictions.is_class(class));
            check(auc(&scores, &positive), "auc");
            check(average_precision(&scores, &positive), "average_precision");
        }
    });
}

#[test]
fn the_roc_curve_has_scikit_learns_points_and_thresholds() {
    check_cases(|predictions, case| {
        let curve = roc_curve(&predictions.scores(1), &predictions.is_class(1));
        let Some(expected) = case["roc_of_class_1"].as_array() else {
            assert_eq!(curve, None);
            return;
        };
        let curve = curve.unwrap();
        assert_eq!(curve.len(), expected.len());
        for (point, expected) in curve.iter().zip(expected) {
            check_number(Some(point.false_positive_rate), &expected[0], case, "false positive rate");
            check_number(Some(point.true_positive_rate), &expected[1], case, "true positive rate");
        }
        let thresholds: Vec<f64> = curve[1..].iter().map(|point| f64::from(point.threshold)).collect();
        assert_eq!(thresholds, list(&case["thresholds_of_class_1"], |t| t.as_f64().unwrap()));
        assert!(curve[0].threshold.is_infinite());
    });
}

#[test]
fn the_temperature_is_scipys_and_scikit_learns() {
    let bins = whole(&golden()["calibration_bins"]);
    check_cases(|predictions, case| {
        let expected = &case["temperature"];
        // Both find where the slope of the loss crosses 0, which its roundings blur.
        check_within(1e-9, temperature(predictions), expected, case, "temperature");
        let Some(value) = expected.as_f64() else { return };
        let tempered = predictions.at_temperature(value);
        let check = |found, key: &str| {
            // Ours are rounded to 32 bits: eight probabilities, 6e-8 each, twice in a square.
            check_within(1e-6, found, &case["tempered"][key], case, key);
        };
        check(brier_score(&tempered), "brier");
        check(log_loss(&tempered), "log_loss");
        check(expected_calibration_error(&tempered, bins), "calibration_error");
    });
}

#[test]
fn mcnemars_test_is_scipys_binomial_one() {
    let golden = golden();
    let pairs = golden["mcnemar"].as_array().unwrap();
    assert_eq!(pairs.len(), 6);
    for pair in pairs {
        let count = |key: &str| whole(&pair[key]) as u64;
        // A logarithm summed over 700 steps: 700 roundings of numbers up to 1040.
        let found = mcnemar(count("first_right"), count("second_right")).unwrap();
        assert!((found - pair["p"].as_f64().unwrap()).abs() < 1e-10, "{found} {pair}");
    }
}
