//! An exported model to logits and probabilities, native and in the browser: one engine, ONNX Runtime, in one version.
//!
//! A model of ours has one input, `input`, `f32` `[N, 3, S, S]`, and two outputs, `logits` and `probabilities`, `f32`
//! `[N, labels]`. The output of any layer between them can be asked for: see [`layers`]. Labels, size and normalisation come from
//! its [`ModelCard`](catalog::model::ModelCard). Other people's classifiers of images run as well: see [`interface`].

pub mod answer;
pub mod error;
pub mod file;
mod graph;
mod input;
pub mod interface;
pub mod layers;
pub mod metadata;
pub mod model;
#[cfg(all(feature = "native", not(target_family = "wasm")))]
pub mod native;
mod protobuf;
mod session;
mod value_info;
#[cfg(all(feature = "web", target_family = "wasm"))]
pub mod web;
pub mod weights;

pub use answer::NetworkAnswer;
pub use error::InferenceError;
pub use input::planes;
pub use interface::Interface;
pub use layers::{Layer, LayerOutput};
pub use model::Model;
#[cfg(all(feature = "native", not(target_family = "wasm")))]
pub use native::{Classifier, Options};
