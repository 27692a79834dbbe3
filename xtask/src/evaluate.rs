//! `cargo xtask evaluate`: an exported model on the test part of a split, which nothing else opens.

mod metrics;
mod roc;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use datasets::{Dataset, Part, Split};
use evaluation::{Bootstrap, Predictions, group_numbers, report};

use crate::predictions::{self, Row};
use crate::{classify, files};
use metrics::{About, Metrics};

const RESAMPLES: u32 = 2000;
const SEED: u64 = 2019;

/// Measures an exported model on the test part of a split.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name of an exported model, or a folder with its `model.onnx` and `model.toml`.
    model: String,
    /// Folder of the data set, in ISIC 2019's layout.
    #[arg(long)]
    data: PathBuf,
    /// The split file that the model was trained with.
    #[arg(long)]
    split: PathBuf,
    /// Where `predictions.csv`, `roc.csv` and `metrics.json` go [default: the model's folder]
    #[arg(long)]
    out: Option<PathBuf>,
    /// How often lesions are drawn anew for the 95 % intervals.
    #[arg(long, default_value_t = RESAMPLES)]
    resamples: u32,
    /// Another seed, slightly other intervals.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
}

impl Args {
    /// The model of a folder, with everything else as the command line has it.
    pub(crate) fn on(model: &Path, data: &Path, split: &Path) -> Self {
        Self {
            model: model.to_string_lossy().into_owned(),
            data: data.to_owned(),
            split: split.to_owned(),
            out: None,
            resamples: RESAMPLES,
            seed: SEED,
        }
    }
}

/// Writes `predictions.csv`, `roc.csv` and `metrics.json`, all or none.
///
/// # Errors
/// A model, data set or split that cannot be read or do not belong together; any test image that cannot be read.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let folder = classify::folder(&args.model)?;
    let dataset = Dataset::read(&args.data)?;
    let split = Split::read(&args.split)?;
    let images = split.images(&dataset, Part::Test)?;
    ensure!(!images.is_empty(), "expected images in the test part of {}, found none", args.split.display());
    let mut classifier = classify::load(&folder)?;
    let labels = classifier.card().labels.clone();
    ensure!(
        predictions::are_the_eight(&labels),
        "expected a model with the eight diagnoses, found the labels {}",
        labels.join(", ")
    );

    let paths: Vec<PathBuf> = images.iter().map(|image| dataset.path(&image.name)).collect();
    let outcomes = classify::all(&mut classifier, &paths)?;
    let mut rows = Vec::with_capacity(images.len());
    let mut failed = 0;
    for ((image, path), outcome) in images.iter().zip(&paths).zip(outcomes) {
        match outcome {
            Ok(probabilities) => rows.push(Row { image: image.name.clone(), probabilities }),
            Err(reason) => {
                eprintln!("{}: {reason}", path.display());
                failed += 1;
            }
        }
    }
    if failed > 0 {
        bail!("{failed} of {} test images could not be read; nothing is written", images.len());
    }

    // The numbers come from the text that is written, so that whoever reads the file gets the same.
    let csv = predictions::to_csv(&labels, &rows);
    let rows = predictions::from_csv(&labels, &csv).context("predictions.csv")?;
    let truth: Vec<usize> = images.iter().map(|image| image.diagnosis.index()).collect();
    let lesions: Vec<&str> = images.iter().map(|image| image.lesion()).collect();
    let data = std::path::absolute(&args.data).context("the path of the data set is empty")?;
    let about = About {
        model: classifier.card().name.clone(),
        model_sha256: classifier.card().provenance.onnx_sha256.clone(),
        data: data.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        split: Part::Test.name().to_owned(),
        split_sha256: split.sha256().to_owned(),
        predictions_sha256: files::sha256(csv.as_bytes()),
    };
    let bootstrap = Bootstrap { resamples: args.resamples, seed: args.seed };
    let metrics = metrics(about, &labels, &rows, &truth, &lesions, bootstrap)?;

    let out = args.out.as_ref().unwrap_or(&folder);
    let json = serde_json::to_string_pretty(&metrics).context("metrics.json")? + "\n";
    files::write(&out.join("predictions.csv"), csv.as_bytes())?;
    files::write(&out.join("roc.csv"), roc::to_csv(&labels, &predictions(&labels, &rows, &truth)?).as_bytes())?;
    files::write(&out.join("metrics.json"), json.as_bytes())?;
    println!("{}", metrics.summary());
    println!("{}", out.join("metrics.json").display());
    Ok(())
}

