//! Gradients to steps: gradient descent with momentum, and Adam with decoupled weight decay.
//!
//! Written out on tensors, because `tch` cannot save the state of libtorch's own optimisers, and a run that is
//! continued must go on as if it had never stopped. Tests hold every rule against libtorch's.

use std::collections::BTreeMap;

use anyhow::Context as _;
use tch::Tensor;

use crate::config::Optimiser as Rule;
use crate::model::Model;
use crate::weights::{Array, Weights};

/// Against division by 0: PyTorch's default for Adam.
const EPSILON: f64 = 1e-8;

/// A rule and what it remembers of earlier steps.
#[derive(Debug)]
pub struct Optimiser {
    rule: Rule,
    steps: u64,
    /// For every trainable tensor: the momentum, or the gradient's mean and square.
    memory: BTreeMap<String, Vec<Tensor>>,
}

impl Optimiser {
    /// Remembers nothing yet.
    pub fn new(rule: Rule, model: &Model) -> Self {
        let kept = match rule {
            Rule::Sgd { .. } => 1,
            Rule::Adamw { .. } => 2,
        };
        let memory = model
            .trainable()
            .map(|(name, tensor)| {
                (name.to_owned(), (0..kept).map(|_| tensor.detach().zeros_like()).collect())
            })
            .collect();
        Self { rule, steps: 0, memory }
    }

    /// Computes the gradient of `loss` and changes every trainable tensor of `model`.
    pub fn step(&mut self, model: &Model, loss: &Tensor, learning_rate: f64) {
        for (_, tensor) in model.trainable() {
            tensor.shallow_clone().zero_grad();
        }
        loss.backward();
        self.steps += 1;
        tch::no_grad(|| {
            for (name, tensor) in model.trainable() {
                if let Some(memory) = self.memory.get_mut(name) {
                    change(self.rule, self.steps, memory, &mut tensor.shallow_clone(), learning_rate);
                }
            }
        });
    }

    /// Steps made so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Adds what is remembered to `weights`, under names of its own.
    pub fn save(&self, weights: &mut Weights) {
        for (name, tensors) in &self.memory {
            for (index, tensor) in tensors.iter().enumerate() {
                weights.insert(key(index, name), Array::of(tensor));
            }
        }
    }

    /// Remembers what [`Optimiser::save`] wrote after `steps` steps.
    ///
    /// # Errors
    /// Memory that is missing, because another rule wrote the file.
    pub fn restore(&mut self, weights: &Weights, steps: u64) -> anyhow::Result<()> {
        self.steps = steps;
        for (name, tensors) in &mut self.memory {
            for (index, tensor) in tensors.iter_mut().enumerate() {
                let key = key(index, name);
                let array =
                    weights.get(&key).with_context(|| format!("expected {key}, found no such numbers"))?;
                *tensor = array.tensor(tensor.device());
            }
        }
        Ok(())
    }
}

fn key(index: usize, name: &str) -> String {
    format!("optimiser.{index}.{name}")
}

/// One step of one tensor that has a gradient.
fn change(rule: Rule, steps: u64, memory: &mut [Tensor], tensor: &mut Tensor, learning_rate: f64) {
    let gradient = tensor.grad();
    // Weights are pulled towards 0; biases and the scales of batch normalisation are not.
    let decay = |weight_decay: f64| if tensor.dim() > 1 { weight_decay } else { 0.0 };
    match (rule, memory) {
        (Rule::Sgd { momentum, weight_decay }, [velocity]) => {
            let pull = decay(weight_decay);
            let _ = velocity.g_mul_scalar_(momentum);
            let _ = velocity.g_add_(&gradient);
            if pull > 0.0 {
                let _ = velocity.g_add_(&(&*tensor * pull));
            }
            let _ = tensor.g_sub_(&(&*velocity * learning_rate));
        }
        (Rule::Adamw { beta1, beta2, weight_decay }, [mean, square]) => {
            let pull = decay(weight_decay);
            if pull > 0.0 {
                let _ = tensor.g_mul_scalar_(1.0 - learning_rate * pull);
            }
            let _ = mean.g_mul_scalar_(beta1);
            let _ = mean.g_add_(&(&gradient * (1.0 - beta1)));
            let _ = square.g_mul_scalar_(beta2);
            let _ = square.g_add_(&(gradient.square() * (1.0 - beta2)));
            // The first steps know little: what they remember is scaled up.
            let correction = |beta: f64| 1.0 - numerics::math::pow64(beta, steps as f64);
            let deviation = (&*square / correction(beta2)).sqrt() + EPSILON;
            let _ = tensor.g_sub_(&(&*mean / deviation * (learning_rate / correction(beta1))));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use architecture::{INPUT, Network, Op};
    use tch::{Device, Kind, nn};

    use super::*;

    /// A linear layer trained for ten steps by our rule and by libtorch's, from the same weights on the same inputs.
    fn check_rule<C: nn::OptimizerConfig>(rule: Rule, theirs: C) {
        let mut network = Network::new("line", [3, 2, 2]);
        network.add("flatten", Op::Flatten, &[INPUT]).unwrap();
        network.add("fc", Op::Linear { inputs: 12, outputs: 4 }, &["flatten"]).unwrap();
        let model = Model::random(network, 5, Device::Cpu);
        let store = nn::VarStore::new(Device::Cpu);
        let weights = model.weights();
        // libtorch pulls every tensor of a group alike; ours leaves biases alone, so the bias has a group of its own.
        let copy = |name: &str, group| {
            store
                .root()
                .set_group(group)
                .var_copy(name, &weights.get(&format!("fc.{name}")).unwrap().tensor(Device::Cpu))
        };
        let (weight, bias) = (copy("weight", 0), copy("bias", 1));
        let mut theirs = theirs.build(&store, 0.05).unwrap();
        theirs.set_weight_decay_group(1, 0.0);
        let mut ours = Optimiser::new(rule, &model);
        for step in 0..10 {
            let x =
                Tensor::arange(48, (Kind::Float, Device::Cpu)).view([4, 3, 2, 2]).sin() * f64::from(step + 1);
            let target = Tensor::arange(4, (Kind::Int64, Device::Cpu));
            let loss = |logits: Tensor| logits.cross_entropy_for_logits(&target);
            let our_loss = loss(model.logits(&x, crate::model::Mode::Training));
            ours.step(&model, &our_loss, 0.05);
            theirs.backward_step(&loss(x.flatten(1, -1).linear(&weight, Some(&bias))));
        }
        let difference = (weight - weights_of(&model, "fc.weight")).abs().max();
        let difference = f64::try_from(difference)
            .unwrap()
            .max(f64::try_from((bias - weights_of(&model, "fc.bias")).abs().max()).unwrap());
        // Ten steps of about 0.05 in single precision; an ulp of 1 is 1.2e-7.
        assert!(difference < 2e-6, "{difference}");
    }

    fn weights_of(model: &Model, name: &str) -> Tensor {
        model.weights().get(name).unwrap().tensor(Device::Cpu)
    }

    #[test]
    fn momentum_is_libtorchs() {
        check_rule(Rule::Sgd { momentum: 0.9, weight_decay: 0.1 }, nn::sgd(0.9, 0.0, 0.1, false));
    }

    #[test]
    fn adam_is_libtorchs() {
        let rule = Rule::Adamw { beta1: 0.9, beta2: 0.999, weight_decay: 0.1 };
        check_rule(rule, nn::adamw(0.9, 0.999, 0.1));
    }
}
