//! `predictions.csv` read back, checked line by line; [`evaluation::submission`] writes it.

use anyhow::{Context, bail, ensure};
use evaluation::submission::{PredictionRow, header};

/// Reads what [`evaluation::submission::to_csv`] wrote for images whose names need no quotes.
///
/// # Errors
/// Names the line: another header, a missing cell, something that is no probability.
pub(crate) fn from_csv(labels: &[String], text: &str) -> anyhow::Result<Vec<PredictionRow>> {
    let expected = header(labels);
    let mut lines = text.lines();
    let found = lines.next().unwrap_or_default();
    ensure!(found == expected, "line 1: the header must be `{expected}`, but is `{found}`");
    let columns = expected.split(',').count();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        ensure!(cells.len() == columns, "has {} cells instead of {columns}", cells.len());
        let probability = |cell: &&str| match cell.parse::<f32>() {
            Ok(p) if (0.0..=1.0).contains(&p) => Ok(p),
            _ => bail!("`{cell}` is not a probability from 0 to 1"),
        };
        let probabilities = cells[1..=labels.len()].iter().map(probability).collect::<anyhow::Result<_>>()?;
        Ok(PredictionRow { image: cells[0].to_owned(), probabilities })
    };
    lines.enumerate().map(|(i, line)| row(line).with_context(|| format!("line {}", i + 2))).collect()
}

#[cfg(test)]
mod tests {
    use catalog::Diagnosis;
    use evaluation::submission::to_csv;

    use super::*;

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn row(image: &str, probabilities: &[f32]) -> PredictionRow {
        PredictionRow { image: image.to_owned(), probabilities: probabilities.to_vec() }
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
            let rows = from_csv(labels, accepted).unwrap();
            let written = to_csv(labels, &rows);
            // The same numbers under the same header, each with a point; small ones may be written in another way.
            assert_eq!(written.lines().next(), accepted.lines().next());
            assert_eq!(from_csv(labels, &written).unwrap(), rows);
            let mut cells = written.lines().skip(1).flat_map(|line| line.split(',').skip(1));
            assert!(cells.all(|cell| cell.contains('.')), "{written}");
        };
        let eight = labels(&Diagnosis::ALL.map(Diagnosis::abbreviation));
        check(&eight, include_str!("../../../tests/golden/isic_scorer/predictions.csv"));
        let two = labels(&["benign", "malignant"]);
        check(&two, include_str!("../../../tests/golden/isic_scorer/predictions_two.csv"));
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let two = labels(&["benign", "malignant"]);
        let refused = |text: &str| format!("{:#}", from_csv(&two, text).unwrap_err());
        assert_eq!(
            refused("image,a\n"),
            "line 1: the header must be `image,benign,malignant`, but is `image,a`"
        );
        let header = "image,benign,malignant\n";
        assert_eq!(refused(&format!("{header}a,0,1\nb,0\n")), "line 3: has 2 cells instead of 3");
        let message = "line 2: `NaN` is not a probability from 0 to 1";
        assert_eq!(refused(&format!("{header}a,NaN,1\n")), message);
    }

    #[test]
    fn a_name_with_a_comma_is_quoted() {
        let csv = to_csv(&labels(&["a", "b"]), &[row("left, \"ear\"", &[0.0, 1.0])]);
        assert_eq!(csv, "image,a,b\n\"left, \"\"ear\"\"\",0.0,1.0\n");
    }
}
