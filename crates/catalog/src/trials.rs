//! Results of the book's experiment on shortcuts, repeated over many seeds: `book/data/shortcuts.json`.

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
    /// Steps of each run.
    pub steps: usize,
    /// The loss below which a run counts as fitted.
    pub fitted_below: f32,
    /// Runs of one width and learning rate, by name; the chapter describes `main`.
    pub groups: BTreeMap<String, TrialGroup>,
}

/// Runs of one width and learning rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialGroup {
    /// Values between the layers.
    pub width: usize,
    /// Learning rate.
    pub rate: f32,
    /// By number of blocks.
    pub depths: BTreeMap<usize, TrialDepth>,
}

/// Runs of one depth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialDepth {
    /// Layers with weights: two per block, one before and one after.
    pub layers: usize,
    /// Number of parameters of one network.
    pub parameters: usize,
    /// Ratio of the median gradients of the first block before the first step: with shortcuts, divided by without.
    pub gradient_ratio: u64,
    /// Plain networks.
    pub without: TrialOutcome,
    /// With shortcuts, branches multiplied by 1 / √blocks.
    pub with: TrialOutcome,
    /// With shortcuts, branches not scaled; `None` if that was not tried.
    pub unscaled: Option<TrialOutcome>,
}

/// Results of the runs of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialOutcome {
    /// How many fitted.
    pub fitted: usize,
    /// How many were stuck at the end: the gradient of their first layer was zero.
    pub stuck: usize,
    /// Median of the steps that they needed; `null` if none fitted.
    pub median_steps: Option<usize>,
    /// Length of the gradient of each layer's weights before the first step: lower quartile, median and upper quartile of
    /// the runs.
    pub gradients: Vec<[f32; 3]>,
}
