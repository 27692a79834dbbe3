//! One control of a form and, for a number, the number field beside its slider.

use std::cell::{Cell, RefCell};

use catalog::widget::{Control, ControlKind};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use crate::dom;
use crate::failure::Failure;
use crate::number::Range;
use crate::thumbnails::Thumbnails;

/// A bound control.
pub(super) struct Field {
    pub(super) control: &'static Control,
    holder: FieldElements,
    /// What "reset" returns to: the author's value where given, else the catalog's.
    pub(super) default: RefCell<Option<String>>,
    /// The last value that the control accepted.
    pub(super) last: RefCell<String>,
    /// Whether the value follows from other controls, and so is no setting of its own.
    pub(super) derived: Cell<bool>,
}

enum FieldElements {
    Choice(HtmlSelectElement),
    Pictures(Thumbnails),
    /// As a choice, but what can be chosen depends on the model.
    Layer(HtmlSelectElement),
    Number {
        slider: HtmlInputElement,
        typed: HtmlInputElement,
        range: Cell<Range>,
    },
    Toggle(HtmlInputElement),
    Text(HtmlTextAreaElement),
    File(HtmlInputElement),
    Action(HtmlElement),
}

impl Field {
    pub(super) fn bind(control: &'static Control, form: &HtmlElement) -> Result<Self, Failure> {
        let name = control.name;
        let missing = |what: &str| {
            Failure::new(format!("The form of this widget has no {what} named \"{name}\". Reload the page."))
        };
        let named = format!("[name=\"{name}\"]");
        let holder = match control.kind {
            ControlKind::Choice { .. } => {
                dom::find(form, &named).map(FieldElements::Choice).ok_or(missing("choice"))?
            }
            ControlKind::Pictures { .. } => {
                Thumbnails::find(form, name).map(FieldElements::Pictures).ok_or(missing("row of pictures"))?
            }
            ControlKind::Layer { .. } => {
                dom::find(form, &named).map(FieldElements::Layer).ok_or(missing("choice"))?
            }
            ControlKind::Number { min, max, step, .. } => {
                let slider = dom::find(form, &named).ok_or(missing("slider"))?;
                let twin = dom::find(form, &format!("[data-twin=\"{name}\"]"));
                let typed = twin.ok_or(missing("number field beside the slider"))?;
                FieldElements::Number { slider, typed, range: Cell::new(Range { min, max, step }) }
            }
            ControlKind::Toggle { .. } => {
                dom::find(form, &named).map(FieldElements::Toggle).ok_or(missing("checkbox"))?
            }
            ControlKind::Text { .. } => {
                dom::find(form, &named).map(FieldElements::Text).ok_or(missing("text"))?
            }
            ControlKind::File { .. } => {
                dom::find(form, &named).map(FieldElements::File).ok_or(missing("file"))?
            }
            ControlKind::Action => {
                dom::find(form, &named).map(FieldElements::Action).ok_or(missing("button"))?
            }
        };
        let field = Self {
            control,
            holder,
            default: RefCell::default(),
            last: RefCell::new(String::new()),
            derived: Cell::new(false),
        };
        let given = field.element().get_attribute("data-default");
        *field.default.borrow_mut() = control.kind.default_text().map(|catalog| given.unwrap_or(catalog));
        Ok(field)
    }

    pub(super) fn element(&self) -> &HtmlElement {
        match &self.holder {
            FieldElements::Choice(select) | FieldElements::Layer(select) => select,
            FieldElements::Pictures(thumbnails) => thumbnails.element(),
            FieldElements::Number { slider: input, .. }
            | FieldElements::Toggle(input)
            | FieldElements::File(input) => input,
            FieldElements::Text(area) => area,
            FieldElements::Action(button) => button,
        }
    }

    /// The last value that was right.
    pub(super) fn value(&self) -> String {
        self.last.borrow().clone()
    }

    /// The value, if it belongs in the address: it can be set and is not the default.
    pub(super) fn setting(&self) -> Option<String> {
        let value = self.value();
        (*self.default.borrow().as_ref()? != value).then_some(value)
    }

    pub(super) fn reset(&self) {
        match (&*self.default.borrow(), &self.holder) {
            (Some(default), _) => self.set(default),
            (None, FieldElements::File(input)) => input.set_value(""),
            (None, _) => {}
        }
        self.derived.set(false);
    }

