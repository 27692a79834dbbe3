//! libtorch's results, with which every other runtime is compared.
//!
//! The inputs are drawn lesions, so a check needs no image files: diagnosis and seed are enough.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use architecture::Normalisation;
use catalog::Diagnosis;
use imaging::Rgb8;
use onnx_export::Precision;
use serde::Serialize;
use tch::{Device, Kind, Tensor};

use crate::model::{Mode, Model};
use crate::weights::{Array, Weights};

/// Width and height at which inputs are drawn, before they are resized to the network's input.
pub const DRAWN_SIZE: u32 = 224;

/// Seeds of the inputs, for every diagnosis. Data sets use larger seeds.
pub const SEEDS: [u64; 2] = [900_001, 900_002];

/// The contents of `golden.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Golden {
    /// [`DRAWN_SIZE`].
    pub drawn_size: u32,
    /// Every diagnosis with every seed.
    pub inputs: Vec<GoldenAnswer>,
}

/// libtorch's result for one drawn lesion.
#[derive(Clone, Debug, Serialize)]
pub struct GoldenAnswer {
    /// The diagnosis that was drawn.
    pub diagnosis: Diagnosis,
    /// Decides the lesion and how it is seen.
    pub seed: u64,
    /// Before the softmax.
    pub logits: Vec<f32>,
    /// After it, 0 to 1.
    pub probabilities: Vec<f32>,
}

/// A file of weights, and the network it is for.
#[derive(Clone, Debug, clap::Args)]
pub struct WeightsFile {
    /// Network of the `architecture` crate, such as `resnet18`.
    #[arg(long)]
    pub network: String,
    /// Its outputs.
    #[arg(long)]
    pub classes: usize,
    /// Width and height of its input, pixels.
    #[arg(long)]
    pub size: u32,
    /// The weights, a safetensors file.
    #[arg(long)]
    pub weights: PathBuf,
    /// How the exported model stores the weights: `fp32`, `fp16` or `int8`.
    #[arg(long, value_parser = precision)]
    pub precision: Precision,
}

fn precision(name: &str) -> Result<Precision, String> {
    Precision::from_name(name).ok_or_else(|| {
        let known = Precision::ALL.map(Precision::name);
        format!("a precision is one of {}", known.join(", "))
    })
}

impl WeightsFile {
    /// The network with its weights, rounded as an exported model stores them, on the CPU.
    ///
    /// # Errors
    /// Weights that cannot be read or are another network's.
    pub fn model(&self) -> anyhow::Result<Model> {
        let path = self.weights.display();
        let bytes = std::fs::read(&self.weights).with_context(|| format!("cannot read {path}"))?;
        let rounded = onnx_export::Weights::from_safetensors(&bytes)
            .and_then(|weights| weights.rounded(self.precision))
            .with_context(|| format!("cannot use {path}"))?;
        let network = architecture::by_name(&self.network, self.classes, self.size as usize)?;
        Model::with_weights(network, &Weights::from(&rounded), Device::Cpu)
    }
}

/// A network's results for every diagnosis with every seed.
///
/// # Errors
/// As [`WeightsFile::model`].
pub fn golden(asked: &WeightsFile) -> anyhow::Result<Golden> {
    answers(&asked.model()?, asked.size)
}

/// Images in one run of the network.
const BATCH: usize = 16;

/// The probabilities, 0 to 1, that a network gives to every image file, in their order.
///
/// # Errors
/// As [`WeightsFile::model`]; a file that cannot be read.
pub fn probabilities(asked: &WeightsFile, images: &[PathBuf]) -> anyhow::Result<Vec<Vec<f32>>> {
    let model = asked.model()?;
    let mut probabilities = Vec::with_capacity(images.len());
    for paths in images.chunks(BATCH) {
        let planes = paths.iter().map(|path| planes(path, asked.size, model.network().normalisation));
        let planes = planes.collect::<anyhow::Result<Vec<_>>>()?;
        let shape = [paths.len() as i64, 3, i64::from(asked.size), i64::from(asked.size)];
        let input = Tensor::from_slice(&planes.concat()).view(shape);
        let answers = tch::no_grad(|| model.logits(&input, Mode::Inference)).softmax(-1, Kind::Float);
        probabilities.extend(Array::of(&answers).numbers.chunks(asked.classes).map(<[f32]>::to_vec));
    }
    Ok(probabilities)
}

