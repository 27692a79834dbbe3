//! Architecture and weights to an ONNX file that any runtime and viewer opens.
//!
//! Nodes are named like the layers of `architecture`, the value a node returns like the node, initializers like the
//! parameters. The input is `input`, float32 `[N, C, H, W]` with a free `N`; the outputs are `logits` and
//! `probabilities`, `[N, classes]`. What was put in, and in what order the classes come out, is in the file's
//! `metadata_props`: see [`Metadata`].

mod error;
mod export;
mod first_layers;
mod int8;
mod metadata;
mod operators;
mod precision;
mod proto;
mod state;
mod weights;

pub use error::ExportError;
pub use export::{LOGITS, PROBABILITIES, export};
pub use first_layers::first_layers;
pub use metadata::Metadata;
pub use precision::Precision;
pub use weights::{Array, Weights};
