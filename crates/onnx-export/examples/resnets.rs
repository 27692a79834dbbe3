//! Writes a residual network with random weights, for `tests/golden/onnx_resnets.py` to hold against torchvision.
//!
//! `cargo run --release -p onnx-export --example resnets -- NETWORK OUTPUTS PRECISION FILE`

use std::error::Error;

use architecture::Network;
use numerics::Random;
use onnx_export::{Metadata, Precision, Weights, export};

/// Width and height of the input, pixels.
pub(crate) const SIZE: usize = 64;

/// Uniform numbers for all parameters, of a size that keeps values in the tens from first to last layer.
///
/// # Errors
/// None: every array has its parameter's shape.
pub(crate) fn weights(network: &Network) -> Result<Weights, onnx_export::ExportError> {
    let random = Random::new(2019);
    let mut weights = Weights::new();
    for (index, parameter) in network.parameters().into_iter().enumerate() {
        let fan_in: usize = parameter.shape.iter().skip(1).product();
        // A uniform number within ±a has the variance a² / 3; 2 / fan-in keeps that of what follows a ReLU.
        let limit = (6.0 / fan_in as f32).sqrt();
        let (low, high) = match parameter.name.rsplit('.').next() {
            Some("running_var") => (0.5, 2.0),
            Some("weight") if parameter.shape.len() == 1 => (0.3, 0.9),
            Some("weight") => (-limit, limit),
            _ => (-0.2, 0.2),
        };
        let mut random = random.part(index as u64);
        let values = (0..parameter.numbers()).map(|_| random.between(low, high)).collect();
        weights.insert(parameter.name, &parameter.shape, values)?;
    }
    Ok(weights)
}

/// `benign` and `malignant`, or the eight diagnoses.
pub(crate) fn metadata(outputs: usize) -> Metadata {
    let (task, labels) = match outputs {
        2 => ("binary", "benign,malignant"),
        _ => ("eight-class", "MEL,NV,BCC,AK,BKL,DF,VASC,SCC"),
    };
    Metadata {
        task: task.to_owned(),
        labels: labels.split(',').map(str::to_owned).collect(),
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    }
}

#[allow(dead_code, reason = "a test includes this file for the functions above")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [network, outputs, precision, file] = &arguments[..] else {
        return Err("expected NETWORK OUTPUTS PRECISION FILE".into());
    };
    let outputs = outputs.parse()?;
    let network = architecture::by_name(network, outputs, SIZE)?;
    let precision = Precision::from_name(precision).ok_or("expected fp32, fp16 or int8")?;
    let onnx = export(&network, &weights(&network)?, &metadata(outputs), precision)?;
    std::fs::write(file, onnx)?;
    Ok(())
}
