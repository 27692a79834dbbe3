//! Numbers as colours: those of the figures.

pub use imaging::palette::{css, signed, to_byte, wants_white_text};
