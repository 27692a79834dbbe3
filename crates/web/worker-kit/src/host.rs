//! The Worker's side.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Once;

use js_sys::{Array, Promise};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal, DedicatedWorkerGlobalScope, MessageChannel};

use crate::message::{self, CANCEL, CRASHED, REPORT, REQUEST};
use crate::{Attachment, Pace};

/// How long a task computes before [`Task::pause`] lets the Worker hear its messages, milliseconds.
const BETWEEN_PAUSES: f64 = 30.0;

/// Something that does what a page asks for.
pub trait Work: 'static {
    /// What can be asked.
    type Request: DeserializeOwned + 'static;
    /// What can be reported.
    type Report: Serialize + 'static;

    /// Does the requested work and reports it. A task that was cancelled before it began is run as well, so that the page hears how
    /// it ended.
    fn run(
        &mut self,
        request: Self::Request,
        attached: Vec<Attachment>,
        task: &Task<Self::Report>,
    ) -> impl Future<Output = ()>;
}

/// Passes a page's requests to some work, one after another, in their order; clones refer to the same one.
///
/// A crate keeps one in a `thread_local` and exports a function `receive(message)` that passes every message on.
pub struct Host<W: Work>(Rc<HostParts<W>>);

struct HostParts<W: Work> {
    /// Elsewhere while it runs.
    work: RefCell<Option<W>>,
    waiting: QueuedRequest<W>,
    /// The tasks that can be cancelled: those that wait and the one that runs.
    controllers: RefCell<Vec<(u32, AbortController)>>,
    running: Cell<bool>,
}

type QueuedRequest<W> = RefCell<VecDeque<(u32, <W as Work>::Request, Vec<Attachment>)>>;

impl<W: Work> Clone for Host<W> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<W: Work> Host<W> {
    /// A host without tasks. From now on a panic is sent to the page.
    pub fn new(work: W) -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            std::panic::set_hook(Box::new(|info| {
                post(&message::object(&[(CRASHED, info.to_string().into())]), &Array::new());
            }));
        });
        Self(Rc::new(HostParts {
            work: RefCell::new(Some(work)),
            waiting: RefCell::default(),
            controllers: RefCell::default(),
            running: Cell::new(false),
        }))
    }

    /// Takes a message of the page.
    ///
    /// # Errors
    /// If it is not a message that the page sends.
    pub fn receive(&self, message: &JsValue) -> Result<(), JsValue> {
        let HostParts { waiting, controllers, running, .. } = &*self.0;
        if let Some(cancelled) = message::number(message, CANCEL) {
            let controllers = controllers.borrow();
            controllers.iter().filter(|(task, _)| *task == cancelled).for_each(|(_, one)| one.abort());
            return Ok(());
        }
        let (task, request, attached) = message::unpack(message, REQUEST)?;
        controllers.borrow_mut().push((task, AbortController::new()?));
        waiting.borrow_mut().push_back((task, request, attached));
        if !running.replace(true) {
            spawn_local(self.clone().run_all());
        }
        Ok(())
    }

    async fn run_all(self) {
        let HostParts { work, waiting, controllers, running } = &*self.0;
        let Some(mut now_running) = work.take() else { return };
        loop {
            let Some((number, request, attached)) = waiting.borrow_mut().pop_front() else { break };
            let signal =
                controllers.borrow().iter().find(|(task, _)| *task == number).map(|(_, one)| one.signal());
            if let Some(signal) = signal {
                let host = self.clone();
                let others_wait = Box::new(move || !host.0.waiting.borrow().is_empty());
                let pace = Cell::new(Pace::every(BETWEEN_PAUSES));
                let task = Task { number, signal, others_wait, pace, report: PhantomData };
                now_running.run(request, attached, &task).await;
            }
            controllers.borrow_mut().retain(|(task, _)| *task != number);
        }
        work.replace(Some(now_running));
        running.set(false);
    }
}

/// A request under way: what reports about it go through.
pub struct Task<Report> {
    number: u32,
    signal: AbortSignal,
    others_wait: Box<dyn Fn() -> bool>,
    pace: Cell<Pace>,
    report: PhantomData<Report>,
}

impl<Report: Serialize> Task<Report> {
    /// Sends a report to the page.
    pub fn report(&self, report: &Report) {
        self.report_with(report, &[]);
    }

    /// Sends a report with attachments, which are then the page's.
    pub fn report_with(&self, report: &Report, attached: &[Attachment]) {
        match message::pack(self.number, REPORT, report, attached) {
            Ok((message, buffers)) => post(&message, &buffers),
            Err(error) => web_sys::console::error_1(&error),
        }
    }

    /// Whether the page cancelled it.
    pub fn is_cancelled(&self) -> bool {
        self.signal.aborted()
    }

    /// The same for the browser's own functions, such as `fetch`.
    pub fn signal(&self) -> &AbortSignal {
        &self.signal
    }

    /// Whether the page already asked for something else.
    pub fn others_wait(&self) -> bool {
        (self.others_wait)()
    }

    /// For long computations, between two steps: once in a while lets the Worker hear its messages, so that the task can be
    /// cancelled.
    pub async fn pause(&self) {
        let mut pace = self.pace.get();
        let due = pace.is_due(now());
        self.pace.set(pace);
        if due {
            next_turn().await;
        }
    }
}

/// Comes back once the messages that wait were heard. A timer would come back no sooner than after 4 ms.
async fn next_turn() {
    let Ok(channel) = MessageChannel::new() else { return };
    let turn = Promise::new(&mut |resolve, _| channel.port1().set_onmessage(Some(&resolve)));
    if channel.port2().post_message(&JsValue::UNDEFINED).is_ok() {
        let _never_rejected = JsFuture::from(turn).await;
    }
    channel.port1().close();
}

/// Milliseconds since the Worker began.
fn now() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}

fn post(message: &JsValue, buffers: &Array) {
    if let Err(error) = scope().post_message_with_transfer(message, buffers) {
        web_sys::console::error_1(&error);
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
