//! The search for a learning rate, from a recipe's file to a table.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;
use recipe::Recipe;
use recipe::rates::{RateRange, RateRow};

use super::without_panic;
use crate::device::DeviceChoice;
use crate::history;
use crate::samples::TrainingData;
use crate::trainer::Trainer;

/// Steps between two lines of output.
const LINE_EVERY: usize = 10;

/// Trains by the recipe at `recipe_path` with a learning rate that rises through `range`, and writes the [`RateRow`] of every step to
/// the table `out`. Once `stop` is set, the search ends with the steps so far.
///
/// # Errors
/// As [`super::run`]; an empty range.
pub fn search(
    recipe_path: &Path,
    out: &Path,
    range: RateRange,
    device: DeviceChoice,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    without_panic(|| {
        let recipe = Recipe::read(recipe_path)?;
        let found = device.device()?;
        let data = TrainingData::read(&recipe, &ProgressBar::hidden())?.for_device(found.device);
        println!(
            "{}: {} steps of {} images, learning rates from {:.1e} to {:.1e}, on {}",
            recipe.name, range.steps, recipe.batch_size, range.lowest, range.highest, found.words
        );
        let trainer = Trainer::start(&recipe, &data, found.device)?;
        let rows = trainer.search_rates(range, |row| {
            if row.step.is_multiple_of(LINE_EVERY) {
                println!("{}", words(row));
            }
            !stop.load(Ordering::Relaxed)
        })?;
        if rows.len() < range.steps {
            let why = if stop.load(Ordering::Relaxed) { "as you asked" } else { "because the loss diverged" };
            println!("stopped after {} steps, {why}", rows.len());
        }
        history::write(out, &rows)
    })
}

fn words(row: &RateRow) -> String {
    format!(
        "step {:>4}  learning rate {:.2e}  loss {:.3}  smoothed {:.3}",
        row.step, row.learning_rate, row.loss, row.smoothed_loss
    )
}
