//! The readable network: cross-correlation and the other layers, as the book shows them.
//!
//! Tensors are row-major `f32`; images are `[C, H, W]`, top row first.

pub mod conv;
pub mod softmax;
pub mod tensor;

pub use tensor::{ShapeError, Tensor};
