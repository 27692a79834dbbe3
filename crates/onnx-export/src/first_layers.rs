//! The first layers of an exported network, out of its ONNX file.

use architecture::{INPUT, Layer, Network, Op};
use nn::pool::PoolWindow;
use nn::{BatchNorm, FirstLayers, Tensor};

use crate::{ExportError, Weights};

/// The convolution, batch normalisation and pooling that `network` begins with, with the numbers of its ONNX file, widened
/// to 32 bits as a runtime does; `mean` and `std` are those of the input. `None` if it begins in another way.
///
/// # Errors
/// As [`Weights::from_onnx`] and [`Weights::check`].
pub fn first_layers(
    onnx: &[u8],
    network: &Network,
    mean: [f32; 3],
    std: [f32; 3],
) -> Result<Option<FirstLayers>, ExportError> {
    let after =
        |name: &str| network.layers.iter().find(|layer| layer.inputs.first().is_some_and(|i| i == name));
    let four = || -> Option<[&Layer; 4]> {
        let convolution = after(INPUT)?;
        let norm = after(&convolution.name)?;
        let relu = after(&norm.name)?;
        Some([convolution, norm, relu, after(&relu.name)?])
    };
    let Some([convolution, norm, relu, pooling]) = four() else { return Ok(None) };
    let (
        Op::Convolution { input_channels: 3, kernel, stride, padding, groups: 1, bias: false, .. },
        Op::BatchNorm { channels, epsilon, .. },
        Op::Relu,
        Op::MaxPool { kernel: side, stride: window_stride, padding: window_pad },
    ) = (convolution.op, norm.op, relu.op, pooling.op)
    else {
        return Ok(None);
    };
    if padding.before != padding.after {
        return Ok(None);
    }
    let weights = Weights::from_onnx(onnx)?;
    weights.check(network)?;
    let array = |layer: &Layer, name: &str| {
        let found = weights.get(&format!("{}.{name}", layer.name));
        found.map_or(&[][..], |array| &array.values)
    };
    let arrays = ["running_mean", "running_var", "weight", "bias"].map(|name| array(norm, name));
    let kernels = array(convolution, "weight").chunks_exact(3 * kernel * kernel);
    // The arrays have the shapes of the network, as was checked.
    let kernels = kernels.map(|numbers| Tensor::new([3, kernel, kernel], numbers.to_vec()));
    let norms = (0..channels).map(|channel| BatchNorm::of_layer(channel, arrays, epsilon as f32));
    let (Ok(kernels), Ok(norms)) = (kernels.collect(), norms.collect()) else { return Ok(None) };
    Ok(Some(FirstLayers {
        size: network.input[1],
        mean,
        std,
        stride,
        pad: padding.before,
        kernels,
        norms,
        window: PoolWindow { kernel: side, stride: window_stride, pad: window_pad },
    }))
}
