//! What stands on the stage: the image, what of it goes into the network, the bars, and the download's progress.

use std::cell::RefCell;

use catalog::Diagnosis;
use catalog::model::ModelCard;
use imaging::resize::resize;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlButtonElement, HtmlCanvasElement, HtmlElement, HtmlProgressElement};
use widget_kit::canvas;
use widget_kit::dom;
use widget_kit::failure::Failure;
use widget_kit::picture::{Origin, Picture};

use crate::message::{Answered, Fallback};
use crate::words;

/// The stage's elements.
pub(super) struct Stage {
    root: HtmlElement,
    picture: HtmlCanvasElement,
    caption: HtmlElement,
    seen: HtmlCanvasElement,
    seen_caption: HtmlElement,
    bars: HtmlElement,
    rows: RefCell<Vec<Row>>,
    side: RefCell<u32>,
    note: HtmlElement,
    engine: HtmlElement,
    source: HtmlElement,
    loading: HtmlElement,
    status: HtmlElement,
    bar: HtmlProgressElement,
    button: HtmlButtonElement,
}

/// One diagnosis.
struct Row {
    label: String,
    name: String,
    element: HtmlElement,
    fill: HtmlElement,
    number: HtmlElement,
    tag: HtmlElement,
}

impl Stage {
    /// Everything at its place from the start, so that nothing jumps later.
    pub(super) fn new(card: &ModelCard) -> Self {
        let root: HtmlElement = dom::create("div", "classifier");

        let top = child(&root, "div", "classifier-top");
        let loading = child(&top, "div", "classifier-loading");
        let status = child(&loading, "p", "classifier-status");
        let bar: HtmlProgressElement = child(&loading, "progress", "classifier-progress").unchecked_into();
        dom::set(&bar, "max", "1");
        dom::set(&bar, "aria-label", "Download");
        let button: HtmlButtonElement = child(&loading, "button", "classifier-button").unchecked_into();
        button.set_type("button");
        let engine = child(&top, "p", "classifier-engine");
        let source = child(&top, "p", "classifier-source");

        let main = child(&root, "div", "classifier-main");
        let pictures = child(&main, "div", "classifier-pictures");
        let (picture, caption) = figure(&pictures, "classifier-picture");
        let (seen, seen_caption) = figure(&pictures, "classifier-seen");
        let answer = child(&main, "div", "classifier-answer");
        let bars = child(&answer, "ol", "classifier-bars");
        dom::set(&bars, "aria-label", "Probability of each diagnosis");
        let note = child(&answer, "p", "classifier-note");

        let stage = Self {
            root,
            picture,
            caption,
            seen,
            seen_caption,
            bars,
            rows: RefCell::default(),
            side: RefCell::new(card.input.size),
            note,
            engine,
            source,
            loading,
            status,
            bar,
            button,
        };
        stage.set_labels(card);
        stage
    }

    pub(super) fn root(&self) -> &HtmlElement {
        &self.root
    }

    pub(super) fn picture_canvas(&self) -> HtmlCanvasElement {
        self.picture.clone()
    }

    /// One empty row a label.
    pub(super) fn set_labels(&self, card: &ModelCard) {
        self.bars.set_text_content(None);
        self.rows.replace(card.labels.iter().map(|label| Row::new(&self.bars, label)).collect());
        self.side.replace(card.input.size);
    }

    /// Shows the image and what the network will see of it.
    pub(super) fn show_picture(&self, picture: &Picture) -> Result<(), Failure> {
        let side = *self.side.borrow();
        canvas::draw(&self.picture, &picture.pixels)?;
        canvas::draw(&self.seen, &resize(&picture.pixels, side, side))?;
        let caption = picture.caption();
        describe(&self.picture, &caption);
        self.caption.set_text_content(Some(&caption));
        let seen = format!("What goes into the network: {side} × {side} pixels");
        describe(&self.seen, &seen);
        self.seen_caption.set_text_content(Some(&seen));
        let note = match picture.origin {
            Origin::Drawn(_) => {
                "The network learned from drawings like this one. Nothing here is medical advice."
            }
            Origin::Own(_) => {
                "This network learned from drawings only: what it says about this image says nothing about real skin. \
                 Nothing here is medical advice."
            }
        };
        self.note.set_text_content(Some(note));
        dom::set(
            &self.note,
            "data-own",
            if matches!(picture.origin, Origin::Own(_)) { "true" } else { "false" },
        );
        Ok(())
    }

    /// Fills the bars; `why` explains who computed where that needs words.
    pub(super) fn show_answer(&self, answer: &Answered, picture: Option<&Picture>, why: Option<&Fallback>) {
        let drawn = picture.and_then(|picture| match &picture.origin {
            Origin::Drawn(drawn) => Some(drawn.diagnosis.abbreviation()),
            Origin::Own(_) => None,
        });
        let top = top(&answer.probabilities);
        for (i, (row, &probability)) in self.rows.borrow().iter().zip(&answer.probabilities).enumerate() {
            row.show(
                probability,
                answer.logits.get(i).copied(),
                top == Some(i),
                drawn == Some(row.label.as_str()),
            );
        }
        self.engine.set_hidden(false);
        self.source.set_hidden(false);
        let words = why.map_or_else(
            || words::computed(answer.backend, &answer.adapter, answer.gpu_submissions),
            words::fallback,
        );
        self.engine.set_text_content(Some(&words));
    }

