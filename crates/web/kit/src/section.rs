//! One widget's `<section>`: its pictures, messages, readout and busy state.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use catalog::widget::Widget;
use web_sys::{Element, HtmlElement};

use crate::dom::{self, Settled};
use crate::failure::Failure;

/// How long values must rest before they are spoken, milliseconds.
const SETTLE: i32 = 300;

/// A widget's section in the page; clones refer to the same one.
#[derive(Clone)]
pub struct Section(Rc<SectionParts>);

struct SectionParts {
    element: HtmlElement,
    widget: &'static Widget,
    stage: HtmlElement,
    notes: HtmlElement,
    message: HtmlElement,
    readout: HtmlElement,
    cost: HtmlElement,
    /// What is wrong at present, by topic, in the order it went wrong.
    messages: RefCell<Vec<(&'static str, String)>>,
    /// What to say once the values rest.
    next_readout: Rc<RefCell<String>>,
    settled: Settled,
    outstanding: Cell<u32>,
}

impl Section {
    /// Finds the parts of a rendered widget.
    ///
    /// # Errors
    /// [`Failure`] naming the part that the page lacks.
    pub fn bind(element: &HtmlElement, widget: &'static Widget) -> Result<Self, Failure> {
        let name = widget.name;
        let part = |class: &str| {
            dom::find::<HtmlElement>(element, class).ok_or_else(|| {
                Failure::new(format!(
                    "The {class} of the widget \"{name}\" is missing from this page. Reload the page."
                ))
            })
        };
        let readout = part(".widget-readout")?;
        let next_readout = Rc::new(RefCell::new(String::new()));
        let settled = {
            let (readout, next) = (readout.clone(), Rc::clone(&next_readout));
            Settled::new(SETTLE, move || readout.set_text_content(Some(&next.borrow())))
        };
        Ok(Self(Rc::new(SectionParts {
            element: element.clone(),
            widget,
            stage: part(".widget-stage")?,
            notes: part(".widget-notes")?,
            message: part(".widget-message")?,
            readout,
            cost: part(".widget-cost")?,
            messages: RefCell::default(),
            next_readout,
            settled,
            outstanding: Cell::new(0),
        })))
    }

    /// The `<section>` itself.
    pub fn element(&self) -> &HtmlElement {
        &self.0.element
    }

    /// Its id, unique on the page, the first part of its keys in the URL.
    pub fn id(&self) -> String {
        self.0.element.id()
    }

    /// What the catalog says about this widget.
    pub fn widget(&self) -> &'static Widget {
        self.0.widget
    }

    /// Where the widget draws.
    pub fn stage(&self) -> &HtmlElement {
        &self.0.stage
    }

    /// Shows `content` in place of what was there, at first the fallback.
    pub fn show(&self, content: &Element) {
        self.0.stage.set_text_content(None);
        let _never_refused = self.0.stage.append_child(content);
    }

    /// Shows `content`, the notes about the picture, beside or below it. A phone shows it below the form, so
    /// that the picture can stay in sight above.
    pub fn note(&self, content: &Element) {
        let _never_refused = self.0.notes.append_child(content);
    }

    /// Puts what there is to know of a network into the row that the page keeps for it.
    ///
    /// # Errors
    /// [`Failure`] if the page keeps none.
    pub fn place_network(&self, panel: &Element) -> Result<(), Failure> {
        let row = dom::find::<HtmlElement>(&self.0.element, ".widget-network").ok_or_else(|| {
            Failure::new("This widget's network panel is missing from the page. Reload the page.")
        })?;
        let _never_refused = row.append_child(panel);
        Ok(())
    }

    /// Shows `content` in the section that unfolds below the picture, under the catalog's title.
    ///
    /// # Errors
    /// [`Failure`] if the catalog gives it none.
    pub fn detail(&self, content: &Element) -> Result<(), Failure> {
        let details = dom::find::<HtmlElement>(&self.0.element, ".widget-details").ok_or_else(|| {
            Failure::new("This widget's details are missing from the page. Reload the page.")
        })?;
        let _never_refused = details.append_child(content);
        Ok(())
    }

    /// Says what is wrong with `topic`; messages of other topics stay.
    pub fn warn(&self, topic: &'static str, words: impl Into<String>) {
        let words = words.into();
        {
            let mut messages = self.0.messages.borrow_mut();
            match messages.iter_mut().find(|(t, _)| *t == topic) {
                Some((_, old)) if *old == words => return,
                Some((_, old)) => *old = words,
                None => messages.push((topic, words)),
            }
        }
        self.write_messages();
    }

    /// Nothing is wrong with `topic` any more.
    pub fn settle(&self, topic: &'static str) {
        let before = self.0.messages.borrow().len();
        self.0.messages.borrow_mut().retain(|(t, _)| *t != topic);
        if self.0.messages.borrow().len() != before {
            self.write_messages();
        }
    }

    fn write_messages(&self) {
        let messages = self.0.messages.borrow();
        let words: Vec<&str> = messages.iter().map(|(_, words)| words.as_str()).collect();
        self.0.message.set_hidden(words.is_empty());
        self.0.message.set_text_content(Some(&words.join(" ")));
    }

    /// Speaks what the picture or its notes show, once values have rested for 300 ms: a screen reader hears where a reader
    /// arrives, and is not read twice.
    pub fn speak(&self, words: impl Into<String>) {
        dom::set(&self.0.readout, "data-spoken", "true");
        *self.0.next_readout.borrow_mut() = words.into();
        self.0.settled.request();
    }

    /// Writes the readout once values have rested for 300 ms, so that a screen reader speaks where a reader
    /// arrives and not every step on the way.
    pub fn say(&self, words: impl Into<String>) {
        let _was_there = self.0.readout.remove_attribute("data-spoken");
        *self.0.next_readout.borrow_mut() = words.into();
        self.0.settled.request();
    }

    /// Writes the readout now: an answer to a click.
    pub fn say_now(&self, words: &str) {
        self.0.settled.cancel();
        let _was_there = self.0.readout.remove_attribute("data-spoken");
        self.0.readout.set_text_content(Some(words));
    }

    /// Writes what the last result cost, such as `2.1 ms, WASM`.
    pub fn cost(&self, words: &str) {
        self.0.cost.set_text_content(Some(words));
    }

    /// Marks the section busy until the guard is dropped; guards of several tasks add up.
    #[must_use = "the section is busy as long as this is kept"]
    pub fn busy(&self) -> Busy {
        self.0.outstanding.set(self.0.outstanding.get() + 1);
        dom::set(&self.0.element, "data-busy", "true");
        Busy(self.clone())
    }

    /// Marks the widget as failed, permanently, with a message: what happened, what still works, what to try.
    pub fn fail(&self, words: &str) {
        dom::set(&self.0.element, "data-state", "failed");
        let _was_there = self.0.element.remove_attribute("data-busy");
        self.0.message.set_hidden(false);
        self.0.message.set_text_content(Some(words));
    }
}

/// A result is outstanding as long as this lives.
pub struct Busy(Section);

impl Drop for Busy {
    fn drop(&mut self) {
        let parts = &self.0.0;
        parts.outstanding.set(parts.outstanding.get() - 1);
        if parts.outstanding.get() == 0 {
            let _was_there = parts.element.remove_attribute("data-busy");
        }
    }
}
