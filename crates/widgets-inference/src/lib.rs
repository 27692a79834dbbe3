//! The WASM module with the page's side of the widgets that run an exported model.
//!
//! It is as small as any other widget's module and there as soon as its widget is near; the network itself runs in a
//! Worker, `inference-worker`, which is fetched only once the reader asks for it. [`network`] is all that a widget needs to
//! know of it.
//!
//! Without the feature `network` it is the smaller module that shows maps computed beforehand.

#[cfg(any(feature = "classifier", feature = "evidence"))]
mod beforehand;
#[cfg(feature = "classifier")]
mod classifier;
#[cfg(feature = "evidence")]
mod evidence;
#[cfg(feature = "maps")]
mod feature_maps;
#[cfg(feature = "classifier")]
mod many_images;
#[cfg(feature = "network")]
pub mod network;
#[cfg(not(feature = "network"))]
#[path = "offline.rs"]
mod network;
#[cfg(any(feature = "classifier", feature = "evidence", feature = "maps"))]
mod parsed;
#[cfg(any(feature = "evidence", feature = "maps"))]
mod significant;
#[cfg(feature = "network")]
pub mod words;

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use widget_kit::failure::Failure;

/// Mounts the widget of this `<section>`.
///
/// # Errors
/// If the page is not what the preprocessor renders.
#[wasm_bindgen]
pub fn mount(section: &HtmlElement) -> Result<(), JsValue> {
    match section.get_attribute("data-widget").as_deref() {
        #[cfg(feature = "classifier")]
        Some("classifier") => Ok(classifier::mount(section)?),
        #[cfg(feature = "classifier")]
        Some("many-images") => Ok(many_images::mount(section)?),
        #[cfg(feature = "evidence")]
        Some("evidence") => Ok(evidence::mount(section)?),
        #[cfg(feature = "maps")]
        Some("feature-maps") => Ok(feature_maps::mount(section)?),
        name => {
            let name = name.unwrap_or_default();
            Err(Failure::new(format!("There is no widget \"{name}\" that runs a network.")).into())
        }
    }
}