/// An image file as a network's input: three planes, normalised.
fn planes(path: &Path, size: u32, normalisation: Normalisation) -> anyhow::Result<Vec<f32>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let image = imaging::decode(&bytes, &imaging::Limits::default())
        .with_context(|| format!("cannot use {}", path.display()))?;
    Ok(imaging::normalise(&imaging::resize(&image, size, size), normalisation.mean, normalisation.std))
}

/// The results of `model`, on the CPU, for every diagnosis with every seed; its input is `size` pixels wide and high.
///
/// # Errors
/// A size at which the lesions cannot be made into an input.
pub fn answers(model: &Model, size: u32) -> anyhow::Result<Golden> {
    let Normalisation { mean, std } = model.network().normalisation;
    let mut inputs = Vec::new();
    for diagnosis in Diagnosis::ALL {
        for seed in SEEDS {
            let pixels = lesions::draw_sample(diagnosis, seed, DRAWN_SIZE, DRAWN_SIZE);
            let image = imaging::resize(&Rgb8::new(DRAWN_SIZE, DRAWN_SIZE, pixels)?, size, size);
            let numbers = imaging::normalise(&image, mean, std);
            let size = i64::from(size);
            let logits = tch::no_grad(|| {
                model.logits(&Tensor::from_slice(&numbers).view([1, 3, size, size]), Mode::Inference)
            });
            let probabilities = logits.softmax(-1, Kind::Float);
            inputs.push(GoldenAnswer {
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

    /// A network with random weights in a file of `folder`.
    fn asked(folder: &Path, classes: usize, precision: Precision) -> WeightsFile {
        let weights = folder.join("weights.safetensors");
        let model = Model::random(resnet(Depth::Resnet18, classes, 64), 1, Device::Cpu);
        model.weights().write(&weights, "").unwrap();
        WeightsFile { network: "resnet18".to_owned(), classes, size: 64, weights, precision }
    }

    #[test]
    fn every_diagnosis_is_answered_twice_with_probabilities() {
        let folder = tempfile::tempdir().unwrap();
        for classes in [2, 8] {
            let golden = golden(&asked(folder.path(), classes, Precision::Fp16)).unwrap();
            assert_eq!(golden.inputs.len(), 16);
            for input in &golden.inputs {
                assert_eq!(input.probabilities.len(), classes);
                // A softmax in single precision sums to 1 within a few ulp of 1.2e-7.
                assert!((input.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn files_are_answered_in_their_order_as_the_drawn_lesions_are() {
        let folder = tempfile::tempdir().unwrap();
        let asked = asked(folder.path(), 8, Precision::Int8);
        let golden = golden(&asked).unwrap();
        let mut paths = Vec::new();
        for input in golden.inputs.iter().rev() {
            let pixels = lesions::draw_sample(input.diagnosis, input.seed, DRAWN_SIZE, DRAWN_SIZE);
            let png = imaging::encode_png(&Rgb8::new(DRAWN_SIZE, DRAWN_SIZE, pixels).unwrap()).unwrap();
            let path = folder.path().join(format!("{}-{}.png", input.diagnosis.abbreviation(), input.seed));
            std::fs::write(&path, png).unwrap();
            paths.push(path);
        }
        let found = probabilities(&asked, &paths).unwrap();
        for (input, found) in golden.inputs.iter().rev().zip(&found) {
            // Sixteen images in a batch are added up in another order than one alone.
            assert!(input.probabilities.iter().zip(found).all(|(a, b)| (a - b).abs() < 1e-5));
        }
        paths.push(folder.path().join("none.png"));
        assert!(probabilities(&asked, &paths).unwrap_err().to_string().contains("none.png"));
    }
}
