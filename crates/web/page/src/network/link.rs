//! The page's end of the Worker.

use catalog::manifest::Module;
use inference_messages::{Report, Request, Trouble};
use js_sys::{Array, Float32Array, Reflect};
use kit::failure::reason;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::wire::{self, set};

/// A running Worker; dropping it ends the Worker at once, whatever it does.
pub(super) struct Link {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Link {
    /// Starts a Worker with its module, absolute URLs, and hands everything it says to `hear`, with the arrays beside it;
    /// errors in the browser's words.
    pub(super) fn start(
        module: &Module,
        hear: impl Fn(Report, Vec<Float32Array>) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let words = |e: JsValue| reason(&e);
        let worker = Worker::new_with_options(module.worker.as_deref().unwrap_or_default(), &options)
            .map_err(words)?;

        let heard = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let part = |name: &str| Reflect::get(&event.data(), &name.into()).unwrap_or(JsValue::UNDEFINED);
            let report = wire::report(&part("report"));
            let arrays = Array::from(&part("arrays"));
            let arrays = arrays.iter().filter_map(|array| array.dyn_into().ok()).collect();
            heard(report.unwrap_or_else(|| crash("it said something unknown")), arrays);
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            let detail = Reflect::get(&event, &"message".into()).ok().and_then(|m| m.as_string());
            let words = detail.unwrap_or_else(|| "its script could not be loaded".to_owned());
            hear(crash(&words), Vec::new());
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        let first = js_sys::Object::new();
        set(&first, "script", &module.script.as_str().into());
        set(&first, "wasm", &module.wasm.as_str().into());
        worker.post_message(&first).map_err(words)?;
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Asks for a model: `load` is `{ runtime, model }` of the page itself.
    pub(super) fn load(&self, load: &JsValue) {
        let message = js_sys::Object::new();
        set(&message, "load", load);
        self.post(&message, &JsValue::UNDEFINED);
    }

    /// Asks to take a file of the reader's as the model: `load` is `{ runtime, name }`.
    pub(super) fn load_own(&self, load: &JsValue, file: &File) {
        let message = js_sys::Object::new();
        set(&message, "load-own", load);
        self.post(&message, file);
    }

    /// Sends a request.
    pub(super) fn ask(&self, request: &Request) {
        self.post(&wire::request(request), &JsValue::UNDEFINED);
    }

    /// Sends a request with bytes beside it.
    pub(super) fn ask_with(&self, request: &Request, bytes: &[u8]) {
        self.post(&wire::request(request), &js_sys::Uint8Array::from(bytes));
    }

    fn post(&self, request: &JsValue, bytes: &JsValue) {
        let message = js_sys::Object::new();
        set(&message, "request", request);
        set(&message, "bytes", bytes);
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

fn crash(detail: &str) -> Report {
    Report::Failed(Trouble::Crash { detail: detail.to_owned() })
}
