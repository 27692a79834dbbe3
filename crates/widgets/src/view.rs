//! What the widgets' stages share: numbers in writing, squares of numbers, pictures with a caption and a marker.

pub(crate) mod coefficient;
pub(crate) mod grid;
pub(crate) mod picture;

pub(crate) use coefficient::{Written, fixed, number};
pub(crate) use grid::Grid;
pub(crate) use picture::PictureView;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, ResizeObserver};
use widget_kit::{Failure, Section, dom};

/// Adds a child; the parents here are elements of our own, which take any.
pub(crate) fn append(parent: &Element, child: &Element) {
    let _never_refused = parent.append_child(child);
}

/// A new element with words in it.
pub(crate) fn text(tag: &str, class: &str, words: &str) -> HtmlElement {
    let element: HtmlElement = dom::create(tag, class);
    element.set_text_content(Some(words));
    element
}

/// Calls `fit` whenever the stage gets wider or narrower.
///
/// # Errors
/// [`Failure`] if the browser does not tell.
pub(crate) fn fit_to_room(section: &Section, fit: impl FnMut() + 'static) -> Result<(), Failure> {
    let fit = Closure::<dyn FnMut()>::new(fit);
    let observer = ResizeObserver::new(fit.as_ref().unchecked_ref())
        .map_err(|e| Failure::thrown("The browser does not say how large the widget is", &e))?;
    observer.observe(section.stage().unchecked_ref::<HtmlElement>());
    fit.forget();
    Ok(())
}
