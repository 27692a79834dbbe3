//! A page's session with a network, as a state machine.
//!
//! What the reader does and what the Worker reports is an [`Event`]. [`Session::on`] takes it and returns [`Effect`]s: what the
//! page has to do, in this order. What the reader sees is not among them: [`Session::view`] is a function of the state alone, so
//! that no status can describe a past state.
//!
//! Nothing here knows the browser, so every case is a unit test. The page's part is to turn what happens in the browser into
//! events, to carry out the effects, and to show the view.
//!
//! # Which question goes next
//! The Worker is asked one question at a time. A new image on the page goes first, then layers of that image, then images
//! aside, such as those of a table.

mod book;
mod effect;
mod event;
mod machine;
mod questions;
mod view;
pub mod words;

#[cfg(test)]
mod tests;

pub use book::{Book, UnknownModel};
pub use effect::{Effect, ImageToSend, Notice};
pub use event::{Event, Settings};
pub use machine::{LayerResult, LayerValues, LinearLayer, ModelContents, Session};
pub use view::{Marks, Messages, Panel, View};
