//! The page's side.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, WorkerOptions, WorkerType};

use crate::Attachment;
use crate::message::{self, CANCEL, CRASHED, REPORT, REQUEST, reason};

/// Where a Worker's code is: three absolute URLs.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    /// The Worker's script, `worker.js`.
    pub worker: &'a str,
    /// The JavaScript of the WASM module, with its `receive`.
    pub script: &'a str,
    /// The WASM module.
    pub wasm: &'a str,
}

/// What a page hears from a Worker.
#[derive(Clone, Debug)]
pub enum FromWorker<Report> {
    /// About a task.
    Report {
        /// The request's number.
        task: u32,
        /// What it says.
        report: Report,
        /// What is attached to it.
        attached: Vec<Attachment>,
    },
    /// The Worker did not start or is gone; its last words.
    Crashed(String),
}

/// A Worker that runs; dropping it ends it at once, even in the middle of its work.
pub struct Worker<Request, Report> {
    thread: web_sys::Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
    messages: PhantomData<(Request, Report)>,
}

impl<Request: Serialize, Report: DeserializeOwned + 'static> Worker<Request, Report> {
    /// Starts a Worker that loads a module, and passes all its messages to `hear`.
    ///
    /// A script that cannot be loaded is heard of later, as [`FromWorker::Crashed`].
    ///
    /// # Errors
    /// In the browser's words, if it starts no Worker, such as from an address of another origin.
    pub fn start(
        module: Module<'_>,
        hear: impl Fn(FromWorker<Report>) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker =
            web_sys::Worker::new_with_options(module.worker, &options).map_err(|error| reason(&error))?;

        let heard = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            heard(read(&event.data()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            // A script that cannot be loaded gives an event without a message.
            let words = message::field(&event, "message").and_then(|words| words.as_string());
            hear(FromWorker::Crashed(words.unwrap_or_else(|| "its script could not be loaded".to_owned())));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        let first = message::object(&[("script", module.script.into()), ("wasm", module.wasm.into())]);
        worker.post_message(&first).map_err(|error| reason(&error))?;
        Ok(Self { thread: worker, _on_message: on_message, _on_error: on_error, messages: PhantomData })
    }

    /// Sends a request under a number that the caller chooses: its reports carry the same.
    ///
    /// # Errors
    /// In words, if it cannot be sent, such as an array that was given away already.
    pub fn send(&self, task: u32, request: &Request, attached: &[Attachment]) -> Result<(), String> {
        let (message, buffers) =
            message::pack(task, REQUEST, request, attached).map_err(|error| reason(&error))?;
        self.thread.post_message_with_transfer(&message, &buffers).map_err(|error| reason(&error))
    }

    /// Cancels a task, whether it was begun or not; its work still reports how it ended.
    pub fn cancel(&self, task: u32) {
        let message = message::object(&[(CANCEL, task.into())]);
        if let Err(error) = self.thread.post_message(&message) {
            web_sys::console::error_1(&error);
        }
    }
}

impl<Request, Report> Drop for Worker<Request, Report> {
    fn drop(&mut self) {
        self.thread.set_onmessage(None);
        self.thread.set_onerror(None);
        self.thread.terminate();
    }
}

fn read<Report: DeserializeOwned>(message: &JsValue) -> FromWorker<Report> {
    if let Some(words) = message::field(message, CRASHED) {
        return FromWorker::Crashed(words.as_string().unwrap_or_default());
    }
    match message::unpack(message, REPORT) {
        Ok((task, report, attached)) => FromWorker::Report { task, report, attached },
        Err(error) => FromWorker::Crashed(format!("it sent an unknown message: {}", reason(&error))),
    }
}
