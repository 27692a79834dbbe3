//! Several runs of one recipe: on folds of the images, or with several seeds, with mean and spread of what they reach.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use datasets::{Dataset, Split};
use model_tools::workspace;
use numerics::statistics::{mean, sample_standard_deviation};
use recipe::Recipe;
use serde::{Deserialize, Serialize};
use toml::Value;

use super::{Args, train};

/// How the runs of a series differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Series {
    /// Each validates on another of this many folds.
    Folds(u32),
    /// Each has another of this many seeds.
    Seeds(u32),
}

/// One run of a series.
#[derive(Debug)]
struct SeriesRun {
    /// Such as `fold-2` or `seed-7`.
    name: String,
    recipe: PathBuf,
    folder: PathBuf,
}

/// What a run reached in its best epoch, on its validation images: a row of `results.csv`.
#[derive(Debug, PartialEq, Serialize)]
struct SeriesRow {
    run: String,
    best_epoch: usize,
    balanced_accuracy: f64,
    accuracy: f64,
    validation_loss: f64,
}

/// What is needed of a row of `history.csv`.
#[derive(Deserialize)]
struct HistoryRow {
    epoch: usize,
    balanced_accuracy: f64,
    accuracy: f64,
    validation_loss: f64,
}

/// What is needed of the text in the header of `best.safetensors`.
#[derive(Deserialize)]
struct BestEpoch {
    epoch: usize,
}

impl Series {
    fn folder(self, recipe: &Recipe) -> PathBuf {
        let name = match self {
            Self::Folds(count) => format!("{}-folds-{count}", recipe.name),
            Self::Seeds(count) => format!("{}-seeds-{count}", recipe.name),
        };
        workspace::root().join("runs").join(name)
    }

    /// The options that ask for it.
    fn words(self) -> String {
        match self {
            Self::Folds(count) => format!("--folds {count}"),
            Self::Seeds(count) => format!("--seeds {count}"),
        }
    }
}

/// Trains every run of a series that is not done, one after the other.
pub(super) fn run(series: Series, recipe: &Recipe, args: &Args) -> anyhow::Result<()> {
    let folder = series.folder(recipe);
    if folder.exists() && !args.resume {
        bail!("{} exists; to continue it, add --resume; to start again, remove it", folder.display());
    }
    let runs = prepare(series, recipe, &args.recipe, &folder)?;
    let again = format!("train {} {} --resume", args.recipe.display(), series.words());
    let mut rows = Vec::new();
    for run in &runs {
        println!("{}, {} of {}", run.name, rows.len() + 1, runs.len());
        train(args, &run.recipe, &run.folder, true, &again).with_context(|| run.name.clone())?;
        rows.push(reached(run)?);
    }
    let table = folder.join("results.csv");
    files::write(&table, csv(&rows)?.as_slice())?;
    print!("{}", summary(&rows));
    println!("{}", table.display());
    Ok(())
}

/// Writes the recipe of every run, and of folds the splits, into the folder of the series.
fn prepare(series: Series, recipe: &Recipe, path: &Path, folder: &Path) -> anyhow::Result<Vec<SeriesRun>> {
    let text = files::read_text(path)?;
    let run = |name: String, key: &[&str], value: Value| -> anyhow::Result<SeriesRun> {
        let run = SeriesRun { recipe: folder.join(format!("{name}.toml")), folder: folder.join(&name), name };
        let about = format!(
            "# {} of {}, written by cargo xtask train {}\n",
            run.name,
            path.display(),
            series.words()
        );
        let text = about + &with(&text, &format!("{}-{}", recipe.name, run.name), key, value)?;
        files::write(&run.recipe, text.as_bytes())?;
        Ok(run)
    };
    match series {
        Series::Seeds(count) => (0..u64::from(count))
            .map(|more| recipe.seed + more)
            .map(|seed| run(format!("seed-{seed}"), &["seed"], Value::Integer(seed as i64)))
            .collect(),
        Series::Folds(count) => {
            let dataset = Dataset::read(&workspace::root().join(&recipe.data.folder))?;
            let split = Split::read(&workspace::root().join(&recipe.data.split))?;
            let folds = split.folds(&dataset, count as usize, recipe.seed)?;
            let one = |(index, split): (usize, &Split)| {
                let name = format!("fold-{}", index + 1);
                let path = std::path::absolute(folder.join(format!("{name}-split.csv")))?;
                split.write(&path)?;
                run(name, &["data", "split"], Value::String(path.display().to_string()))
            };
            folds.iter().enumerate().map(one).collect()
        }
    }
}