/// Everything that `metrics.json` says.
///
/// `rows`, `truth` and `lesions` are one an image, in the same order; `truth` counts the labels from 0.
///
/// # Errors
/// Numbers that are no probabilities, or lists of different lengths.
pub(crate) fn metrics(
    about: About,
    labels: &[String],
    rows: &[Row],
    truth: &[usize],
    lesions: &[&str],
    bootstrap: Bootstrap,
) -> anyhow::Result<Metrics> {
    let predictions = predictions(labels, rows, truth)?;
    let report = report(&predictions, &group_numbers(lesions), bootstrap)?;
    let class_lesions = (0..labels.len()).map(|class| {
        let of_class = truth.iter().zip(lesions).filter(|&(&truth, _)| truth == class);
        count_different(of_class.map(|(_, &lesion)| lesion))
    });
    let counts =
        metrics::Lesions { all: count_different(lesions.iter().copied()), of_class: class_lesions.collect() };
    Ok(Metrics::new(about, labels, &report, &counts, bootstrap))
}

fn predictions(labels: &[String], rows: &[Row], truth: &[usize]) -> anyhow::Result<Predictions> {
    let probabilities = rows.iter().flat_map(|row| row.probabilities.iter().copied()).collect();
    Ok(Predictions::new(labels.len(), truth.to_vec(), probabilities)?)
}

fn count_different<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.collect::<std::collections::BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten lesions with two images each, of two classes of three; every fifth image is taken for the other class.
    fn example() -> Metrics {
        let labels = ["MEL", "NV", "BCC"].map(String::from);
        let truth: Vec<usize> = (0..20).map(|image| image / 2 % 2).collect();
        let row = |image: usize| {
            let seen = if image.is_multiple_of(5) { 1 - truth[image] } else { truth[image] };
            let probabilities = (0..3).map(|class| if class == seen { 0.75 } else { 0.125 }).collect();
            Row { image: image.to_string(), probabilities }
        };
        let rows: Vec<Row> = (0..20).map(row).collect();
        let names: Vec<String> = (0..20).map(|image| format!("lesion-{}", image / 2)).collect();
        let lesions: Vec<&str> = names.iter().map(String::as_str).collect();
        let about = About { model: "net".to_owned(), split: "test".to_owned(), ..About::default() };
        metrics(about, &labels, &rows, &truth, &lesions, Bootstrap { resamples: 500, seed: 1 }).unwrap()
    }

    #[test]
    fn the_file_has_the_keys_that_pages_ask_for() {
        let json: serde_json::Value =
            serde_json::from_str(&serde_json::to_string(&example()).unwrap()).unwrap();
        assert_eq!((&json["images"], &json["lesions"]), (&20.into(), &10.into()));
        // Images 0, 5, 10 and 15 are wrong; their lesions 0, 2, 5 and 7 are of classes 0, 0, 1 and 1.
        assert_eq!(json["confusion_matrix"], serde_json::json!([[8, 2, 0], [2, 8, 0], [0, 0, 0]]));
        assert_eq!(json["balanced_accuracy"]["value"], 0.8);
        let melanoma = &json["per_class"]["MEL"];
        assert_eq!((&melanoma["images"], &melanoma["lesions"]), (&10.into(), &5.into()));
        assert_eq!(
            (&melanoma["sensitivity"]["value"], &melanoma["precision"]["value"]),
            (&0.8.into(), &0.8.into())
        );
        assert_eq!(json["bootstrap"]["grouped_by"], "lesion");
    }

    #[test]
    fn what_is_undefined_is_null() {
        let json: serde_json::Value =
            serde_json::from_str(&serde_json::to_string(&example()).unwrap()).unwrap();
        let absent = &json["per_class"]["BCC"];
        assert!(
            ["sensitivity", "precision", "f1", "auc"].iter().all(|key| absent[key].is_null()),
            "{absent}"
        );
        assert_eq!(absent["specificity"]["value"], 1.0);
    }

    #[test]
    fn classes_stand_in_the_order_of_the_labels() {
        let text = serde_json::to_string_pretty(&example()).unwrap();
        let places = ["\"MEL\": {", "\"NV\": {", "\"BCC\": {"].map(|key| text.find(key).unwrap());
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(text.lines().next_back(), Some("}"));
    }

    #[test]
    fn the_summary_states_the_interval() {
        let summary = example().summary();
        assert!(summary.starts_with("balanced accuracy 0.800 (95 % interval "), "{summary}");
    }
}
