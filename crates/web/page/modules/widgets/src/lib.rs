//! The WASM module of the widgets. Tests compare its results with native code.
//!
//! It is in parts: a page starts with one, and fetches each of the others when the first widget in it is mounted. Code that two
//! parts need is in the first, or in a file of its own.

use catalog::widget::Part;
use kit::Failure;
use page::checksum;
use wasm_bindgen::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::HtmlElement;

/// Makes a rendered `<section class="widget">` alive.
///
/// # Errors
/// A JavaScript `Error` whose message says what the page lacks, or that a part of the module could not be fetched.
#[wasm_bindgen]
pub async fn mount(section: HtmlElement) -> Result<(), JsError> {
    let mounted = match page::part(&section) {
        Part::Images => page::mount(&section, page::IMAGES).map_err(NotMounted),
        Part::Architecture => architecture(section).await,
        Part::Layer => layer(section).await,
        Part::Shortcuts => shortcuts(section).await,
        Part::Judging => judging(section).await,
        Part::Network => network(section).await,
    };
    mounted.map_err(|NotMounted(failure)| failure.into())
}

#[wasm_split(architecture, fallible)]
fn architecture(section: HtmlElement) -> Result<(), NotMounted> {
    page::mount(&section, page::ARCHITECTURE).map_err(NotMounted)
}

#[wasm_split(layer, fallible)]
fn layer(section: HtmlElement) -> Result<(), NotMounted> {
    page::mount(&section, page::LAYER).map_err(NotMounted)
}

#[wasm_split(shortcuts, fallible)]
fn shortcuts(section: HtmlElement) -> Result<(), NotMounted> {
    page::mount(&section, page::SHORTCUTS).map_err(NotMounted)
}

#[wasm_split(judging, fallible)]
fn judging(section: HtmlElement) -> Result<(), NotMounted> {
    page::mount(&section, page::JUDGING).map_err(NotMounted)
}

#[wasm_split(network, fallible)]
fn network(section: HtmlElement) -> Result<(), NotMounted> {
    page::mount(&section, page::NETWORK).map_err(NotMounted)
}

/// Why a widget is not alive.
struct NotMounted(Failure);

impl From<SplitLoaderError> for NotMounted {
    fn from(_: SplitLoaderError) -> Self {
        Self(Failure::new(
            "A file of this widget could not be fetched. Check the connection, then reload the page.",
        ))
    }
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
