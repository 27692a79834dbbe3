//! Every network against PyTorch's with the same numbers: what it answers, what its stages return, what a step of
//! training sees and changes. The scripts are in `tests/golden`, pinned.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::Path;

use architecture::{Depth, Network, Parameter, ParameterKind};
use serde_json::Value;
use tch::{Device, Tensor};
use training::Model;
use training::model::Mode;
use training::published::whole;
use training::weights::{Array, Weights};

#[path = "../../../tests/golden/uniform.rs"]
mod uniform;

use uniform::uniform;

/// As in the script: middle and half width of a parameter's numbers.
fn spread(parameter: &Parameter) -> (f64, f64) {
    let name = &parameter.name;
    if name.ends_with("running_var") {
        (1.0, 0.5)
    } else if name.ends_with("running_mean") || name.ends_with("bias") {
        (0.0, 0.125)
    } else if parameter.shape.len() == 1 {
        (0.5, 0.25)
    } else {
        (0.0, (6.0 / parameter.shape[1..].iter().product::<usize>() as f64).sqrt())
    }
}

fn filled(network: &Network) -> Weights {
    let mut weights = Weights::default();
    for parameter in network.parameters() {
        let (middle, width) = spread(&parameter);
        let numbers = uniform(&parameter.name, parameter.numbers()).map(|u| (middle + width * u) as f32);
        let (numbers, shape) = (numbers.collect(), parameter.shape);
        weights.insert(parameter.name, Array { shape, numbers });
    }
    weights
}

fn numbers(value: &Value) -> Vec<f64> {
    match value.as_array() {
        Some(values) => values.iter().flat_map(numbers).collect(),
        None => vec![value.as_f64().unwrap()],
    }
}

/// Holds numbers against the golden ones; the tolerance is a share of the golden ones' root mean square.
#[track_caller]
fn check(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let size = (expected.iter().map(|x| x * x).sum::<f64>() / expected.len() as f64).sqrt();
    let largest = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(largest <= tolerance * size, "{what}: {largest} of {size}; {found:?} and {expected:?}");
}

/// Holds an array against the mean, the root mean square and some numbers of the golden one.
#[track_caller]
fn check_summary(array: &Array, golden: &Value, places: &[f64], tolerance: f64, what: &str) {
    let all: Vec<f64> = array.numbers.iter().map(|&number| f64::from(number)).collect();
    let count = all.len() as f64;
    let size = (all.iter().map(|x| x * x).sum::<f64>() / count).sqrt();
    let scale = golden["size"].as_f64().unwrap();
    let mut found = vec![scale, all.iter().sum::<f64>() / count, size];
    found.extend(places.iter().map(|place| all[(place * count) as usize]));
    let mut expected = vec![scale, golden["mean"].as_f64().unwrap(), scale];
    expected.extend(numbers(&golden["values"]));
    check(&found, &expected, tolerance, what);
}

/// Rounding: sums of some thousand products of single precision, 6e-8 each, behind up to 155 layers. Another processor
/// adds up in another order.
const ANSWER: f64 = 2e-5;

/// While training, a batch's statistics are taken of 8 numbers per channel in the last stage, so roundings grow from layer
/// to layer: PyTorch's own single precision is 0.0015 off its double precision in the logits of `resnet152`.
const STEP: f64 = 1e-2;

/// Normalised images of the formula, times `scale`.
fn images(count: usize, side: usize, scale: f64) -> Tensor {
    let numbers: Vec<f32> = uniform("images", count * 3 * side * side).map(|u| (scale * u) as f32).collect();
    Tensor::from_slice(&numbers).view([count as i64, 3, side as i64, side as i64])
}

/// Holds what layers return against `golden["layers"]`.
fn check_layers(model: &Model, images: &Tensor, golden: &Value, places: &[f64]) {
    let names: Vec<&str> = golden["layers"].as_object().unwrap().keys().map(String::as_str).collect();
    let outputs = tch::no_grad(|| model.outputs(images, &names, Mode::Inference)).unwrap();
    for (name, output) in names.iter().zip(&outputs) {
        check_summary(&Array::of(output), &golden["layers"][name], places, ANSWER, name);
    }
}

fn check_against_torchvision(depth: Depth) {
    check_against(include_str!("../../../tests/golden/network_torchvision.json"), depth.name());
}

