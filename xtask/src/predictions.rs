//! `predictions.csv`: a row an image, a column a class, as the official scorer of the ISIC challenge reads it.

use anyhow::{Context, bail, ensure};
use catalog::Diagnosis;

/// The probabilities of one image.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Name of the image, without ending.
    pub(crate) image: String,
    /// In the order of the labels, 0 to 1.
    pub(crate) probabilities: Vec<f32>,
}

/// The column for everything that is none of the eight diagnoses; no network of ours says so.
const UNKNOWN: &str = "UNK";

/// Whether these are ISIC's eight, whose files have a ninth column, `UNK`.
pub(crate) fn are_the_eight(labels: &[String]) -> bool {
    labels.iter().map(String::as_str).eq(Diagnosis::ALL.map(Diagnosis::abbreviation))
}

fn header(labels: &[String]) -> String {
    let unknown = are_the_eight(labels).then_some(UNKNOWN);
    let columns = ["image"].into_iter().chain(labels.iter().map(String::as_str)).chain(unknown);
    columns.collect::<Vec<_>>().join(",")
}

/// The text of the file. A probability is written so that reading it gives the same number, and with a point even
/// where it is 0 or 1: the scorer refuses a column of whole numbers.
pub(crate) fn to_csv(labels: &[String], rows: &[Row]) -> String {
    use std::fmt::Write as _;
    let unknown = if are_the_eight(labels) { ",0.0" } else { "" };
    rows.iter().fold(header(labels) + "\n", |mut text, row| {
        text.push_str(&quoted(&row.image));
        for probability in &row.probabilities {
            let _ = write!(text, ",{probability:?}");
        }
        text + unknown + "\n"
    })
}

/// A cell, in quotes where a comma, a quote or a line end would otherwise break the row.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Reads what [`to_csv`] wrote for images whose names need no quotes.
///
/// # Errors
/// Names the line: another header, a missing cell, something that is no probability.
pub(crate) fn from_csv(labels: &[String], text: &str) -> anyhow::Result<Vec<Row>> {
    let expected = header(labels);
    let mut lines = text.lines();
    let found = lines.next().unwrap_or_default();
    ensure!(found == expected, "line 1: expected `{expected}`, found `{found}`");
    let columns = expected.split(',').count();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        ensure!(cells.len() == columns, "expected {columns} cells, found {}", cells.len());
        let probability = |cell: &&str| match cell.parse::<f32>() {
            Ok(p) if (0.0..=1.0).contains(&p) => Ok(p),
            _ => bail!("expected a probability from 0 to 1, found `{cell}`"),
        };
        let probabilities = cells[1..=labels.len()].iter().map(probability).collect::<anyhow::Result<_>>()?;
        Ok(Row { image: cells[0].to_owned(), probabilities })
    };
    lines.enumerate().map(|(i, line)| row(line).with_context(|| format!("line {}", i + 2))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn row(image: &str, probabilities: &[f32]) -> Row {
        Row { image: image.to_owned(), probabilities: probabilities.to_vec() }
    }

    #[test]
    fn the_eight_have_iscs_columns() {
        let eight = labels(&Diagnosis::ALL.map(Diagnosis::abbreviation));
        let csv = to_csv(&eight, &[row("ISIC_1", &[0.5, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0])]);
        assert_eq!(
            csv,
            "image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\nISIC_1,0.5,0.25,0.25,0.0,0.0,0.0,0.0,0.0,0.0\n"
        );
    }

    #[test]
    fn what_is_written_is_read_to_the_last_bit() {
        let two = labels(&["benign", "malignant"]);
        let rows = vec![row("a", &[0.1, 0.9]), row("b", &[1.0 / 3.0, 1e-30]), row("c", &[0.0, 1.0])];
        assert_eq!(from_csv(&two, &to_csv(&two, &rows)).unwrap(), rows);
    }

    #[test]
    fn the_official_scorer_accepts_what_is_written() {
        // It read these very texts; see tests/golden/isic_scorer.py.
        let check = |labels: &[String], accepted: &str| {
            let written = to_csv(labels, &from_csv(labels, accepted).unwrap());
            assert!(written.lines().zip(accepted.lines()).all(|(ours, theirs)| ours == theirs));
            assert_eq!(written.len(), accepted.len());
        };
        let eight = labels(&Diagnosis::ALL.map(Diagnosis::abbreviation));
        check(&eight, include_str!("../../tests/golden/isic_scorer/predictions.csv"));
        let two = labels(&["benign", "malignant"]);
        check(&two, include_str!("../../tests/golden/isic_scorer/predictions_two.csv"));
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let two = labels(&["benign", "malignant"]);
        let refused = |text: &str| format!("{:#}", from_csv(&two, text).unwrap_err());
        assert_eq!(refused("image,a\n"), "line 1: expected `image,benign,malignant`, found `image,a`");
        let header = "image,benign,malignant\n";
        assert_eq!(refused(&format!("{header}a,0,1\nb,0\n")), "line 3: expected 3 cells, found 2");
        let message = "line 2: expected a probability from 0 to 1, found `NaN`";
        assert_eq!(refused(&format!("{header}a,NaN,1\n")), message);
    }

    #[test]
    fn a_name_with_a_comma_is_quoted() {
        let csv = to_csv(&labels(&["a", "b"]), &[row("left, \"ear\"", &[0.0, 1.0])]);
        assert_eq!(csv, "image,a,b\n\"left, \"\"ear\"\"\",0.0,1.0\n");
    }
}
