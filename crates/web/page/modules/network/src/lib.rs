//! The WASM module of the widgets that run a network; the network itself runs in a Worker.

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Makes a rendered `<section class="widget">` alive.
///
/// # Errors
/// A JavaScript `Error` whose message says what the page lacks.
#[wasm_bindgen]
pub fn mount(section: &HtmlElement) -> Result<(), JsError> {
    Ok(page::mount(section, page::NETWORK)?)
}
