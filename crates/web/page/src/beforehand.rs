//! The network's answers to the samples with everything behind them, computed beforehand: there before anything of the network
//! is fetched.

use catalog::manifest::ModelFile;
use catalog::precomputed::{ANSWERS, Answer, Answers};
use kit::failure::Failure;
use kit::fetched;
use kit::picture::Drawn;

const LIST: &str = "The list of the answers that the book keeps";

/// The answer to a sample, and what all answers of its model share.
pub(crate) struct Kept {
    /// The list without its samples.
    pub(crate) list: Answers,
    /// One probability, logit, map and list of terms a label.
    pub(crate) answer: Answer,
}

/// What the book keeps of a drawn lesion; `None` if it is no sample, or the book keeps no answers of this model.
///
/// # Errors
/// [`Failure`] in words for the reader: a file that does not come, is damaged, or another model's.
pub(crate) async fn kept(model: &ModelFile, drawn: Drawn) -> Result<Option<Kept>, Failure> {
    let Some(folder) = &model.precomputed else { return Ok(None) };
    let mut list: Answers = fetched::json(&(folder.clone() + ANSWERS), LIST).await?;
    if list.model_sha256 != model.sha256 {
        return Err(damaged());
    }
    let samples = std::mem::take(&mut list.samples);
    let answer = samples.into_iter().find(|s| (s.diagnosis, s.seed) == (drawn.diagnosis, drawn.seed));
    let Some(answer) = answer else { return Ok(None) };
    let Answer { probabilities, logits, maps, terms, .. } = &answer;
    let counts = [probabilities.len(), logits.len(), maps.len(), terms.len(), list.bias.len()];
    if counts != [model.card.labels.len(); 5] {
        return Err(damaged());
    }
    Ok(Some(Kept { list, answer }))
}

/// What a reader is told of a list with other contents than it should have.
pub(crate) fn damaged() -> Failure {
    fetched::damaged(LIST)
}
