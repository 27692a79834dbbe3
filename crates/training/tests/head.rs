//! Global average pooling, the linear layer and class activation maps of the page are libtorch's, on random maps and on
//! what the committed models say to the book's samples.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

use catalog::model::ModelCard;
use catalog::precomputed::{ANSWERS, FOLDER, PrecomputedAnswers};
use imaging::Rgb8;
use nn::head::{class_activation_map, global_average, linear};
use tch::{Device, Kind, Tensor};
use training::model::{Mode, Model};
use training::weights::Weights;

fn numbers(tensor: &Tensor) -> Vec<f32> {
    Vec::try_from(tensor.flatten(0, -1).to_kind(Kind::Float).contiguous()).unwrap()
}

fn check_close(ours: &[f32], theirs: &[f32], tolerance: f32, what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= tolerance, "{what}, number {index}: {a}, expected {b}");
    }
}

/// The class activation map of every class: a convolution of 1 × 1 with the weights of the linear layer.
fn activation_maps(maps: &Tensor, weights: &Tensor) -> Tensor {
    maps.conv2d(&weights.unsqueeze(-1).unsqueeze(-1), None::<&Tensor>, [1, 1], [0, 0], [1, 1], 1)
}

#[test]
fn random_maps_give_what_libtorch_gives() {
    tch::manual_seed(20190);
    for [channels, height, width, classes] in [[3, 2, 2, 2], [16, 4, 4, 8], [512, 7, 7, 2], [5, 3, 6, 3]] {
        let kind = (Kind::Float, Device::Cpu);
        let maps = Tensor::randn([1, channels, height, width], kind).relu();
        let (weights, bias) = (Tensor::randn([classes, channels], kind), Tensor::randn([classes], kind));
        let pooled = maps.adaptive_avg_pool2d([1, 1]).flatten(1, -1);
        let what = format!("{channels} maps of {height} × {width}");

        let shape = [channels, height, width].map(|length| length as usize);
        let ours = nn::Tensor::new(shape, numbers(&maps)).unwrap();
        let matrix = nn::Tensor::new([classes as usize, channels as usize], numbers(&weights)).unwrap();
        let found = global_average(&ours);
        // Means below 2 of at most 49 numbers, added up in another order.
        check_close(&found, &numbers(&pooled), 1e-6, &what);
        let logits = linear(&found, &matrix, &numbers(&bias)).unwrap();
        // At most 512 products, together below 60, where an ulp is 4e-6.
        check_close(&logits, &numbers(&pooled.linear(&weights, Some(&bias))), 3e-5, &what);
        let expected = numbers(&activation_maps(&maps, &weights));
        let size = (height * width) as usize;
        for (row, expected) in matrix.data().chunks(channels as usize).zip(expected.chunks(size)) {
            let map = class_activation_map(&ours, row).unwrap();
            // The same for sums below 150, where an ulp is 1.5e-5.
            check_close(map.data(), expected, 1e-4, &what);
        }
    }
}

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exported-models");
    let paths = all.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.join(FOLDER).join(ANSWERS).is_file()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "expected answers in {}; run: cargo xtask precompute", all.display());
    folders
}

#[test]
fn the_precomputed_answers_are_libtorchs() {
    for folder in folders() {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let card: ModelCard = toml::from_slice(&read("model.toml")).unwrap();
        let answers: PrecomputedAnswers =
            serde_json::from_slice(&std::fs::read(folder.join(FOLDER).join(ANSWERS)).unwrap()).unwrap();
        let side = card.input.size;
        let network = architecture::by_name(&card.architecture, card.labels.len(), side as usize).unwrap();
        let pooling = network.layers.iter().position(|layer| layer.op == architecture::Op::GlobalAveragePool);
        let maps = network.layers[pooling.unwrap() - 1].name.clone();
        let weights = onnx_export::Weights::from_onnx(&read("model.onnx")).unwrap();
        let model = Model::with_weights(network, &Weights::from(&weights), Device::Cpu).unwrap();
        let head = format!("{}.weight", model.network().logits().unwrap().name);
        let (_, head) = model.tensors().find(|(name, _)| **name == *head).unwrap();
        for sample in &answers.samples {
            let drawn = answers.drawn_size;
            let pixels = lesions::draw_sample(sample.diagnosis, sample.seed, drawn, drawn);
            let image = imaging::resize(&Rgb8::new(drawn, drawn, pixels).unwrap(), side, side);
            let input = Tensor::from_slice(&imaging::normalise(&image, card.input.mean, card.input.std));
            let input = input.view([1, 3, i64::from(side), i64::from(side)]);
            let outputs = tch::no_grad(|| model.outputs(&input, &[&maps], Mode::Inference)).unwrap();
            let expected = numbers(&activation_maps(&outputs[0], head));
            let found: Vec<f32> = sample.maps.iter().flatten().copied().collect();
            // Two engines through the whole network, and four decimals in the file.
            check_close(&found, &expected, 2e-4, &format!("{} {:?}", card.name, sample.diagnosis));
        }
    }
}
