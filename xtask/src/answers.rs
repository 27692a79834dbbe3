//! What exported models answered in their tests, put where the pages load it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use catalog::Diagnosis;
use catalog::manifest::{ScoreEstimate, TestFile, TestScores};
use catalog::model::TESTS;
use catalog::test_answers::{TestAnswers, true_label};

use crate::{generated, workspace};

/// How to write the two tables again.
const REMEDY: &str = "write both tables again with: cargo xtask evaluate";

/// A key of `metrics.json`.
const CALIBRATION_ERROR: &str = "expected_calibration_error";

/// Publishes the answers of every test, each under its model's name and a hash.
///
/// # Errors
/// Tables that are missing or do not belong together.
pub(crate) fn publish() -> anyhow::Result<Vec<TestFile>> {
    TESTS.iter().map(|test| publish_one(test)).collect()
}

fn publish_one(test: &str) -> anyhow::Result<TestFile> {
    let folder = folder(test)?;
    let (model, data) = test.split_once('/').unwrap_or((test, ""));
    let answers = join(model, data, &folder.join("predictions.csv"), &folder.join("truth.csv"))?;
    let bytes = serde_json::to_vec(&answers).context("cannot write the answers as JSON")?;
    let name = format!("{model}-{data}-answers-{}.json", files::content_name([&bytes[..]]));
    files::write(&generated::folder().join("models").join(&name), &bytes)?;
    let answers = generated::url(&format!("models/{name}"));
    Ok(TestFile { test: test.to_owned(), answers, scores: scores(&folder.join("metrics.json"))? })
}

/// The main numbers of a test.
fn scores(path: &Path) -> anyhow::Result<TestScores> {
    let wrong = || format!("{} is not as expected; {REMEDY}", path.display());
    let metrics: serde_json::Value = serde_json::from_slice(&files::read(path)?).with_context(wrong)?;
    let estimate = |value: &serde_json::Value| {
        serde_json::from_value::<Option<ScoreEstimate>>(value.clone()).with_context(wrong)
    };
    Ok(TestScores {
        images: metrics["images"].as_u64().and_then(|images| images.try_into().ok()).with_context(wrong)?,
        balanced_accuracy: estimate(&metrics["balanced_accuracy"])?,
        calibration_error: estimate(&metrics[CALIBRATION_ERROR])?,
        fitted_calibration_error: estimate(&metrics["recalibrated"][CALIBRATION_ERROR])?,
    })
}

/// Where the tables of `MODEL/DATA` are: in the model's folder if it is the data set that its own numbers are from.
fn folder(test: &str) -> anyhow::Result<PathBuf> {
    let exported = workspace::root().join("exported-models");
    let below = exported.join(test);
    if below.is_dir() {
        return Ok(below);
    }
    let own = below.parent().unwrap_or(&below);
    ensure!(own.is_dir(), "{} is not a folder", own.display());
    Ok(own.to_owned())
}

