//! All five networks, with 2 and 8 outputs, in three precisions: ONNX Runtime reads the files that ONNX's checker and
//! torchvision were compared with, and answers as torchvision does.

use imaging::Rgb8;
use inference::{Classifier, Options, file, layers, metadata};
use onnx_export::{Precision, export};
use serde::Deserialize;

#[path = "../../onnx-export/examples/resnets.rs"]
mod resnets;

use resnets::SIZE;

/// Made by `tests/golden/onnx_resnets.py`.
#[derive(Deserialize)]
struct Golden {
    tolerance: f32,
    checked: Vec<Checked>,
}

#[derive(Deserialize)]
struct Checked {
    network: String,
    precision: String,
    sha256: String,
    logits: Vec<f32>,
}

/// The pixels of that script.
fn image() -> Rgb8 {
    let bytes = (0..SIZE * SIZE * 3).map(|place| ((place * 37 + place * place / 64 * 11) % 256) as u8);
    Rgb8::new(SIZE as u32, SIZE as u32, bytes.collect()).expect("three bytes a pixel")
}

fn check(checked: &Checked, onnx: &[u8], tolerance: f32) {
    let Checked { network, precision, logits, .. } = checked;
    let words = format!("{network} {precision} {}", logits.len());
    let again = "hold it against torchvision again with: python tests/golden/onnx_resnets.py";
    assert_eq!(file::sha256(onnx), checked.sha256, "{words}: the file changed; {again}");
    let card = metadata::card(onnx, network).unwrap_or_else(|error| panic!("{error}"));
    let shape = layers::layers(onnx)
        .expect("a whole file")
        .into_iter()
        .find(|layer| layer.name == "layer4.0.downsample.1")
        .and_then(|layer| layer.shape);
    let deep = ["resnet18", "resnet34"].iter().all(|shallow| shallow != network);
    // 64 pixels halved five times.
    assert_eq!(shape, Some(vec![if deep { 2048 } else { 512 }, 2, 2]), "{words}");
    let options = Options { layers: &["layer4.0.downsample.1"], ..Options::default() };
    let mut classifier =
        Classifier::load_with(onnx, &card, &options).unwrap_or_else(|error| panic!("{error}"));
    let answer = classifier.classify(&image()).unwrap_or_else(|error| panic!("{words}: {error}"));
    let largest = logits.iter().fold(1.0_f32, |largest, value| largest.max(value.abs()));
    let close = answer.logits.iter().zip(logits).all(|(a, b)| (a - b).abs() <= tolerance * largest);
    assert!(close && answer.logits.len() == logits.len(), "{words}: {:?} and {logits:?}", answer.logits);
    assert!((answer.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{words}");
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../tests/golden/onnx_resnets.json"))
        .expect("what the script wrote")
}

/// A network with 2 and with 8 outputs, in every precision.
fn check_network(name: &str) {
    let golden = golden();
    let rows: Vec<_> = golden.checked.iter().filter(|checked| checked.network == name).collect();
    assert_eq!(rows.len(), 2 * Precision::ALL.len());
    for same in rows.chunk_by(|a, b| a.logits.len() == b.logits.len()) {
        let outputs = same[0].logits.len();
        let network = architecture::by_name(name, outputs, SIZE).expect("a known network");
        let weights = resnets::weights(&network).expect("every array has its shape");
        for checked in same {
            let precision = Precision::from_name(&checked.precision).expect("a known precision");
            let onnx = export(&network, &weights, &resnets::metadata(outputs), precision);
            check(checked, &onnx.expect("weights that fit"), golden.tolerance);
        }
    }
}

// One test each, so that they share the processor's cores.

#[test]
fn resnet18_in_every_precision_answers_as_torchvision_does() {
    check_network("resnet18");
}

#[test]
fn resnet34_in_every_precision_answers_as_torchvision_does() {
    check_network("resnet34");
}

#[test]
fn resnet50_in_every_precision_answers_as_torchvision_does() {
    check_network("resnet50");
}

#[test]
fn resnet101_in_every_precision_answers_as_torchvision_does() {
    check_network("resnet101");
}

#[test]
fn resnet152_in_every_precision_answers_as_torchvision_does() {
    check_network("resnet152");
}

#[test]
fn no_other_network_was_checked() {
    assert_eq!(golden().checked.len(), 5 * 2 * Precision::ALL.len());
}
