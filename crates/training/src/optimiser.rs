//! Optimisers: gradient descent with momentum, and Adam with decoupled weight decay.
//!
//! They are written out on tensors, because `tch` cannot save the state of libtorch's own optimisers, and a resumed run
//! must continue as if it had never stopped. Tests compare every rule with libtorch's.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use recipe::OptimiserRule;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::model::Model;
use crate::scale::LossScale;
use crate::weights::{Array, Weights};

/// A rule and its state after earlier steps.
#[derive(Debug)]
pub struct Optimiser {
    settings: recipe::Optimiser,
    /// Prefix of the names of the head's tensors.
    head: String,
    /// For every tensor that has ever been changed.
    memory: BTreeMap<String, TensorState>,
    /// Loss scaling, in half precision only.
    scale: Option<LossScale>,
}

/// An optimiser's state for one tensor.
#[derive(Debug)]
struct TensorState {
    steps: u64,
    /// The momentum, or the averages of the gradient and its square.
    tensors: Vec<Tensor>,
}

/// The part of the state that is not in tensors, for a checkpoint's header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiserHeader {
    rule: String,
    /// Steps of every tensor that has ever been changed.
    steps: BTreeMap<String, u64>,
    scale: Option<LossScale>,
}

impl Optimiser {
    /// Without any state; `half` says whether the network computes in half precision.
    pub fn new(settings: recipe::Optimiser, model: &Model, half: bool) -> Self {
        let head = model.network().logits().map_or("", |layer| layer.name.as_str());
        Self {
            settings,
            head: format!("{head}."),
            memory: BTreeMap::new(),
            scale: half.then(LossScale::default),
        }
    }

    /// Computes the gradient of `loss` and changes every tensor of `model` that learns; the head's learning rate is
    /// `head_factor` times this one. Returns `false`, and changes nothing, if a gradient exceeded the range of half precision.
    pub fn step(&mut self, model: &Model, loss: &Tensor, learning_rate: f64) -> bool {
        let scaled = self.scale.map(|scale| loss * scale.factor());
        let tensors: Vec<&Tensor> = model.trainable().map(|(_, tensor)| tensor).collect();
        // The gradients of this step only: none is accumulated in its tensor.
        let mut gradients = Tensor::run_backward(&[scaled.as_ref().unwrap_or(loss)], &tensors, false, false);
        tch::no_grad(|| {
            let mut factor = None;
            if let Some(scale) = &mut self.scale {
                let all = 1.0 / scale.factor();
                let finite = norm(&gradients).isfinite().int64_value(&[]) == 1;
                scale.step(finite);
                if !finite {
                    return false;
                }
                factor = Some(Tensor::from(all));
            }
            if self.settings.clip_gradient_norm > 0.0 {
                // As in torch.nn.utils.clip_grad_norm_.
                let norm = norm(&gradients) * factor.as_ref().map_or(1.0, |factor| factor.double_value(&[]));
                let clip = (self.settings.clip_gradient_norm / (norm + 1e-6)).clamp_max(1.0);
                factor = Some(factor.map_or_else(|| clip.shallow_clone(), |factor| &clip * factor));
            }
            let kept = if self.settings.rule == OptimiserRule::Sgd { 1 } else { 2 };
            for ((name, tensor), gradient) in model.trainable().zip(&mut gradients) {
                if !gradient.defined() {
                    continue;
                }
                if let Some(factor) = &factor {
                    let _ = gradient.g_mul_(factor);
                }
                let learning_rate = if name.starts_with(&self.head) {
                    learning_rate * self.settings.head_factor
                } else {
                    learning_rate
                };
                let memory = self.memory.entry(name.to_owned()).or_insert_with(|| TensorState {
                    steps: 0,
                    tensors: (0..kept).map(|_| tensor.detach().zeros_like()).collect(),
                });
                memory.steps += 1;
                change(&self.settings, memory, &mut tensor.shallow_clone(), gradient, learning_rate);
            }
            true
        })
    }

    /// Adds the tensors of the state to `weights`, under their own names, and returns the rest.
    pub fn save(&self, weights: &mut Weights) -> OptimiserHeader {
        for (name, memory) in &self.memory {
            for (index, tensor) in memory.tensors.iter().enumerate() {
                weights.insert(key(index, name), Array::of(tensor));
            }
        }
        OptimiserHeader {
            rule: self.settings.rule.name().to_owned(),
            steps: self.memory.iter().map(|(name, memory)| (name.clone(), memory.steps)).collect(),
            scale: self.scale,
        }
    }

