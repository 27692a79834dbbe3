//! Weights whose batch normalisation was folded into the preceding convolutions.
//!
//! A convolution and the batch normalisation after it are one linear step, so for inference they can be stored as one:
//! scaled kernels and a constant per channel. In a network with batch normalisation, a normalisation that only adds the
//! constant computes the same function.

use architecture::{Network, Op};

use super::{Array, Weights};

/// Whether the arrays have a bias for a convolution that has none in `network`, and no batch normalisation for it.
pub(super) fn is_folded(weights: &Weights, network: &Network) -> bool {
    pairs(network).any(|(convolution, norm, ..)| {
        weights.get(&format!("{convolution}.bias")).is_some()
            && weights.get(&format!("{norm}.weight")).is_none()
    })
}

/// Turns every such bias into a batch normalisation: weight 1, the same bias, mean 0, and variance 1 − ε, so that the
/// division by `sqrt(variance + ε)` changes nothing.
pub(super) fn unfold(weights: &mut Weights, network: &Network) {
    for (convolution, norm, channels, epsilon) in pairs(network) {
        let Some(bias) = weights.remove(&format!("{convolution}.bias")) else { continue };
        let mut insert = |name: &str, numbers| {
            weights.insert(format!("{norm}.{name}"), Array { shape: vec![channels], numbers });
        };
        insert("weight", vec![1.0; channels]);
        insert("running_mean", vec![0.0; channels]);
        insert("running_var", vec![(1.0 - epsilon) as f32; channels]);
        weights.insert(format!("{norm}.bias"), bias);
    }
}

/// Convolutions without a bias and the batch normalisations that read them, with channels and ε.
fn pairs(network: &Network) -> impl Iterator<Item = (&str, &str, usize, f64)> {
    network.layers.iter().filter_map(|layer| {
        let Op::BatchNorm { channels, epsilon, .. } = layer.op else { return None };
        let before = network.layer(layer.inputs.first()?)?;
        let Op::Convolution { bias: false, .. } = before.op else { return None };
        Some((before.name.as_str(), layer.name.as_str(), channels, epsilon))
    })
}
