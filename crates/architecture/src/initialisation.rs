//! From which distribution the first value of a parameter is drawn, before anything is learned.

use serde::{Deserialize, Serialize};

use crate::Op;

/// The rule that a network's authors trained it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initialisation {
    /// Convolutions after He et al. 2015, normal with the variance `2 / fan-out`; linear layers, their constants too,
    /// uniform within `1 / sqrt(fan-in)`.
    ///
    /// Source: torchvision, `models/resnet.py`, and PyTorch, `nn.Linear.reset_parameters`.
    Torchvision,
    /// Convolutions as there, where a kernel of a group counts the outputs of its own group alone; linear layers uniform
    /// within `1 / sqrt(fan-out)`, their constants 0.
    ///
    /// Source: TensorFlow, `models/official/efficientnet/efficientnet_model.py`, `conv_kernel_initializer` and
    /// `dense_kernel_initializer`.
    EfficientNet,
}

/// A distribution of first values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FirstValues {
    /// Always this.
    Constant(f32),
    /// Normal around 0, with the variance `2 / fan`.
    Normal {
        /// Numbers that a value is added up from, or goes into.
        fan: usize,
    },
    /// Uniform from `-1 / sqrt(fan)` to `1 / sqrt(fan)`.
    Uniform {
        /// As in [`Normal`](Self::Normal).
        fan: usize,
    },
}

impl Initialisation {
    /// What the parameter of this name, such as `weight`, of a layer that computes `op` begins with.
    ///
    /// ```
    /// use architecture::{FirstValues, Initialisation, Op};
    /// let fc = Op::Linear { inputs: 512, outputs: 8 };
    /// assert_eq!(Initialisation::Torchvision.of(&fc, "bias"), FirstValues::Uniform { fan: 512 });
    /// assert_eq!(Initialisation::EfficientNet.of(&fc, "bias"), FirstValues::Constant(0.0));
    /// ```
    pub fn of(self, op: &Op, parameter: &str) -> FirstValues {
        match (*op, parameter) {
            (Op::Convolution { output_channels, kernel, groups, .. }, "weight") => {
                let outputs = match self {
                    Self::Torchvision => output_channels,
                    Self::EfficientNet => output_channels / groups,
                };
                FirstValues::Normal { fan: outputs * kernel * kernel }
            }
            (Op::Linear { inputs, outputs }, _) => match (self, parameter) {
                (Self::Torchvision, _) => FirstValues::Uniform { fan: inputs },
                (Self::EfficientNet, "weight") => FirstValues::Uniform { fan: outputs },
                (Self::EfficientNet, _) => FirstValues::Constant(0.0),
            },
            (Op::BatchNorm { .. }, "weight" | "running_var") => FirstValues::Constant(1.0),
            _ => FirstValues::Constant(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by_name;

    #[track_caller]
    fn check(network: &str, layer: &str, parameter: &str, expected: FirstValues) {
        let network = by_name(network, 1000, 224).unwrap();
        let found = network.initialisation.of(&network.layer(layer).unwrap().op, parameter);
        assert_eq!(found, expected, "{layer}.{parameter}");
    }

    #[test]
    fn a_family_draws_its_first_values_in_its_own_way() {
        // 128 kernels of 3 × 3.
        check("resnet18", "layer2.0.conv1", "weight", FirstValues::Normal { fan: 1152 });
        check("resnet18", "fc", "weight", FirstValues::Uniform { fan: 512 });
        // Each of the 96 kernels gives one map of its own group: 3 * 3, not 96 * 3 * 3.
        check("efficientnet_lite0", "_blocks.1._depthwise_conv", "weight", FirstValues::Normal { fan: 9 });
        check("efficientnet_lite0", "_blocks.1._expand_conv", "weight", FirstValues::Normal { fan: 96 });
        check("efficientnet_lite0", "_fc", "weight", FirstValues::Uniform { fan: 1000 });
    }

    #[test]
    fn batch_normalisation_begins_by_changing_nothing() {
        let values = ["weight", "bias", "running_mean", "running_var"];
        for (parameter, value) in values.into_iter().zip([1.0, 0.0, 0.0, 1.0]) {
            check("resnet18", "bn1", parameter, FirstValues::Constant(value));
            check("efficientnet_lite0", "_bn0", parameter, FirstValues::Constant(value));
        }
    }
}
