//! What the widgets share: formatted numbers, grids of values, pictures with a caption and a marker.

pub(crate) mod chart;
pub(crate) mod coefficient;
pub(crate) mod grid;
pub(crate) mod number;
pub(crate) mod picture;
mod room;
pub(crate) mod significant;

pub(crate) use coefficient::CellText;
pub(crate) use grid::Grid;
pub(crate) use number::fixed;
pub(crate) use number::number;
pub(crate) use picture::PictureView;
pub(crate) use room::fit_to_room;

use kit::dom;
use web_sys::{Element, HtmlElement};

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
