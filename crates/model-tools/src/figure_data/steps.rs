//! The columns of a run's `steps.csv` that the learning curve is drawn from, rounded: small enough to be committed.

use std::fmt::Write;

use anyhow::Context;

/// The columns, in this order.
const COLUMNS: [&str; 3] = ["epoch", "loss", "accuracy"];

/// The table with [`COLUMNS`] only, their numbers to five digits behind the point.
///
/// # Errors
/// A missing column, or a cell that is no number, by line.
pub(super) fn slim(text: &str) -> anyhow::Result<String> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let place = |name: &str| {
        let missing = || format!("steps.csv has no column {name}, only {}", header.join(", "));
        header.iter().position(|title| *title == name).with_context(missing)
    };
    let [epoch, loss, accuracy] = COLUMNS.map(place);
    let (epoch, rounded) = (epoch?, [loss?, accuracy?]);
    let mut slim = COLUMNS.join(",") + "\n";
    for (number, line) in (2..).zip(lines) {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        slim += cell(epoch);
        for at in rounded {
            let wrong = || format!("line {number} of steps.csv has no number in the column {}", header[at]);
            let value: f64 = cell(at).parse().with_context(wrong)?;
            let _infallible = write!(slim, ",{value:.5}");
        }
        slim.push('\n');
    }
    Ok(slim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_columns_are_kept_wherever_they_stand() {
        let text = "step,epoch,step_in_epoch,loss,accuracy,learning_rate\n1,1,1,2.1234567,0.25,0.1\n2,1,2,1.5,0.5,0.1\n";
        assert_eq!(slim(text).unwrap(), "epoch,loss,accuracy\n1,2.12346,0.25000\n1,1.50000,0.50000\n");
    }

    #[test]
    fn a_word_for_a_number_and_a_missing_column_are_refused() {
        let error = |text: &str| slim(text).unwrap_err().to_string();
        assert_eq!(
            error("epoch,loss,accuracy\n1,x,0.5\n"),
            "line 2 of steps.csv has no number in the column loss"
        );
        assert_eq!(error("epoch,loss\n"), "steps.csv has no column accuracy, only epoch, loss");
    }
}
