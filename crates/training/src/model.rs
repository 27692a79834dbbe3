//! A network of the `architecture` crate as libtorch tensors.
//!
//! No network is described twice: the forward pass walks the layers, and the tensors have torchvision's names because the
//! layers have them.

mod plan;

use std::cell::Cell;
use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use architecture::{FirstValues, Layer, Network, Op, Padding, Parameter};
use numerics::Random;
use tch::{Device, Kind, Tensor};

use crate::weights::{Array, COUNTER, LoadedWeights, Weights, WeightsReport, fit};
use plan::ForwardPlan;

/// Whether batch normalisation uses the batch's statistics and updates the running ones, or uses those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Training. Frozen layers ([`Model::freeze`]) still compute as in inference.
    Training,
    /// Inference: an image's result does not depend on the others in the batch.
    Inference,
}

/// A network with its parameters and running statistics.
#[derive(Debug)]
pub struct Model {
    network: Network,
    tensors: BTreeMap<String, Tensor>,
    /// For every layer, handles to its `tensors`, and whether it is frozen.
    layers: Vec<LayerTensors>,
    plan: ForwardPlan,
    device: Device,
}

/// The parameters and running statistics of one layer.
#[derive(Debug)]
struct LayerTensors {
    /// In the order of [`Layer::parameters`].
    tensors: Vec<Tensor>,
    /// Number of batches that a batch normalisation's running statistics come from.
    batches: Cell<u64>,
    frozen: bool,
}

impl Model {
    /// Random first weights from a seed, distributed as the network's [`architecture::Initialisation`] says.
    ///
    /// They are drawn by our own generator, so they do not change with the version of libtorch.
    pub fn random(network: Network, seed: u64, device: Device) -> Self {
        let weights = first_weights(&network, seed, false);
        Self::with_weights(network, &weights, device).expect("every parameter was drawn in its shape")
    }

    /// First weights from a file, if there is one; [`Model::random`] draws those that it lacks. A head with another number
    /// of outputs is replaced. What is drawn for a layer depends only on the seed, never on the file.
    ///
    /// With `zero_init_residual` the last batch normalisation of every block starts with the weight 0 unless a file sets it,
    /// so that a block at first passes its input on unchanged: torchvision's option of the same name, Goyal et al. 2017,
    /// section 5.1.
    ///
    /// # Errors
    /// A file for another network; the message says which, and what differs.
    pub fn start(
        network: Network,
        seed: u64,
        zero_init_residual: bool,
        from: Option<&LoadedWeights>,
        device: Device,
    ) -> anyhow::Result<(Self, WeightsReport)> {
        let mut weights = first_weights(&network, seed, zero_init_residual);
        let Some(from) = from else {
            let report = WeightsReport::drawn(&network);
            return Ok((Self::with_weights(network, &weights, device)?, report));
        };
        let (taken, report) = fit(&network, from)?;
        weights.extend(taken);
        Ok((Self::with_weights(network, &weights, device)?, report))
    }

    /// Puts `weights` into `network`.
    ///
    /// # Errors
    /// A parameter that is missing or has another shape.
    pub fn with_weights(network: Network, weights: &Weights, device: Device) -> anyhow::Result<Self> {
        let (mut tensors, mut layers) = (BTreeMap::new(), Vec::with_capacity(network.layers.len()));
        for layer in &network.layers {
            let mut own = Vec::new();
            for parameter in layer.parameters() {
                let array = weights.get(&parameter.name).with_context(|| {
                    format!("the weights lack {1}, which {0} needs", network.name, parameter.name)
                })?;
                ensure!(
                    array.shape == parameter.shape,
                    "{} needs {} in the shape {:?}, but the weights have the shape {:?}",
                    network.name,
                    parameter.name,
                    parameter.shape,
                    array.shape
                );
                let trainable = parameter.kind == architecture::ParameterKind::Trainable;
                let tensor = array.tensor(device).set_requires_grad(trainable);
                own.push(tensor.shallow_clone());
                tensors.insert(parameter.name, tensor);
            }
            let counter = weights.get(&counter(layer)).and_then(|array| array.numbers.first());
            let batches = Cell::new(counter.map_or(0, |&batches| batches.round() as u64));
            layers.push(LayerTensors { tensors: own, batches, frozen: false });
        }
        let plan = ForwardPlan::new(&network);
        Ok(Self { network, tensors, layers, plan, device })
    }

