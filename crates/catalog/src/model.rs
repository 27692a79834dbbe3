//! What `model.toml` says about an exported model: everything a runtime needs besides the ONNX file.

use serde::{Deserialize, Serialize};

include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// Whether a reader's file is a network, by its name. A browser gives no other hint: ONNX has no registered media type.
///
/// ```
/// use catalog::model::is_model_file;
/// assert!(is_model_file("resnet.onnx") && is_model_file("R.ONNX"));
/// assert!(!is_model_file("onnx.png") && !is_model_file(".onnx"));
/// ```
pub fn is_model_file(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && ending.eq_ignore_ascii_case("onnx"))
}

/// Name of the precision of the weights as trained.
pub const FULL: &str = "fp32";

/// The contents of `exported-models/NAME/model.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// Folder name under `exported-models/`, such as `synthetic-resnet18-eight`.
    pub name: String,
    /// Title for readers.
    pub title: String,
    /// Network of the `architecture` crate, such as `resnet18`.
    pub architecture: String,
    /// `eight-class`, `binary` or `imagenet`.
    pub task: String,
    /// Names of the outputs, in order; ISIC abbreviations for the eight-class task, words for `ImageNet`'s thousand.
    pub labels: Vec<String>,
    /// Its input.
    pub input: ModelInput,
    /// How the weights of `model.onnx` are stored: `fp32`, `fp16` or `int8` (computed in fp32 either way).
    pub precision: String,
    /// What it was trained on, in one sentence.
    pub trained_on: String,
    /// Whether every image that it was trained on is drawn.
    #[serde(default)]
    pub drawn: bool,
    /// Whether training made up for how common each class is in its data, so that the probabilities are those of equally common
    /// classes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub evened: bool,
    /// SPDX identifier of the weights' licence.
    pub licence: String,
    /// Where the weights come from.
    pub provenance: Provenance,
    /// How closely the runtimes agree with libtorch.
    pub parity: Parity,
    /// What each way of storing the weights changes, from the largest file to the smallest; empty if not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stored: Vec<StoredPrecision>,
}

/// The network's input: an RGB image, stretched to a square and normalised per channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelInput {
    /// Width and height in pixels.
    pub size: u32,
    /// Channel means, RGB, for pixels scaled to 0..=1.
    pub mean: [f32; 3],
    /// Channel standard deviations, RGB, for pixels scaled to 0..=1.
    pub std: [f32; 3],
}

/// The task of networks that recognise the thousand everyday things of `ImageNet`.
pub const IMAGENET: &str = "imagenet";

impl ModelCard {
    /// Whether its outputs are everyday things and none is a diagnosis.
    pub fn names_everyday_things(&self) -> bool {
        self.task == IMAGENET
    }

    /// Whether it was trained on photographs of patients: one that names diagnoses and has not seen drawings alone. What a reader's
    /// own network has seen is not known.
    pub fn has_seen_patients(&self) -> bool {
        !self.drawn && !self.task.is_empty() && !self.names_everyday_things()
    }
}

/// Where the weights come from: a run, or the place where they were published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Path of the training configuration, relative to the repository; empty for weights that others published.
    pub config: String,
    /// SHA-256 of that configuration, hexadecimal.
    pub config_sha256: String,
    /// For weights that others published: package and file, and the file's SHA-256; empty for weights trained here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// SHA-256 of `model.onnx`, hexadecimal.
    pub onnx_sha256: String,
}

/// The same weights in one precision, compared with libtorch and the weights as trained: on the test images, or on drawn
/// lesions if there is no test set, as for weights that others published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPrecision {
    /// `fp32`, `fp16` or `int8`.
    pub precision: String,
    /// The ONNX file next to the card; `None` if it was measured but not saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// Number of images.
    pub images: u32,
    /// On how many of them the largest probability belongs to the same label.
    pub same_top: u32,
    /// Largest absolute difference of any probability.
    pub difference: f32,
    /// Mean of the sensitivities with this file; `None` if undefined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced_accuracy: Option<f64>,
}

/// Largest absolute differences of any probability on the golden inputs, against libtorch on CPU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parity {
    /// What the tests accept, for every runtime.
    pub tolerance: f32,
    /// Number of golden inputs.
    pub inputs: u32,
    /// Measured: ONNX Runtime, native.
    pub native: f32,
    /// Measured: WASM in headless Chromium; `None` until measured.
    pub wasm: Option<f32>,
    /// Measured: WebGPU in headless Chromium; `None` until measured.
    pub webgpu: Option<f32>,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_first_layers_of_residual_networks_alone_are_offered() {
        let offered: Vec<_> = TRAINED.iter().filter(|(name, _)| name.contains("resnet")).collect();
        assert!(RESNETS.iter().eq(offered) && !RESNETS.is_empty());
    }

    #[test]
    fn every_exported_model_is_offered_and_the_book_s_own_first() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exported-models");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let mut exported: Vec<_> = names
            .filter(|entry| entry.path().join("model.toml").exists())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        let mut offered: Vec<_> = OPTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(offered.first().map(String::as_str), Some("synthetic-resnet18-eight"));
        exported.sort();
        offered.sort();
        assert_eq!(offered, exported);
    }
}