    /// Shows `value`, which the control accepts.
    pub(super) fn set(&self, value: &str) {
        match &self.holder {
            FieldElements::Choice(select) => select.set_value(value),
            FieldElements::Pictures(thumbnails) => thumbnails.choose(value),
            FieldElements::Layer(select) => {
                select.set_value(value);
                // A layer of a model whose layers are not offered yet.
                if select.value() != value {
                    append_option(select, value, value);
                    select.set_value(value);
                }
            }
            FieldElements::Number { slider, typed, .. } => {
                slider.set_value(value);
                // Writing the same again would move the cursor of a reader who types.
                if typed.value() != value {
                    typed.set_value(value);
                }
                mark(typed, true);
            }
            FieldElements::Toggle(input) => input.set_checked(value == "true"),
            FieldElements::Text(area) => area.set_value(value),
            FieldElements::File(input) => input.set_value(value),
            FieldElements::Action(_) => {}
        }
        *self.last.borrow_mut() = self.shown();
    }

    /// Replaces the options of a layer control, which keeps its value.
    pub(super) fn offer(&self, groups: &[(String, Vec<(String, String)>)]) {
        let FieldElements::Layer(select) = &self.holder else { return };
        select.set_text_content(None);
        for (title, layers) in groups {
            let group: HtmlElement = dom::create("optgroup", "");
            dom::set(&group, "label", title);
            for (name, words) in layers {
                append_option(&group, name, words);
            }
            let _never_refused = select.append_child(&group);
        }
        self.set(&self.value());
    }

    /// Ends a slider at `max`, or at the catalog's end where that comes first.
    pub(super) fn limit(&self, max: f64) {
        let (FieldElements::Number { slider, typed, range }, ControlKind::Number { max: most, .. }) =
            (&self.holder, self.control.kind)
        else {
            return;
        };
        let max = max.min(most);
        range.set(Range { max, ..range.get() });
        for input in [slider, typed] {
            input.set_max(&max.to_string());
        }
        // The browser itself has moved a slider that stood beyond.
        if slider.value() != self.value() {
            self.moved();
        }
    }

    /// What the control itself holds.
    fn shown(&self) -> String {
        match &self.holder {
            FieldElements::Choice(select) | FieldElements::Layer(select) => select.value(),
            FieldElements::Pictures(thumbnails) => thumbnails.chosen(),
            FieldElements::Number { slider: input, .. } | FieldElements::File(input) => input.value(),
            FieldElements::Toggle(input) => input.checked().to_string(),
            FieldElements::Text(area) => area.value(),
            FieldElements::Action(_) => String::new(),
        }
    }

    /// The reader moved, chose or wrote something that is right by its nature.
    pub(super) fn moved(&self) {
        let value = self.shown();
        if let FieldElements::Number { typed, .. } = &self.holder {
            typed.set_value(&value);
            mark(typed, true);
        }
        *self.last.borrow_mut() = value;
    }

    /// The reader typed into the number box; once `settled` the box shows a number that is allowed.
    pub(super) fn typed(&self, settled: bool) -> Result<(), String> {
        let FieldElements::Number { typed, range, .. } = &self.holder else { return Ok(()) };
        let (text, range) = (typed.value(), range.get());
        let Range { min, max, step } = range;
        let kind = ControlKind::Number { min, max, step, default: min, unit: "" };
        let verdict = kind.check(&text);
        mark(typed, verdict.is_ok());
        match verdict {
            Ok(()) => {
                let number: f64 = text.trim().parse().unwrap_or(range.min);
                // Only the slider, so that the cursor keeps its place in the box.
                if let FieldElements::Number { slider, .. } = &self.holder {
                    slider.set_value(&number.to_string());
                }
                *self.last.borrow_mut() = self.shown();
                Ok(())
            }
            Err(_) if settled => {
                let nearest = match text.trim().parse::<f64>() {
                    Ok(number) if number.is_finite() => range.nearest(number).to_string(),
                    _ => self.value(),
                };
                self.set(&nearest);
                Ok(())
            }
            Err(_) => {
                let label = self.control.label;
                let steps = if (step - 1.0).abs() < f64::EPSILON {
                    String::new()
                } else {
                    format!(" in steps of {step}")
                };
                let found = if text.is_empty() { "nothing" } else { &text };
                let last = self.value();
                Err(format!(
                    "{label} takes a number from {min} to {max}{steps}, not {found}. The picture still shows {last}."
                ))
            }
        }
    }
}

fn append_option(parent: &web_sys::Node, value: &str, words: &str) {
    let option: HtmlElement = dom::create("option", "");
    dom::set(&option, "value", value);
    option.set_text_content(Some(words));
    let _never_refused = parent.append_child(&option);
}

fn mark(input: &HtmlInputElement, right: bool) {
    if right {
        let _was_there = input.unchecked_ref::<web_sys::Element>().remove_attribute("aria-invalid");
    } else {
        dom::set(input, "aria-invalid", "true");
    }
}
