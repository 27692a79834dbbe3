//! Batch normalisation as a network that answers uses it: one multiplication and one addition for each map.

use crate::ShapeError;
use numerics::math;

/// The four values of one map, and the small one that keeps the root from 0.
///
/// The first two are averages kept from the training, the next two were learned. No axis: every number of the map is
/// treated the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm {
    /// Mean of the map over the batches of the training; PyTorch's `running_mean`.
    pub mean: f32,
    /// Its variance; PyTorch's `running_var`. Not negative.
    pub variance: f32,
    /// What the normalised number is multiplied by; PyTorch's `weight`.
    pub weight: f32,
    /// What is added then; PyTorch's `bias`.
    pub bias: f32,
    /// Added to the variance; 1e-5 in a `ResNet`.
    pub epsilon: f32,
}

/// One multiplication and one addition: `scale * x + shift`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Folded {
    /// What a number is multiplied by.
    pub scale: f32,
    /// What is added then.
    pub shift: f32,
}

/// A number on its way through a batch normalisation, after each of its four steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNormSteps {
    /// After the mean was taken away.
    pub centred: f32,
    /// After that was divided by the deviation.
    pub divided: f32,
    /// After that was multiplied by the weight.
    pub stretched: f32,
    /// After the bias was added: the result.
    pub shifted: f32,
}

impl BatchNorm {
    // ANCHOR: batch_norm
    /// Step by step: mean away, divided by the deviation, stretched and shifted by what was learned.
    ///
    /// ```
    /// # use nn::BatchNorm;
    /// let norm = BatchNorm { mean: 4.0, variance: 4.0, weight: 3.0, bias: 1.0, epsilon: 0.0 };
    /// assert_eq!(norm.at(8.0), 7.0); // (8 - 4) / 2 = 2, and 2 * 3 + 1 = 7
    /// ```
    ///
    /// Source: Ioffe and Szegedy 2015, algorithms 1 and 2, <https://arxiv.org/abs/1502.03167>.
    pub fn at(&self, x: f32) -> f32 {
        let normalised = (x - self.mean) / self.deviation();
        normalised * self.weight + self.bias
    }

    /// The same as one multiplication and one addition.
    pub fn folded(&self) -> Folded {
        let scale = self.weight / self.deviation();
        Folded { scale, shift: self.bias - self.mean * scale }
    }
    // ANCHOR_END: batch_norm

    /// The value after each step of [`BatchNorm::at`]; the last is its result, to the last bit.
    pub fn steps(&self, x: f32) -> BatchNormSteps {
        let centred = x - self.mean;
        let divided = centred / self.deviation();
        let stretched = divided * self.weight;
        BatchNormSteps { centred, divided, stretched, shifted: stretched + self.bias }
    }

    /// Root of the variance, after epsilon was added.
    pub fn deviation(&self) -> f32 {
        math::sqrt(self.variance + self.epsilon)
    }

    /// The kernel and the bias of a convolution that does the work of a convolution without bias and this one after it:
    /// every number of the kernel times the scale, and the shift.
    pub fn into_convolution(&self, kernel: &[f32]) -> (Vec<f32>, f32) {
        let Folded { scale, shift } = self.folded();
        (kernel.iter().map(|weight| weight * scale).collect(), shift)
    }

    /// The one of `channel` from the arrays of a layer, which have one value per map.
    ///
    /// # Errors
    /// [`ShapeError`] if one of them has no such channel.
    pub fn of_layer(
        channel: usize,
        [mean, variance, weight, bias]: [&[f32]; 4],
        epsilon: f32,
    ) -> Result<Self, ShapeError> {
        let number = |numbers: &[f32]| {
            numbers.get(channel).copied().ok_or_else(|| ShapeError {
                operation: "BatchNorm::of_layer",
                expected: format!("a value for channel {channel}"),
                found: format!("{} values", numbers.len()),
            })
        };
        Ok(Self {
            mean: number(mean)?,
            variance: number(variance)?,
            weight: number(weight)?,
            bias: number(bias)?,
            epsilon,
        })
    }
}

