//! libtorch's answers that every other runtime is held against.
//!
//! The inputs are drawn, so whoever checks needs no image files: diagnosis and seed are enough.

use std::path::Path;

use anyhow::Context as _;
use catalog::Diagnosis;
use imaging::Rgb8;
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use onnx_export::Precision;
use serde::Serialize;
use tch::{Device, Kind, Tensor};

use crate::config::Config;
use crate::model::{Mode, Model};
use crate::weights::{Array, Weights};

/// Width and height at which inputs are drawn, before they are resized to the network's input.
pub const DRAWN_SIZE: u32 = 224;

/// Seeds of the inputs, for every diagnosis. No data set has lesions with such small ones.
pub const SEEDS: [u64; 2] = [900_001, 900_002];

/// What `golden.json` is made of.
#[derive(Clone, Debug, Serialize)]
pub struct Golden {
    /// [`DRAWN_SIZE`].
    pub drawn_size: u32,
    /// Every diagnosis with every seed.
    pub inputs: Vec<Answer>,
}

/// libtorch's answer to one drawn lesion.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// What was drawn.
    pub diagnosis: Diagnosis,
    /// Of the lesion and its first view.
    pub seed: u64,
    /// Before the softmax.
    pub logits: Vec<f32>,
    /// After it, 0 to 1.
    pub probabilities: Vec<f32>,
}

/// Runs the network of `config` with the weights of a file, rounded as an exported model stores them, on the CPU.
///
/// # Errors
/// Weights that cannot be read or are another network's.
pub fn golden(config: &Config, weights: &Path, precision: Precision) -> anyhow::Result<Golden> {
    let bytes = std::fs::read(weights).with_context(|| format!("cannot read {}", weights.display()))?;
    let rounded =
        onnx_export::Weights::from_safetensors(&bytes).and_then(|weights| weights.rounded(precision));
    let rounded = rounded.with_context(|| format!("cannot use {}", weights.display()))?;
    let size = config.image_size();
    let network = architecture::by_name(&config.architecture, Diagnosis::ALL.len(), size as usize)?;
    answers(&Model::with_weights(network, &Weights::from(&rounded), Device::Cpu)?, size)
}

/// What `model`, on the CPU, says to every diagnosis with every seed; its input is `size` pixels wide and high.
///
/// # Errors
/// A model of which the lesions cannot be made an input.
pub fn answers(model: &Model, size: u32) -> anyhow::Result<Golden> {
    let mut inputs = Vec::new();
    for diagnosis in Diagnosis::ALL {
        for seed in SEEDS {
            let pixels = lesions::draw_sample(diagnosis, seed, DRAWN_SIZE, DRAWN_SIZE);
            let image = imaging::resize(&Rgb8::new(DRAWN_SIZE, DRAWN_SIZE, pixels)?, size, size);
            let numbers = imaging::normalise(&image, IMAGENET_MEAN, IMAGENET_STD);
            let size = i64::from(size);
            let logits = tch::no_grad(|| {
                model.logits(&Tensor::from_slice(&numbers).view([1, 3, size, size]), Mode::Inference)
            });
            let probabilities = logits.softmax(-1, Kind::Float);
            inputs.push(Answer {
                diagnosis,
                seed,
                logits: Array::of(&logits).numbers,
                probabilities: Array::of(&probabilities).numbers,
            });
        }
    }
    Ok(Golden { drawn_size: DRAWN_SIZE, inputs })
}

impl From<&onnx_export::Weights> for Weights {
    fn from(weights: &onnx_export::Weights) -> Self {
        let mut copy = Self::default();
        for (name, array) in weights.iter() {
            copy.insert(name.to_owned(), Array { shape: array.shape.clone(), numbers: array.values.clone() });
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use architecture::{Depth, resnet};

    use super::*;

    #[test]
    fn every_diagnosis_is_answered_twice_with_probabilities() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        let text = include_str!("../../../configs/synthetic-resnet18-eight.toml");
        let config = Config::parse(text).unwrap();
        let model = Model::random(resnet(Depth::Resnet18, 8, 128), 1, Device::Cpu);
        model.weights().write(&path, "").unwrap();
        let golden = golden(&config, &path, Precision::Fp16).unwrap();
        assert_eq!(golden.inputs.len(), 16);
        for input in &golden.inputs {
            // A softmax in single precision sums to 1 within a few ulp of 1.2e-7.
            assert!((input.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
    }
}
