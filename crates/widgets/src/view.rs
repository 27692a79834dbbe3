//! What the widgets' stages share: numbers in writing, squares of numbers, pictures with a caption and a marker.

#[cfg(any(feature = "images", feature = "layers"))]
pub(crate) mod chart;
#[cfg(feature = "images")]
pub(crate) mod coefficient;
#[cfg(feature = "images")]
pub(crate) mod grid;
pub(crate) mod number;
#[cfg(any(feature = "images", feature = "layers"))]
pub(crate) mod picture;
#[cfg(feature = "images")]
mod room;

#[cfg(feature = "images")]
pub(crate) use coefficient::Written;
#[cfg(feature = "images")]
pub(crate) use grid::Grid;
#[cfg(feature = "images")]
pub(crate) use number::fixed;
pub(crate) use number::number;
#[cfg(any(feature = "images", feature = "layers"))]
pub(crate) use picture::PictureView;
#[cfg(feature = "images")]
pub(crate) use room::fit_to_room;

use web_sys::{Element, HtmlElement};
use widget_kit::dom;

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
