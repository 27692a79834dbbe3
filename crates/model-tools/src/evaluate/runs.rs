//! Several runs on the validation part of their split, each compared with the one before it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use datasets::{Dataset, Split, SplitPart};
use evaluation::{Bootstrap, FittedCalibration, compare, group_numbers};
use imaging::Views;
use serde::Serialize;

use super::metrics::{MeasuredValue, in_their_order};
use super::subject::{EvaluatedNetwork, OutputMeaning, RunSetup};
use super::{MeasuredAnswers, answers, count_different};

/// What is compared.
#[derive(Clone, Debug)]
pub struct RunComparison {
    /// Folders of runs, each compared with the one before; `FOLDER:dihedral` averages over views of each image.
    pub runs: Vec<String>,
    /// The JSON file to write.
    pub out: PathBuf,
    /// How the intervals are made.
    pub resamples: u32,
    /// Seed of the resampling.
    pub seed: u64,
}

/// The file's contents.
#[derive(Debug, Serialize)]
struct ComparedRuns {
    /// Name of the data set's folder.
    data: String,
    /// The part of the split.
    part: &'static str,
    split_sha256: String,
    images: usize,
    lesions: usize,
    #[serde(serialize_with = "in_their_order")]
    runs: Vec<(String, ComparedRun)>,
}

#[derive(Debug, Serialize)]
struct ComparedRun {
    test_time_augmentation: &'static str,
    balanced_accuracy: Option<MeasuredValue>,
    accuracy: Option<MeasuredValue>,
    macro_auc: Option<MeasuredValue>,
    /// Balanced accuracy less that of the run before, on the same lesions; nothing for the first.
    difference: Option<MeasuredValue>,
}

/// The answers of one run, and what they are for.
struct RunAnswers {
    name: String,
    views: Views,
    data: PathBuf,
    split_sha256: String,
    measured: MeasuredAnswers,
}

/// Measures the runs and writes the file.
///
/// # Errors
/// No run; a folder that is none; runs with other images or other classes than the first.
pub fn compare_runs(task: &RunComparison) -> anyhow::Result<()> {
    let bootstrap = Bootstrap { resamples: task.resamples, seed: task.seed };
    let mut before: Option<RunAnswers> = None;
    let mut compared: Option<ComparedRuns> = None;
    for named in &task.runs {
        let run = answers_of(named)?;
        let (sets, known) = (&run.measured, before.as_ref().map(|before| &before.measured));
        if let Some(before) = &before {
            ensure!(
                before.split_sha256 == run.split_sha256 && before.measured.names == sets.names,
                "{named} was trained with another split than {}; compare runs of one split",
                before.name
            );
        }
        let file = compared.get_or_insert_with(|| ComparedRuns {
            data: run.data.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            part: SplitPart::Validation.name(),
            split_sha256: run.split_sha256.clone(),
            images: sets.names.len(),
            lesions: count_different(sets.lesions.iter()),
            runs: Vec::new(),
        });
        let row = measure(&run, known, bootstrap).with_context(|| format!("cannot measure {named}"))?;
        println!("{}", summary(&run.name, &row));
        file.runs.push((run.name.clone(), row));
        before = Some(run);
    }
    let Some(compared) = compared else { bail!("name at least one run, such as runs/NAME") };
    let json = serde_json::to_string_pretty(&compared).context("cannot write the comparison")? + "\n";
    files::write(&task.out, json.as_bytes())?;
    println!("{}", task.out.display());
    Ok(())
}

/// The run of `FOLDER` or `FOLDER:VIEWS` answers every validation image.
fn answers_of(named: &str) -> anyhow::Result<RunAnswers> {
    let (folder, views) = match named.rsplit_once(':') {
        Some((folder, views)) => {
            let names = Views::ALL.map(Views::name).join(", ");
            let views = Views::named(views);
            (folder, Some(views.with_context(|| format!("{named}: choose {names} after the colon"))?))
        }
        None => (named, None),
    };
    let EvaluatedNetwork { mut classifier, asked, .. } = EvaluatedNetwork::load(folder)?;
    let RunSetup { data: Some(data), split: Some(split), views: usual } = asked else {
        bail!("{folder} is an exported model; name the folder of a run, such as runs/NAME");
    };
    let views = views.unwrap_or(usual);
    let (dataset, split) = (Dataset::read(&data)?, Split::read(&split)?);
    let images = split.images(&dataset, SplitPart::Validation)?;
    let labels = classifier.card().labels.clone();
    let rows = answers(&mut classifier, views, &dataset, &images)?;
    let measured = MeasuredAnswers::new(&labels, OutputMeaning::of(&labels)?, rows, &images)?;
    let folder = Path::new(folder).file_name().unwrap_or_default().to_string_lossy();
    let name = if views == usual { folder.into_owned() } else { format!("{folder}-{}", views.name()) };
    Ok(RunAnswers { name, views, data, split_sha256: split.sha256().to_owned(), measured })
}

