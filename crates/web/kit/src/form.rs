//! The reader's settings: the widget's plain HTML form, kept in step with the catalog and with the page's address.
//!
//! The form was rendered from the catalog before any script ran; nothing here builds a control.

mod field;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::widget::ControlKind;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement};

use crate::address;
use crate::dom::{self, Settled};
use crate::failure::{Failure, reason};
use crate::section::Section;
use field::Field;

/// Browsers refuse more than about a hundred changes of the address in half a minute.
const ADDRESS_REST: i32 = 250;
/// A text longer than this in the address was not written by this book.
const LONGEST_TEXT: usize = 4096;

/// The form of one widget; clones refer to the same one.
#[derive(Clone)]
pub struct Form(Rc<FormParts>);

/// What was changed, handed to every listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The reader changed the control of this name.
    Control(&'static str),
    /// The reader pressed the button of this name.
    Action(&'static str),
    /// Every control went back to its default.
    Reset,
}

type Listener = Rc<RefCell<dyn FnMut(Change)>>;

struct FormParts {
    section: Section,
    /// In the form's order.
    fields: Vec<Field>,
    listeners: RefCell<Vec<Listener>>,
    /// Controls that the page's address gave a value at the start.
    from_address: RefCell<Vec<&'static str>>,
    /// Writes the address; set once the form has been filled.
    address: RefCell<Option<Settled>>,
}

impl Form {
    /// Binds every control that the catalog lists for this widget, fills in the defaults and then what the page's
    /// address says; what the address says wrongly is ignored with a message.
    ///
    /// # Errors
    /// [`Failure`] naming the control that the page lacks.
    pub fn bind(section: &Section) -> Result<Self, Failure> {
        let element = section.element();
        let form: HtmlElement = dom::find(element, "form.widget-body")
            .ok_or_else(|| Failure::new("This widget's form is missing from the page. Reload the page."))?;
        let controls = section.widget().all_controls();
        let fields = controls.map(|control| Field::bind(control, &form)).collect::<Result<_, _>>()?;
        let this = Self(Rc::new(FormParts {
            section: section.clone(),
            fields,
            listeners: RefCell::default(),
            from_address: RefCell::default(),
            address: RefCell::default(),
        }));
        for field in &this.0.fields {
            field.reset();
        }
        this.read_address();
        let weak = Rc::downgrade(&this.0);
        let write = move || weak.upgrade().into_iter().for_each(|parts| Self(parts).write_address());
        *this.0.address.borrow_mut() = Some(Settled::new(ADDRESS_REST, write));
        this.listen(&form, element);
        Ok(this)
    }

    /// Whether the catalog lists a control of this name for this widget.
    pub fn has(&self, name: &str) -> bool {
        self.known(name).is_some()
    }

    /// The value of a control as text, always one that the control accepts.
    ///
    /// # Panics
    /// If the catalog lists no control of this name for this widget.
    pub fn text(&self, name: &str) -> String {
        self.field(name).value()
    }

    /// The value of a number control.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn number(&self, name: &str) -> f64 {
        // A slider holds a number by its nature.
        self.text(name).parse().unwrap_or_default()
    }

    /// The state of a toggle.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn toggle(&self, name: &str) -> bool {
        self.text(name) == "true"
    }

    /// Sets a control as if the reader had, but tells no listener.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn set(&self, name: &str, value: &str) {
        let field = self.field(name);
        field.set(value);
        field.derived.set(false);
        self.touch_address();
    }

    /// Sets a control to what follows from the others; it is then no setting of its own and stays out of the
    /// address until the reader changes it.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn set_derived(&self, name: &str, value: &str) {
        let field = self.field(name);
        field.set(value);
        field.derived.set(true);
        self.touch_address();
    }

    /// Makes `value` the default that "reset" returns to and that stays out of the address; the control keeps its value.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn default_to(&self, name: &str, value: &str) {
        *self.field(name).default.borrow_mut() = Some(value.to_owned());
        self.touch_address();
    }

    /// Ends the slider of a number control at `max` or, where that is less, at the catalog's end; a value beyond becomes
    /// the new end.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn limit(&self, name: &str, max: f64) {
        self.field(name).limit(max);
    }

    /// Offers these layers in a layer control, in groups of a title and pairs of name and words; the value stays, whether it
    /// is among them or not.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn offer(&self, name: &str, groups: &[(String, Vec<(String, String)>)]) {
        self.field(name).offer(groups);
    }

    /// Whether the page's address gave this control its value at the start.
    pub fn was_in_address(&self, name: &str) -> bool {
        self.0.from_address.borrow().contains(&name)
    }

    /// The form field of this name, for what only one widget needs of it.
    ///
    /// # Panics
    /// As [`Form::text`].
    pub fn element(&self, name: &str) -> &HtmlElement {
        self.field(name).element()
    }

    /// Calls `listener` at every change, after earlier listeners.
    pub fn on_change(&self, listener: impl FnMut(Change) + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(RefCell::new(listener)));
    }

    /// Puts every control back to its default and tells the listeners.
    pub fn reset(&self) {
        for field in &self.0.fields {
            field.reset();
            self.0.section.settle(field.control.name);
        }
        self.0.section.settle("address");
        self.touch_address();
        self.tell(Change::Reset);
    }

    /// The page's address with these settings, pointing at this widget.
    pub fn link(&self) -> String {
        self.write_address();
        let location = dom::window().location();
        let href = location.href().unwrap_or_default();
        let page = href.split('#').next().unwrap_or_default();
        format!("{page}#{}", self.0.section.id())
    }

    fn field(&self, name: &str) -> &Field {
        self.known(name).unwrap_or_else(|| panic!("the catalog lists no control named {name}"))
    }

    fn known(&self, name: &str) -> Option<&Field> {
        self.0.fields.iter().find(|field| field.control.name == name)
    }

    fn tell(&self, change: Change) {
        // A listener may add another one, so the list is not kept borrowed.
        let listeners = self.0.listeners.borrow().clone();
        for listener in listeners {
            (listener.borrow_mut())(change);
        }
    }

    /// Listens on the whole `section`: a widget may have moved a control next to the picture that it changes.
    fn listen(&self, form: &HtmlElement, section: &HtmlElement) {
        for event in ["input", "change"] {
            let this = self.clone();
            dom::listen(section, event, move |e: Event| this.changed(&e));
        }
        let this = self.clone();
        dom::listen(section, "click", move |e: Event| {
            let button = e.target().and_then(|t| t.dyn_into::<Element>().ok());
            let button = button.and_then(|t| t.closest("button[name]").ok().flatten());
            let name = button.and_then(|b| b.get_attribute("name")).unwrap_or_default();
            let control = this.known(&name).map(|field| field.control);
            if let Some(control) = control.filter(|c| c.kind == ControlKind::Action) {
                this.tell(Change::Action(control.name));
            }
        });
        // Enter in a number box would send the form, and with it leave the page.
        dom::listen(form, "submit", |e: Event| e.prevent_default());
    }

    fn changed(&self, event: &Event) {
        let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else { return };
        let twin = target.get_attribute("data-twin");
        let name = twin.clone().or_else(|| target.get_attribute("name")).unwrap_or_default();
        let Some(field) = self.known(&name) else { return };
        let name = field.control.name;
        let settled = event.type_() == "change";
        let before = field.last.borrow().clone();
        let verdict = if twin.is_some() {
            field.typed(settled)
        } else {
            field.moved();
            Ok(())
        };
        match verdict {
            Ok(()) => self.0.section.settle(name),
            Err(words) => self.0.section.warn(name, words),
        }
        // Both events follow one another; listeners hear of each value once. The same file may be chosen twice.
        let again = matches!(field.control.kind, ControlKind::File { .. }) && settled;
        if again || *field.last.borrow() != before {
            field.derived.set(false);
            self.touch_address();
            self.tell(Change::Control(name));
        }
    }

    fn read_address(&self) {
        let query = dom::window().location().search().unwrap_or_default();
        let mut wrong = Vec::new();
        for (name, value) in address::read(&query, &self.0.section.id()) {
            let Some(field) = self.known(&name) else {
                wrong.push(format!("there is no setting \"{}\"", shortened(&name)));
                continue;
            };
            let label = field.control.label;
            match field.control.kind.check(&value) {
                Ok(()) if value.len() <= LONGEST_TEXT => {
                    field.set(&value);
                    self.0.from_address.borrow_mut().push(field.control.name);
                }
                Ok(()) => wrong.push(format!("{label}: too long")),
                Err(error) => wrong.push(format!("{label}: {}", shortened(&error.0))),
            }
        }
        if !wrong.is_empty() {
            let words = format!("Part of the link was ignored: {}. The rest was used.", wrong.join("; "));
            self.0.section.warn("address", words);
        }
    }

    fn touch_address(&self) {
        if let Some(settled) = &*self.0.address.borrow() {
            settled.request();
        }
    }

    fn write_address(&self) {
        if let Some(settled) = &*self.0.address.borrow() {
            settled.cancel();
        }
        let window = dom::window();
        let location = window.location();
        let Ok(history) = window.history() else { return };
        let fields = self.0.fields.iter().filter(|field| !field.derived.get());
        let changed: Vec<(&str, String)> =
            fields.filter_map(|field| Some((field.control.name, field.setting()?))).collect();
        let changed: Vec<(&str, &str)> = changed.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let before = location.search().unwrap_or_default();
        let query = address::write(&before, &self.0.section.id(), &changed);
        if query == before {
            return;
        }
        let path = location.pathname().unwrap_or_default();
        let hash = location.hash().unwrap_or_default();
        let state = history.state().unwrap_or(JsValue::NULL);
        let url = format!("{path}{query}{hash}");
        if let Err(error) = history.replace_state_with_url(&state, "", Some(&url)) {
            // The settings hold all the same; only the link lags behind.
            web_sys::console::warn_1(&format!("the address could not be updated: {}", reason(&error)).into());
        }
    }
}

/// At most 200 characters of a text that someone else wrote.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
