//! The bytes that `tests/golden/onnx_small.py` compared with ONNX's checker, ONNX Runtime and PyTorch.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

#[path = "../examples/small_network.rs"]
mod small_network;

use onnx_export::{Precision, export};
use small_network::{metadata, network, weights};

const FP32: &[u8] = include_bytes!("../../../tests/golden/onnx_small_fp32.onnx");
const FP16: &[u8] = include_bytes!("../../../tests/golden/onnx_small_fp16.onnx");
const INT8: &[u8] = include_bytes!("../../../tests/golden/onnx_small_int8.onnx");

fn check_bytes(precision: Precision, checked: &[u8]) {
    let network = network().unwrap();
    let onnx = export(&network, &weights(&network).unwrap(), &metadata(), precision).unwrap();
    assert!(onnx == checked, "the file changed; check it again with: python tests/golden/onnx_small.py");
}

#[test]
fn files_are_the_ones_that_runtime_and_pytorch_agreed_on() {
    check_bytes(Precision::Fp32, FP32);
    check_bytes(Precision::Fp16, FP16);
    check_bytes(Precision::Int8, INT8);
}
