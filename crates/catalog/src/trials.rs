//! What became of the book's experiment on shortcuts, repeated over many seeds: `book/data/shortcuts.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The file, from the root of the repository.
pub const TRIALS: &str = "book/data/shortcuts.json";
/// The command that writes it.
pub const TRIALS_COMMAND: &str = "cargo xtask figures --shortcuts";

/// The contents of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trials {
    /// The command that wrote it.
    pub command: String,
    /// Runs of each kind, depth and group; their seeds are 1, 2, 3, …
    pub runs: usize,
    /// Steps that a run was given.
    pub steps: usize,
    /// The loss below which a run fits.
    pub fitted_below: f32,
    /// Runs of one width and learning rate, by name; the one that the text tells of is `main`.
    pub groups: BTreeMap<String, Group>,
}

/// Runs of one width and learning rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Numbers between the layers.
    pub width: usize,
    /// Learning rate.
    pub rate: f32,
    /// By number of blocks.
    pub depths: BTreeMap<usize, Depth>,
}

/// Runs of one depth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depth {
    /// Layers with weights: two a block, one before and one after.
    pub layers: usize,
    /// How many numbers one network learns.
    pub parameters: usize,
    /// How many times as large the median gradient of the first block is with shortcuts as without, before the first step.
    pub gradient_ratio: u64,
    /// Plain networks.
    pub without: Outcome,
    /// With shortcuts, branches times 1 / √blocks.
    pub with: Outcome,
    /// With shortcuts, branches as they are, where that was tried.
    pub unscaled: Option<Outcome>,
}

/// What became of the runs of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// How many fitted.
    pub fitted: usize,
    /// How many were stuck at the end: no gradient at all arrived at their first layer any more.
    pub stuck: usize,
    /// Steps that half of those needed at most; `null` where none fitted.
    pub median_steps: Option<usize>,
    /// Length of the gradient of each layer's weights before the first step: a quarter of the runs lie below the first
    /// number, half below the second, a quarter above the third.
    pub gradients: Vec<[f32; 3]>,
}
