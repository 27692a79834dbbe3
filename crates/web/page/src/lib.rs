//! Every widget of the book, for the two WASM modules of its pages.
//!
//! A module (`modules/plain`, `modules/network`) is little more than its list of widgets, [`PLAIN`] or [`NETWORK`]: the page's
//! loader (`book/theme/loader.js`) calls its `mount` with each widget's section when that comes near the viewport. A widget is
//! a folder below `widgets`, named as in the catalog; [`network`] is how one runs an exported model, in a Worker whose own
//! module is fetched once the reader asks for it.

mod beforehand;
pub mod checksum;
pub mod network;
mod parsed;
mod stage;
mod widgets;

use catalog::widget::Widget;
use kit::{Failure, Section, failure};
use web_sys::HtmlElement;

pub use widgets::{NETWORK, PLAIN};

/// Makes one widget alive.
pub type Mount = fn(&Section) -> Result<(), Failure>;

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
