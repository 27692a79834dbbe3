//! Writes a small network with every operation, for `tests/golden/onnx_small.py` to hold against PyTorch.
//!
//! `cargo run -p onnx-export --example small_network -- FOLDER`

use std::error::Error;
use std::path::Path;

use architecture::{INPUT, Network, Op, Padding};
use numerics::Random;
use onnx_export::{Metadata, Precision, Weights, export};

/// A residual block and all that a residual network has before and after it, for images of 9 × 9 pixels and three classes.
///
/// # Errors
/// None: the layers fit.
pub(crate) fn network() -> Result<Network, architecture::ArchitectureError> {
    let convolution = |input_channels, output_channels, kernel, stride, bias| Op::Convolution {
        input_channels,
        output_channels,
        kernel,
        stride,
        padding: Padding::both(kernel / 2),
        groups: 1,
        bias,
    };
    let norm = |channels| Op::BatchNorm { channels, epsilon: 1e-5, momentum: 0.1 };
    let mut network = Network::new("small", [3, 9, 9]);
    network.add("conv1", convolution(3, 4, 5, 1, true), &[INPUT])?;
    network.add("bn1", norm(4), &["conv1"])?;
    network.add("relu", Op::Relu, &["bn1"])?;
    network.add("maxpool", Op::MaxPool { kernel: 3, stride: 2, padding: 1 }, &["relu"])?;
    network.add("block.conv1", convolution(4, 6, 3, 2, false), &["maxpool"])?;
    network.add("block.bn1", norm(6), &["block.conv1"])?;
    network.add("block.downsample.0", convolution(4, 6, 1, 2, false), &["maxpool"])?;
    network.add("block.downsample.1", norm(6), &["block.downsample.0"])?;
    network.add("block.add", Op::Add, &["block.bn1", "block.downsample.1"])?;
    network.add("block.relu", Op::Relu, &["block.add"])?;
    network.add("avgpool", Op::GlobalAveragePool, &["block.relu"])?;
    network.add("flatten", Op::Flatten, &["avgpool"])?;
    network.add("fc", Op::Linear { inputs: 6, outputs: 3 }, &["flatten"])?;
    network.add("probabilities", Op::Softmax, &["fc"])?;
    Ok(network)
}

/// Normal numbers for all parameters, variances above 0.
///
/// # Errors
/// None: every array has its parameter's shape.
pub(crate) fn weights(network: &Network) -> Result<Weights, onnx_export::ExportError> {
    let mut random = Random::new(2019);
    let mut weights = Weights::new();
    for parameter in network.parameters() {
        let is_variance = parameter.name.ends_with("running_var");
        let value =
            |random: &mut Random| if is_variance { random.between(0.5, 2.0) } else { 0.5 * random.normal() };
        let values = (0..parameter.numbers()).map(|_| value(&mut random)).collect();
        weights.insert(parameter.name, &parameter.shape, values)?;
    }
    Ok(weights)
}

/// Three classes and the usual normalisation.
pub(crate) fn metadata() -> Metadata {
    Metadata {
        task: "eight-class".to_owned(),
        labels: ["MEL", "NV", "BCC"].map(String::from).to_vec(),
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    }
}

#[allow(dead_code, reason = "the test includes this file for the functions above")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("expected a folder, found no argument")?;
    let folder = Path::new(&folder);
    let network = network()?;
    let weights = weights(&network)?;
    for precision in Precision::ALL {
        let onnx = export(&network, &weights, &metadata(), precision)?;
        std::fs::write(folder.join(format!("onnx_small_{}.onnx", precision.name())), onnx)?;
    }
    Ok(())
}
