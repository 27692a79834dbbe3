//! A dense layer that can be trained: weighted sums forwards, and backwards what the loss wants changed.
//!
//! A batch is `[N, values]`, one example per row. What [`head::linear`](crate::head::linear) does for one example, this does
//! for many, to the same bits.

use numerics::{Random, math};

use crate::{ShapeError, Tensor};

/// Weighted sums, each with a constant: a dense or fully connected layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// `[outputs, inputs]`.
    pub weights: Tensor<2>,
    /// One constant for each output.
    pub bias: Vec<f32>,
}

impl Dense {
    // ANCHOR: he
    /// Random weights of mean 0 and variance 2 / `inputs`, constants 0: where `ReLU` cuts off half of the values, the
    /// others keep their size from layer to layer.
    ///
    /// Source: He et al. 2015, equation 10, <https://arxiv.org/abs/1502.01852>.
    pub fn he(inputs: usize, outputs: usize, random: &mut Random) -> Self {
        let deviation = math::sqrt(2.0 / inputs as f32);
        let mut weights = Tensor::zeros([outputs, inputs]);
        weights.data_mut().fill_with(|| deviation * random.normal());
        Self { weights, bias: vec![0.0; outputs] }
    }
    // ANCHOR_END: he

    // ANCHOR: forward
    /// The weighted sums of every example.
    ///
    /// # Shapes
    /// `batch` is `[N, inputs]`, the result `[N, outputs]`.
    ///
    /// # Errors
    /// [`ShapeError`] if an example does not have as many values as a row of weights.
    ///
    /// ```
    /// # use nn::{Dense, Tensor};
    /// let dense = Dense { weights: Tensor::new([1, 2], vec![2.0, -1.0])?, bias: vec![0.5] };
    /// let batch = Tensor::new([2, 2], vec![1.0, 1.0, 0.0, 3.0])?;
    /// assert_eq!(dense.forward(&batch)?.data(), [1.5, -2.5]);
    /// # Ok::<(), nn::ShapeError>(())
    /// ```
    pub fn forward(&self, batch: &Tensor<2>) -> Result<Tensor<2>, ShapeError> {
        let [outputs, inputs] = self.weights.shape();
        let [examples, numbers] = batch.shape();
        check("Dense::forward", "a number for each weight", inputs, numbers)?;
        let mut sums = Tensor::zeros([examples, outputs]);
        let rows = sums.data_mut().chunks_exact_mut(outputs);
        for (sums, example) in rows.zip(batch.data().chunks_exact(inputs)) {
            for (output, sum) in sums.iter_mut().enumerate() {
                let weights = &self.weights.data()[output * inputs..][..inputs];
                *sum = self.bias[output] + weights.iter().zip(example).fold(0.0, |sum, (w, x)| sum + x * w);
            }
        }
        Ok(sums)
    }
    // ANCHOR_END: forward

    // ANCHOR: backward
    /// How the loss changes with weights, constants and inputs, from how it changes with the sums:
    /// `wanted`. Through each weight the chain rule passes what it multiplies on the other side.
    ///
    /// # Shapes
    /// `batch` is what [`Dense::forward`] was given, `[N, inputs]`; `wanted` is `[N, outputs]`; returned are the gradients of
    /// the layer and of `batch`.
    ///
    /// # Errors
    /// [`ShapeError`] if they do not go together.
    pub fn backward(&self, batch: &Tensor<2>, wanted: &Tensor<2>) -> Result<(Self, Tensor<2>), ShapeError> {
        let [outputs, inputs] = self.weights.shape();
        let [examples, numbers] = batch.shape();
        check("Dense::backward", "a number for each weight", inputs, numbers)?;
        check("Dense::backward", "a gradient for each example", examples, wanted.shape()[0])?;
        check("Dense::backward", "a gradient for each output", outputs, wanted.shape()[1])?;
        let mut of_layer = Self { weights: Tensor::zeros([outputs, inputs]), bias: vec![0.0; outputs] };
        let mut of_batch = Tensor::zeros([examples, inputs]);
        let rows = of_batch.data_mut().chunks_exact_mut(inputs);
        let examples = batch.data().chunks_exact(inputs).zip(wanted.data().chunks_exact(outputs));
        for (back, (example, wanted)) in rows.zip(examples) {
            for (output, &wanted) in wanted.iter().enumerate() {
                of_layer.bias[output] += wanted;
                let row = output * inputs..(output + 1) * inputs;
                add(&mut of_layer.weights.data_mut()[row.clone()], wanted, example);
                add(back, wanted, &self.weights.data()[row]);
            }
        }
        Ok((of_layer, of_batch))
    }
    // ANCHOR_END: backward

