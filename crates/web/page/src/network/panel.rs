//! What the reader sees of the network itself: the button that starts it, the download's progress, what computed.

use kit::dom::{self, child};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlButtonElement, HtmlElement, HtmlProgressElement};

/// The panel's elements.
pub(super) struct NetworkPanel {
    root: HtmlElement,
    start: HtmlElement,
    loading: HtmlElement,
    status: HtmlElement,
    bar: HtmlProgressElement,
    button: HtmlButtonElement,
    engine: HtmlElement,
    source: HtmlElement,
    caution: HtmlElement,
}

impl NetworkPanel {
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
        let caution = child(&root, "p", "network-caution");
        let panel = Self { root, start, loading, status, bar, button, engine, source, caution };
        panel.show_part(PanelPart::Start);
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

    /// Shows the session's panel; returns whether a button that had the focus is gone, so that the focus needs another place.
    pub(super) fn show(&self, panel: &session::Panel) -> bool {
        match panel {
            session::Panel::Start { words } => {
                if let Some(words) = words {
                    self.start.set_text_content(Some(words));
                }
                self.show_part(PanelPart::Start);
            }
            session::Panel::Loading { words, share } => {
                self.show_bar(words, *share);
                self.name_button("Stop");
            }
            session::Panel::Failed { words, share } => {
                self.show_bar(words, *share);
                self.name_button("Try again");
            }
            session::Panel::Starting { words, source } => {
                self.show_bar(words, 1.0);
                dom::set(&self.button, "aria-disabled", "true");
                self.source.set_text_content(Some(source));
            }
            session::Panel::Running { words, source } => {
                let had_focus = has_focus(&self.button);
                self.engine.set_text_content(Some(words));
                self.source.set_text_content(Some(source));
                self.show_part(PanelPart::Running);
                return had_focus;
            }
        }
        false
    }

    /// Shows what to bear in mind about the chosen network, in every part of the panel.
    pub(super) fn caution(&self, words: Option<&str>) {
        self.caution.set_text_content(words);
        self.caution.set_hidden(words.is_none());
    }

    fn show_bar(&self, words: &str, share: f64) {
        let had_focus = has_focus(&self.start);
        self.show_part(PanelPart::Loading);
        self.status.set_text_content(Some(words));
        self.bar.set_value(share);
        // A reader who pressed the start button by keyboard continues at the button in its place.
        if had_focus {
            let _a_button_takes_it = self.button.focus();
        }
    }

    fn show_part(&self, part: PanelPart) {
        self.start.set_hidden(part != PanelPart::Start);
        self.loading.set_hidden(part != PanelPart::Loading);
        self.engine.set_hidden(part != PanelPart::Running);
        self.source.set_hidden(part != PanelPart::Running);
    }

    fn name_button(&self, words: &str) {
        dom::set(&self.button, "aria-disabled", "false");
        if self.button.text_content().as_deref() != Some(words) {
            self.button.set_text_content(Some(words));
        }
    }
}

/// The parts of the panel, shown one at a time in the same place, so that nothing jumps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PanelPart {
    Start,
    Loading,
    Running,
}

fn has_focus(element: &Element) -> bool {
    dom::document().active_element().is_some_and(|active| &active == element)
}
