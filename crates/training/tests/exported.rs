//! Every committed model in libtorch again: its answers are those of `golden.json`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use architecture::Op;
use catalog::Diagnosis;
use catalog::model::ModelCard;
use imaging::Rgb8;
use serde::Deserialize;
use tch::{Device, Tensor};
use training::golden::answers;
use training::model::{Mode, Model};
use training::weights::Weights;

#[derive(Deserialize)]
struct Golden {
    inputs: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    diagnosis: Diagnosis,
    seed: u64,
    probabilities: Vec<f32>,
}

fn models() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exported-models");
    let mut folders: Vec<PathBuf> =
        all.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "expected a model in {}; run: cargo xtask export", all.display());
    folders
}

#[test]
fn libtorch_gives_the_golden_answers_with_the_weights_of_the_onnx_file() {
    for folder in models() {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let card: ModelCard = toml::from_slice(&read("model.toml")).unwrap();
        let golden: Golden = serde_json::from_slice(&read("golden.json")).unwrap();
        let size = card.input.size;
        let network = architecture::by_name(&card.architecture, card.labels.len(), size as usize).unwrap();
        let weights = onnx_export::Weights::from_onnx(&read("model.onnx")).unwrap();
        let model = Model::with_weights(network, &Weights::from(&weights), Device::Cpu).unwrap();
        let found = answers(&model, size).unwrap();
        assert_eq!(found.inputs.len(), golden.inputs.len());
        for (found, expected) in found.inputs.iter().zip(&golden.inputs) {
            assert_eq!((found.diagnosis, found.seed), (expected.diagnosis, expected.seed));
            assert_eq!(found.probabilities.len(), expected.probabilities.len());
            for (a, b) in found.probabilities.iter().zip(&expected.probabilities) {
                // Another processor adds up in another order: a few units in the last place, 6e-8 each.
                assert!(
                    (a - b).abs() < 1e-6,
                    "{} {:?} {}: {a} and {b}",
                    card.name,
                    found.diagnosis,
                    found.seed
                );
            }
        }
    }
}

/// Every layer's values for a drawn lesion, in ONNX Runtime and in libtorch, against the layer's largest.
#[test]
fn every_layer_gives_in_onnx_runtime_what_it_gives_in_libtorch() {
    for folder in models() {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let card: ModelCard = toml::from_slice(&read("model.toml")).unwrap();
        let (onnx, side) = (read("model.onnx"), card.input.size);
        let network = architecture::by_name(&card.architecture, card.labels.len(), side as usize).unwrap();
        let names: Vec<String> = network.layers.iter().map(|layer| layer.name.clone()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();

        let image = Rgb8::new(224, 224, lesions::draw_sample(Diagnosis::Mel, 3, 224, 224)).unwrap();
        let options = inference::Options { layers: &names, ..inference::Options::default() };
        let mut runtime = inference::Classifier::load_with(&onnx, &card, &options).unwrap();
        let ours = runtime.look(&image).unwrap().1;

        let weights = onnx_export::Weights::from_onnx(&onnx).unwrap();
        let model = Model::with_weights(network, &Weights::from(&weights), Device::Cpu).unwrap();
        let planes = inference::planes(&image, &card.input);
        let input = Tensor::from_slice(&planes).view([1, 3, i64::from(side), i64::from(side)]);
        let theirs = tch::no_grad(|| model.outputs(&input, &names, Mode::Inference)).unwrap();

        assert_eq!(ours.len(), theirs.len());
        let mut uncut = 0.0;
        for ((ours, theirs), layer) in ours.iter().zip(&theirs).zip(&model.network().layers) {
            let theirs = Vec::<f32>::try_from(theirs.flatten(0, -1).contiguous()).unwrap();
            assert_eq!(ours.values.len(), theirs.len(), "{} {}", card.name, ours.layer);
            let largest = theirs.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
            // A ReLU6 cuts what is large, and the roundings are those of what was there before, which is the layer before it.
            let largest = if layer.op == Op::Relu6 { uncut } else { largest };
            uncut = largest;
            let worst = ours.values.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            // Sums of thousands of products in another order, layer upon layer; more than half of this was seen in an EfficientNet.
            assert!(worst <= 2e-5 * largest, "{} {}: {worst} of {largest}", card.name, ours.layer);
        }
    }
}
