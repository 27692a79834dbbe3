//! Activations: functions applied to each value on its own on its way from one layer to the next.
//!
//! Without one between them, two convolutions in a row are a single convolution.

use numerics::math;

/// A function of one value, applied to every value of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// No change at all, for comparison.
    Identity,
    /// Positive values pass, negative ones become 0.
    Relu,
    /// As `Relu`, and values above [`CEILING`] become that: values in a known range can be stored in few bits.
    Relu6,
    /// Positive values pass, negative ones are multiplied by [`LEAK`].
    LeakyRelu,
    /// Squeezed into 0 to 1; 0 becomes 0.5.
    Sigmoid,
    /// Squeezed into -1 to 1.
    Tanh,
    /// The value times the share of a standard normal distribution below it.
    Gelu,
    /// Times its own sigmoid; also called swish.
    Silu,
}

/// The factor of negative values in [`Activation::LeakyRelu`].
///
/// Source: default of `torch.nn.LeakyReLU`.
pub const LEAK: f32 = 0.01;

/// The most that [`Activation::Relu6`] lets pass.
///
/// Source: Howard et al. 2017, <https://arxiv.org/abs/1704.04861>, as TensorFlow's `tf.nn.relu6`.
pub const CEILING: f32 = 6.0;

impl Activation {
    /// All of them, in this order.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Relu,
        Self::Relu6,
        Self::LeakyRelu,
        Self::Sigmoid,
        Self::Tanh,
        Self::Gelu,
        Self::Silu,
    ];

    // ANCHOR: activation
    /// The value for one number.
    ///
    /// ```
    /// # use nn::Activation;
    /// assert_eq!([-2.0, 3.0].map(|x| Activation::Relu.at(x)), [0.0, 3.0]);
    /// assert_eq!(Activation::Sigmoid.at(0.0), 0.5);
    /// ```
    ///
    /// Sources: rectified, Nair and Hinton 2010; leaky, Maas, Hannun and Ng 2013; GELU, Hendrycks and Gimpel 2016,
    /// <https://arxiv.org/abs/1606.08415>; `SiLU`, Elfwing, Uchibe and Doya 2017, <https://arxiv.org/abs/1702.03118>.
    pub fn at(self, x: f32) -> f32 {
        match self {
            Self::Identity => x,
            Self::Relu => x.max(0.0),
            Self::Relu6 => x.clamp(0.0, CEILING),
            Self::LeakyRelu => x.max(0.0) + LEAK * x.min(0.0),
            Self::Sigmoid => 1.0 / (1.0 + math::exp(-x)),
            Self::Tanh => math::tanh(x),
            Self::Gelu => x * 0.5 * (1.0 + math::erf(x * core::f32::consts::FRAC_1_SQRT_2)),
            Self::Silu => x / (1.0 + math::exp(-x)),
        }
    }
    // ANCHOR_END: activation

    /// The results for several values, in their order.
    #[must_use]
    pub fn of(self, numbers: &[f32]) -> Vec<f32> {
        numbers.iter().map(|&x| self.at(x)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(activation: Activation, x: f32, expected: f32) {
        let found = activation.at(x);
        // Worked to six digits by hand.
        assert!((found - expected).abs() < 1e-6, "{activation:?} of {x} is {found}, expected {expected}");
    }

    #[test]
    fn every_activation_gives_what_paper_gives() {
        check(Activation::LeakyRelu, -3.0, -0.03);
        // 1 / (1 + e^-ln 3) = 1 / (1 + 1/3) = 0.75
        check(Activation::Sigmoid, math::ln(3.0), 0.75);
        // tanh(ln 2) = (2 - 1/2) / (2 + 1/2) = 0.6
        check(Activation::Tanh, math::ln(2.0), 0.6);
        // 84.1345 % of a normal distribution are below one standard deviation.
        check(Activation::Gelu, 1.0, 0.841_345);
        check(Activation::Gelu, -1.0, -0.158_655);
        check(Activation::Silu, math::ln(3.0), 0.75 * math::ln(3.0));
    }

    #[test]
    fn nothing_becomes_nothing_but_half_by_the_sigmoid() {
        for activation in Activation::ALL {
            let expected = if activation == Activation::Sigmoid { 0.5 } else { 0.0 };
            check(activation, 0.0, expected);
        }
    }

    #[test]
    fn large_numbers_pass_or_meet_the_limit_and_never_overflow() {
        for activation in Activation::ALL {
            let [cold, warm]: [f32; 2] = match activation {
                Activation::Identity => [-200.0, 200.0],
                Activation::LeakyRelu => [-2.0, 200.0],
                Activation::Sigmoid => [0.0, 1.0],
                Activation::Tanh => [-1.0, 1.0],
                Activation::Relu6 => [0.0, 6.0],
                Activation::Relu | Activation::Gelu | Activation::Silu => [0.0, 200.0],
            };
            check(activation, -200.0, cold);
            check(activation, 200.0, warm);
        }
    }

    #[test]
    fn a_list_keeps_its_order() {
        assert_eq!(Activation::Relu.of(&[1.0, -2.0, 3.0]), [1.0, 0.0, 3.0]);
    }
}
