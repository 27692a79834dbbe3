//! Messages as JavaScript's objects.

use js_sys::{Array, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::Attachment;

pub(crate) const TASK: &str = "task";
pub(crate) const REQUEST: &str = "request";
pub(crate) const REPORT: &str = "report";
pub(crate) const ATTACHED: &str = "attached";
pub(crate) const CANCEL: &str = "cancel";
pub(crate) const CRASHED: &str = "crashed";

/// A plain object with these fields.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _a_plain_object_takes_anything = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// A field of a message; `None` if it has no such field.
pub(crate) fn field(message: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(message, &name.into()).ok().filter(|value| !value.is_undefined())
}

/// The number of a task in a field.
pub(crate) fn number(message: &JsValue, name: &str) -> Option<u32> {
    field(message, name)?.as_f64().map(|number| number as u32)
}

/// A request or a report of a task and the memory that is transferred with it.
///
/// # Errors
/// If `content` is nothing that a message can hold, such as a map whose keys are not text.
pub(crate) fn pack(
    task: u32,
    name: &str,
    content: &impl Serialize,
    attached: &[Attachment],
) -> Result<(Object, Array), JsValue> {
    let content = serde_wasm_bindgen::to_value(content)?;
    let values: Array = attached.iter().map(Attachment::value).collect();
    let buffers: Array = attached.iter().filter_map(Attachment::buffer).collect();
    Ok((object(&[(TASK, task.into()), (name, content), (ATTACHED, values.into())]), buffers))
}

/// The request or the report of a message, its task, and what is attached.
///
/// # Errors
/// If the message is not of this form.
pub(crate) fn unpack<Content: DeserializeOwned>(
    message: &JsValue,
    name: &str,
) -> Result<(u32, Content, Vec<Attachment>), JsValue> {
    let wrong = || JsValue::from_str(&format!("a message without {name}, {TASK} or {ATTACHED}"));
    let task = number(message, TASK).ok_or_else(wrong)?;
    let content = serde_wasm_bindgen::from_value(field(message, name).ok_or_else(wrong)?)?;
    let attached = Array::from(&field(message, ATTACHED).ok_or_else(wrong)?);
    let attached: Option<Vec<_>> = attached.iter().map(Attachment::from_value).collect();
    Ok((task, content, attached.ok_or_else(wrong)?))
}

/// The message of anything that JavaScript can throw.
pub(crate) fn reason(error: &JsValue) -> String {
    let message = field(error, "message").and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "the browser gave no reason".to_owned())
}
