//! Names and typed parameters of diagnoses, widgets, figures and models, shared by author, page and test.

pub mod census;
pub mod diagnosis;
pub mod faithful;
pub mod manifest;
pub mod model;
pub mod number;
pub mod precomputed;
pub mod test_answers;
pub mod trials;
pub mod typical;
pub mod widget;

pub use diagnosis::Diagnosis;
