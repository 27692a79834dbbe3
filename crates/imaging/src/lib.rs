//! Images from bytes to the network's input: sniff, decode, resize, kernels, augmentation, normalisation.
//!
//! An image is 8-bit RGB, row-major, top row first, `x` to the right, `y` down, sRGB as stored in the file.

pub mod rgb8;

pub use rgb8::{Rgb8, SizeError};
