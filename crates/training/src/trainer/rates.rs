//! The search for a learning rate: see [`recipe::rates`].

use anyhow::{Context as _, bail, ensure};
use recipe::BatchNorm;
use recipe::rates::{RateRange, RateRow};

use super::Trainer;
use crate::batches::{self, BatchPlan};
use crate::model::Mode;

impl Trainer<'_> {
    /// Trains with rising learning rates, by the settings of the first stage, until the loss has diverged; `each` is called after
    /// every step, and may end the search by returning `false`. The weights are of no use afterwards.
    ///
    /// # Errors
    /// An empty range; an image that cannot be read; a loss that is not finite at the first step.
    pub fn search_rates(
        mut self,
        range: RateRange,
        mut each: impl FnMut(&RateRow) -> bool,
    ) -> anyhow::Result<Vec<RateRow>> {
        ensure!(
            range.lowest > 0.0 && range.highest > range.lowest && range.steps >= 2,
            "a search needs at least two steps, and learning rates that rise from above 0"
        );
        let (index, stage, before) = self.recipe.stage(0).context("the recipe has no stage")?;
        self.enter(index, &stage, before)?;
        let mode = if stage.batch_norm == BatchNorm::Running { Mode::Inference } else { Mode::Training };
        let (recipe, data) = (self.recipe, self.data);
        let mut rows: Vec<RateRow> = Vec::new();
        while rows.len() < range.steps {
            let order = self.order();
            let plan = BatchPlan::training(recipe, &stage, self.epochs_done);
            let goes_on = std::thread::scope(|scope| -> anyhow::Result<bool> {
                for batch in batches::batches(scope, &data.training, &order, plan) {
                    let answered = self.answer(&batch?, mode)?;
                    let loss = answered.loss.double_value(&[]);
                    if rows.is_empty() && !loss.is_finite() {
                        bail!("the loss is {loss} at the first step; {}", self.advice());
                    }
                    let Some(row) = RateRow::after(&rows, range, loss) else { return Ok(false) };
                    self.optimiser.step(&self.model, &answered.loss, row.learning_rate);
                    self.sums.steps += 1;
                    rows.push(row);
                    if !each(&row) || rows.len() == range.steps {
                        return Ok(false);
                    }
                }
                Ok(true)
            })?;
            if !goes_on {
                break;
            }
            self.epochs_done += 1;
            self.sums.steps = 0;
        }
        Ok(rows)
    }
}
