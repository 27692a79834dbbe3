//! The readable network: cross-correlation and the other layers, as the book shows them.
//!
//! Tensors are row-major `f32`; images are `[C, H, W]`, top row first.

pub mod activation;
pub mod batch_norm;
pub mod conv;
pub mod cross_entropy;
pub mod deep_net;
pub mod dense;
pub mod first_layers;
pub mod head;
pub mod momentum;
pub mod pool;
pub mod softmax;
pub mod strength;
pub mod tensor;
pub mod typical;

pub use activation::Activation;
pub use batch_norm::{BatchNorm, Folded};
pub use cross_entropy::cross_entropy;
pub use deep_net::{DeepNet, NetSize, Shortcuts};
pub use dense::Dense;
pub use first_layers::FirstLayers;
pub use momentum::Momentum;
pub use pool::{Pooling, pool};
pub use tensor::{ShapeError, Tensor};
