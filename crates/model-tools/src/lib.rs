//! From a trained run to an exported, measured model, and what can be asked of one.
//!
//! One module a task, each with a struct that describes the task and a function `run`, which prints what it did.
//! `skin-deep` gives them a command line. What several tasks share is in the modules at the end.

pub mod evaluate;
pub mod export;
pub mod figure_data;
pub mod precompute;
pub mod predict;
pub mod typical;
pub mod weights;

mod classify;
pub mod interrupt;
pub mod parallel;
mod predictions;
pub mod progress;
mod training_config;
pub mod workspace;
