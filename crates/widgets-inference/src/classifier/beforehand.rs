//! The network's answers to the samples, computed beforehand: there before anything of the network is fetched.

use catalog::manifest::ModelFile;
use catalog::model::ModelCard;
use catalog::precomputed::ANSWERS;
use js_sys::JSON;
use widget_kit::failure::Failure;
use widget_kit::fetched;
use widget_kit::picture::Drawn;

use super::stage::Shown;
use crate::parsed::{field, items, numbers, of_sample};

const LIST: &str = "The list of the answers that the book keeps";

/// The answer to a drawn lesion; `None` if it is no sample, or the book keeps no answers of this model.
///
/// # Errors
/// [`Failure`] in words for the reader: a file that does not come, is damaged, or another model's.
pub(super) async fn answer(model: &ModelFile, drawn: Drawn) -> Result<Option<Shown>, Failure> {
    let Some(folder) = &model.precomputed else { return Ok(None) };
    let damaged = || fetched::damaged(LIST);
    let text = fetched::text(&(folder.clone() + ANSWERS), LIST).await?;
    let list = JSON::parse(&text).map_err(|_| damaged())?;
    if field(&list, "model_sha256").as_string().as_deref() != Some(&model.sha256) {
        return Err(damaged());
    }
    let Some(sample) = items(&list, "samples").into_iter().find(|sample| of_sample(sample, drawn)) else {
        return Ok(None);
    };
    let answer =
        Shown { probabilities: numbers(&sample, "probabilities"), logits: numbers(&sample, "logits") };
    if fits(&answer, &model.card) { Ok(Some(answer)) } else { Err(damaged()) }
}

fn fits(answer: &Shown, card: &ModelCard) -> bool {
    let count = card.labels.len();
    answer.probabilities.len() == count && answer.logits.len() == count
}