    /// The description that the model follows.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The device that holds the tensors.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Copies all tensors, running statistics and their counters included: torchvision's `state_dict`.
    pub fn weights(&self) -> Weights {
        let mut weights = Weights::default();
        for (name, tensor) in &self.tensors {
            weights.insert(name.clone(), Array::of(tensor));
        }
        for (layer, numbers) in self.network.layers.iter().zip(&self.layers) {
            if matches!(layer.op, Op::BatchNorm { .. }) {
                let batches = vec![numbers.batches.get() as f32];
                weights.insert(counter(layer), Array { shape: Vec::new(), numbers: batches });
            }
        }
        weights
    }

    /// The tensors that gradient descent changes, by name; those of frozen layers are not among them.
    pub fn trainable(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors
            .iter()
            .filter(|(_, tensor)| tensor.requires_grad())
            .map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// All tensors by name, running statistics included, without their counters.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Freezes the layers for whose name `frozen` is true, and unfreezes all others. A frozen layer's tensors do not change,
    /// running statistics included, and its batch normalisation computes as in inference even while training.
    pub fn freeze(&mut self, frozen: impl Fn(&str) -> bool) {
        for (layer, numbers) in self.network.layers.iter().zip(&mut self.layers) {
            numbers.frozen = frozen(&layer.name);
            for (parameter, tensor) in layer.parameters().iter().zip(&numbers.tensors) {
                if parameter.kind == architecture::ParameterKind::Trainable {
                    let _ = tensor.set_requires_grad(!numbers.frozen);
                }
            }
        }
    }

    /// Logits `[N, classes]` of normalised images `[N, 3, H, W]`. H and W may differ from the description's, because every
    /// layer before the global pooling accepts any size.
    ///
    /// # Panics
    /// If `images` does not have three channels, or an image is too small to be convolved.
    pub fn logits(&self, images: &Tensor, mode: Mode) -> Tensor {
        let end = self.plan.end;
        self.forward(0, images, &[end], mode).pop().expect("one value was requested")
    }

    /// The outputs of layers for normalised images, in the order of `names`: feature maps `[N, C, H, W]`, or vectors
    /// `[N, C]` from `flatten` on. Nothing after the last of them is computed.
    ///
    /// # Errors
    /// A layer that the network does not have.
    pub fn outputs(&self, images: &Tensor, names: &[&str], mode: Mode) -> anyhow::Result<Vec<Tensor>> {
        let wanted = names.iter().map(|name| self.place(name)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(self.forward(0, images, &wanted, mode))
    }

    /// Logits from an earlier output of the layer `name`, such as the pooled features of a frozen trunk.
    ///
    /// # Errors
    /// A layer that the network does not have, or that a shortcut bypasses, so that its output alone is not enough.
    pub fn logits_from(&self, name: &str, values: &Tensor, mode: Mode) -> anyhow::Result<Tensor> {
        let (start, end) = (self.place(name)?, self.plan.end);
        ensure!(
            self.plan.is_enough(start),
            "{name} of {} is bypassed by a shortcut; choose a layer whose output alone determines the logits",
            self.network.name
        );
        Ok(self.forward(start, values, &[end], mode).pop().expect("one value was requested"))
    }

    fn place(&self, name: &str) -> anyhow::Result<usize> {
        ForwardPlan::place(&self.network, name).with_context(|| {
            format!("{} has no layer {name}; its layers have names such as layer1.0.conv1", self.network.name)
        })
    }

    /// Computes the values at the places `wanted` from the given value at the place `start`. Place 0 is the input, place i
    /// the output of layer i - 1. A value is dropped after its last use, so that inference needs little memory and training
    /// no more than its gradients do.
    fn forward(&self, start: usize, value: &Tensor, wanted: &[usize], mode: Mode) -> Vec<Tensor> {
        let last = wanted.iter().copied().max().unwrap_or(start);
        let mut values: Vec<Option<Tensor>> = (0..=last).map(|_| None).collect();
        values[start] = Some(value.shallow_clone());
        for place in start + 1..=last {
            let step = &self.plan.steps[place - 1];
            let (layer, numbers) = (&self.network.layers[place - 1], &self.layers[place - 1]);
            let may_overwrite = step.in_place && step.inputs[0] != start && !wanted.contains(&step.inputs[0]);
            let output = {
                let inputs: Vec<&Tensor> =
                    step.inputs.iter().filter_map(|&place| values[place].as_ref()).collect();
                apply(layer, numbers, &inputs, mode, may_overwrite)
            };
            for &done in &step.done {
                if !wanted.contains(&done) {
                    values[done] = None;
                }
            }
            values[place] = Some(output);
        }
        wanted.iter().filter_map(|&place| values[place].as_ref().map(Tensor::shallow_clone)).collect()
    }

    /// Stores every kernel with the channels last, which graphics cards compute faster; images should be stored in the
    /// same way ([`channels_last`]). Call it before an optimiser gets the tensors.
    pub fn channels_last(&mut self) {
        for (layer, numbers) in self.network.layers.iter().zip(&mut self.layers) {
            for (parameter, tensor) in layer.parameters().iter().zip(&mut numbers.tensors) {
                if parameter.shape.len() == 4 {
                    let trainable = tensor.requires_grad();
                    *tensor = channels_last(&tensor.detach()).set_requires_grad(trainable);
                    self.tensors.insert(parameter.name.clone(), tensor.shallow_clone());
                }
            }
        }
    }
}

/// The same values `[N, C, H, W]`, with the channels last in memory.
pub fn channels_last(values: &Tensor) -> Tensor {
    values.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
}

/// Computes one layer. `overwrite` says that the first input is no longer needed, so the result may take its place.
fn apply(layer: &Layer, numbers: &LayerTensors, inputs: &[&Tensor], mode: Mode, overwrite: bool) -> Tensor {
    let own = &numbers.tensors;
    let pair = |n: usize| [n as i64; 2];
    let x = inputs[0];
    match layer.op {
        Op::Convolution { stride, padding, groups, .. } => {
            let (x, padding) = padded(x, padding);
            x.conv2d(&own[0], own.get(1), pair(stride), pair(padding), [1, 1], groups as i64)
        }
        Op::BatchNorm { epsilon, momentum, .. } => {
            let training = mode == Mode::Training && !numbers.frozen;
            if training {
                numbers.batches.set(numbers.batches.get() + 1);
            }
            let [weight, bias, mean, variance] = [0, 1, 2, 3].map(|index| own.get(index));
            x.batch_norm(weight, bias, mean, variance, training, momentum, epsilon, true)
        }
        Op::Relu if overwrite => x.shallow_clone().relu_(),
        Op::Relu => x.relu(),
        Op::Relu6 if overwrite => x.shallow_clone().relu6_(),
        Op::Relu6 => x.relu6(),
        Op::MaxPool { kernel, stride, padding } => {
            x.max_pool2d(pair(kernel), pair(stride), pair(padding), [1, 1], false)
        }
        Op::Add if overwrite => x.shallow_clone().g_add_(inputs[1]),
        Op::Add => x + inputs[1],
        Op::GlobalAveragePool => x.adaptive_avg_pool2d([1, 1]),
        Op::Flatten => x.flatten(1, -1),
        Op::Linear { .. } => x.linear(&own[0], own.get(1)),
        Op::Softmax => x.softmax(-1, Kind::Float),
    }
}

/// The map, and the zeros that a convolution still has to add on either side: it adds as many before as after.
fn padded(x: &Tensor, Padding { before, after }: Padding) -> (Tensor, usize) {
    if before == after {
        return (x.shallow_clone(), before);
    }
    let [before, after] = [before as i64, after as i64];
    (x.zero_pad2d(before, after, before, after), 0)
}

/// The name of a batch normalisation's counter.
fn counter(layer: &Layer) -> String {
    format!("{}{COUNTER}", layer.name)
}

/// First values of all parameters; a layer's values depend on the seed and its position in the list.
fn first_weights(network: &Network, seed: u64, zero_init_residual: bool) -> Weights {
    let random = Random::new(seed);
    let zero: Vec<&str> = if zero_init_residual { last_of_branches(network).collect() } else { Vec::new() };
    let mut weights = Weights::default();
    for (index, layer) in network.layers.iter().enumerate() {
        let mut random = random.part(index as u64);
        for parameter in layer.parameters() {
            let mut numbers =
                first_numbers(first_values(network, layer, &parameter), &parameter, &mut random);
            if zero.contains(&layer.name.as_str()) && parameter.name.ends_with(".weight") {
                numbers.fill(0.0);
            }
            weights.insert(parameter.name, Array { shape: parameter.shape, numbers });
        }
    }
    weights
}

/// The batch normalisations to whose results the shortcuts are added.
fn last_of_branches(network: &Network) -> impl Iterator<Item = &str> {
    let sums = network.layers.iter().filter(|layer| matches!(layer.op, Op::Add));
    sums.filter_map(|sum| sum.inputs.first()).map(String::as_str)
}

/// What a parameter of a layer begins with.
fn first_values(network: &Network, layer: &Layer, parameter: &Parameter) -> FirstValues {
    let name = parameter.name.rsplit('.').next().unwrap_or(&parameter.name);
    network.initialisation.of(&layer.op, name)
}

/// Draws the first values of a parameter.
fn first_numbers(values: FirstValues, parameter: &Parameter, random: &mut Random) -> Vec<f32> {
    let count = 0..parameter.numbers();
    match values {
        FirstValues::Constant(value) => count.map(|_| value).collect(),
        FirstValues::Normal { fan } => {
            let deviation = numerics::math::sqrt(2.0 / fan as f32);
            count.map(|_| deviation * random.normal()).collect()
        }
        FirstValues::Uniform { fan } => {
            let bound = 1.0 / numerics::math::sqrt(fan as f32);
            count.map(|_| random.between(-bound, bound)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use architecture::{Depth, resnet};

    use super::*;

    fn resnet18() -> Model {
        Model::random(resnet(Depth::Resnet18, 8, 64), 1, Device::Cpu)
    }

    #[test]
    fn a_resnet_gives_eight_logits_for_every_image_of_any_size() {
        let model = resnet18();
        for size in [32, 64, 96] {
            let images = Tensor::zeros([2, 3, size, size], (Kind::Float, Device::Cpu));
            assert_eq!(tch::no_grad(|| model.logits(&images, Mode::Inference)).size(), [2, 8]);
        }
    }

    #[test]
    fn a_bottleneck_resnet_runs_too() {
        let model = Model::random(resnet(Depth::Resnet50, 8, 64), 1, Device::Cpu);
        let images = Tensor::zeros([1, 3, 64, 64], (Kind::Float, Device::Cpu));
        assert_eq!(tch::no_grad(|| model.logits(&images, Mode::Inference)).size(), [1, 8]);
    }

    #[test]
    fn first_weights_have_the_variance_of_he() {
        let weights = resnet18().weights();
        let numbers = &weights.get("layer4.1.conv2.weight").unwrap().numbers;
        let variance = numbers.iter().map(|w| w * w).sum::<f32>() / numbers.len() as f32;
        // 2 / (512 * 3 * 3); 2.4 million numbers know their variance to 0.1 %, five times that is allowed.
        assert!((variance * 512.0 * 9.0 / 2.0 - 1.0).abs() < 0.005, "{variance}");
    }

    #[test]
    fn blocks_that_begin_with_nothing_hand_on_what_they_were_given() {
        for (depth, last, other) in [
            (Depth::Resnet18, "layer1.1.bn2", "layer1.1.bn1"),
            (Depth::Resnet50, "layer1.1.bn3", "layer1.1.bn2"),
        ] {
            let network = resnet(depth, 8, 64);
            let (model, _) = Model::start(network, 1, true, None, Device::Cpu).unwrap();
            let weights = model.weights();
            let all = |name: &str, value: f32| {
                let numbers = &weights.get(&format!("{name}.weight")).unwrap().numbers;
                numbers.iter().all(|weight| weight.to_bits() == value.to_bits())
            };
            assert!(all(last, 0.0) && all(other, 1.0) && all("layer2.0.downsample.1", 1.0));
            let images = Tensor::rand([2, 3, 64, 64], (Kind::Float, Device::Cpu));
            tch::no_grad(|| {
                let ends = ["layer1.0.add", "layer1.1.add"];
                let outputs = model.outputs(&images, &ends, Mode::Inference).unwrap();
                // Behind a ReLU, which the second block's sum is of.
                assert_eq!(Array::of(&outputs[0].relu()), Array::of(&outputs[1]), "{last}");
            });
        }
    }

    #[test]
    fn a_seed_decides_the_first_weights() {
        let other = Model::random(resnet(Depth::Resnet18, 8, 64), 2, Device::Cpu);
        assert_eq!(resnet18().weights(), resnet18().weights());
        assert_ne!(resnet18().weights(), other.weights());
    }

    #[test]
    fn training_moves_the_running_statistics_and_inference_does_not() {
        let model = resnet18();
        let images = Tensor::ones([2, 3, 64, 64], (Kind::Float, Device::Cpu));
        let mean = |model: &Model| model.weights().get("bn1.running_mean").unwrap().clone();
        let before = mean(&model);
        let _ = model.logits(&images, Mode::Inference);
        assert_eq!(mean(&model), before);
        let _ = model.logits(&images, Mode::Training);
        assert_ne!(mean(&model), before);
    }

    #[test]
    fn a_value_that_is_asked_for_is_not_overwritten_by_what_follows() {
        let model = resnet18();
        let images = Tensor::ones([1, 3, 32, 32], (Kind::Float, Device::Cpu));
        let all: Vec<&str> = model.network().layers.iter().map(|layer| layer.name.as_str()).collect();
        tch::no_grad(|| {
            let together = model.outputs(&images, &all, Mode::Inference).unwrap();
            for (name, value) in all.iter().zip(&together) {
                let alone = model.outputs(&images, &[name], Mode::Inference).unwrap();
                assert_eq!(Array::of(&alone[0]), Array::of(value), "{name}");
            }
            let softmax = model.logits(&images, Mode::Inference).softmax(-1, Kind::Float);
            assert_eq!(Array::of(together.last().unwrap()), Array::of(&softmax));
        });
        assert_eq!(images.sum(Kind::Float).double_value(&[]).to_bits(), 3072.0_f64.to_bits());
    }

    #[test]
    fn a_head_on_kept_features_gives_the_logits_of_the_whole() {
        let model = resnet18();
        let images = Tensor::ones([2, 3, 32, 32], (Kind::Float, Device::Cpu));
        tch::no_grad(|| {
            let features = model.outputs(&images, &["flatten"], Mode::Inference).unwrap().remove(0);
            assert_eq!(features.size(), [2, 512]);
            let logits = model.logits_from("flatten", &features, Mode::Inference).unwrap();
            assert_eq!(Array::of(&logits), Array::of(&model.logits(&images, Mode::Inference)));
            let message =
                model.logits_from("layer1.0.conv1", &images, Mode::Inference).unwrap_err().to_string();
            assert!(message.contains("layer1.0.conv1 of resnet18 is bypassed by a shortcut"), "{message}");
            let message = model.outputs(&images, &["layer9"], Mode::Inference).unwrap_err().to_string();
            assert!(message.contains("has no layer layer9"), "{message}");
        });
    }

    #[test]
    fn a_frozen_trunk_keeps_its_numbers_and_statistics_while_the_head_trains() {
        let mut model = resnet18();
        model.freeze(|layer| layer != "fc");
        assert_eq!(model.trainable().map(|(name, _)| name).collect::<Vec<_>>(), ["fc.bias", "fc.weight"]);
        let images = Tensor::ones([2, 3, 32, 32], (Kind::Float, Device::Cpu));
        let before = model.weights();
        let logits = model.logits(&images, Mode::Training);
        assert_eq!(Array::of(&logits), Array::of(&model.logits(&images, Mode::Inference)));
        logits.sum(Kind::Float).backward();
        assert_eq!(model.weights(), before);
        model.freeze(|_| false);
        assert_eq!(model.trainable().count(), 62);
        let _ = model.logits(&images, Mode::Training);
        assert_eq!(model.weights().get("bn1.num_batches_tracked").unwrap().numbers, [1.0]);
    }

    #[test]
    fn channels_innermost_change_the_place_of_numbers_and_not_the_numbers() {
        let mut model = resnet18();
        let before = model.weights();
        model.channels_last();
        assert_eq!(model.weights(), before);
        assert_eq!(model.trainable().count(), 62);
        let kernel = model.trainable().find(|(name, _)| *name == "layer1.0.conv1.weight").unwrap().1;
        // 64 channels of 3 × 3: the next channel is beside, the next column 64 further.
        assert_eq!(kernel.stride(), [576, 1, 192, 64]);
    }

    #[test]
    fn weights_of_another_shape_are_refused_by_name() {
        let weights = resnet18().weights();
        let error = Model::with_weights(resnet(Depth::Resnet18, 2, 64), &weights, Device::Cpu).unwrap_err();
        assert_eq!(
            error.to_string(),
            "resnet18 needs fc.weight in the shape [2, 512], but the weights have the shape [8, 512]"
        );
    }
}
