//! Training a network of the `architecture` crate with libtorch.
//!
//! A run is described by a recipe ([`Recipe`]), reads a data set once into memory ([`samples`]), and goes
//! through its stages epoch by epoch ([`trainer`]), leaving a folder that can be continued at any moment ([`run`]).
//! Everything random comes from the recipe's seed: weights, order, augmentation. On a CPU, the same seed gives
//! the same weights.

pub mod averaging;
pub mod batches;
mod bits;
pub mod cache;
pub mod device;
pub mod features;
pub mod golden;
pub mod gpu;
pub mod history;
pub mod loss;
pub mod memory;
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