/// Both tables in one, row by row.
fn join(model: &str, data: &str, predictions: &Path, truth: &Path) -> anyhow::Result<TestAnswers> {
    let mut table = open(predictions)?;
    let header = table.headers()?.clone();
    let labels: Vec<String> =
        header.iter().skip(1).filter(|name| *name != "UNK").map(str::to_owned).collect();
    let mut answers = TestAnswers {
        model: model.to_owned(),
        data: data.to_owned(),
        labels,
        images: Vec::new(),
        truth: Vec::new(),
        lesions: Vec::new(),
        probabilities: Vec::new(),
    };
    let mut known = std::collections::BTreeMap::new();
    let mut others = open(truth)?.into_records();
    for row in table.records() {
        let row = row.with_context(|| format!("cannot read {}", predictions.display()))?;
        let other = others.next().transpose()?;
        let line = answers.images.len() + 2;
        let Some(other) = other.filter(|other| other.get(0) == row.get(0)) else {
            bail!(
                "line {line} of {} is for another image than in {}; {REMEDY}",
                truth.display(),
                predictions.display()
            );
        };
        let cell = |at: usize| other.get(at).unwrap_or_default();
        let class = Diagnosis::from_abbreviation(cell(1)).and_then(|of| true_label(&answers.labels, of));
        let class = class.with_context(|| {
            format!(
                "line {line} of {}: `{}` is no diagnosis of this model; {REMEDY}",
                truth.display(),
                cell(1)
            )
        })?;
        let next = known.len();
        answers.lesions.push(*known.entry(cell(2).to_owned()).or_insert(next));
        answers.truth.push(class);
        answers.images.push(cell(0).to_owned());
        let numbers = row.iter().skip(1).take(answers.labels.len());
        let numbers: Result<Vec<f32>, _> = numbers.map(str::parse).collect();
        let wrong = || format!("line {line} of {}: expected probabilities", predictions.display());
        answers.probabilities.extend(shortened(&numbers.with_context(wrong)?));
    }
    ensure!(
        others.next().is_none() && answers.fits(),
        "{} and {} have different lengths; {REMEDY}",
        truth.display(),
        predictions.display()
    );
    Ok(answers)
}

/// The probabilities of an image with four digits each, which halves the file, unless another one would be the first largest.
fn shortened(row: &[f32]) -> Vec<f32> {
    let first_largest =
        |row: &[f32]| (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best });
    let short: Option<Vec<f32>> = row.iter().map(|number| format!("{number:.3e}").parse().ok()).collect();
    short.filter(|short| first_largest(short) == first_largest(row)).unwrap_or_else(|| row.to_vec())
}

fn open(path: &Path) -> anyhow::Result<csv::Reader<std::fs::File>> {
    csv::Reader::from_path(path).with_context(|| format!("cannot open {}; {REMEDY}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREDICTIONS: &str = "image,MEL,NV,UNK\na,0.75,0.25,0.0\nb,0.5,0.5,0.0\nc,1e-3,0.999,0.0\n";
    const TRUTH: &str =
        "image,diagnosis,lesion,age,sex,site\na,MEL,one,,,\nb,NV,two,45,male,\"leg, lower\"\nc,MEL,one,,,\n";

    fn joined(predictions: &str, truth: &str) -> anyhow::Result<TestAnswers> {
        let folder = tempfile::tempdir()?;
        let paths = ["predictions.csv", "truth.csv"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], predictions)?;
        std::fs::write(&paths[1], truth)?;
        join("net", "set", &paths[0], &paths[1])
    }

    #[test]
    fn answers_stand_beside_the_truth() {
        let answers = joined(PREDICTIONS, TRUTH).unwrap();
        assert_eq!(answers.labels, ["MEL", "NV"]);
        assert_eq!((&answers.truth[..], &answers.lesions[..]), (&[0, 1, 0][..], &[0, 1, 0][..]));
        assert_eq!(answers.probabilities, [0.75, 0.25, 0.5, 0.5, 1e-3, 0.999]);
    }

    #[test]
    fn four_digits_never_change_the_answer() {
        assert_eq!(shortened(&[0.123_456, 0.876_543_2, 1.234_567e-5]), [0.1235, 0.8765, 1.235e-5]);
        let tied = [0.444_41, 0.444_42, 0.111_17];
        assert_eq!(shortened(&tied), tied);
    }

    #[test]
    fn tables_that_do_not_belong_together_are_refused() {
        let refused = |truth: &str| format!("{:#}", joined(PREDICTIONS, truth).unwrap_err());
        assert!(refused(&TRUTH.replace("b,NV", "x,NV")).contains("line 3"));
        assert!(refused(&TRUTH.replace("b,NV", "b,AK")).contains("`AK` is no diagnosis of this model"));
        assert!(refused(&format!("{TRUTH}d,MEL,four,,,\n")).contains("different lengths"));
        assert!(refused(TRUTH.trim_end_matches("c,MEL,one,,,\n")).contains("line 4"));
    }
}
