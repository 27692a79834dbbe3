//! A network small enough for paper, from our exporter through ONNX Runtime.
//!
//! It needs the runtime's library, which `cargo xtask test` fetches; without it these tests fail and say so.

use std::error::Error;

use architecture::{INPUT, Network, Op};
use catalog::model::{ModelCard, ModelInput, Parity, Provenance};
use imaging::Rgb8;
use inference::{Classifier, InferenceError, NetworkAnswer, file};
use onnx_export::{LOGITS, Metadata, PROBABILITIES, Precision, Weights};

const SIDE: usize = 4;

const LABELS: [&str; 3] = ["red", "green", "blue"];

/// Its logits are the means of red, green and blue, 0 to 1.
fn colour_network() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut network = Network::new("colour", [3, SIDE, SIDE]);
    network.add("avgpool", Op::GlobalAveragePool, &[INPUT])?;
    network.add("flatten", Op::Flatten, &["avgpool"])?;
    network.add("fc", Op::Linear { inputs: 3, outputs: 3 }, &["flatten"])?;
    network.add(PROBABILITIES, Op::Softmax, &["fc"])?;
    let mut weights = Weights::new();
    weights.insert("fc.weight", &[3, 3], vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])?;
    weights.insert("fc.bias", &[3], vec![0.0; 3])?;
    let labels = LABELS.map(String::from).to_vec();
    let metadata = Metadata { task: "colour".into(), labels, mean: [0.0; 3], std: [1.0; 3] };
    Ok(onnx_export::export(&network, &weights, &metadata, Precision::Fp32)?)
}

fn colour_model() -> (Vec<u8>, ModelCard) {
    let onnx = colour_network().expect("four layers that fit one another");
    let card = ModelCard {
        name: "colour".into(),
        title: "Mean colour".into(),
        architecture: "colour".into(),
        task: "colour".into(),
        labels: LABELS.map(String::from).to_vec(),
        input: ModelInput { size: SIDE as u32, mean: [0.0; 3], std: [1.0; 3] },
        precision: "fp32".into(),
        trained_on: "nothing".into(),
        drawn: true,
        evened: false,
        licence: "MIT OR Apache-2.0".into(),
        provenance: Provenance {
            config: String::new(),
            config_sha256: String::new(),
            source: String::new(),
            onnx_sha256: file::sha256(&onnx),
        },
        parity: Parity { tolerance: 1e-6, inputs: 0, native: 0.0, wasm: None, webgpu: None },
        stored: Vec::new(),
    };
    (onnx, card)
}

fn classifier() -> Classifier {
    let (onnx, card) = colour_model();
    Classifier::load(&onnx, &card).unwrap_or_else(|error| panic!("{error}"))
}

/// An image of one colour, of another size than the network's.
fn plain(colour: [u8; 3]) -> Rgb8 {
    Rgb8::new(6, 5, colour.repeat(30)).expect("6 × 5 × 3 bytes")
}

fn check_logits(answer: &NetworkAnswer, expected: [f32; 3]) {
    let close = answer.logits.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6);
    // A mean of 16 numbers in f32 is off by a few units in the last place, 6e-8 each.
    assert!(close, "expected {expected:?}, found {:?}", answer.logits);
}

fn check_refused(onnx: &[u8], card: &ModelCard, expected: &str) {
    let error = Classifier::load(onnx, card).expect_err("it must not load").to_string();
    assert!(error.contains(expected), "expected {expected:?} in {error:?}");
}

#[test]
fn the_mean_colour_network_answers_with_the_mean_colour() {
    let answer = classifier().classify(&plain([255, 0, 51])).unwrap();
    check_logits(&answer, [1.0, 0.0, 0.2]);
    // e / (e + 1 + e^0.2) = 2.718282 / (2.718282 + 1 + 1.221403) = 2.718282 / 4.939685 = 0.550295
    assert!((answer.probabilities[0] - 0.550_295).abs() < 1e-6, "{:?}", answer.probabilities);
    assert_eq!(answer.top(), Some(0));
}

#[test]
fn a_batch_is_answered_in_its_order() {
    let colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [51, 102, 153]];
    let answers = classifier().classify_batch(&colours.map(plain)).unwrap();
    assert_eq!(answers.len(), colours.len());
    for (answer, colour) in answers.iter().zip(colours) {
        check_logits(answer, colour.map(|value| f32::from(value) / 255.0));
    }
}

#[test]
fn no_images_are_no_answers() {
    assert_eq!(classifier().classify_batch(&[]), Ok(Vec::new()));
}

#[test]
fn a_model_cut_short_says_how_many_bytes_are_missing() {
    let (onnx, card) = colour_model();
    // The last field is the operator set or the metadata: cutting into it leaves a length that goes beyond the end.
    check_refused(&onnx[..onnx.len() - 1], &card, "at least 1 more are missing");
    check_refused(&onnx[..onnx.len() / 2], &card, "is incomplete");
}

#[test]
fn a_changed_model_is_told_by_its_checksum() {
    let (mut onnx, card) = colour_model();
    let last = onnx.len() - 1;
    onnx[last] ^= 1;
    check_refused(&onnx, &card, "SHA-256");
}

#[test]
fn a_web_page_in_the_place_of_a_model_is_named() {
    let (_, card) = colour_model();
    check_refused(b"<!doctype html><title>404</title>", &card, "this is not an ONNX file, but a web page");
}

#[test]
fn a_card_of_another_size_or_with_other_labels_is_refused() {
    let (onnx, card) = colour_model();
    let mut larger = card.clone();
    larger.input.size = 8;
    check_refused(&onnx, &larger, "needs input [N, 3, 8, 8], but has input [N, 3, 4, 4]");
    let mut fewer = card;
    fewer.labels.pop();
    check_refused(&onnx, &fewer, &format!("needs {LOGITS} [N, 2], but has"));
}

#[test]
fn bytes_that_no_runtime_reads_are_refused_in_its_words() {
    let (_, mut card) = colour_model();
    // `ir_version: 8` and a graph that holds one unknown field: whole, but nothing to run.
    let onnx = [0x08, 8, 0x3a, 2, 0x78, 1];
    card.provenance.onnx_sha256 = file::sha256(&onnx);
    let error = Classifier::load(&onnx, &card).expect_err("it must not load");
    assert!(matches!(error, InferenceError::Backend { backend: "CPU", .. }), "{error}");
}
