//! The WASM module of all pages: every widget of the book.
//!
//! The page's loader (`book/theme/loader.js`) calls [`mount`] with each widget's section when it comes near the viewport.
//! A widget is a folder below `widgets`, named as in the catalog; [`network`] is how one runs an exported model, in a Worker
//! whose module is fetched once the reader asks for it.

mod beforehand;
mod checksum;
pub mod network;
mod parsed;
mod stage;
mod widgets;

use kit::{Section, failure};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

pub use checksum::{convolution_checksum, fed_checksum, lesion_checksum};

/// Makes a rendered `<section class="widget">` alive.
///
/// # Errors
/// A JavaScript `Error` whose message says what the page lacks.
#[wasm_bindgen]
pub fn mount(section: &HtmlElement) -> Result<(), JsValue> {
    let section = Section::bind(section)?;
    failure::watch(&section);
    Ok(widgets::mount(&section)?)
}
