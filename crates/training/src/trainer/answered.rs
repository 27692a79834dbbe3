//! From a batch to its logits and its loss: mixed as the recipe says, and compared with what the teacher gives.

use numerics::Random;
use tch::Tensor;

use super::Trainer;
use crate::batches::Batch;
use crate::distillation::DistilledAnswers;
use crate::mixing;
use crate::model::Mode;

/// What the network gave for a batch.
pub(super) struct AnsweredBatch {
    /// `[N, classes]`.
    pub(super) logits: Tensor,
    /// `[N]`; where images were mixed, those of the images that the mixing began with.
    pub(super) classes: Tensor,
    /// With gradient.
    pub(super) loss: Tensor,
}

impl Trainer<'_> {
    /// What the network and its teacher, if there is one, give for a batch whose images are mixed as the recipe says.
    pub(super) fn answer(&self, batch: &Batch, mode: Mode) -> anyhow::Result<AnsweredBatch> {
        let (images, classes) = batch.tensors(self.model.device());
        let mixed = mixing::mix(self.recipe.mixing, &images, &classes, &self.mixing_random());
        let images = mixed.as_ref().map_or(&images, |mixed| &mixed.images);
        let loss = |logits: &Tensor| {
            let loss = self.loss.of(logits, &classes);
            let Some(mixed) = &mixed else { return loss };
            loss * mixed.kept + self.loss.of(logits, &mixed.others) * (1.0 - mixed.kept)
        };
        let (logits, loss) = match &self.distillation {
            None => {
                let logits = self.precision.run(images, |images| self.model.logits(images, mode));
                let loss = loss(&logits);
                (logits, loss)
            }
            Some(distillation) => {
                let answers =
                    self.precision.run(images, |images| DistilledAnswers::of(&self.model, images, mode))?;
                let loss = distillation.loss(images, &answers, &loss(&answers.logits), self.precision)?;
                (answers.logits, loss)
            }
        };
        Ok(AnsweredBatch { logits, classes, loss })
    }

    /// What decides how the next batch is mixed.
    fn mixing_random(&self) -> Random {
        let random = Random::new(self.recipe.seed).part(u64::MAX - 1);
        random.part(self.epochs_done as u64).part(self.sums.steps as u64)
    }
}
