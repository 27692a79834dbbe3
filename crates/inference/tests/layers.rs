//! Any layer of a model, asked for by its name.

use inference::layers::{Layer, layers, with_output};
use inference::{Classifier, InferenceError, Options, metadata};
use serde::Deserialize;

/// The network of `tests/golden/onnx_small.py`, in three precisions.
const FP32: &[u8] = include_bytes!("../../../tests/golden/onnx_small_fp32.onnx");
const FP16: &[u8] = include_bytes!("../../../tests/golden/onnx_small_fp16.onnx");
const INT8: &[u8] = include_bytes!("../../../tests/golden/onnx_small_int8.onnx");

/// What that script, PyTorch and the `onnx` package said.
#[derive(Deserialize)]
struct Golden {
    size: u32,
    tolerance: f32,
    images_rgb8: Vec<Vec<u8>>,
    outputs: Outputs,
    tail_for_block_add: String,
}

#[derive(Deserialize)]
struct Outputs {
    fp32: Answers,
    fp16: Answers,
    int8: Answers,
}

#[derive(Deserialize)]
struct Answers {
    logits: Vec<Vec<f32>>,
    probabilities: Vec<Vec<f32>>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../tests/golden/onnx_small.json"))
        .expect("what the script wrote")
}

fn images(golden: &Golden) -> Vec<imaging::Rgb8> {
    let image = |pixels: &Vec<u8>| imaging::Rgb8::new(golden.size, golden.size, pixels.clone());
    golden.images_rgb8.iter().map(|pixels| image(pixels).expect("three bytes a pixel")).collect()
}

fn classifier(onnx: &[u8], layers: &[&str]) -> Classifier {
    let card = metadata::card(onnx, "small").expect("labels and preprocessing in the file");
    let options = Options { threads: Some(1), layers };
    Classifier::load_with(onnx, &card, &options).unwrap_or_else(|error| panic!("{error}"))
}

fn check_close(found: &[f32], expected: &[f32], tolerance: f32) {
    let largest = expected.iter().fold(1.0_f32, |largest, value| largest.max(value.abs()));
    let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= tolerance * largest);
    assert!(found.len() == expected.len() && close, "expected {expected:?}, found {found:?}");
}

#[test]
fn every_precision_answers_as_pytorch_does_with_the_weights_of_its_file() {
    let golden = golden();
    let files = [(FP32, &golden.outputs.fp32), (FP16, &golden.outputs.fp16), (INT8, &golden.outputs.int8)];
    for (onnx, expected) in files {
        let answers = classifier(onnx, &[]).classify_batch(&images(&golden)).unwrap();
        for (i, answer) in answers.iter().enumerate() {
            check_close(&answer.logits, &expected.logits[i], golden.tolerance);
            check_close(&answer.probabilities, &expected.probabilities[i], golden.tolerance);
        }
    }
    // They are three different files.
    assert_ne!(golden.outputs.fp32.logits, golden.outputs.fp16.logits);
    assert_ne!(golden.outputs.fp16.logits, golden.outputs.int8.logits);
}

#[test]
fn a_layer_becomes_an_output_by_a_tail() {
    let longer = with_output(FP32, "block.add").unwrap();
    assert!(longer.starts_with(FP32));
    let tail: Vec<_> = longer[FP32.len()..].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(golden().tail_for_block_add, tail.concat());
}

#[test]
fn an_output_is_not_added_twice() {
    assert_eq!(with_output(FP32, "logits").unwrap(), FP32);
    let longer = with_output(FP32, "bn1").unwrap();
    assert_eq!(with_output(&longer, "bn1").unwrap(), longer);
}

#[test]
fn layers_are_listed_with_their_shapes_and_stored_weights_are_none() {
    for onnx in [FP32, FP16, INT8] {
        let layers = layers(onnx).unwrap();
        let names: Vec<_> = layers.iter().map(|layer| layer.name.as_str()).collect();
        assert_eq!(names[..4], ["conv1", "bn1", "relu", "maxpool"]);
        assert_eq!(names[12..], ["fc", "logits", "probabilities"]);
        // 9 × 9, halved by the pooling, (9 + 2 - 3) / 2 + 1 = 5, and by the block, (5 + 2 - 3) / 2 + 1 = 3.
        let shape = Some(vec![6, 3, 3]);
        assert!(layers.contains(&Layer { name: "block.add".to_owned(), shape }), "{layers:?}");
    }
}

#[test]
fn an_unknown_layer_is_answered_with_the_known_ones() {
    let error = with_output(INT8, "layer9").unwrap_err().to_string();
    assert_eq!(error, "the model has no layer layer9; its 15 layers are conv1 to probabilities");
    let error = with_output(b"<!doctype html>", "conv1").unwrap_err().to_string();
    assert_eq!(error, "the model: this is not an ONNX file, but a web page");
    let card = metadata::card(FP32, "small").unwrap();
    let options = Options { layers: &["layer9"], ..Options::default() };
    let error = Classifier::load_with(FP32, &card, &options).unwrap_err();
    assert!(matches!(error, InferenceError::NoLayer { .. }), "{error}");
}

#[test]
fn what_layers_give_fits_together() {
    let golden = golden();
    let asked = ["block.relu", "block.add", "avgpool", "probabilities"];
    for onnx in [FP32, FP16, INT8] {
        let mut classifier = classifier(onnx, &asked);
        let image = &images(&golden)[0];
        let (answer, outputs) = classifier.look(image).unwrap();
        let names: Vec<_> = outputs.iter().map(|output| output.layer.as_str()).collect();
        assert_eq!(names, asked);
        let [relu, sum, mean, probabilities] = &outputs[..] else { panic!("four layers") };
        assert_eq!((&relu.shape[..], &mean.shape[..]), (&[6, 3, 3][..], &[6, 1, 1][..]));
        assert!(sum.values.iter().any(|&value| value < 0.0));
        let rectified: Vec<f32> = sum.values.iter().map(|value| value.max(0.0)).collect();
        check_close(&relu.values, &rectified, 0.0);
        let means: Vec<f32> = relu.values.chunks(9).map(|map| map.iter().sum::<f32>() / 9.0).collect();
        // Nine numbers added in another order: a few units in the last place, 6e-8 each.
        check_close(&mean.values, &means, 1e-6);
        assert_eq!(probabilities.values, answer.probabilities);
        // Fusions differ where inner values are outputs, so the last bits may.
        check_close(&answer.logits, &classifier.classify(image).unwrap().logits, golden.tolerance);
    }
}

#[test]
fn a_file_tells_its_labels_and_preprocessing() {
    let card = metadata::card(FP16, "small").unwrap();
    assert_eq!((card.architecture.as_str(), card.input.size), ("small", 9));
    assert_eq!(card.labels, ["MEL", "NV", "BCC"]);
    assert_eq!((card.input.mean, card.input.std), ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]));
}

#[test]
fn missing_metadata_is_named() {
    // `ir_version: 8` and a graph with an empty name.
    let error = metadata::card(&[0x08, 8, 0x3a, 2, 0x12, 0], "other").unwrap_err().to_string();
    let expected = "other: the ONNX file's metadata needs input_size (pixels), but has none; \
        put the model.toml of its export next to it";
    assert_eq!(error, expected);
}
