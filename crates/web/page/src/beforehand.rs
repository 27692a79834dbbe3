//! The network's answers to the samples with everything behind them, computed beforehand: there before anything of the network
//! is fetched.

use catalog::manifest::ModelFile;
use catalog::precomputed::ANSWERS;
use js_sys::JSON;
use kit::failure::Failure;
use kit::fetched;
use kit::picture::Drawn;
use wasm_bindgen::JsValue;

use crate::parsed::{field, items, numbers, of_sample};

const LIST: &str = "The list of the answers that the book keeps";

/// A sample's entry in `answers.json`.
pub(crate) struct Kept {
    /// The whole list.
    pub(crate) list: JsValue,
    /// The entry.
    pub(crate) sample: JsValue,
    /// One a label, 0 to 1.
    pub(crate) probabilities: Vec<f32>,
    /// One a label.
    pub(crate) logits: Vec<f32>,
}

/// What the book keeps of a drawn lesion; `None` if it is no sample, or the book keeps no answers of this model.
///
/// # Errors
/// [`Failure`] in words for the reader: a file that does not come, is damaged, or another model's.
pub(crate) async fn kept(model: &ModelFile, drawn: Drawn) -> Result<Option<Kept>, Failure> {
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
    if [probabilities.len(), logits.len()] != [model.classes; 2] {
        return Err(damaged());
    }
    Ok(Some(Kept { list, sample, probabilities, logits }))
}

/// What a reader is told of a list with other contents than it should have.
pub(crate) fn damaged() -> Failure {
    fetched::damaged(LIST)
}
