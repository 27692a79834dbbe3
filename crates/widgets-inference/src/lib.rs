//! The WASM module with the widgets that run an exported model.
//!
//! Page and Worker load the same module: the page calls [`mount`], the Worker's script `receive`.

pub mod address;
pub mod message;
mod page;
pub mod words;
#[cfg(target_family = "wasm")]
mod worker;

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use widget_kit::failure::Failure;

/// Mounts the widget of this `<section>`; done when the network has answered for the first time.
///
/// # Errors
/// If the page is not what the preprocessor renders.
#[wasm_bindgen]
pub async fn mount(section: HtmlElement) -> Result<(), JsValue> {
    match section.get_attribute("data-widget").as_deref() {
        Some("classifier") => Ok(page::mount(&section).await?),
        name => {
            let name = name.unwrap_or_default();
            Err(Failure::new(format!("There is no widget \"{name}\" that runs a network.")).into())
        }
    }
}

/// In the Worker: takes a message of the page, `{ request, pixels }`.
///
/// # Errors
/// If it is not a message that the page sends.
#[cfg(target_family = "wasm")]
#[wasm_bindgen]
pub fn receive(message: &JsValue) -> Result<(), JsValue> {
    worker::receive(message)
}