/// A recipe with another name and another value of one key.
fn with(recipe: &str, name: &str, key: &[&str], value: Value) -> anyhow::Result<String> {
    let mut document: toml::Table = toml::from_str(recipe)?;
    document.insert("name".to_owned(), Value::String(name.to_owned()));
    let (last, tables) = key.split_last().context("a key has a name")?;
    let mut table = &mut document;
    for name in tables {
        table = table.get_mut(*name).and_then(Value::as_table_mut).context("every recipe has this table")?;
    }
    table.insert((*last).to_owned(), value);
    Ok(toml::to_string(&document)?)
}

/// What a run that is done reached.
fn reached(run: &SeriesRun) -> anyhow::Result<SeriesRow> {
    let best = best_epoch(&run.folder.join("best.safetensors"))?;
    let path = run.folder.join("history.csv");
    let rows: Result<Vec<HistoryRow>, _> =
        csv::Reader::from_path(&path).and_then(|mut reader| reader.deserialize().collect());
    let rows = rows.with_context(|| format!("cannot read {}", path.display()))?;
    let row = rows.into_iter().find(|row| row.epoch == best);
    let HistoryRow { balanced_accuracy, accuracy, validation_loss, .. } =
        row.with_context(|| format!("{} has no row for the best epoch, {best}", path.display()))?;
    Ok(SeriesRow { run: run.name.clone(), best_epoch: best, balanced_accuracy, accuracy, validation_loss })
}

fn best_epoch(path: &Path) -> anyhow::Result<usize> {
    let bytes = files::read(path)?;
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes)
        .with_context(|| format!("{} is not a complete safetensors file", path.display()))?;
    let about = header.metadata().as_ref().and_then(|words| words.get("about"));
    let about = about.with_context(|| format!("{} says nothing about its epoch", path.display()))?;
    let best: BestEpoch = serde_json::from_str(about).with_context(|| path.display().to_string())?;
    Ok(best.epoch)
}

fn csv(rows: &[SeriesRow]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    writer.into_inner().context("the table is written to memory")
}

/// The table in words, with mean and standard deviation over the runs.
fn summary(rows: &[SeriesRow]) -> String {
    let head = format!(
        "{:<12}{:>10}{:>20}{:>16}{:>16}\n",
        "run", "best epoch", "balanced accuracy", "accuracy", "loss"
    );
    let line = |row: &SeriesRow| {
        format!(
            "{:<12}{:>10}{:>20.3}{:>16.3}{:>16.3}\n",
            row.run, row.best_epoch, row.balanced_accuracy, row.accuracy, row.validation_loss
        )
    };
    let of = |value: fn(&SeriesRow) -> f64| {
        let values: Vec<f64> = rows.iter().map(value).collect();
        let [mean, spread] =
            [mean(&values), sample_standard_deviation(&values)].map(Option::unwrap_or_default);
        format!("{mean:.3} ± {spread:.3}")
    };
    let [balanced, accuracy, loss] =
        [of(|row| row.balanced_accuracy), of(|row| row.accuracy), of(|row| row.validation_loss)];
    let last = format!("{:<12}{:>10}{balanced:>20}{accuracy:>16}{loss:>16}\n", "mean ± sd", "");
    head + &rows.iter().map(line).collect::<String>() + &last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_a_series_is_the_recipe_with_another_name_and_split() {
        let recipe = include_str!("../../../../configs/ham10000-resnet18-head.toml");
        let changed =
            with(recipe, "x-fold-1", &["data", "split"], Value::String("runs/a.csv".to_owned())).unwrap();
        let mut expected = Recipe::parse(recipe).unwrap();
        "x-fold-1".clone_into(&mut expected.name);
        expected.data.split = "runs/a.csv".into();
        assert_eq!(Recipe::parse(&changed).unwrap(), expected);
        let seeded = with(recipe, "x", &["seed"], Value::Integer(7)).unwrap();
        assert_eq!(Recipe::parse(&seeded).unwrap().seed, 7);
    }

    #[test]
    fn mean_and_spread_are_over_the_runs() {
        let row = |run: &str, balanced_accuracy| SeriesRow {
            run: run.to_owned(),
            best_epoch: 3,
            balanced_accuracy,
            accuracy: 0.5,
            validation_loss: 1.0,
        };
        let text = summary(&[row("fold-1", 0.6), row("fold-2", 0.7), row("fold-3", 0.8)]);
        assert!(text.contains("0.700 ± 0.100") && text.contains("0.500 ± 0.000"), "{text}");
    }
}
