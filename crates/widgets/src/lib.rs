//! The WASM module with every widget that needs no model.
//!
//! The page's loader calls [`mount`] with each widget's section when it comes near the viewport.

mod augmentation_lab;
mod checksum;
mod dataset_explorer;
mod kernel_lab;
mod pixel_inspector;
mod view;

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use widget_kit::{Failure, Section};

pub use checksum::{convolution_checksum, fed_checksum, lesion_checksum};

/// Makes a rendered `<section class="widget">` alive.
///
/// # Errors
/// A JavaScript `Error` whose message says what the page lacks.
#[wasm_bindgen]
pub fn mount(section: &HtmlElement) -> Result<(), JsValue> {
    let section = Section::bind(section)?;
    match section.widget().name {
        "augmentation-lab" => augmentation_lab::mount(&section)?,
        "dataset-explorer" => dataset_explorer::mount(&section)?,
        "kernel-lab" => kernel_lab::mount(&section)?,
        "pixel-inspector" => pixel_inspector::mount(&section)?,
        other => {
            let words = format!("The widget \"{other}\" is not part of this module.");
            return Err(Failure::new(words).into());
        }
    }
    Ok(())
}
