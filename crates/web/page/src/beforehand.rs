//! The network's precomputed answers for the samples, with everything behind them: shown before anything of the network is
//! fetched.

use catalog::manifest::ModelFile;
use catalog::precomputed::ANSWERS;
use js_sys::JSON;
use kit::failure::Failure;
use kit::fetched;
use kit::picture::DrawnLesion;
use wasm_bindgen::JsValue;

use crate::parsed::{field, items, numbers, of_sample};

const LIST: &str = "The book's list of precomputed answers";

/// A sample's entry in `answers.json`.
pub(crate) struct PrecomputedEntry {
    /// The whole list.
    pub(crate) list: JsValue,
    /// The entry.
    pub(crate) sample: JsValue,
    /// One per label, 0 to 1.
    pub(crate) probabilities: Vec<f32>,
    /// One per label.
    pub(crate) logits: Vec<f32>,
}

/// The precomputed answer for a drawn lesion; `None` if it is not a sample, or this model has no precomputed answers.
///
/// # Errors
/// [`Failure`] in words for the reader: a file that cannot be fetched, is damaged, or belongs to another model.
pub(crate) async fn kept(model: &ModelFile, drawn: DrawnLesion) -> Result<Option<PrecomputedEntry>, Failure> {
    let Some(folder) = &model.precomputed else { return Ok(None) };
    let text = fetched::text(&(folder.clone() + ANSWERS), LIST).await?;
    let list = JSON::parse(&text).map_err(|_| damaged())?;
    if field(&list, "model_sha256").as_string().as_deref() != Some(&model.sha256) {
        return Err(damaged());
    }
    let Some(sample) = items(&list, "samples").into_iter().find(|sample| of_sample(sample, drawn)) else {
        return Ok(None);
    };
    let (probabilities, logits) = (numbers(&sample, "probabilities"), numbers(&sample, "logits"));
    let count = model.card.labels.len();
    if probabilities.len() != count || logits.len() != count {
        return Err(damaged());
    }
    Ok(Some(PrecomputedEntry { list, sample, probabilities, logits }))
}

/// The message for a list with unexpected contents.
pub(crate) fn damaged() -> Failure {
    fetched::damaged(LIST)
}
