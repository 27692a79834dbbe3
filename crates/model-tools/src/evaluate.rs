//! An exported model or a run, measured on one part of a split, which nothing else opens if it is the test part.

mod beside;
mod groups;
mod metrics;
mod roc;
mod runs;
mod subject;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use catalog::Diagnosis;
use datasets::{Dataset, Image, Split, SplitPart};
use evaluation::submission::{PredictionRow, to_csv};
use evaluation::{
    Bootstrap, FittedCalibration, Predictions, Recalibration, Report, challenge_score, group_numbers, report,
    temperature,
};
use imaging::Views;
use inference::Classifier;

use crate::{classify, predictions};
pub use runs::{RunComparison, compare_runs};

use groups::Group;
use metrics::{Fitted, GroupMetrics, Metrics, MetricsHeader};
use subject::{EvaluatedNetwork, OutputMeaning};

/// Resamples for the intervals, unless told otherwise.
pub const RESAMPLES: u32 = 2000;
/// Seed of the resamples, unless told otherwise.
pub const SEED: u64 = 2019;

/// What is measured, and how.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Name of an exported model, or a folder with its `model.onnx` and `model.toml`, or the folder of a run.
    pub model: String,
    /// Folder of the data set; a run's own if `None`.
    pub data: Option<PathBuf>,
    /// The split file that the model was trained with; a run's own if `None`.
    pub split: Option<PathBuf>,
    /// The part of the split.
    pub part: SplitPart,
    /// Views of an image whose probabilities are averaged; a run's own, or none, if `None`.
    pub test_time_augmentation: Option<Views>,
    /// Where `predictions.csv`, `truth.csv`, `roc.csv` and `metrics.json` go; the folder of the model or the run if `None`.
    pub out: Option<PathBuf>,
    /// Another model's `predictions.csv` for the same images; the difference goes to `comparison.json`.
    pub beside: Option<PathBuf>,
    /// How often lesions are drawn again for the 95 % intervals.
    pub resamples: u32,
    /// Seed of these drawings.
    pub seed: u64,
}

impl Evaluation {
    /// The model of a folder on its test images, with everything else as usual.
    pub fn on(model: &Path, data: &Path, split: &Path) -> Self {
        Self {
            model: model.to_string_lossy().into_owned(),
            data: Some(data.to_owned()),
            split: Some(split.to_owned()),
            part: SplitPart::Test,
            test_time_augmentation: None,
            out: None,
            beside: None,
            resamples: RESAMPLES,
            seed: SEED,
        }
    }
}

/// Writes `predictions.csv`, `truth.csv`, `roc.csv` and `metrics.json`.
///
/// # Errors
/// A model, data set or split that cannot be read or do not belong together; any image that cannot be read.
pub fn run(task: &Evaluation) -> anyhow::Result<()> {
    let EvaluatedNetwork { folder, mut classifier, asked } = EvaluatedNetwork::load(&task.model)?;
    let outputs = OutputMeaning::of(&classifier.card().labels)?;
    let needs = |what: &str| format!("add --{what}: an exported model does not say where its images are");
    let data = task.data.clone().or(asked.data).with_context(|| needs("data"))?;
    let split_path = task.split.clone().or(asked.split).with_context(|| needs("split"))?;
    let views = task.test_time_augmentation.unwrap_or(asked.views);
    let dataset = Dataset::read(&data)?;
    let split = Split::read(&split_path)?;
    let images = split.images(&dataset, task.part)?;
    let part = task.part.name();
    ensure!(!images.is_empty(), "the {part} part of {} is empty", split_path.display());

    let labels = classifier.card().labels.clone();
    let rows = answers(&mut classifier, views, &dataset, &images)?;
    // The numbers come from the text that is written, so that whoever reads the file gets the same.
    let csv = to_csv(&labels, &rows);
    let measured = MeasuredAnswers::new(
        &labels,
        outputs,
        predictions::from_csv(&labels, &csv).context("predictions.csv")?,
        &images,
    )?;
    let other = task.beside.as_ref().map(|path| beside::read(path, &labels, &measured)).transpose()?;
    let fitted = if task.part == SplitPart::Validation {
        fitted(&measured.predictions)
    } else {
        let images = split.images(&dataset, SplitPart::Validation)?;
        let rows = answers(&mut classifier, views, &dataset, &images)?;
        fitted(&MeasuredAnswers::new(&labels, outputs, rows, &images)?.predictions)
    };

    let absolute = std::path::absolute(&data).context("the path of the data set is empty")?;
    let about = MetricsHeader {
        model: classifier.card().name.clone(),
        model_sha256: classifier.card().provenance.onnx_sha256.clone(),
        data: absolute.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        split: part.to_owned(),
        test_time_augmentation: views.name().to_owned(),
        split_sha256: split.sha256().to_owned(),
        predictions_sha256: files::sha256(csv.as_bytes()),
    };
    let bootstrap = Bootstrap { resamples: task.resamples, seed: task.seed };
    let metrics = measured.metrics(about, &labels, &fitted, &groups::of(&images), bootstrap)?;
    let out = task.out.as_ref().unwrap_or(&folder);
    let json = serde_json::to_string_pretty(&metrics).context("metrics.json")? + "\n";
    files::write(&out.join("predictions.csv"), csv.as_bytes())?;
    files::write(&out.join("truth.csv"), &groups::truth_csv(&images)?)?;
    files::write(&out.join("roc.csv"), roc::to_csv(&labels, &measured.predictions).as_bytes())?;
    files::write(&out.join("metrics.json"), json.as_bytes())?;
    println!("{}", metrics.summary());
    if let Some(other) = other {
        println!("{}", beside::write(&out.join("comparison.json"), &other, &measured, bootstrap)?);
    }
    println!("{}", out.join("metrics.json").display());
    Ok(())
}

