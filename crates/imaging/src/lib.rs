//! Images from bytes to the network's input: sniff, decode, resize, kernels, augmentation, normalisation.
//!
//! An image is 8-bit RGB, row-major, top row first, `x` to the right, `y` down, sRGB as stored in the file.

pub mod augment;
pub mod channels;
pub mod colour;
#[cfg(feature = "decode")]
pub mod decode;
pub mod error;
pub mod feed;
pub mod geometry;
pub mod kernels;
pub mod levels;
pub mod normalise;
pub mod overlay;
mod packed;
pub mod palette;
pub mod resize;
pub mod rgb8;
pub mod sniff;
pub mod spaces;
pub mod views;
pub mod window;

pub use augment::{Augmentation, Variation};
#[cfg(feature = "decode")]
pub use decode::{decode, encode_grey_png, encode_jpeg, encode_palette_png, encode_png};
pub use error::ImageError;
pub use geometry::Fill;
pub use kernels::{Kernel, KernelError};
pub use normalise::normalise;
pub use resize::resize;
pub use rgb8::{Rgb8, SizeError};
pub use sniff::{Format, Info, Limits, inspect};
pub use views::{View, Views};
