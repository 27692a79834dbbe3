//! Weights whose batch normalisation was folded into the convolutions before it.
//!
//! A convolution and the batch normalisation behind it are one linear step, so for inference they can be stored as one:
//! the kernels scaled, a constant per channel added. A network with batch normalisation gets the same function back from
//! a normalisation that only adds the constant.

use architecture::{Network, Op};

use super::{Array, Weights};

/// Whether the arrays have a constant for a convolution that has none in `network`, and no batch normalisation.
pub(super) fn is_folded(weights: &Weights, network: &Network) -> bool {
    pairs(network).any(|(convolution, norm, ..)| {
        weights.get(&format!("{convolution}.bias")).is_some()
            && weights.get(&format!("{norm}.weight")).is_none()
    })
}

/// Turns every such constant into a batch normalisation: weight 1, the constant as bias, mean 0, and a variance of
/// 1 − ε, so that the division by `sqrt(variance + ε)` changes nothing.
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

/// Convolutions without a constant and the batch normalisations that read them, with channels and ε.
fn pairs(network: &Network) -> impl Iterator<Item = (&str, &str, usize, f64)> {
    network.layers.iter().filter_map(|layer| {
        let Op::BatchNorm { channels, epsilon, .. } = layer.op else { return None };
        let before = network.layer(layer.inputs.first()?)?;
        let Op::Convolution { bias: false, .. } = before.op else { return None };
        Some((before.name.as_str(), layer.name.as_str(), channels, epsilon))
    })
}
