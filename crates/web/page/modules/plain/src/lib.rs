//! The WASM module of the widgets that run no network. Tests hold what it computes against native code.

use page::checksum;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Makes a rendered `<section class="widget">` alive.
///
/// # Errors
/// A JavaScript `Error` whose message says what the page lacks.
#[wasm_bindgen]
pub fn mount(section: &HtmlElement) -> Result<(), JsError> {
    Ok(page::mount(section, page::PLAIN)?)
}

/// [`checksum::lesion`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn lesion_checksum(diagnosis: &str, seed: u32, size: u32) -> Result<String, JsError> {
    checksum::lesion(diagnosis, seed, size).map_err(|words| JsError::new(&words))
}

/// [`checksum::convolution`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn convolution_checksum(kernel: &str, diagnosis: &str, seed: u32, size: u32) -> Result<String, JsError> {
    checksum::convolution(kernel, diagnosis, seed, size).map_err(|words| JsError::new(&words))
}

/// [`checksum::fed`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn fed_checksum(
    words: &str,
    diagnosis: &str,
    seed: u32,
    epoch: u32,
    place: u32,
) -> Result<String, JsError> {
    checksum::fed(words, diagnosis, seed, [epoch, place]).map_err(|words| JsError::new(&words))
}