/// What the network says to every image, in their order.
fn answers(
    classifier: &mut Classifier,
    views: Views,
    dataset: &Dataset,
    images: &[&Image],
) -> anyhow::Result<Vec<PredictionRow>> {
    let paths: Vec<PathBuf> = images.iter().map(|image| dataset.path(&image.name)).collect();
    let outcomes = classify::all_seen(classifier, views, &paths)?;
    let mut rows = Vec::with_capacity(images.len());
    for ((image, path), outcome) in images.iter().zip(&paths).zip(outcomes) {
        match outcome {
            Ok(probabilities) => rows.push(PredictionRow { image: image.name.clone(), probabilities }),
            Err(reason) => eprintln!("{}: {reason}", path.display()),
        }
    }
    let failed = images.len() - rows.len();
    if failed > 0 {
        bail!("{failed} of {} images could not be read; nothing is written", images.len());
    }
    Ok(rows)
}

/// What makes the probabilities fit the validation images best.
fn fitted(validation: &Predictions) -> Fitted {
    Fitted {
        calibration: FittedCalibration {
            temperature: temperature(validation),
            recalibration: Recalibration::fit(validation),
        },
        on: SplitPart::Validation.name().to_owned(),
        images: validation.images(),
    }
}

/// Probabilities beside the truth, and the lesion of every image.
struct MeasuredAnswers {
    names: Vec<String>,
    predictions: Predictions,
    lesions: Vec<String>,
}

impl MeasuredAnswers {
    /// `rows` and `images` in the same order.
    fn new(
        labels: &[String],
        outputs: OutputMeaning,
        rows: Vec<PredictionRow>,
        images: &[&Image],
    ) -> anyhow::Result<Self> {
        let truth: Vec<Diagnosis> = images.iter().map(|image| image.diagnosis).collect();
        let lesions = images.iter().map(|image| image.lesion().to_owned()).collect();
        Self::of(labels, rows, truth.into_iter().map(|one| outputs.class(one)).collect(), lesions)
    }

    /// One row, true label (counted from 0) and lesion an image, in the same order.
    fn of(
        labels: &[String],
        rows: Vec<PredictionRow>,
        truth: Vec<usize>,
        lesions: Vec<String>,
    ) -> anyhow::Result<Self> {
        let probabilities = rows.iter().flat_map(|row| row.probabilities.iter().copied()).collect();
        let predictions = Predictions::new(labels.len(), truth, probabilities)?;
        Ok(Self { names: rows.into_iter().map(|row| row.image).collect(), predictions, lesions })
    }

    /// Everything that `metrics.json` says.
    fn metrics(
        &self,
        about: MetricsHeader,
        labels: &[String],
        fitted: &Fitted,
        groups: &[Group],
        bootstrap: Bootstrap,
    ) -> anyhow::Result<Metrics> {
        let report = self.report(&fitted.calibration, bootstrap)?;
        let challenge = (0..labels.len()).map(|class| challenge_score(&self.predictions, class)).collect();
        let class_lesions = (0..labels.len()).map(|class| {
            let of_class = self.predictions.truth().iter().zip(&self.lesions);
            count_different(of_class.filter(|&(&truth, _)| truth == class).map(|(_, lesion)| lesion))
        });
        let counts =
            metrics::Lesions { all: count_different(self.lesions.iter()), of_class: class_lesions.collect() };
        let groups = groups.iter().map(|group| self.group(group, labels, bootstrap));
        let groups = groups.collect::<anyhow::Result<_>>()?;
        Ok(Metrics::new(about, labels, &report, fitted, challenge, &counts, bootstrap).with_groups(groups))
    }

