//! What a training and its evaluation left behind, read for the figures: `history.csv`, `steps.csv`, `roc.csv`.

use std::str::FromStr;

use catalog::manifest::ScoreEstimate;
use serde::Deserialize;

use crate::FigureError;
use crate::learning_curve::{BatchLoss, EpochLosses};
use crate::registry::{Inputs, SourceFile};
use crate::roc_curves::Curve;

/// A table with a header, read by the names of its columns.
struct CsvTable<'a> {
    source: SourceFile,
    header: Vec<&'a str>,
    /// Cells and, from 2, the line they are in.
    rows: Vec<(usize, Vec<&'a str>)>,
}

impl<'a> CsvTable<'a> {
    fn read(inputs: &'a Inputs, source: SourceFile) -> Result<Self, FigureError> {
        let mut lines = inputs.text(source)?.lines();
        let header = lines.next().unwrap_or_default().split(',').collect();
        let rows = (2..).zip(lines.map(|line| line.split(',').map(str::trim).collect())).collect();
        Ok(Self { source, header, rows })
    }

    /// The place of a column; whether it is there is the caller's to say.
    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|title| *title == name)
    }

    fn needed<const N: usize>(&self, names: [&str; N]) -> Result<[usize; N], FigureError> {
        let mut columns = [0; N];
        for (column, name) in columns.iter_mut().zip(names) {
            let missing = || {
                self.source.malformed(format!("a column {name}"), format!("the columns {:?}", self.header))
            };
            *column = self.column(name).ok_or_else(missing)?;
        }
        Ok(columns)
    }

    fn number<T: FromStr>(
        &self,
        (line, cells): &(usize, Vec<&str>),
        column: usize,
    ) -> Result<T, FigureError> {
        let cell = cells.get(column).copied().unwrap_or_default();
        cell.parse().map_err(|_| {
            let expected = format!("a number for {} in line {line}", self.header[column]);
            self.source.malformed(expected, format!("“{cell}”"))
        })
    }
}

/// The epochs of a run's `history.csv`.
pub(crate) fn history(inputs: &Inputs, source: SourceFile) -> Result<Vec<EpochLosses>, FigureError> {
    let table = CsvTable::read(inputs, source)?;
    let [epoch, image_size, loss, validation_loss, accuracy, balanced_accuracy] =
        table.needed(["epoch", "image_size", "loss", "validation_loss", "accuracy", "balanced_accuracy"])?;
    let row = |row| {
        Ok(EpochLosses {
            epoch: table.number(row, epoch)?,
            image_size: table.number(row, image_size)?,
            loss: table.number(row, loss)?,
            validation_loss: table.number(row, validation_loss)?,
            accuracy: table.number(row, accuracy)?,
            balanced_accuracy: table.number(row, balanced_accuracy)?,
        })
    };
    table.rows.iter().map(row).collect()
}

/// The batches of `steps.csv`; none if the run wrote no such file.
pub(crate) fn steps(inputs: &Inputs, source: SourceFile) -> Result<Vec<BatchLoss>, FigureError> {
    if !inputs.has(source) {
        return Ok(Vec::new());
    }
    let table = CsvTable::read(inputs, source)?;
    let [epoch, loss] = table.needed(["epoch", "loss"])?;
    let accuracy = table.column("accuracy");
    let row = |row| {
        Ok(BatchLoss {
            epoch: table.number(row, epoch)?,
            loss: table.number(row, loss)?,
            accuracy: accuracy.map(|column| table.number(row, column)).transpose()?,
        })
    };
    table.rows.iter().map(row).collect()
}

/// What the curves need of `metrics.json`.
#[derive(Deserialize)]
struct Metrics {
    labels: Vec<String>,
    per_class: std::collections::BTreeMap<String, ClassAuc>,
}

#[derive(Deserialize)]
struct ClassAuc {
    auc: Option<ScoreEstimate>,
}

/// How far an area may differ from the one in `metrics.json`: both are sums of some hundred 64-bit floats.
const TOLERANCE: f64 = 1e-9;

