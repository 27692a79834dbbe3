//! The recipe of a training: a TOML file, read, checked and explained.
//!
//! A recipe decides everything about the weights that come out of a training: the network, the data, the augmentation,
//! the loss, the optimiser and the stages. Trainer, tool, preprocessor and pages all read recipes with this crate, so a
//! key that may be left out may be left out everywhere, and its default is the same everywhere.
//!
//! `configs/all-keys.toml` documents every key. It is compiled into this crate ([`keys`]): unknown and missing keys are
//! found by comparing a recipe with it, and tests compare it with the types that hold the values.

pub mod activity;
mod distil;
mod document;
mod error;
mod explain;
mod feed;
pub mod frozen;
mod loss;
mod mixing;
mod number;
mod optimiser;
pub mod rates;
mod recipe;
mod reference;
pub mod setting;
mod stage;
mod start;
mod task;

pub use distil::Distil;
pub use error::RecipeError;
pub use feed::{Feed, FeedStage, ModelTraining};
pub use loss::{ClassWeights, Loss, LossKind, WeightMean};
pub use mixing::{Mixing, MixingKind};
pub use optimiser::{Optimiser, OptimiserRule};
pub use recipe::{Averaging, Card, Data, EarlyStopping, Evaluation, Recipe, Sampling};
pub use reference::{KeyReference, keys};
pub use stage::{BatchNorm, LayerChoice, Schedule, Train, TrainingStage};
pub use start::{FirstWeights, Start};
pub use task::{MALIGNANCY, Metric, Task};