    fn report(&self, fitted: &FittedCalibration, bootstrap: Bootstrap) -> anyhow::Result<Report> {
        Ok(report(&self.predictions, fitted, &group_numbers(&self.lesions), bootstrap)?)
    }

    /// What is measured on the images of one group.
    fn group(&self, group: &Group, labels: &[String], bootstrap: Bootstrap) -> anyhow::Result<GroupMetrics> {
        let measured = Self {
            names: group.images.iter().map(|&image| self.names[image].clone()).collect(),
            predictions: self.predictions.of_images(&group.images),
            lesions: group.images.iter().map(|&image| self.lesions[image].clone()).collect(),
        };
        let report = measured.report(&FittedCalibration::default(), bootstrap)?;
        Ok(GroupMetrics::new(group, labels, &report, count_different(measured.lesions.iter())))
    }
}

fn count_different<'a>(names: impl Iterator<Item = &'a String>) -> usize {
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
            PredictionRow { image: image.to_string(), probabilities }
        };
        let rows: Vec<PredictionRow> = (0..20).map(row).collect();
        let lesions: Vec<String> = (0..20).map(|image| format!("lesion-{}", image / 2)).collect();
        let about =
            MetricsHeader { model: "net".to_owned(), split: "test".to_owned(), ..MetricsHeader::default() };
        let measured = MeasuredAnswers::of(&labels, rows, truth, lesions).unwrap();
        let fitted = fitted(&measured.predictions);
        let even = Group { by: "sex", name: "female".to_owned(), images: (0..20).step_by(2).collect() };
        measured.metrics(about, &labels, &fitted, &[even], Bootstrap { resamples: 500, seed: 1 }).unwrap()
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
    fn a_group_is_measured_on_its_images_alone() {
        let json: serde_json::Value =
            serde_json::from_str(&serde_json::to_string(&example()).unwrap()).unwrap();
        let group = &json["groups"][0];
        assert_eq!((&group["by"], &group["name"]), (&"sex".into(), &"female".into()));
        // Images 0, 2, …, 18 are one of each lesion; 0 and 10 are wrong, of lesions 0 and 5.
        assert_eq!((&group["images"], &group["lesions"]), (&10.into(), &10.into()));
        assert_eq!(group["accuracy"]["value"], 0.8);
        assert_eq!(group["sensitivity"]["MEL"]["value"], 0.8);
        assert!(group["sensitivity"]["BCC"].is_null());
    }

    #[test]
    fn calibration_is_told_before_and_after() {
        let json: serde_json::Value =
            serde_json::from_str(&serde_json::to_string(&example()).unwrap()).unwrap();
        // 16 of 20 are right, all with probability 0.75.
        let error = |of: &serde_json::Value| of["expected_calibration_error"]["value"].as_f64().unwrap();
        assert!((error(&json) - 0.05).abs() < 1e-12, "{json}");
        // Of three logits x, 0, 0 the first gets 0.8 at x = ln 8 instead of ln 6.
        let temperature = json["temperature"]["value"].as_f64().unwrap();
        assert!(
            (temperature - numerics::math::ln64(6.0) / numerics::math::ln64(8.0)).abs() < 1e-6,
            "{temperature}"
        );
        assert!(error(&json["calibrated"]) < 1e-6);
        assert_eq!(json["temperature"]["fitted_on"], "validation");
        assert_eq!(json["recalibration"]["fitted_on"], "validation");
        // The class without images loses probability to those that occur.
        assert!(
            json["recalibrated"]["log_loss"]["value"].as_f64()
                < json["calibrated"]["log_loss"]["value"].as_f64()
        );
        assert_eq!(json["recalibration"]["biases"].as_object().unwrap().len(), 3);
        let reliability = json["reliability"].as_array().unwrap();
        // 0.75 lies above 11/15 and below 12/15.
        assert_eq!((reliability.len(), &reliability[11]["images"]), (15, &20.into()));
        assert_eq!(reliability[11]["accuracy"], 0.8);
    }

    #[test]
    fn what_is_undefined_is_null() {
        let json: serde_json::Value =
            serde_json::from_str(&serde_json::to_string(&example()).unwrap()).unwrap();
        let absent = &json["per_class"]["BCC"];
        assert!(
            ["sensitivity", "precision", "f1", "auc", "average_precision"]
                .iter()
                .all(|key| absent[key].is_null()),
            "{absent}"
        );
        assert_eq!(absent["specificity"]["value"], 1.0);
        let challenge = &json["challenge"]["BCC"];
        assert!(["sensitivity", "ppv", "dice", "auc", "ap"].iter().all(|key| challenge[key].is_null()));
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