    /// Restores what [`Optimiser::save`] wrote and returned.
    ///
    /// # Errors
    /// The state of another rule; a tensor that is missing.
    pub fn restore(
        &mut self,
        model: &Model,
        weights: &Weights,
        words: OptimiserHeader,
    ) -> anyhow::Result<()> {
        let rule = self.settings.rule.name();
        ensure!(
            words.rule == rule,
            "the checkpoint was written with rule = \"{}\", but the recipe has rule = \"{rule}\"",
            words.rule
        );
        let kept = if self.settings.rule == OptimiserRule::Sgd { 1 } else { 2 };
        for (name, steps) in words.steps {
            let tensor = |index| {
                let key = key(index, &name);
                let array = weights.get(&key).with_context(|| format!("the checkpoint lacks {key}"))?;
                Ok(array.tensor(model.device()))
            };
            let tensors = (0..kept).map(tensor).collect::<anyhow::Result<_>>()?;
            self.memory.insert(name, TensorState { steps, tensors });
        }
        // A run may be resumed with or without half precision, whichever it began with.
        self.scale = self.scale.map(|scale| words.scale.unwrap_or(scale));
        Ok(())
    }
}

fn key(index: usize, name: &str) -> String {
    format!("optimiser.{index}.{name}")
}

/// Norm of all gradients together, as a tensor on their device.
fn norm(gradients: &[Tensor]) -> Tensor {
    let defined = gradients.iter().filter(|gradient| gradient.defined());
    let norms: Vec<Tensor> = defined.map(|gradient| gradient.norm().to_kind(Kind::Float)).collect();
    if norms.is_empty() { Tensor::from(0.0_f32) } else { Tensor::stack(&norms, 0).norm() }
}

