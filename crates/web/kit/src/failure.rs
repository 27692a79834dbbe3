//! Messages for the reader when something does not work, and the message of a widget that crashed.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use wasm_bindgen::prelude::*;

use crate::section::Section;

/// Something that did not work, in the reader's words: what happened, what still works, what to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl Failure {
    /// From words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// From what JavaScript threw, after words that say what was tried.
    pub fn thrown(tried: &str, error: &JsValue) -> Self {
        Self(format!("{tried} ({}).", reason(error).trim_end_matches('.')))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        js_sys::Error::new(&failure.0).into()
    }
}

/// The message of anything JavaScript can throw.
pub fn reason(error: &JsValue) -> String {
    if let Some(error) = error.dyn_ref::<js_sys::Error>() {
        return String::from(error.message());
    }
    // A DOMException is no Error to `instanceof` in every browser, but has a message all the same.
    let message = js_sys::Reflect::get(error, &"message".into()).ok().and_then(|m| m.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "the browser gave no reason".to_owned())
}

thread_local! {
    static MOUNTED: RefCell<Vec<Section>> = const { RefCell::new(Vec::new()) };
}

/// From now on a panic in this module marks this section as failed and says so: after a panic nothing in the
/// module's memory can be trusted, so every widget it mounted stops.
pub fn watch(section: &Section) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|info| stop_all(&info.to_string()))));
    MOUNTED.with_borrow_mut(|all| all.push(section.clone()));
}

fn stop_all(details: &str) {
    web_sys::console::error_1(&details.into());
    MOUNTED.with(|all| {
        let Ok(all) = all.try_borrow() else { return };
        for section in all.iter() {
            section.fail(
                "This widget crashed; the details are in the browser's console, please report them. \
                 The rest of the page still works. Reload the page to start the widget again.",
            );
        }
    });
}
