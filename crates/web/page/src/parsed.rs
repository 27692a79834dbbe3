//! Parsed JSON, read field by field: what `serde` makes of such a list takes 10 KB more of the reader's line.

use js_sys::{Array, Float32Array, Reflect};
use kit::picture::DrawnLesion;
use wasm_bindgen::JsValue;

/// Whether an entry is about this drawing.
pub(crate) fn of_sample(entry: &JsValue, drawn: DrawnLesion) -> bool {
    field(entry, "diagnosis").as_string().as_deref() == Some(drawn.diagnosis.abbreviation())
        && field(entry, "seed").as_f64() == Some(drawn.seed as f64)
}

/// A field; undefined if there is none.
pub(crate) fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The values of a list; none if there is no such list.
pub(crate) fn items(of: &JsValue, name: &str) -> Vec<JsValue> {
    let list = field(of, name);
    if Array::is_array(&list) { Array::from(&list).to_vec() } else { Vec::new() }
}

/// The numbers of a list; none if there is no such list.
pub(crate) fn numbers(of: &JsValue, name: &str) -> Vec<f32> {
    let list = field(of, name);
    if Array::is_array(&list) { Float32Array::new(&list).to_vec() } else { Vec::new() }
}

/// The same as whole numbers.
pub(crate) fn whole(of: &JsValue, name: &str) -> Vec<usize> {
    // Channels and sizes are far below 2²⁴, so that 32 bits hold them.
    numbers(of, name).into_iter().map(|number| number as usize).collect()
}