    /// The answer in one sentence for a screen reader.
    pub(super) fn spoken(&self, answer: &Answered) -> String {
        let rows = self.rows.borrow();
        let mut order: Vec<usize> = (0..answer.probabilities.len().min(rows.len())).collect();
        order.sort_by(|&a, &b| answer.probabilities[b].total_cmp(&answer.probabilities[a]));
        let named = |i: &usize| format!("{} {}", rows[*i].name, words::percent(answer.probabilities[*i]));
        match order.as_slice() {
            [first, second, ..] => format!("The network says {}, then {}.", named(first), named(second)),
            _ => String::new(),
        }
    }

    /// Moves the bar.
    pub(super) fn progress(&self, words: &str, share: f64) {
        self.show_loading();
        self.status.set_text_content(Some(words));
        self.bar.set_value(share);
        self.name_button("Stop");
    }

    /// Everything is there; the first run prepares.
    pub(super) fn starting(&self, source: &str) {
        self.show_loading();
        self.bar.set_value(1.0);
        self.status.set_text_content(Some("Starting the network…"));
        dom::set(&self.button, "aria-disabled", "true");
        self.source.set_text_content(Some(source));
    }

    /// The button tries again.
    pub(super) fn offer_again(&self) {
        self.show_loading();
        self.name_button("Try again");
    }

    /// Moves the focus to the button beside the bar if it was at the start button.
    pub(super) fn take_focus(&self, had_focus: bool) {
        if had_focus {
            self.name_button("Stop");
            let _a_button_takes_it = self.button.focus();
        }
    }

    /// Hides progress and button; whether the button had the focus, which then needs another place.
    pub(super) fn gives_focus_back(&self) -> bool {
        let active = dom::document().active_element();
        let had_focus =
            active.is_some_and(|active| &active == self.button.unchecked_ref::<web_sys::Element>());
        self.loading.set_hidden(true);
        had_focus
    }

    fn show_loading(&self) {
        self.loading.set_hidden(false);
        self.engine.set_hidden(true);
        self.source.set_hidden(true);
    }

    fn name_button(&self, words: &str) {
        dom::set(&self.button, "aria-disabled", "false");
        if self.button.text_content().as_deref() != Some(words) {
            self.button.set_text_content(Some(words));
        }
    }

    /// Calls `work` at every press of the button.
    pub(super) fn on_button(&self, mut work: impl FnMut() + 'static) {
        dom::listen(&self.button, "click", move |_: Event| work());
    }
}

impl Row {
    fn new(list: &HtmlElement, label: &str) -> Self {
        let name =
            Diagnosis::from_abbreviation(label).map_or_else(|| label.to_owned(), |d| d.name().to_owned());
        let element = child(list, "li", "classifier-row");
        dom::set(&element, "data-label", label);
        let words = child(&element, "span", "classifier-name");
        child(&words, "b", "").set_text_content(Some(label));
        let _never_refused = words.append_with_str_1(&format!(" {name}"));
        let tag = child(&words, "span", "classifier-tag");
        let number = child(&element, "span", "classifier-number");
        number.set_text_content(Some("–"));
        let track = child(&element, "span", "classifier-track");
        dom::set(&track, "aria-hidden", "true");
        let fill = child(&track, "span", "classifier-fill");
        let _never_refused =
            fill.style().set_property("--colour", &format!("var(--{})", label.to_ascii_lowercase()));
        Self { label: label.to_owned(), name, element, fill, number, tag }
    }

    fn show(&self, probability: f32, logit: Option<f32>, top: bool, drawn: bool) {
        // `{:?}` writes as many digits as it takes to get the same f32 back.
        dom::set(&self.element, "data-probability", &format!("{probability:?}"));
        if let Some(logit) = logit {
            dom::set(&self.element, "data-logit", &format!("{logit:?}"));
        }
        dom::set(&self.element, "data-top", if top { "true" } else { "false" });
        let _never_refused = self.fill.style().set_property("--share", &format!("{probability:.4}"));
        self.number.set_text_content(Some(&words::percent(probability)));
        self.tag.set_text_content(Some(match (top, drawn) {
            (true, true) => "highest, as drawn",
            (true, false) => "highest",
            (false, true) => "drawn as this",
            (false, false) => "",
        }));
    }
}

/// Index of the largest, the first of equal ones.
fn top(probabilities: &[f32]) -> Option<usize> {
    let largest = probabilities.iter().copied().max_by(f32::total_cmp)?;
    probabilities.iter().position(|p| p.total_cmp(&largest).is_eq())
}

fn child(parent: &HtmlElement, tag: &str, class: &str) -> HtmlElement {
    let element: HtmlElement = dom::create(tag, class);
    let _never_refused = parent.append_child(&element);
    element
}

/// A canvas with words under it.
fn figure(parent: &HtmlElement, class: &str) -> (HtmlCanvasElement, HtmlElement) {
    let figure = child(parent, "figure", class);
    let mat = child(&figure, "div", "classifier-mat");
    let canvas: HtmlCanvasElement = child(&mat, "canvas", "").unchecked_into();
    (canvas, child(&figure, "figcaption", ""))
}

/// Makes the canvas an image for who cannot see it; without its words it would be one with no name.
fn describe(canvas: &HtmlCanvasElement, words: &str) {
    dom::set(canvas, "aria-label", words);
    dom::set(canvas, "role", "img");
}
