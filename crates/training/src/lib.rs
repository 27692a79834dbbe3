//! Training a network of the `architecture` crate with libtorch.
//!
//! A run follows a recipe ([`Recipe`]): it reads a data set ([`samples`]), goes through the recipe's stages epoch by epoch
//! ([`trainer`]), and leaves a folder from which it can be resumed at any moment ([`run`]). Everything random comes from the
//! recipe's seed: weights, order, augmentation. On a CPU, the same seed gives the same weights.

pub mod averaging;
pub mod batches;
mod bits;
pub mod cache;
pub mod class_report;
pub mod device;
mod distillation;
pub mod features;
pub mod golden;
pub mod gpu;
pub mod history;
pub mod loss;
pub mod memory;
mod mixing;
pub mod model;
pub mod observer;
pub mod optimiser;
pub mod pace;
pub mod published;
pub mod run;
pub mod samples;
pub mod scale;
pub mod schedule;
pub mod tensorboard;
pub mod trainer;
pub mod weights;

pub use model::Model;
pub use recipe::Recipe;
pub use trainer::Trainer;
pub use weights::Weights;
