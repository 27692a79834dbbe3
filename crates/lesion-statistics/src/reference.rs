//! What was measured on HAM10000, by diagnosis.

use std::collections::BTreeMap;

use catalog::Diagnosis;

const QUANTILES: &str = include_str!("../measured/quantiles.csv");
const MEANS: &str = include_str!("../measured/means.csv");
const CONFUSION: &str = include_str!("../measured/confusion.csv");

/// Balanced accuracy of a linear classifier on measurements of HAM10000, by lesion.
pub const BALANCED_ACCURACY: f32 = 0.64;

/// Percentiles over the pictures of one diagnosis; only what was published is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles {
    /// 5th percentile (10th for light).
    pub low: Option<f32>,
    /// 25th percentile.
    pub first: Option<f32>,
    /// Median.
    pub median: f32,
    /// 75th percentile.
    pub third: Option<f32>,
    /// 95th percentile (90th for light).
    pub high: Option<f32>,
    /// Width from the 25th to the 75th percentile; where those are missing, as a normal distribution with the same 10th
    /// and 90th percentile has it.
    pub spread: f32,
}

/// The measurements.
#[derive(Clone, Debug)]
pub struct Reference {
    quantiles: BTreeMap<(Diagnosis, &'static str), Quantiles>,
    means: BTreeMap<(Diagnosis, &'static str), f32>,
}

/// A file of measurements with a line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: it must be {expected}, but is {found:?}")]
pub struct ReferenceError {
    file: &'static str,
    line: usize,
    expected: &'static str,
    found: String,
}

impl Reference {
    /// Reads the files that the crate carries.
    ///
    /// # Errors
    /// [`ReferenceError`] with the line that is not as expected.
    pub fn read() -> Result<Self, ReferenceError> {
        let mut quantiles = BTreeMap::new();
        for (line, fields) in rows("quantiles.csv", QUANTILES, 9)? {
            let error = |found: &str| ReferenceError {
                file: "quantiles.csv",
                line,
                expected: "a diagnosis, a name, and percentiles with a median",
                found: found.to_owned(),
            };
            let diagnosis = Diagnosis::from_abbreviation(fields[0]).ok_or_else(|| error(fields[0]))?;
            let values: Vec<Option<f32>> = fields[2..].iter().map(|f| f.parse().ok()).collect();
            let median = values[3].ok_or_else(|| error(fields[5]))?;
            // Between the quartiles lie 1.349 deviations of a normal distribution, between 10 and 90 % 2.563.
            let spread = match (values[2], values[4], values[1], values[5]) {
                (Some(first), Some(third), ..) => third - first,
                (.., Some(tenth), Some(ninetieth)) => (ninetieth - tenth) * 1.349 / 2.563,
                _ => return Err(error("neither quartiles nor deciles")),
            };
            quantiles.insert(
                (diagnosis, fields[1]),
                Quantiles {
                    low: values[0].or(values[1]),
                    first: values[2],
                    median,
                    third: values[4],
                    high: values[6].or(values[5]),
                    spread,
                },
            );
        }
        let mut means = BTreeMap::new();
        for (line, fields) in rows("means.csv", MEANS, 3)? {
            let diagnosis = Diagnosis::from_abbreviation(fields[0]);
            let (Some(diagnosis), Ok(mean)) = (diagnosis, fields[2].parse()) else {
                return Err(ReferenceError {
                    file: "means.csv",
                    line,
                    expected: "a diagnosis, a name and a number",
                    found: fields.join(","),
                });
            };
            means.insert((diagnosis, fields[1]), mean);
        }
        Ok(Self { quantiles, means })
    }

    /// Percentiles of a quantity.
    pub fn quantiles(&self, diagnosis: Diagnosis, quantity: &str) -> Option<&Quantiles> {
        // The map's keys live as long as the program; a lookup by a shorter name needs the scan of a range.
        self.quantiles.iter().find(|((d, q), _)| *d == diagnosis && *q == quantity).map(|(_, v)| v)
    }

    /// Mean of a quantity.
    pub fn mean(&self, diagnosis: Diagnosis, quantity: &str) -> Option<f32> {
        self.means.iter().find(|((d, q), _)| *d == diagnosis && *q == quantity).map(|(_, v)| *v)
    }
}

/// Of a hundred pictures of each diagnosis (row), how many a linear classifier called each diagnosis (column).
///
/// # Errors
/// [`ReferenceError`] if the file is not 8 × 8 shares.
pub fn confusion() -> Result<[[f32; 8]; 8], ReferenceError> {
    let mut table = [[0.0; 8]; 8];
    let rows = rows("confusion.csv", CONFUSION, 8)?;
    for (row, (line, fields)) in table.iter_mut().zip(rows) {
        for (cell, field) in row.iter_mut().zip(&fields) {
            let share: f32 = field.parse().map_err(|_| ReferenceError {
                file: "confusion.csv",
                line,
                expected: "a share",
                found: (*field).to_owned(),
            })?;
            *cell = 100.0 * share;
        }
    }
    Ok(table)
}

type ReferenceRow = (usize, Vec<&'static str>);

/// Lines below the comment and the header, with their numbers.
fn rows(file: &'static str, text: &'static str, columns: usize) -> Result<Vec<ReferenceRow>, ReferenceError> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')).skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields.len() != columns {
            return Err(ReferenceError {
                file,
                line: index + 1,
                expected: "as many fields as the header has",
                found: line.to_owned(),
            });
        }
        rows.push((index + 1, fields));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_diagnosis_has_the_same_quantities() {
        let reference = Reference::read().unwrap();
        assert_eq!(reference.quantiles.len() % 8, 0);
        assert_eq!(reference.means.len() % 8, 0);
        let mel = reference.quantiles(Diagnosis::Mel, "skin_L").unwrap();
        assert_eq!((mel.low, mel.median, mel.high), (Some(59.65), 70.0, Some(84.5)));
        assert!((mel.spread - 9.63).abs() < 1e-4);
    }

    #[test]
    fn the_rows_of_the_measured_confusion_sum_to_a_hundred() {
        for row in confusion().unwrap() {
            // Three digits a share.
            assert!((row.iter().sum::<f32>() - 100.0).abs() < 0.5, "{row:?}");
        }
    }
}
