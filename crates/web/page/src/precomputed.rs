//! The network's precomputed answers for the samples, with everything behind them: shown before anything of the network is
//! fetched.

use catalog::manifest::ModelFile;
use catalog::precomputed::{ANSWERS, PrecomputedAnswer, PrecomputedAnswers};
use kit::failure::Failure;
use kit::fetched;
use kit::picture::DrawnLesion;

const LIST: &str = "The book's list of precomputed answers";

/// The answer to a sample, and what all answers of its model share.
pub(crate) struct PrecomputedEntry {
    /// The whole list, without its samples.
    pub(crate) list: PrecomputedAnswers,
    /// The sample's entry: one probability, logit, map and list of terms per label.
    pub(crate) answer: PrecomputedAnswer,
}

/// The precomputed answer for a drawn lesion; `None` if it is not a sample, or this model has no precomputed answers.
///
/// # Errors
/// [`Failure`] in words for the reader: a file that cannot be fetched, is damaged, or belongs to another model.
pub(crate) async fn kept(model: &ModelFile, drawn: DrawnLesion) -> Result<Option<PrecomputedEntry>, Failure> {
    let Some(folder) = &model.precomputed else { return Ok(None) };
    let mut list: PrecomputedAnswers = fetched::json(&(folder.clone() + ANSWERS), LIST).await?;
    if list.model_sha256 != model.sha256 {
        return Err(damaged());
    }
    let samples = std::mem::take(&mut list.samples);
    let answer = samples.into_iter().find(|s| (s.diagnosis, s.seed) == (drawn.diagnosis, drawn.seed));
    let Some(answer) = answer else { return Ok(None) };
    let PrecomputedAnswer { probabilities, logits, maps, terms, .. } = &answer;
    let counts = [probabilities.len(), logits.len(), maps.len(), terms.len(), list.bias.len()];
    if counts != [model.classes; 5] {
        return Err(damaged());
    }
    Ok(Some(PrecomputedEntry { list, answer }))
}

/// The message for a list with unexpected contents.
pub(crate) fn damaged() -> Failure {
    fetched::damaged(LIST)
}
