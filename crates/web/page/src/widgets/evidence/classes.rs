//! The classes with their scores and probabilities; the reader chooses one of them.

use std::cell::RefCell;

use kit::dom::{self, child};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlButtonElement, HtmlElement};

use super::class_evidence::ClassEvidence;
use crate::network::words::{self, percent};
use crate::stage::significant::number;

/// A list of buttons.
pub(super) struct ClassList {
    list: HtmlElement,
    rows: RefCell<Vec<ClassRow>>,
}

struct ClassRow {
    label: String,
    button: HtmlElement,
    logit: HtmlElement,
    probability: HtmlElement,
}

impl ClassList {
    pub(super) fn new(parent: &HtmlElement) -> Self {
        let list = child(parent, "ul", "evidence-classes");
        dom::set(&list, "aria-label", "Score and probability of each class; choose one to see its evidence");
        Self { list, rows: RefCell::default() }
    }

    /// A button a label; `choose` is called with its place in the list.
    pub(super) fn set_labels(&self, labels: &[String], choose: impl Fn(usize) + Clone + 'static) {
        self.list.set_text_content(None);
        let row = |(at, label): (usize, &String)| {
            let item = child(&self.list, "li", "");
            let button: HtmlButtonElement = child(&item, "button", "evidence-class").unchecked_into();
            button.set_type("button");
            dom::set(&button, "data-label", label);
            let colour = format!("--colour:var(--{})", label.to_ascii_lowercase());
            dom::set(&button, "style", &colour);
            let name = child(&button, "span", "evidence-name");
            name.set_text_content(Some(&in_words(label)));
            let probability = child(&button, "span", "evidence-number");
            let logit = child(&button, "span", "evidence-logit");
            let track = child(&button, "span", "evidence-track");
            dom::set(&track, "aria-hidden", "true");
            child(&track, "span", "evidence-fill");
            let choose = choose.clone();
            dom::listen(&button, "click", move |_: Event| choose(at));
            ClassRow { label: label.clone(), button: button.unchecked_into(), logit, probability }
        };
        self.rows.replace(labels.iter().enumerate().map(row).collect());
    }

    pub(super) fn clear(&self) {
        for row in self.rows.borrow().iter() {
            row.probability.set_text_content(Some("–"));
            row.logit.set_text_content(None);
            let _never_refused = row.button.style().set_property("--share", "0");
            for name in ["data-probability", "data-logit"] {
                let _may_be_missing = row.button.remove_attribute(name);
            }
            dom::set(&row.button, "aria-pressed", "false");
        }
    }

    /// Fills in the numbers; class `chosen` is pressed.
    pub(super) fn show(&self, weighed: &ClassEvidence, chosen: usize) {
        for (at, (row, class)) in self.rows.borrow().iter().zip(&weighed.classes).enumerate() {
            row.probability.set_text_content(Some(&percent(class.probability)));
            row.logit.set_text_content(Some(&format!("logit {}", number(class.logit))));
            let share = format!("{:.4}", class.probability);
            let _never_refused = row.button.style().set_property("--share", &share);
            dom::set(&row.button, "data-probability", &class.probability.to_string());
            dom::set(&row.button, "data-logit", &class.logit.to_string());
            dom::set(&row.button, "aria-pressed", if at == chosen { "true" } else { "false" });
        }
    }

    /// Place of a label, in any case.
    pub(super) fn place(&self, label: &str) -> Option<usize> {
        self.rows.borrow().iter().position(|row| row.label.eq_ignore_ascii_case(label))
    }

    /// The class in words.
    pub(super) fn name(&self, at: usize) -> String {
        self.rows.borrow().get(at).map(|row| in_words(&row.label)).unwrap_or_default()
    }
}

fn in_words(label: &str) -> String {
    let words = words::diagnosis(label);
    if words == label { words } else { format!("{label} {words}") }
}
