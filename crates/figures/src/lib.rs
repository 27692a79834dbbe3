//! A pure function from data to SVG for every figure of the book.
//!
//! Lines and words use the page's own colour (`currentColor`), so a figure is readable in light and dark; every figure has
//! a title and a description for screen readers. The same data give the same bytes on every machine.

pub mod activations;
pub mod augmentation;
mod base64;
pub mod class_activation;
pub mod confusion_matrix;
pub mod data_organisation;
pub mod domain_shift;
pub mod feature_maps;
pub mod first_kernels;
pub mod four_operations;
pub mod kernel_results;
pub mod kernels;
pub mod learning_curve;
pub mod learning_rates;
pub mod map_scales;
pub mod network_answer;
pub mod network_scheme;
mod parts;
pub mod pixel_values;
mod registry;
pub mod roc_curves;
mod run;
pub mod shortcut_runs;
mod svg;

pub use registry::{FIGURES, Figure, Inputs, SourceFile};

/// Why a figure could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// A file that the figure is drawn from is missing.
    #[error("there is no file {path}; run: {command}")]
    Missing {
        /// From the root of the repository.
        path: &'static str,
        /// The command that writes it.
        command: &'static str,
    },
    /// A file with unexpected contents.
    #[error("{path} needs {expected}, but has {found}; run: {command}")]
    Malformed {
        /// From the root of the repository.
        path: &'static str,
        /// What it should contain.
        expected: String,
        /// What it contains.
        found: String,
        /// The command that writes it.
        command: &'static str,
    },
    /// The data cannot be drawn.
    #[error("{figure} expects {expected}, found {found}")]
    Data {
        /// The figure.
        figure: &'static str,
        /// What it expects.
        expected: String,
        /// What it was given.
        found: String,
    },
    /// The drawing library failed.
    #[error("the drawing failed: {0}")]
    Drawing(String),
}
