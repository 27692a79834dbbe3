//! How each class did on the validation images, epoch by epoch: `classes.csv` of a run folder.

use evaluation::ConfusionMatrix;
use recipe::Task;
use serde::{Deserialize, Serialize};

/// One class in one epoch: a row of `classes.csv`. A share is missing where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassRow {
    /// From 1.
    pub epoch: usize,
    /// Its label, such as `MEL`.
    pub class: String,
    /// Validation images of the class.
    pub images: u64,
    /// Share of them that was recognised, 0 to 1.
    pub sensitivity: Option<f64>,
    /// Share of the other classes' images that was not taken for this class, 0 to 1.
    pub specificity: Option<f64>,
    /// Share of the images taken for this class that belong to it, 0 to 1.
    pub precision: Option<f64>,
}

/// The rows of an epoch, one for each class in the order of the network's outputs.
pub fn class_rows(epoch: usize, task: Task, matrix: &ConfusionMatrix) -> Vec<ClassRow> {
    let row = |(class, label)| ClassRow {
        epoch,
        class: label,
        images: (0..matrix.classes()).map(|predicted| matrix.count(class, predicted)).sum(),
        sensitivity: matrix.sensitivity(class),
        specificity: matrix.specificity(class),
        precision: matrix.precision(class),
    };
    task.labels().into_iter().enumerate().map(row).collect()
}

/// A line for the terminal: the sensitivity of every class.
pub fn words(rows: &[ClassRow]) -> String {
    let of = |row: &ClassRow| match row.sensitivity {
        Some(share) => format!("{} {share:.2}", row.class),
        None => format!("{} –", row.class),
    };
    format!("          sensitivity  {}", rows.iter().map(of).collect::<Vec<_>>().join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_without_images_has_no_sensitivity() {
        let matrix = ConfusionMatrix::from_rows([[6, 2], [0, 0]]);
        let rows = class_rows(3, Task::Malignancy, &matrix);
        let numbers =
            |row: &ClassRow| (row.epoch, row.images, row.sensitivity, row.specificity, row.precision);
        assert_eq!(numbers(&rows[0]), (3, 8, Some(0.75), None, Some(1.0)));
        assert_eq!(numbers(&rows[1]), (3, 0, None, Some(0.75), Some(0.0)));
        let [benign, malignant] = [&rows[0].class, &rows[1].class];
        assert_eq!(words(&rows).trim_start(), format!("sensitivity  {benign} 0.75  {malignant} –"));
    }
}
