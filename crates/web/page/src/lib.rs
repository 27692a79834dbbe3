//! Every widget of the book, for the WASM module of its pages.
//!
//! The module (`modules/widgets`) is in parts, each little more than its list of widgets, such as [`IMAGES`] or [`NETWORK`]: the page's
//! loader (`book/theme/loader.js`) calls `mount` with each widget's section when that comes near the viewport. A widget is a
//! folder below `widgets`, named as in the catalog; [`network`] is how one runs an exported model, in a Worker whose own module
//! is fetched once the reader asks for it.

pub mod checksum;
pub mod network;
mod precomputed;
mod stage;
mod widgets;

use catalog::widget::{Part, Widget};
use kit::{Failure, Section, failure};
use web_sys::HtmlElement;

pub use widgets::{ARCHITECTURE, IMAGES, JUDGING, LAYER, NETWORK, SHORTCUTS};

/// Makes one widget alive.
pub type Mount = fn(&Section) -> Result<(), Failure>;

/// The part of the module that mounts the widget of a rendered `<section class="widget">`; the first where the catalog has no such
/// widget, and [`mount`] says so.
pub fn part(section: &HtmlElement) -> Part {
    let name = section.get_attribute("data-widget").unwrap_or_default();
    catalog::widget::widget(&name).map_or(Part::Images, Widget::part)
}

/// Makes a rendered `<section class="widget">` alive, which is that of one of `widgets`.
///
/// # Errors
/// [`Failure`] if the page lacks a part that the widget needs, or this module does not contain the widget.
pub fn mount(section: &HtmlElement, widgets: &'static [(&Widget, Mount)]) -> Result<(), Failure> {
    let name = section.get_attribute("data-widget").unwrap_or_default();
    let (widget, mount) = widgets.iter().find(|(widget, _)| widget.name == name).ok_or_else(|| {
        Failure::new(format!("This module does not contain the widget \"{name}\". Reload the page."))
    })?;
    let section = Section::bind(section, widget)?;
    failure::watch(&section);
    mount(&section)
}
