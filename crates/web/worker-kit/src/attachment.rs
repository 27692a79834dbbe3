//! Attachments of a message.

use js_sys::{ArrayBuffer, Float32Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

/// A large array or a file attached to a message. The receiver gets the sender's memory; only a file is shared.
#[derive(Clone, Debug)]
pub enum Attachment {
    /// Bytes, such as an image's pixels.
    Bytes(Uint8Array),
    /// Numbers, such as the values of a layer.
    Numbers(Float32Array),
    /// A file, which is not read by sending it.
    File(Blob),
}

impl Attachment {
    /// A copy of bytes in the module's memory, which cannot be given away itself.
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Uint8Array::from(bytes))
    }

    /// A copy of values in the module's memory.
    pub fn numbers(numbers: &[f32]) -> Self {
        Self::Numbers(Float32Array::from(numbers))
    }

    pub(crate) fn value(&self) -> &JsValue {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Numbers(numbers) => numbers,
            Self::File(file) => file,
        }
    }

    /// The memory that is transferred.
    pub(crate) fn buffer(&self) -> Option<ArrayBuffer> {
        match self {
            Self::Bytes(bytes) => Some(bytes.buffer()),
            Self::Numbers(numbers) => Some(numbers.buffer()),
            Self::File(_) => None,
        }
    }

    /// `None` for anything else than what can be attached.
    pub(crate) fn from_value(value: JsValue) -> Option<Self> {
        let value = match value.dyn_into::<Uint8Array>() {
            Ok(bytes) => return Some(Self::Bytes(bytes)),
            Err(value) => value,
        };
        let value = match value.dyn_into::<Float32Array>() {
            Ok(numbers) => return Some(Self::Numbers(numbers)),
            Err(value) => value,
        };
        value.dyn_into::<Blob>().ok().map(Self::File)
    }
}
