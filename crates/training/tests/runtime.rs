//! A network in libtorch, and its exported file in ONNX Runtime.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use architecture::{Depth, resnet};
use catalog::model::{ModelCard, ModelInput, Parity, Provenance};
use imaging::Rgb8;
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use numerics::Random;
use onnx_export::{Metadata, Precision, export};
use tch::{Device, Kind, Tensor};
use training::model::{Mode, Model};
use training::weights::{Array, Weights};

const SIZE: u32 = 48;

fn card(onnx: &[u8], labels: Vec<String>) -> ModelCard {
    ModelCard {
        name: "random".to_owned(),
        title: "Random".to_owned(),
        architecture: "resnet18".to_owned(),
        task: "eight-class".to_owned(),
        labels,
        input: ModelInput { size: SIZE, mean: IMAGENET_MEAN, std: IMAGENET_STD },
        precision: "fp16".to_owned(),
        trained_on: "nothing".to_owned(),
        drawn: true,
        evened: false,
        licence: "MIT".to_owned(),
        provenance: Provenance {
            config: String::new(),
            config_sha256: String::new(),
            source: String::new(),
            onnx_sha256: files::sha256(onnx),
        },
        parity: Parity { tolerance: 1e-4, inputs: 0, native: 0.0, wasm: None, webgpu: None },
        stored: Vec::new(),
    }
}

#[test]
fn onnx_runtime_and_libtorch_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let network = resnet(Depth::Resnet18, 8, SIZE as usize);
    Model::random(network.clone(), 3, Device::Cpu).weights().write(&path, "").unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let weights = onnx_export::Weights::from_safetensors(&bytes).unwrap().rounded(Precision::Fp16).unwrap();
    let labels: Vec<String> = (0..8).map(|class| format!("class {class}")).collect();
    let metadata = Metadata {
        task: "eight-class".to_owned(),
        labels: labels.clone(),
        mean: IMAGENET_MEAN,
        std: IMAGENET_STD,
    };
    let onnx = export(&network, &weights, &metadata, Precision::Fp16).unwrap();
    let mut runtime = inference::Classifier::load(&onnx, &card(&onnx, labels)).unwrap();
    let model = Model::with_weights(network, &Weights::from(&weights), Device::Cpu).unwrap();

    let mut random = Random::new(4);
    for _ in 0..4 {
        let pixels = (0..SIZE * SIZE * 3).map(|_| random.next_u32() as u8).collect();
        let image = Rgb8::new(SIZE, SIZE, pixels).unwrap();
        let numbers = imaging::normalise(&image, IMAGENET_MEAN, IMAGENET_STD);
        let size = i64::from(SIZE);
        let input = Tensor::from_slice(&numbers).view([1, 3, size, size]);
        let theirs = tch::no_grad(|| model.logits(&input, Mode::Inference)).softmax(-1, Kind::Float);
        let theirs = Array::of(&theirs).numbers;
        let ours = runtime.classify(&image).unwrap().probabilities;
        // The tolerance that model cards state.
        assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-4), "{ours:?} {theirs:?}");
    }
}