    /// Number of parameters.
    pub fn parameter_count(&self) -> usize {
        self.weights.data().len() + self.bias.len()
    }

    /// Weights and constants, to be changed.
    pub(crate) fn parts_mut(&mut self) -> [&mut [f32]; 2] {
        [self.weights.data_mut(), &mut self.bias]
    }

    /// Weights and constants.
    pub(crate) fn parts(&self) -> [&[f32]; 2] {
        [self.weights.data(), &self.bias]
    }
}

/// Adds `factor` times `numbers` to `sums`.
fn add(sums: &mut [f32], factor: f32, numbers: &[f32]) {
    for (sum, x) in sums.iter_mut().zip(numbers) {
        *sum += factor * x;
    }
}

fn check(operation: &'static str, what: &str, expected: usize, found: usize) -> Result<(), ShapeError> {
    if expected == found {
        return Ok(());
    }
    Err(ShapeError { operation, expected: format!("{what}, {expected}"), found: found.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::linear;

    fn two_by_two() -> Dense {
        Dense { weights: Tensor::new([2, 2], vec![1.0, 2.0, -1.0, 0.5]).unwrap(), bias: vec![0.5, 0.0] }
    }

    #[test]
    fn a_batch_gives_what_each_example_gives_alone() {
        let dense = Dense::he(5, 3, &mut Random::new(1));
        let mut random = Random::new(2);
        let mut batch = Tensor::zeros([7, 5]);
        batch.data_mut().fill_with(|| random.normal());
        let apart: Vec<f32> = batch
            .data()
            .chunks_exact(5)
            .flat_map(|example| linear(example, &dense.weights, &dense.bias).unwrap())
            .collect();
        assert_eq!(dense.forward(&batch).unwrap().data(), apart);
    }

    #[test]
    fn gradients_are_those_on_paper() {
        // One example (3, -1), whose first sum should fall (2) and whose second should rise (-1).
        let batch = Tensor::new([1, 2], vec![3.0, -1.0]).unwrap();
        let wanted = Tensor::new([1, 2], vec![2.0, -1.0]).unwrap();
        let (of_layer, of_batch) = two_by_two().backward(&batch, &wanted).unwrap();
        // 2 · (3, -1) and -1 · (3, -1)
        assert_eq!(of_layer.weights.data(), [6.0, -2.0, -3.0, 1.0]);
        assert_eq!(of_layer.bias, [2.0, -1.0]);
        // 2 · (1, 2) - 1 · (-1, 0.5)
        assert_eq!(of_batch.data(), [3.0, 3.5]);
    }

    #[test]
    fn first_weights_have_the_variance_that_keeps_sizes() {
        let dense = Dense::he(50, 400, &mut Random::new(3));
        let numbers = dense.weights.data();
        let variance = numbers.iter().map(|x| x * x).sum::<f32>() / numbers.len() as f32;
        // 2 / 50 = 0.04; the standard error of 20,000 squares is 0.04 · sqrt(2 / 20000) = 0.0004.
        assert!((variance - 0.04).abs() < 0.002, "{variance}");
        assert_eq!(dense.bias, [0.0; 400]);
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let message = two_by_two().forward(&Tensor::zeros([4, 3])).unwrap_err().to_string();
        assert_eq!(message, "Dense::forward expects a number for each weight, 2, found 3");
        let message =
            two_by_two().backward(&Tensor::zeros([4, 2]), &Tensor::zeros([4, 1])).unwrap_err().to_string();
        assert_eq!(message, "Dense::backward expects a gradient for each output, 2, found 1");
    }
}
