//! A choice by picture: a row of radio buttons, each with a thumbnail.

use std::cell::RefCell;
use std::rc::Rc;

use imaging::Rgb8;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlCanvasElement, HtmlElement, HtmlInputElement};

use crate::canvas;
use crate::dom;
use crate::failure::Failure;

/// Side of a drawn thumbnail, pixels: twice what it takes in the page, for screens with small pixels.
pub(crate) const SIDE: u32 = 88;

/// The row; clones refer to the same one.
#[derive(Clone)]
pub(crate) struct Thumbnails(HtmlElement);

impl Thumbnails {
    /// The row of the control with this name.
    pub(crate) fn find(form: &Element, name: &str) -> Option<Self> {
        dom::find(form, &format!(".control-pictures[data-control=\"{name}\"]")).map(Self)
    }

    pub(crate) fn element(&self) -> &HtmlElement {
        &self.0
    }

    fn input(&self, selector: &str) -> Option<HtmlInputElement> {
        dom::find(&self.0, selector)
    }

    /// The value whose button is pressed.
    pub(crate) fn chosen(&self) -> String {
        self.input("input:checked").map(|input| input.value()).unwrap_or_default()
    }

    /// Presses the button of a value.
    pub(crate) fn choose(&self, value: &str) {
        if let Some(input) = self.input(&format!("input[value=\"{value}\"]")) {
            input.set_checked(true);
        }
    }

    /// Gives the button of a value its picture; one without a picture is not offered.
    ///
    /// # Errors
    /// [`Failure`] as from [`canvas::draw`].
    pub(crate) fn draw(&self, value: &str, picture: &Rgb8) -> Result<(), Failure> {
        let Some(label) = dom::find::<Element>(&self.0, &format!("[data-value=\"{value}\"]")) else {
            return Ok(());
        };
        if let Some(canvas) = dom::find::<HtmlCanvasElement>(&label, "canvas") {
            canvas::draw(&canvas, picture)?;
        }
        dom::set(&label, "data-drawn", "true");
        Ok(())
    }

    /// Calls `again` when the button that was pressed already is pressed once more: no change, and yet a wish.
    pub(crate) fn on_press_again(&self, again: impl Fn() + 'static) {
        let before = Rc::new(RefCell::new(String::new()));
        let (this, pressed) = (self.clone(), Rc::clone(&before));
        dom::listen(&self.0, "pointerdown", move |_: Event| {
            pressed.replace(this.chosen());
        });
        dom::listen(&self.0, "click", move |event: Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if input.is_some_and(|input| *before.borrow() == input.value()) {
                again();
            }
        });
    }
}
