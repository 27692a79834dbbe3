//! A moving average of the weights, which is usually more accurate than the weights of any one step.

use crate::model::Model;
use crate::weights::Weights;

/// Prefix of the names of averaged weights in a checkpoint.
const PREFIX: &str = "average.";

/// The moving average of a model's weights.
#[derive(Debug)]
pub struct Averaged {
    decay: f64,
    /// Steps averaged so far.
    steps: u64,
    model: Model,
}

impl Averaged {
    /// Starts with the model's weights; every step keeps the share `decay` of the average, 0 to below 1.
    ///
    /// # Errors
    /// Never, as a model's weights fit its own network.
    pub fn new(decay: f64, model: &Model) -> anyhow::Result<Self> {
        let copy = Model::with_weights(model.network().clone(), &model.weights(), model.device())?;
        Ok(Self { decay, steps: 0, model: copy })
    }

    /// Takes in the weights after one step, running statistics included; frozen weights must still be those that the
    /// average started with. Early steps count more, so that the average soon forgets the first weights: step `n` keeps at
    /// most `(1 + n) / (10 + n)`.
    ///
    /// Source: `tf.train.ExponentialMovingAverage` with `num_updates`.
    pub fn follow(&mut self, model: &Model) {
        let keep = self.decay.min((1 + self.steps) as f64 / (10 + self.steps) as f64);
        self.steps += 1;
        tch::no_grad(|| {
            for ((name, average), (_, now)) in self.model.tensors().zip(model.tensors()) {
                // Frozen weights are their own average.
                if now.requires_grad() || name.contains(".running_") {
                    let _ = average.shallow_clone().lerp_(now, 1.0 - keep);
                }
            }
        });
    }

    /// The averaged network.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Steps averaged so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Adds the average to `weights`, with a prefix before every name.
    pub fn save(&self, weights: &mut Weights) {
        for (name, array) in self.model.weights().iter() {
            weights.insert(format!("{PREFIX}{name}"), array.clone());
        }
    }

    /// Reads what [`Averaged::save`] wrote after `steps` steps, for a model like `model`.
    ///
    /// # Errors
    /// A file without a complete average.
    pub fn restore(decay: f64, model: &Model, weights: &Weights, steps: u64) -> anyhow::Result<Self> {
        let mut own = Weights::default();
        for (name, array) in weights.iter() {
            if let Some(name) = name.strip_prefix(PREFIX) {
                own.insert(name.to_owned(), array.clone());
            }
        }
        let model = Model::with_weights(model.network().clone(), &own, model.device())?;
        Ok(Self { decay, steps, model })
    }
}

#[cfg(test)]
mod tests {
    use architecture::{INPUT, Network, Op};
    use tch::Device;

    use super::*;
    use crate::weights::Array;

    fn model(value: f32) -> Model {
        let mut network = Network::new("line", [1, 1, 1]);
        network.add("flatten", Op::Flatten, &[INPUT]).unwrap();
        network.add("fc", Op::Linear { inputs: 1, outputs: 1 }, &["flatten"]).unwrap();
        let mut weights = Weights::default();
        weights.insert("fc.weight".to_owned(), Array { shape: vec![1, 1], numbers: vec![value] });
        weights.insert("fc.bias".to_owned(), Array { shape: vec![1], numbers: vec![0.0] });
        Model::with_weights(network, &weights, Device::Cpu).unwrap()
    }

    fn weight(average: &Averaged) -> f32 {
        average.model().weights().get("fc.weight").unwrap().numbers[0]
    }

    #[test]
    fn the_average_decays_as_configured_after_the_first_steps() {
        let mut average = Averaged::new(0.5, &model(0.0)).unwrap();
        // Step 0 keeps 1/10 of 0, so 0.9 * 10; step 1 keeps 2/11 of that: 9 * 2/11 + 10 * 9/11 = 108/11.
        average.follow(&model(10.0));
        assert!((weight(&average) - 9.0).abs() < 1e-5);
        average.follow(&model(10.0));
        assert!((weight(&average) - 108.0 / 11.0).abs() < 1e-5);
        // From step 8 on, (1 + 8) / (10 + 8) = 0.5, the decay rules: half of the way.
        for _ in 2..8 {
            average.follow(&model(10.0));
        }
        let before = weight(&average);
        average.follow(&model(0.0));
        assert!((weight(&average) - 0.5 * before).abs() < 1e-5);
    }

    #[test]
    fn an_average_is_read_back_as_it_was_saved() {
        let mut average = Averaged::new(0.9, &model(1.0)).unwrap();
        average.follow(&model(2.0));
        let mut weights = Weights::default();
        average.save(&mut weights);
        let back = Averaged::restore(0.9, &model(5.0), &weights, average.steps()).unwrap();
        assert_eq!((back.model().weights(), back.steps()), (average.model().weights(), 1));
        assert!(Averaged::restore(0.9, &model(5.0), &Weights::default(), 0).is_err());
    }
}