/// One step of one tensor; overwrites `gradient`.
fn change(
    settings: &recipe::Optimiser,
    memory: &mut TensorState,
    tensor: &mut Tensor,
    gradient: &mut Tensor,
    learning_rate: f64,
) {
    // Weight decay applies to weights, not to biases and batch normalisation.
    let pull = if tensor.dim() > 1 { settings.weight_decay } else { 0.0 };
    match (settings.rule, memory.tensors.as_mut_slice()) {
        (OptimiserRule::Sgd, [velocity]) => {
            // A scalar as a tensor lets one pass over the memory multiply and add.
            let number = |value: f64| Tensor::from(value as f32).to_device(tensor.device());
            if pull > 0.0 {
                let _ = gradient.addcmul_(tensor, &number(pull));
            }
            let _ = velocity.g_mul_scalar_(settings.momentum);
            let _ = velocity.g_add_(gradient);
            let step = if settings.nesterov {
                gradient.addcmul_(velocity, &number(settings.momentum))
            } else {
                velocity.shallow_clone()
            };
            let _ = tensor.addcmul_(&step, &number(-learning_rate));
        }
        (OptimiserRule::Adamw, [mean, square]) => {
            let recipe::Optimiser { beta1, beta2, epsilon, .. } = *settings;
            if pull > 0.0 {
                let _ = tensor.g_mul_scalar_(1.0 - learning_rate * pull);
            }
            let _ = mean.g_mul_scalar_(beta1);
            let _ = mean.g_add_(&(&*gradient * (1.0 - beta1)));
            let _ = square.g_mul_scalar_(beta2);
            let _ = square.g_add_(&(gradient.square() * (1.0 - beta2)));
            // The averages start at 0; the correction scales them up in the first steps.
            let correction = |beta: f64| 1.0 - numerics::math::pow64(beta, memory.steps as f64);
            let deviation = (&*square / correction(beta2)).sqrt() + epsilon;
            let _ = tensor.g_sub_(&(&*mean / deviation * (learning_rate / correction(beta1))));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use architecture::{INPUT, Network, Op};
    use tch::{Device, nn};

    use super::*;
    use crate::model::Mode;

    fn settings(lines: &str) -> recipe::Optimiser {
        toml::from_str(lines).unwrap()
    }

    /// Two linear layers with a bend between them; the second is the head.
    fn network() -> Network {
        let mut network = Network::new("bend", [3, 2, 2]);
        network.add("flatten", Op::Flatten, &[INPUT]).unwrap();
        network.add("trunk", Op::Linear { inputs: 12, outputs: 6 }, &["flatten"]).unwrap();
        network.add("relu", Op::Relu, &["trunk"]).unwrap();
        network.add("fc", Op::Linear { inputs: 6, outputs: 4 }, &["relu"]).unwrap();
        network.add("softmax", Op::Softmax, &["fc"]).unwrap();
        network
    }

    fn images(step: i32) -> Tensor {
        Tensor::arange(48, (Kind::Float, Device::Cpu)).view([4, 3, 2, 2]).sin() * f64::from(step + 1)
    }

    fn loss(logits: &Tensor) -> Tensor {
        logits.cross_entropy_for_logits(&Tensor::arange(4, (Kind::Int64, Device::Cpu)))
    }

    /// Ten steps by our rule and by libtorch's, from the same weights on the same inputs.
    fn check_rule<C: nn::OptimizerConfig>(lines: &str, theirs: C, head_factor: f64, clip: Option<f64>) {
        let model = Model::random(network(), 5, Device::Cpu);
        let store = nn::VarStore::new(Device::Cpu);
        let weights = model.weights();
        // libtorch pulls every tensor of a group alike; ours leaves biases alone, so they have groups of their own.
        let names = ["trunk.weight", "trunk.bias", "fc.weight", "fc.bias"];
        let copies: Vec<Tensor> = (0..)
            .zip(names)
            .map(|(group, name)| {
                let tensor = weights.get(name).unwrap().tensor(Device::Cpu);
                store.root().set_group(group).var_copy(&name.replace('.', "_"), &tensor)
            })
            .collect();
        let mut theirs = theirs.build(&store, 0.05).unwrap();
        for group in [1, 3] {
            theirs.set_weight_decay_group(group, 0.0);
        }
        for group in [2, 3] {
            theirs.set_lr_group(group, 0.05 * head_factor);
        }
        let mut ours = Optimiser::new(settings(lines), &model, false);
        for step in 0..10 {
            let our_loss = loss(&model.logits(&images(step), Mode::Training));
            assert!(ours.step(&model, &our_loss, 0.05));
            let hidden = images(step).flatten(1, -1).linear(&copies[0], Some(&copies[1])).relu();
            theirs.zero_grad();
            loss(&hidden.linear(&copies[2], Some(&copies[3]))).backward();
            if let Some(most) = clip {
                theirs.clip_grad_norm(most);
            }
            theirs.step();
        }
        for (name, copy) in names.iter().zip(&copies) {
            let ours = model.weights().get(name).unwrap().tensor(Device::Cpu);
            let difference = (copy - ours).abs().max().double_value(&[]);
            // Ten steps of about 0.05 in single precision; an ulp of 1 is 1.2e-7.
            assert!(difference < 4e-6, "{name}: {difference}");
        }
    }

    #[test]
    fn momentum_is_libtorchs() {
        let lines = "rule = \"sgd\"\nmomentum = 0.9\nweight_decay = 0.1";
        check_rule(lines, nn::sgd(0.9, 0.0, 0.1, false), 1.0, None);
    }

    #[test]
    fn nesterov_is_libtorchs() {
        let lines = "rule = \"sgd\"\nmomentum = 0.8\nnesterov = true\nweight_decay = 0.1";
        check_rule(lines, nn::sgd(0.8, 0.0, 0.1, true), 1.0, None);
    }

    #[test]
    fn adam_is_libtorchs() {
        check_rule("weight_decay = 0.1", nn::adamw(0.9, 0.999, 0.1), 1.0, None);
    }

    #[test]
    fn a_faster_head_is_libtorchs_group_with_another_rate() {
        check_rule("weight_decay = 0.1\nhead_factor = 3", nn::adamw(0.9, 0.999, 0.1), 3.0, None);
    }

    #[test]
    fn clipped_gradients_are_libtorchs() {
        let lines = "rule = \"sgd\"\nmomentum = 0.9\nclip_gradient_norm = 0.3";
        check_rule(lines, nn::sgd(0.9, 0.0, 0.0, false), 1.0, Some(0.3));
    }

    #[test]
    fn a_scaled_loss_makes_the_same_step() {
        for clip in [0.0, 0.3] {
            let lines = format!("rule = \"sgd\"\nmomentum = 0.0\nclip_gradient_norm = {clip}");
            let stepped = |half| {
                let model = Model::random(network(), 5, Device::Cpu);
                let loss = loss(&model.logits(&images(0), Mode::Training));
                Optimiser::new(settings(&lines), &model, half).step(&model, &loss, 0.05);
                model.weights().get("fc.weight").unwrap().tensor(Device::Cpu)
            };
            let difference = (stepped(true) - stepped(false)).abs().max().double_value(&[]);
            assert!(difference < 1e-7, "{clip}: {difference}");
        }
    }

    #[test]
    fn an_overflow_changes_nothing_but_the_scale() {
        let model = Model::random(network(), 5, Device::Cpu);
        let before = model.weights();
        let mut optimiser = Optimiser::new(settings(""), &model, true);
        let loss = loss(&model.logits(&images(0), Mode::Training)) * 1e38;
        assert!(!optimiser.step(&model, &loss, 0.05));
        assert_eq!(model.weights(), before);
        let scale = optimiser.save(&mut Weights::default()).scale;
        assert_eq!(scale.map(LossScale::factor), Some(32768.0));
    }

    #[test]
    fn a_layer_that_wakes_up_later_begins_its_own_count() {
        let mut model = Model::random(network(), 5, Device::Cpu);
        let mut optimiser = Optimiser::new(settings(""), &model, false);
        model.freeze(|name| name == "trunk");
        let trunk = |model: &Model| model.weights().get("trunk.weight").unwrap().clone();
        let before = trunk(&model);
        optimiser.step(&model, &loss(&model.logits(&images(0), Mode::Training)), 0.05);
        assert_eq!(trunk(&model), before);
        model.freeze(|_| false);
        optimiser.step(&model, &loss(&model.logits(&images(0), Mode::Training)), 0.05);
        // The first step of Adam moves every number with a gradient by the learning rate, whatever the gradient.
        let moved =
            (trunk(&model).tensor(Device::Cpu) - before.tensor(Device::Cpu)).abs().max().double_value(&[]);
        assert!((moved - 0.05).abs() < 1e-4, "{moved}");
        let steps = optimiser.save(&mut Weights::default()).steps;
        assert_eq!((steps["fc.weight"], steps["trunk.weight"]), (2, 1));
    }
}
