//! Short words for what every widget does to the page: make an element, listen to it, wait.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, Window};

/// The page's window.
///
/// # Panics
/// Outside a page; a worker has no form to bind to.
pub fn window() -> Window {
    web_sys::window().expect("a widget lives in a page, and a page has a window")
}

/// The page's document.
///
/// # Panics
/// Outside a page.
pub fn document() -> Document {
    window().document().expect("a window shows a document")
}

/// A new element of this tag (a literal, so that it is always a valid one) and class.
///
/// # Panics
/// If `tag` is no name an element can have.
pub fn create<T: JsCast>(tag: &str, class: &str) -> T {
    let element = document().create_element(tag).expect("the tag is a literal that HTML knows");
    if !class.is_empty() {
        element.set_class_name(class);
    }
    element.unchecked_into()
}

/// A new element at the end of `parent`; as [`create`].
///
/// # Panics
/// As [`create`].
pub fn child(parent: &Element, tag: &str, class: &str) -> HtmlElement {
    let element: HtmlElement = create(tag, class);
    let _never_refused = parent.append_child(&element);
    element
}

/// The first element below `parent` that matches, as the type its tag promises.
pub fn find<T: JsCast>(parent: &Element, selector: &str) -> Option<T> {
    parent.query_selector(selector).ok().flatten().and_then(|e| e.dyn_into().ok())
}

/// Sets an attribute; names are literals, so the browser never refuses.
pub fn set(element: &Element, name: &str, value: &str) {
    let _always_valid = element.set_attribute(name, value);
}

/// Calls `handler` at every such event, as long as the page lives.
pub fn listen<E: JsCast + 'static>(target: &EventTarget, event: &str, mut handler: impl FnMut(E) + 'static) {
    listen_to(target, event, Box::new(move |e: Event| handler(e.unchecked_into())));
}

/// What does not depend on the event's type, so that it is there once.
fn listen_to(target: &EventTarget, event: &str, handler: Box<dyn FnMut(Event)>) {
    let closure = Closure::wrap(handler);
    let _never_refused = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Milliseconds since the page began, for measuring how long something took.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |p| p.now())
}

/// Whether the reader's system asks for less motion.
pub fn wants_less_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// Comes back once the browser has had its turn: what the reader did meanwhile has been heard.
pub async fn next_turn() {
    let turn = js_sys::Promise::new(&mut |resolve, _| {
        let _never_refused = window().set_timeout_with_callback(&resolve);
    });
    let _never_refused = wasm_bindgen_futures::JsFuture::from(turn).await;
}

/// Runs its work once in the next frame however often it was asked for: a drag never queues up pictures.
#[derive(Clone)]
pub struct Frame {
    pending: Rc<Cell<bool>>,
    work: Rc<Closure<dyn FnMut()>>,
}

impl Frame {
    /// Work for a later frame.
    pub fn new(mut work: impl FnMut() + 'static) -> Self {
        let pending = Rc::new(Cell::new(false));
        let waiting = Rc::clone(&pending);
        let closure = Closure::new(move || {
            waiting.set(false);
            work();
        });
        Self { pending, work: Rc::new(closure) }
    }

    /// Asks for the work to be done in the next frame.
    pub fn request(&self) {
        if self.pending.replace(true) {
            return;
        }
        let function = (*self.work).as_ref().unchecked_ref();
        if window().request_animation_frame(function).is_err() {
            self.pending.set(false);
        }
    }
}

/// Runs its work once nothing has asked for it for a while.
#[derive(Clone)]
pub struct Settled {
    milliseconds: i32,
    timer: Rc<Cell<Option<i32>>>,
    work: Rc<Closure<dyn FnMut()>>,
}

impl Settled {
    /// Work for when `milliseconds` have passed since it was last asked for.
    pub fn new(milliseconds: i32, mut work: impl FnMut() + 'static) -> Self {
        let timer = Rc::new(Cell::new(None));
        let running = Rc::clone(&timer);
        let closure = Closure::new(move || {
            running.set(None);
            work();
        });
        Self { milliseconds, timer, work: Rc::new(closure) }
    }

    /// Starts the wait again.
    pub fn request(&self) {
        self.cancel();
        let function = (*self.work).as_ref().unchecked_ref();
        let timer =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(function, self.milliseconds);
        self.timer.set(timer.ok());
    }

    /// Cancels the request.
    pub fn cancel(&self) {
        if let Some(timer) = self.timer.take() {
            window().clear_timeout_with_handle(timer);
        }
    }
}