fn measure(
    run: &RunAnswers,
    before: Option<&MeasuredAnswers>,
    bootstrap: Bootstrap,
) -> anyhow::Result<ComparedRun> {
    let report = run.measured.report(&FittedCalibration::default(), bootstrap)?;
    let difference = before.map(|before| {
        let groups = group_numbers(&run.measured.lesions);
        compare(&before.predictions, &run.measured.predictions, &groups, bootstrap)
    });
    let difference = difference.transpose()?.and_then(|found| found.balanced_accuracy);
    Ok(ComparedRun {
        test_time_augmentation: run.views.name(),
        balanced_accuracy: report.balanced_accuracy.map(MeasuredValue::from),
        accuracy: report.accuracy.map(MeasuredValue::from),
        macro_auc: report.macro_auc.map(MeasuredValue::from),
        difference: difference.map(MeasuredValue::from),
    })
}

fn summary(name: &str, row: &ComparedRun) -> String {
    let number = |value: Option<MeasuredValue>| {
        value.map_or("undefined".to_owned(), |MeasuredValue { value, low, high }| match (low, high) {
            (Some(low), Some(high)) => format!("{value:.3} ({low:.3} to {high:.3})"),
            _ => format!("{value:.3}"),
        })
    };
    let alone = format!("{name}: balanced accuracy {}", number(row.balanced_accuracy));
    match row.difference {
        None => alone,
        difference => format!("{alone}, difference to the one before {}", number(difference)),
    }
}

#[cfg(test)]
mod tests {
    use evaluation::submission::PredictionRow;

    use super::*;

    /// Twelve lesions of two classes; images whose number is below `right` are classified correctly.
    fn run(name: &str, right: usize) -> RunAnswers {
        let labels = ["MEL", "NV"].map(String::from);
        let truth: Vec<usize> = (0..12).map(|image| image % 2).collect();
        let row = |image: usize| {
            let seen = if image < right { truth[image] } else { 1 - truth[image] };
            let probabilities = (0..2).map(|class| if class == seen { 0.75 } else { 0.25 }).collect();
            PredictionRow { image: image.to_string(), probabilities }
        };
        let lesions = (0..12).map(|lesion| lesion.to_string()).collect();
        RunAnswers {
            name: name.to_owned(),
            views: Views::None,
            data: PathBuf::from("data/set"),
            split_sha256: String::new(),
            measured: MeasuredAnswers::of(&labels, (0..12).map(row).collect(), truth.clone(), lesions)
                .unwrap(),
        }
    }

    #[test]
    fn a_run_is_compared_with_the_one_before() {
        let (first, second) = (run("first", 6), run("second", 9));
        let bootstrap = Bootstrap { resamples: 200, seed: 1 };
        let row = measure(&second, Some(&first.measured), bootstrap).unwrap();
        let value = |estimate: Option<MeasuredValue>| estimate.unwrap().value;
        // Of the first nine images five are of one class and four of the other: 5/6 and 4/6.
        assert!((value(row.balanced_accuracy) - 0.75).abs() < 1e-12);
        assert!((value(row.difference) - 0.25).abs() < 1e-12);
        assert!(measure(&first, None, bootstrap).unwrap().difference.is_none());
        assert!(summary("second", &row).starts_with("second: balanced accuracy 0.750 ("));
    }

    #[test]
    fn no_run_is_refused() {
        let task = RunComparison { runs: Vec::new(), out: PathBuf::from("x.json"), resamples: 10, seed: 1 };
        assert!(compare_runs(&task).unwrap_err().to_string().contains("at least one run"));
    }
}
