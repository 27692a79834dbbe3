//! The WASM module of the Worker that fetches, checks and runs an exported model, so that the page never waits.
//!
//! `worker.js` loads it and hands every message of the page to `receive`; what the messages say is
//! [`inference_messages`]' affair.

pub mod address;
pub mod keep;
pub mod memory;
pub mod pieces;
pub mod reason;
#[cfg(target_family = "wasm")]
mod worker;

#[cfg(target_family = "wasm")]
use wasm_bindgen::prelude::*;

/// Takes a message of the page, `{ request, bytes }`.
///
/// # Errors
/// If it is not a message that the page sends.
#[cfg(target_family = "wasm")]
#[wasm_bindgen]
pub fn receive(message: &JsValue) -> Result<(), JsValue> {
    worker::receive(message)
}
