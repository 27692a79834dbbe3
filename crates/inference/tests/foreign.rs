//! Classifiers as other people export them: no metadata, other names, either order of the channels.

use imaging::decode;
use inference::{Classifier, Options, layers};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    tolerance: f32,
    probabilities: Probabilities,
}

#[derive(Deserialize)]
struct Probabilities {
    first: Vec<f32>,
    last: Vec<f32>,
}

const FIRST: &[u8] = include_bytes!("../../../tests/golden/onnx_foreign_first.onnx");
const LAST: &[u8] = include_bytes!("../../../tests/golden/onnx_foreign_last.onnx");

type Checked = Result<(), Box<dyn std::error::Error>>;

fn check_answer(onnx: &[u8], expected: &[f32], tolerance: f32) -> Checked {
    let picture =
        decode(include_bytes!("../../../tests/golden/images/rgb.png"), &imaging::Limits::default())?;
    let mut network = Classifier::load_own(onnx, "theirs", &Options::default())?;
    let answer = network.classify(&picture)?;
    let close = answer.probabilities.iter().zip(expected).all(|(a, b)| (a - b).abs() <= tolerance);
    assert!(close && answer.probabilities.len() == expected.len(), "{answer:?}, expected {expected:?}");
    // Softmax of the logits gives the probabilities again, whichever of the two the file gives.
    let again = nn::softmax::softmax(&answer.logits);
    let close = again.iter().zip(&answer.probabilities).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(close, "{answer:?}, softmax {again:?}");
    Ok(())
}

#[test]
fn they_answer_as_onnx_runtime_answers_from_python() -> Checked {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/onnx_foreign.json"))?;
    check_answer(FIRST, &golden.probabilities.first, golden.tolerance)?;
    check_answer(LAST, &golden.probabilities.last, golden.tolerance)
}

#[test]
fn their_layers_are_offered_by_their_own_names() {
    let names: Vec<String> = layers::layers(FIRST).unwrap().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names[..2], ["/conv/Conv_output_0", "/relu/Relu_output_0"]);
    let options = Options { layers: &["/relu/Relu_output_0"], ..Options::default() };
    let mut network = Classifier::load_own(FIRST, "theirs", &options).unwrap();
    let picture = imaging::Rgb8::new(2, 2, vec![90; 12]).unwrap();
    let maps = network.look(&picture).unwrap().1.remove(0);
    assert_eq!(maps.shape, [8, 16, 16]);
    assert!(maps.values.iter().all(|value| *value >= 0.0));
}
