//! Every committed model in libtorch again: its answers are those of `golden.json`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use catalog::Diagnosis;
use catalog::model::ModelCard;
use serde::Deserialize;
use tch::Device;
use training::golden::answers;
use training::model::Model;
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
