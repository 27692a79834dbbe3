//! Stochastic gradient descent with momentum: each step continues in the direction of the ones before it.

use crate::Dense;

/// What was learned so far about where to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Momentum {
    /// How far a step goes: the learning rate, above 0.
    pub rate: f32,
    /// What is left of a step's speed in the next one, 0 to below 1.
    pub kept: f32,
    /// As `DeepNet::layers`; empty before the first step.
    speed: Vec<Dense>,
}

impl Momentum {
    /// At rest.
    pub const fn new(rate: f32, kept: f32) -> Self {
        Self { rate, kept, speed: Vec::new() }
    }

    // ANCHOR: step
    /// One step downhill: speed = kept · speed + gradient, weight −= rate · speed.
    ///
    /// `gradients` are those of `layers`, in their order, at every step the same number.
    ///
    /// Source: `torch.optim.SGD`, without dampening,
    /// <https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html>.
    pub fn step(&mut self, layers: &mut [Dense], gradients: Vec<Dense>) {
        if self.speed.is_empty() {
            self.speed = gradients;
        } else {
            for (speed, gradient) in self.speed.iter_mut().zip(&gradients) {
                for (speed, gradient) in speed.parts_mut().into_iter().zip(gradient.parts()) {
                    for (v, g) in speed.iter_mut().zip(gradient) {
                        *v = self.kept * *v + g;
                    }
                }
            }
        }
        for (layer, speed) in layers.iter_mut().zip(&self.speed) {
            for (weights, speed) in layer.parts_mut().into_iter().zip(speed.parts()) {
                for (weight, v) in weights.iter_mut().zip(speed) {
                    *weight -= self.rate * v;
                }
            }
        }
    }
    // ANCHOR_END: step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;

    fn one(weight: f32) -> Dense {
        Dense { weights: Tensor::new([1, 1], vec![weight]).unwrap(), bias: vec![0.0] }
    }

    #[test]
    fn a_second_step_the_same_way_goes_further() {
        let mut layers = [one(1.0)];
        let mut momentum = Momentum::new(0.5, 0.5);
        // Speed 1, then 0.5 · 1 + 1 = 1.5: 1 - 0.5 = 0.5, then 0.5 - 0.75 = -0.25.
        momentum.step(&mut layers, vec![one(1.0)]);
        assert_eq!(layers[0].weights.data(), [0.5]);
        momentum.step(&mut layers, vec![one(1.0)]);
        assert_eq!(layers[0].weights.data(), [-0.25]);
    }
}