/// Holds a network filled by the formula against PyTorch's, at rest and while it learns.
fn check_against(golden: &str, network: &str) {
    let golden: Value = serde_json::from_str(golden).unwrap();
    let size = |key: &str| golden[key].as_u64().unwrap() as usize;
    let (places, side) = (numbers(&golden["places"]), size("image_size"));
    let images = images(size("images"), side, 2.0);
    let network = architecture::by_name(network, size("classes"), side).unwrap();
    let golden = &golden["networks"][&network.name];
    let model = Model::with_weights(network.clone(), &filled(&network), Device::Cpu).unwrap();
    let logits = |mode| {
        Array::of(&model.logits(&images, mode)).numbers.iter().map(|&x| f64::from(x)).collect::<Vec<_>>()
    };

    let inference = tch::no_grad(|| logits(Mode::Inference));
    check(&inference, &numbers(&golden["logits"]), ANSWER, "logits");
    check_layers(&model, &images, golden, &places);

    let trained = model.logits(&images, Mode::Training);
    let found: Vec<f64> = Array::of(&trained).numbers.iter().map(|&x| f64::from(x)).collect();
    check(&found, &numbers(&golden["training_logits"]), STEP, "logits while training");
    trained.cross_entropy_for_logits(&Tensor::from_slice(&[1_i64, 6])).backward();
    let weights = model.weights();
    for (name, expected) in golden["training_state"].as_object().unwrap() {
        check_summary(weights.get(name).unwrap(), expected, &places, STEP, name);
    }
    for (name, expected) in golden["gradients"].as_object().unwrap() {
        let (_, tensor) = model.trainable().find(|(other, _)| other == name).unwrap();
        check_summary(&Array::of(&tensor.grad()), expected, &places, STEP, &format!("gradient of {name}"));
    }
    for entry in network.state().iter().filter(|entry| entry.kind == ParameterKind::Counter) {
        assert_eq!(weights.get(&entry.name).unwrap().numbers, [1.0], "{}", entry.name);
    }
}

#[test]
fn the_formula_gives_the_scripts_numbers() {
    // In units of 2⁻²³, as the script printed them.
    let found: Vec<i64> = uniform("a", 2).map(|u| (u * f64::from(1 << 23)) as i64).collect();
    assert_eq!(found, [-2_151_998, 8_357_105]);
}

#[test]
fn a_resnet_18_is_torchvisions() {
    check_against_torchvision(Depth::Resnet18);
}

#[test]
fn a_resnet_34_is_torchvisions() {
    check_against_torchvision(Depth::Resnet34);
}

#[test]
fn a_resnet_50_is_torchvisions() {
    check_against_torchvision(Depth::Resnet50);
}

#[test]
fn a_resnet_101_is_torchvisions() {
    check_against_torchvision(Depth::Resnet101);
}

#[test]
fn a_resnet_152_is_torchvisions() {
    check_against_torchvision(Depth::Resnet152);
}

#[test]
fn an_efficientnet_lite0_is_that_of_its_authors() {
    check_against(include_str!("../../../tests/golden/network_efficientnet.json"), "efficientnet_lite0");
}

/// Compares EfficientNet-Lite0 and its thousand outputs with what its authors' code answers; `key` is one of the answers of
/// the script, which the `model` makes from the file or folder that it is given.
fn check_published(key: &str, model: impl Fn(&Value, &Path) -> Model) {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/network_efficientnet.json")).unwrap();
    let places = numbers(&golden["places"]);
    let published = &golden["published"];
    let side = published["image_size"].as_u64().unwrap() as usize;
    let images = images(golden["images"].as_u64().unwrap() as usize, side, 1.0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let model = model(published, &root);
    let logits = tch::no_grad(|| model.logits(&images, Mode::Inference));
    let found: Vec<f64> = Array::of(&logits).numbers.iter().map(|&x| f64::from(x)).collect();
    assert_eq!(found.len(), 2000);
    check(&found, &numbers(&published[key]["logits"]), ANSWER, "logits");
    check_layers(&model, &images, &published[key], &places);
}

#[test]
fn the_published_weights_answer_as_in_their_authors_code() {
    check_published("exact", |published, root| {
        let path = root.join("weights").join(published["file"].as_str().unwrap());
        assert!(path.is_file(), "{} is missing; run: cargo xtask weights efficientnet_lite0", path.display());
        assert_eq!(files::sha256_of(&path).unwrap(), published["sha256"].as_str().unwrap());
        whole("efficientnet_lite0", 1000, 224, &path).unwrap()
    });
}

#[test]
fn the_exported_weights_answer_as_the_published_ones_rounded_to_16_bits() {
    check_published("fp16", |_, root| {
        let onnx =
            std::fs::read(root.join("exported-models/imagenet-efficientnet-lite0/model.onnx")).unwrap();
        let weights = onnx_export::Weights::from_onnx(&onnx).unwrap();
        let network = architecture::efficientnet_lite0(1000, 224);
        Model::with_weights(network, &Weights::from(&weights), Device::Cpu).unwrap()
    });
}
