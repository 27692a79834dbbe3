//! What the reader sees of the network itself: the button that starts it, the download's progress, who computed.

use inference_messages::{Answered, Fallback};
use kit::dom::{self, child};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlButtonElement, HtmlElement, HtmlProgressElement};

use super::words;

/// The panel's elements.
pub(super) struct Panel {
    root: HtmlElement,
    start: HtmlElement,
    loading: HtmlElement,
    status: HtmlElement,
    bar: HtmlProgressElement,
    button: HtmlButtonElement,
    engine: HtmlElement,
    source: HtmlElement,
}

impl Panel {
    /// Around the start button that the page was rendered with.
    pub(super) fn new(start: HtmlElement) -> Self {
        let root: HtmlElement = dom::create("div", "network");
        let _it_moves_here_from_the_form = root.append_child(&start);
        let loading = child(&root, "div", "network-loading");
        let status = child(&loading, "p", "network-status");
        let bar: HtmlProgressElement = child(&loading, "progress", "network-progress").unchecked_into();
        dom::set(&bar, "max", "1");
        dom::set(&bar, "aria-label", "Download");
        let button: HtmlButtonElement = child(&loading, "button", "network-button").unchecked_into();
        button.set_type("button");
        let engine = child(&root, "p", "network-engine");
        let source = child(&root, "p", "network-source");
        let panel = Self { root, start, loading, status, bar, button, engine, source };
        panel.show(Part::Start);
        panel
    }

    pub(super) fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Calls `start` at every press of the start button and `other` at every press of the one beside the bar.
    pub(super) fn on_buttons(&self, mut start: impl FnMut() + 'static, mut other: impl FnMut() + 'static) {
        dom::listen(&self.start, "click", move |_: Event| start());
        dom::listen(&self.button, "click", move |_: Event| other());
    }

    /// Offers the start.
    pub(super) fn offer_start(&self, words: &str) {
        self.start.set_text_content(Some(words));
        self.show(Part::Start);
    }

    /// Moves the bar.
    pub(super) fn progress(&self, words: &str, share: f64) {
        let had_focus = has_focus(&self.start);
        self.show(Part::Loading);
        self.status.set_text_content(Some(words));
        self.bar.set_value(share);
        self.name_button("Stop");
        // Who pressed the start button by keyboard goes on at the button in its place.
        if had_focus {
            let _a_button_takes_it = self.button.focus();
        }
    }

    /// Everything is there; the first run prepares.
    pub(super) fn starting(&self, source: &str) {
        self.show(Part::Loading);
        self.bar.set_value(1.0);
        self.status.set_text_content(Some("Starting the network…"));
        dom::set(&self.button, "aria-disabled", "true");
        self.source.set_text_content(Some(source));
    }

    /// The button tries again.
    pub(super) fn offer_again(&self) {
        self.show(Part::Loading);
        self.name_button("Try again");
    }

    /// Says who computed, or `why` where that needs words; whether the button had the focus, which then needs another
    /// place.
    pub(super) fn computed(&self, answer: &Answered, why: Option<&Fallback>) -> bool {
        let had_focus = has_focus(&self.button);
        self.show(Part::Computed);
        let words = why.map_or_else(
            || words::computed(answer.backend, &answer.adapter, answer.gpu_submissions),
            words::fallback,
        );
        self.engine.set_text_content(Some(&words));
        had_focus
    }

    fn show(&self, part: Part) {
        self.start.set_hidden(part != Part::Start);
        self.loading.set_hidden(part != Part::Loading);
        self.engine.set_hidden(part != Part::Computed);
        self.source.set_hidden(part != Part::Computed);
    }

    fn name_button(&self, words: &str) {
        dom::set(&self.button, "aria-disabled", "false");
        if self.button.text_content().as_deref() != Some(words) {
            self.button.set_text_content(Some(words));
        }
    }
}

/// What stands in the panel; one at a time, in the same place, so that nothing jumps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    Loading,
    Computed,
}

fn has_focus(element: &Element) -> bool {
    dom::document().active_element().is_some_and(|active| &active == element)
}
