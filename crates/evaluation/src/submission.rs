//! `predictions.csv`: a row per image, a column per class, as the official scorer of the ISIC challenge reads it.

use catalog::Diagnosis;

/// The probabilities of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionRow {
    /// Name of the image, without ending.
    pub image: String,
    /// In the order of the labels, 0 to 1.
    pub probabilities: Vec<f32>,
}

/// The column for everything other than the eight diagnoses; our networks never predict it.
const UNKNOWN: &str = "UNK";

/// Whether these are ISIC's eight, whose files have a ninth column, `UNK`.
pub fn are_the_eight(labels: &[String]) -> bool {
    labels.iter().map(String::as_str).eq(Diagnosis::ALL.map(Diagnosis::abbreviation))
}

/// The first line, without its end.
///
/// ```
/// let labels = ["benign", "malignant"].map(str::to_owned);
/// assert_eq!(evaluation::submission::header(&labels), "image,benign,malignant");
/// ```
pub fn header(labels: &[String]) -> String {
    let unknown = are_the_eight(labels).then_some(UNKNOWN);
    let columns = ["image"].into_iter().chain(labels.iter().map(String::as_str)).chain(unknown);
    columns.collect::<Vec<_>>().join(",")
}

/// The text of the file. A probability is written so that reading it gives the same number, and with a point even
/// where it is 0 or 1: the scorer rejects a column of whole numbers.
///
/// ```
/// use evaluation::submission::{PredictionRow, to_csv};
/// let rows = [PredictionRow { image: "left, ear".to_owned(), probabilities: vec![0.25, 1.0] }];
/// let csv = to_csv(&["benign", "malignant"].map(str::to_owned), &rows);
/// assert_eq!(csv, "image,benign,malignant\n\"left, ear\",0.25,1.0\n");
/// ```
pub fn to_csv(labels: &[String], rows: &[PredictionRow]) -> String {
    let unknown = if are_the_eight(labels) { ",0.0" } else { "" };
    let mut text = header(labels) + "\n";
    for row in rows {
        text.push_str(&quoted(&row.image));
        for probability in &row.probabilities {
            text.push(',');
            text.push_str(&written(*probability));
        }
        text.push_str(unknown);
        text.push('\n');
    }
    text
}

fn written(probability: f32) -> String {
    // Digits enough for the same number, with a point or a power of ten, as in the official submissions.
    format!("{probability:?}")
}

/// A cell, in quotes where a comma, a quote or a line end would otherwise break the row.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        let mut text = "\"".to_owned();
        for letter in cell.chars() {
            text.push(letter);
            if letter == '"' {
                text.push('"');
            }
        }
        text + "\""
    } else {
        cell.to_owned()
    }
}
