//! The page's end of the Worker.

use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};
use widget_kit::failure::reason;

use crate::message::{Report, Request, Trouble};

/// Where the Worker and its module lie, absolute URLs; the module's WASM is the page's own.
pub(super) struct Source {
    pub(super) worker: String,
    pub(super) script: String,
}

/// A running Worker; dropping it ends the Worker at once, whatever it does.
pub(super) struct Link {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Link {
    /// Starts a Worker and hands everything it says to `hear`; errors in the browser's words.
    pub(super) fn start(source: &Source, hear: impl Fn(Report) + Clone + 'static) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let words = |e: JsValue| reason(&e);
        let worker = Worker::new_with_options(&source.worker, &options).map_err(words)?;

        let heard = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            heard(serde_wasm_bindgen::from_value(event.data()).unwrap_or_else(|e| crash(&e.to_string())));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            let detail = js_sys::Reflect::get(&event, &"message".into()).ok().and_then(|m| m.as_string());
            hear(crash(&detail.unwrap_or_else(|| "its script could not be loaded".to_owned())));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        let first = js_sys::Object::new();
        set(&first, "script", &source.script.as_str().into());
        set(&first, "wasm", &wasm_bindgen::module());
        worker.post_message(&first).map_err(words)?;
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a request.
    pub(super) fn ask(&self, request: &Request) {
        self.post(request, &JsValue::UNDEFINED);
    }

    /// Sends a request with bytes beside it.
    pub(super) fn ask_with(&self, request: &Request, bytes: &[u8]) {
        self.post(request, &js_sys::Uint8Array::from(bytes));
    }

    fn post(&self, request: &Request, pixels: &JsValue) {
        let message = js_sys::Object::new();
        match serde_wasm_bindgen::to_value(request) {
            Ok(value) => set(&message, "request", &value),
            Err(error) => return web_sys::console::error_1(&error.into()),
        }
        set(&message, "pixels", pixels);
        if let Err(error) = self.worker.post_message(&message) {
            web_sys::console::error_1(&error);
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn set(object: &js_sys::Object, name: &str, value: &JsValue) {
    let _a_plain_object_takes_anything = js_sys::Reflect::set(object, &name.into(), value);
}

fn crash(detail: &str) -> Report {
    Report::Failed(Trouble::Crash { detail: detail.to_owned() })
}
