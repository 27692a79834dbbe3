//! What every widget in the page shares: form, canvas, image picker, state in the URL.
//!
//! A widget's controls are plain HTML, rendered from the catalog before any script ran; this crate binds to them and
//! builds none. The order of a mount: [`Section::bind`], [`Form::bind`], [`Picker::bind`], [`foot::bind`].

pub mod address;
mod camera;
pub mod canvas;
pub mod colour;
pub mod dom;
pub mod drawing;
pub mod drops;
pub mod failure;
pub mod fetched;
pub mod foot;
pub mod form;
pub mod number;
pub mod picker;
pub mod picture;
pub mod reader_file;
pub mod saved;
pub mod section;
mod shared;
mod thumbnails;

pub use failure::Failure;
pub use form::{Change, Form};
pub use picker::Picker;
pub use picture::Picture;
pub use section::Section;
