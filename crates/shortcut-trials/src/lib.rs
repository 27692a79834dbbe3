//! The book's experiment on shortcuts: two small networks from the same first weights, one with and one without, learn where a
//! lesion is.
//!
//! The page, the command that repeats it over many seeds and the tests call the same functions. Coordinates in the square picture
//! run from -1 to 1, x to the right and y downwards.

mod survey;
mod task;
mod trial;

pub use survey::{RUN_STEPS, Runs, survey};
pub use task::{EACH, LESION, LesionTask, SKIN};
pub use trial::{FITTED, KEPT, NetworkKind, Trial, TrialSettings};