impl Folded {
    /// `scale * x + shift`.
    pub fn at(self, x: f32) -> f32 {
        self.scale * x + self.shift
    }

    /// The same for several values, in their order.
    #[must_use]
    pub fn of(self, numbers: &[f32]) -> Vec<f32> {
        numbers.iter().map(|&x| self.at(x)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;
    use crate::conv::{Padding, Step, cross_correlate};

    const NORM: BatchNorm = BatchNorm { mean: 2.0, variance: 15.0, weight: -0.5, bias: 0.25, epsilon: 1.0 };

    #[test]
    fn four_numbers_are_normalised_as_on_paper() {
        // sqrt(15 + 1) = 4; (10 - 2) / 4 = 2; 2 * -0.5 + 0.25 = -0.75
        assert_eq!(NORM.at(10.0).to_bits(), (-0.75_f32).to_bits());
        assert_eq!(NORM.at(2.0).to_bits(), 0.25_f32.to_bits());
    }

    #[test]
    fn the_steps_lead_to_the_result_to_the_last_bit() {
        // 10 - 2 = 8; 8 / 4 = 2; 2 * -0.5 = -1; -1 + 0.25 = -0.75
        assert_eq!(
            NORM.steps(10.0),
            BatchNormSteps { centred: 8.0, divided: 2.0, stretched: -1.0, shifted: -0.75 }
        );
        let uneven = BatchNorm { mean: 0.1, variance: 0.3, weight: 1.7, bias: -0.9, epsilon: 1e-5 };
        for x in (-40..40).map(|i| i as f32 * 0.173) {
            assert_eq!(uneven.steps(x).shifted.to_bits(), uneven.at(x).to_bits());
        }
    }

    #[test]
    fn folded_it_is_one_multiplication_and_one_addition() {
        // -0.5 / 4 = -0.125; 0.25 - 2 * -0.125 = 0.5
        assert_eq!(NORM.folded(), Folded { scale: -0.125, shift: 0.5 });
        assert_eq!(NORM.folded().of(&[10.0, 2.0]), [-0.75, 0.25]);
    }

    #[test]
    fn a_convolution_takes_it_in() {
        // Whole numbers and eighths: exact in any order.
        let image = Tensor::new([1, 3, 3], (1..=9).map(|i| i as f32).collect()).unwrap();
        let kernel = Tensor::new([1, 3, 3], vec![1.0, 0.0, -1.0, 2.0, 0.0, -2.0, 1.0, 0.0, -1.0]).unwrap();
        let step = Step::new(1, Padding::Zero);
        let after = NORM.folded().of(cross_correlate(&image, &kernel, step).unwrap().data());
        let (taken_in, bias) = NORM.into_convolution(kernel.data());
        let kernel = Tensor::new([1, 3, 3], taken_in).unwrap();
        let mut at_once = cross_correlate(&image, &kernel, step).unwrap();
        at_once.data_mut().iter_mut().for_each(|x| *x += bias);
        assert_eq!(at_once.data(), after);
    }

    #[test]
    fn a_map_that_never_varies_is_not_divided_by_nothing() {
        let norm = BatchNorm { mean: 7.0, variance: 0.0, weight: 1.0, bias: 0.0, epsilon: 1e-5 };
        assert_eq!(norm.at(7.0).to_bits(), 0.0_f32.to_bits());
    }

    #[test]
    fn every_channel_has_its_own_numbers() {
        let arrays: [&[f32]; 4] = [&[1.0, 2.0], &[3.0, 15.0], &[1.0, -0.5], &[0.0, 0.25]];
        assert_eq!(BatchNorm::of_layer(1, arrays, 1.0), Ok(NORM));
        assert_eq!(
            BatchNorm::of_layer(2, arrays, 1.0).unwrap_err().to_string(),
            "BatchNorm::of_layer expects a value for channel 2, found 2 values"
        );
    }
}
