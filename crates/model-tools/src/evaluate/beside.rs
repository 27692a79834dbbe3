//! Another model's answers to the same images, and how much this one is better: `comparison.json`.

use std::path::Path;

use anyhow::{Context, ensure};
use evaluation::{Bootstrap, Predictions, compare, group_numbers};
use serde::Serialize;

use super::MeasuredAnswers;
use super::metrics::MeasuredValue;
use crate::predictions;

/// What the other model says, as its file has it.
pub(super) struct OtherPredictions {
    predictions: Predictions,
    sha256: String,
}

#[derive(Serialize)]
struct Comparison {
    /// SHA-256 of the other model's `predictions.csv`.
    other_predictions_sha256: String,
    both_right: u64,
    other_alone_right: u64,
    this_alone_right: u64,
    both_wrong: u64,
    /// `McNemar`'s exact test, two-sided; it takes every image for a lesion of its own.
    mcnemar: Option<f64>,
    /// This model's less the other's, with an interval over lesions.
    accuracy: Option<MeasuredValue>,
    balanced_accuracy: Option<MeasuredValue>,
    macro_auc: Option<MeasuredValue>,
}

/// Reads the other model's `predictions.csv` and puts its rows into the order of `measured`.
///
/// # Errors
/// Other labels or other images.
pub(super) fn read(
    path: &Path,
    labels: &[String],
    measured: &MeasuredAnswers,
) -> anyhow::Result<OtherPredictions> {
    let text = files::read_text(path)?;
    let rows = predictions::from_csv(labels, &text).with_context(|| path.display().to_string())?;
    let rows: std::collections::BTreeMap<String, Vec<f32>> =
        rows.into_iter().map(|row| (row.image, row.probabilities)).collect();
    let mut probabilities = Vec::new();
    for name in &measured.names {
        let row = rows.get(name);
        let row = row.with_context(|| format!("{} has no row for {name}", path.display()))?;
        probabilities.extend(row);
    }
    ensure!(
        rows.len() == measured.names.len(),
        "the two models must have the same images: {} here, and {2} in {1}",
        measured.names.len(),
        path.display(),
        rows.len()
    );
    let predictions = Predictions::new(labels.len(), measured.predictions.truth().to_vec(), probabilities)?;
    Ok(OtherPredictions { predictions, sha256: files::sha256(text.as_bytes()) })
}

/// Writes the file and returns its main number in words.
///
/// # Errors
/// A file that cannot be written.
pub(super) fn write(
    path: &Path,
    other: &OtherPredictions,
    measured: &MeasuredAnswers,
    bootstrap: Bootstrap,
) -> anyhow::Result<String> {
    let groups = group_numbers(&measured.lesions);
    let found = compare(&other.predictions, &measured.predictions, &groups, bootstrap)?;
    let comparison = Comparison {
        other_predictions_sha256: other.sha256.clone(),
        both_right: found.both_right,
        other_alone_right: found.first_right,
        this_alone_right: found.second_right,
        both_wrong: found.both_wrong,
        mcnemar: found.mcnemar,
        accuracy: found.accuracy.map(MeasuredValue::from),
        balanced_accuracy: found.balanced_accuracy.map(MeasuredValue::from),
        macro_auc: found.macro_auc.map(MeasuredValue::from),
    };
    let json = serde_json::to_string_pretty(&comparison).context("comparison.json")? + "\n";
    files::write(path, json.as_bytes())?;
    Ok(match comparison.balanced_accuracy {
        Some(MeasuredValue { value, low: Some(low), high: Some(high) }) => {
            format!("balanced accuracy less the other's {value:+.3} (95 % interval {low:+.3} to {high:+.3})")
        }
        Some(MeasuredValue { value, .. }) => {
            format!("balanced accuracy less the other's {value:+.3} (no interval)")
        }
        None => "balanced accuracy less the other's undefined".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use evaluation::submission::{PredictionRow, to_csv};

    fn labels() -> Vec<String> {
        ["benign", "malignant"].map(str::to_owned).to_vec()
    }

    fn rows(answers: &[(&str, f32)]) -> Vec<PredictionRow> {
        let row = |&(image, p): &(&str, f32)| PredictionRow {
            image: image.to_owned(),
            probabilities: vec![1.0 - p, p],
        };
        answers.iter().map(row).collect()
    }

    fn measured() -> MeasuredAnswers {
        let lesions = ["a", "b"].map(str::to_owned).to_vec();
        MeasuredAnswers::of(&labels(), rows(&[("a", 0.25), ("b", 0.75)]), vec![0, 1], lesions).unwrap()
    }

    fn check(answers: &[(&str, f32)]) -> Result<OtherPredictions, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.csv");
        files::write(&path, to_csv(&labels(), &rows(answers)).as_bytes()).unwrap();
        read(&path, &labels(), &measured()).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_in_another_order_are_the_same_answers() {
        let other = check(&[("b", 0.25), ("a", 0.25)]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(other.predictions.predicted(), [0, 0]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("comparison.json");
        let words = write(&path, &other, &measured(), Bootstrap { resamples: 100, seed: 1 }).unwrap();
        // Right in both classes, less right in one of two.
        assert!(words.starts_with("balanced accuracy less the other's +0.500"), "{words}");
        let json: serde_json::Value = serde_json::from_slice(&files::read(&path).unwrap()).unwrap();
        assert_eq!((&json["this_alone_right"], &json["mcnemar"]), (&1.into(), &1.0.into()));
    }

    #[test]
    fn other_images_are_refused_by_name_or_number() {
        let refused = |answers: &[(&str, f32)]| check(answers).err().unwrap_or_default();
        assert!(refused(&[("a", 0.5)]).ends_with(" has no row for b"));
        assert!(refused(&[("a", 0.5), ("b", 0.5), ("c", 0.5)]).contains("same images: 2 here, and 3 in "));
    }
}
