//! The WASM module of the Worker that fetches, checks and runs an exported model, so that the page never waits.
//!
//! `worker_kit` hands it the page's requests, one after another; what they say is in [`inference_messages`].

pub mod keep;
pub mod memory;
pub mod reason;
#[cfg(target_family = "wasm")]
mod worker;

#[cfg(target_family = "wasm")]
use wasm_bindgen::prelude::*;

/// Takes a message of the page.
///
/// # Errors
/// If it is not a message that the page sends.
#[cfg(target_family = "wasm")]
#[wasm_bindgen]
pub fn receive(message: &JsValue) -> Result<(), JsValue> {
    worker::receive(message)
}
