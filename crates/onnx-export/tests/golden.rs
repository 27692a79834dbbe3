//! The bytes that `tests/golden/onnx_small.py` held against ONNX's checker, ONNX Runtime and PyTorch.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

#[path = "../examples/small_network.rs"]
mod small_network;

use onnx_export::{Precision, export, with_output};
use serde_json::Value;
use small_network::{metadata, network, weights};

const FP32: &[u8] = include_bytes!("../../../tests/golden/onnx_small_fp32.onnx");
const FP16: &[u8] = include_bytes!("../../../tests/golden/onnx_small_fp16.onnx");

fn check_bytes(precision: Precision, checked: &[u8]) {
    let network = network().unwrap();
    let onnx = export(&network, &weights(&network).unwrap(), &metadata(), precision).unwrap();
    assert!(onnx == checked, "the file changed; check it again with: python tests/golden/onnx_small.py");
}

#[test]
fn files_are_the_ones_that_runtime_and_pytorch_agreed_on() {
    check_bytes(Precision::Fp32, FP32);
    check_bytes(Precision::Fp16, FP16);
}

#[test]
fn a_layer_becomes_an_output_by_a_tail() {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/onnx_small.json")).unwrap();
    let longer = with_output(FP32, "block.add").unwrap();
    let tail: Vec<_> = longer[FP32.len()..].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(golden["tail_for_block_add"], tail.concat());
}

#[test]
fn an_output_is_not_added_twice() {
    assert_eq!(with_output(FP32, "logits").unwrap(), FP32);
    let longer = with_output(FP32, "bn1").unwrap();
    assert_eq!(with_output(&longer, "bn1").unwrap(), longer);
}

#[test]
fn an_unknown_layer_is_answered_with_the_known_ones() {
    let error = with_output(FP32, "layer9").unwrap_err().to_string();
    assert_eq!(error, "no layer of the model is called layer9; its 15 layers are conv1 to probabilities");
    let error = with_output(b"<!doctype html>", "conv1").unwrap_err().to_string();
    assert_eq!(error, "the model is no ONNX file");
}
