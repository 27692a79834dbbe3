//! Files that a reader drops on a widget.

use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, DragEvent, Element, File};

use crate::dom;

/// Calls `take` with the files dropped on `element`, which carries `data-drop` while something is dragged over it.
pub fn listen(element: &Element, mut take: impl FnMut(DataTransfer) + 'static) {
    for event in ["dragenter", "dragover"] {
        let target = element.clone();
        dom::listen(element, event, move |e: DragEvent| {
            if e.data_transfer().is_some_and(|data| holds_files(&data)) {
                e.prevent_default();
                dom::set(&target, "data-drop", "true");
            }
        });
    }
    let target = element.clone();
    dom::listen(element, "dragleave", move |e: DragEvent| {
        let to = e.related_target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        if !target.contains(to.as_ref()) {
            let _was_there = target.remove_attribute("data-drop");
        }
    });
    let target = element.clone();
    dom::listen(element, "drop", move |e: DragEvent| {
        let _was_there = target.remove_attribute("data-drop");
        let Some(data) = e.data_transfer() else { return };
        if holds_files(&data) {
            e.prevent_default();
            take(data);
        }
    });
}

/// The files in it.
pub fn files(data: &DataTransfer) -> Vec<File> {
    let Some(list) = data.files() else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).collect()
}

/// Whether a drag or paste brings files; during a drag the files themselves stay hidden.
pub(crate) fn holds_files(data: &DataTransfer) -> bool {
    data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
}