/// The curves of `roc.csv`, each with its area from `metrics.json`; a class without an area has no curve.
pub(crate) fn roc_curves(
    inputs: &Inputs,
    metrics: SourceFile,
    roc: SourceFile,
) -> Result<Vec<Curve>, FigureError> {
    let table = CsvTable::read(inputs, roc)?;
    let [label, false_positives, true_positives] =
        table.needed(["label", "false_positives", "true_positives"])?;
    let metrics: Metrics = serde_json::from_str(inputs.text(metrics)?)
        .map_err(|error| metrics.malformed("labels and per_class", error.to_string()))?;
    let mut curves = Vec::new();
    for name in &metrics.labels {
        let Some(auc) = metrics.per_class.get(name).and_then(|class| class.auc.as_ref()) else { continue };
        let rows = table.rows.iter().filter(|(_, cells)| cells.get(label) == Some(&name.as_str()));
        let counts = rows
            .map(|row| Ok([table.number(row, false_positives)?, table.number(row, true_positives)?]))
            .collect::<Result<Vec<[f64; 2]>, FigureError>>()?;
        let [negatives, positives] = counts.last().copied().unwrap_or_default();
        let points: Vec<[f64; 2]> = counts.iter().map(|[x, y]| [x / negatives, y / positives]).collect();
        let area: f64 = points
            .windows(2)
            .map(|ends| (ends[1][0] - ends[0][0]) * f64::midpoint(ends[0][1], ends[1][1]))
            .sum();
        if area.is_nan() || (area - auc.value).abs() > TOLERANCE {
            let expected = format!("a curve of {name} with the area {} of metrics.json", auc.value);
            return Err(roc.malformed(expected, format!("{} points with the area {area}", points.len())));
        }
        let interval = auc.low.zip(auc.high).map(|(low, high)| [low, high]);
        curves.push(Curve { label: name.clone(), points, auc: (auc.value, interval) });
    }
    Ok(curves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::tests::check_error;
    use crate::registry::{HISTORY, METRICS, ROC, STEPS};

    fn inputs(files: &[(SourceFile, &str)]) -> Inputs {
        let mut inputs = Inputs::default();
        for (source, text) in files {
            inputs.insert(*source, text.as_bytes().into());
        }
        inputs
    }

    #[test]
    fn a_history_with_a_word_for_a_number_is_refused_by_line() {
        check_error(
            "learning-curve",
            HISTORY,
            "epoch,image_size,loss,validation_loss,accuracy,balanced_accuracy\n1,64,2,2,0.1,0.1\n2,64,x,2,0.1,0.1\n",
            "exported-models/synthetic-resnet18-eight/history.csv needs a number for loss in line 3, but has “x”; \
             run: cargo xtask export RUN --name synthetic-resnet18-eight",
        );
    }

    #[test]
    fn steps_are_read_wherever_their_columns_stand() {
        let text = "step,epoch,step_in_epoch,loss,accuracy\n1,1,1,2.5,0.25\n2,1,2,1.5,0.5\n";
        let steps = steps(&inputs(&[(STEPS, text)]), STEPS).unwrap();
        assert_eq!(steps[0], BatchLoss { epoch: 1, loss: 2.5, accuracy: Some(0.25) });
        assert_eq!(steps[1], BatchLoss { epoch: 1, loss: 1.5, accuracy: Some(0.5) });
    }

    #[test]
    fn a_run_without_steps_has_none() {
        assert_eq!(steps(&Inputs::default(), STEPS).unwrap(), []);
    }

    const CORNERS: &str =
        "label,threshold,false_positives,true_positives\nMEL,inf,0,0\nMEL,0.5,0,1\nMEL,0.25,2,2\n";

    fn metrics(auc: &str) -> String {
        format!(
            r#"{{"labels": ["MEL", "NV"], "per_class": {{"MEL": {{"auc": {auc}}}, "NV": {{"auc": null}}}}}}"#
        )
    }

    #[test]
    fn a_curve_has_the_area_that_was_measured() {
        // Up by half, then a slope to the end: 1/2 + 1/4.
        let metrics = metrics(r#"{"value": 0.75, "low": 0.5, "high": 1.0}"#);
        let curves = roc_curves(&inputs(&[(ROC, CORNERS), (METRICS, &metrics)]), METRICS, ROC).unwrap();
        let points = vec![[0.0, 0.0], [0.0, 0.5], [1.0, 1.0]];
        assert_eq!(curves, [Curve { label: "MEL".into(), points, auc: (0.75, Some([0.5, 1.0])) }]);
    }

    #[test]
    fn a_curve_of_another_evaluation_is_refused() {
        let metrics = metrics(r#"{"value": 0.8, "low": null, "high": null}"#);
        let inputs = inputs(&[(ROC, CORNERS), (METRICS, &metrics)]);
        let error = roc_curves(&inputs, METRICS, ROC).unwrap_err().to_string();
        assert!(
            error.contains("needs a curve of MEL with the area 0.8 of metrics.json, but has 3 points"),
            "{error}"
        );
        assert!(error.ends_with("run: cargo xtask evaluate synthetic-resnet18-eight"), "{error}");
    }
}
