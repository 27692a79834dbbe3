//! What stands on the stage: the network's panel, the image, what of it goes into the network, and the bars.

use std::cell::RefCell;

use catalog::Diagnosis;
use catalog::model::ModelCard;
use imaging::resize::resize;
use numerics::decimal;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};
use widget_kit::canvas;
use widget_kit::dom::{self, child};
use widget_kit::failure::Failure;
use widget_kit::picture::{Origin, Picture};

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
}

/// What the bars show, in the order of the labels.
pub(super) struct Shown {
    /// 0 to 1.
    pub(super) probabilities: Vec<f32>,
    /// Any real number.
    pub(super) logits: Vec<f32>,
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
    pub(super) fn new(panel: &HtmlElement, card: &ModelCard) -> Self {
        let root: HtmlElement = dom::create("div", "classifier");
        let _never_refused = root.append_child(panel);
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

    /// Empties the bars: what they showed was about another image.
    pub(super) fn clear(&self) {
        self.rows.borrow().iter().for_each(Row::clear);
    }

    /// Fills the bars.
    pub(super) fn show_answer(&self, answer: &Shown, picture: Option<&Picture>) {
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
    }

    /// The answer in one sentence for a screen reader.
    pub(super) fn spoken(&self, answer: &Shown) -> String {
        let rows = self.rows.borrow();
        let mut order: Vec<usize> = (0..answer.probabilities.len().min(rows.len())).collect();
        order.sort_by(|&a, &b| answer.probabilities[b].total_cmp(&answer.probabilities[a]));
        let named = |i: &usize| format!("{} {}", rows[*i].name, words::percent(answer.probabilities[*i]));
        match order.as_slice() {
            [first, second, ..] => format!("The network says {}, then {}.", named(first), named(second)),
            _ => String::new(),
        }
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

    fn clear(&self) {
        for name in ["data-probability", "data-logit", "data-top"] {
            let _never_refused = self.element.remove_attribute(name);
        }
        let _never_refused = self.fill.style().remove_property("--share");
        self.number.set_text_content(Some("–"));
        self.tag.set_text_content(None);
    }

    fn show(&self, probability: f32, logit: Option<f32>, top: bool, drawn: bool) {
        dom::set(&self.element, "data-probability", &exact(probability));
        if let Some(logit) = logit {
            dom::set(&self.element, "data-logit", &exact(logit));
        }
        dom::set(&self.element, "data-top", if top { "true" } else { "false" });
        let _never_refused =
            self.fill.style().set_property("--share", &decimal::fixed(f64::from(probability), 4));
        self.number.set_text_content(Some(&words::percent(probability)));
        self.tag.set_text_content(Some(match (top, drawn) {
            (true, true) => "highest, as drawn",
            (true, false) => "highest",
            (false, true) => "drawn as this",
            (false, false) => "",
        }));
    }
}

/// As many digits as it takes to get the same number back, by JavaScript's own conversion.
fn exact(value: f32) -> String {
    let text = js_sys::JSON::stringify(&f64::from(value).into());
    text.map(String::from).unwrap_or_default()
}

/// Index of the largest, the first of equal ones.
fn top(probabilities: &[f32]) -> Option<usize> {
    let largest = probabilities.iter().copied().max_by(f32::total_cmp)?;
    probabilities.iter().position(|p| p.total_cmp(&largest).is_eq())
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
