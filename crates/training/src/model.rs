//! A network of the `architecture` crate as libtorch tensors.
//!
//! There is no second description of any network: the forward pass walks the layers, and the tensors carry
//! torchvision's names because the layers do.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, ensure};
use architecture::{INPUT, Layer, Network, Op};
use numerics::Random;
use tch::{Device, Kind, Tensor};

use crate::weights::{Array, Weights};

/// How fast batch normalisation's running statistics follow: PyTorch's default, which torchvision keeps.
const NORM_MOMENTUM: f64 = 0.1;

/// Whether batch normalisation uses the batch's statistics and updates the running ones, or uses those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// While training.
    Training,
    /// Afterwards: an image's result does not depend on the others in the batch.
    Inference,
}

/// A network with its numbers.
#[derive(Debug)]
pub struct Model {
    network: Network,
    tensors: BTreeMap<String, Tensor>,
    device: Device,
}

impl Model {
    /// Random first weights from a seed: those of convolutions by He et al. 2015 (normal, variance `2 / fan-out`),
    /// those of linear layers uniform within `1 / sqrt(fan-in)`, as torchvision does.
    ///
    /// The numbers are drawn by our own generator, so they do not change with the version of libtorch.
    pub fn random(network: Network, seed: u64, device: Device) -> Self {
        let random = Random::new(seed);
        let mut weights = Weights::default();
        for (index, layer) in network.layers.iter().enumerate() {
            let mut random = random.part(index as u64);
            for parameter in layer.parameters() {
                let numbers = first_numbers(&layer.op, &parameter.name, parameter.numbers(), &mut random);
                weights.insert(parameter.name, Array { shape: parameter.shape, numbers });
            }
        }
        Self::with_weights(network, &weights, device).expect("every parameter was drawn in its shape")
    }

    /// Puts `weights` into `network`.
    ///
    /// # Errors
    /// A parameter that is missing or has another shape.
    pub fn with_weights(network: Network, weights: &Weights, device: Device) -> anyhow::Result<Self> {
        let mut tensors = BTreeMap::new();
        for parameter in network.parameters() {
            let array = weights.get(&parameter.name).with_context(|| {
                format!("{} expects {}, found no such weights", network.name, parameter.name)
            })?;
            ensure!(
                array.shape == parameter.shape,
                "{} expects {} in the shape {:?}, found {:?}",
                network.name,
                parameter.name,
                parameter.shape,
                array.shape
            );
            let trainable = parameter.kind == architecture::Kind::Trainable;
            tensors.insert(parameter.name, array.tensor(device).set_requires_grad(trainable));
        }
        Ok(Self { network, tensors, device })
    }

    /// The description that the model follows.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Where the numbers are.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Copies all numbers, running statistics included.
    pub fn weights(&self) -> Weights {
        let mut weights = Weights::default();
        for (name, tensor) in &self.tensors {
            weights.insert(name.clone(), Array::of(tensor));
        }
        weights
    }

    /// What gradient descent changes, by name.
    pub fn trainable(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors
            .iter()
            .filter(|(_, tensor)| tensor.requires_grad())
            .map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Logits `[N, classes]` of normalised images `[N, 3, H, W]`; H and W may differ from the description's, because
    /// every layer before the pooling over the whole map takes any size.
    ///
    /// # Panics
    /// If `images` has not three channels, or an image is too small to be convolved.
    pub fn logits(&self, images: &Tensor, mode: Mode) -> Tensor {
        let mut values: HashMap<&str, Tensor> = HashMap::from([(INPUT, images.shallow_clone())]);
        let mut last = INPUT;
        for layer in &self.network.layers {
            if layer.op == Op::Softmax {
                continue;
            }
            let inputs: Vec<&Tensor> = layer.inputs.iter().map(|name| &values[name.as_str()]).collect();
            let output = self.apply(layer, &inputs, mode);
            values.insert(&layer.name, output);
            last = &layer.name;
        }
        values.remove(last).expect("the last layer was just computed")
    }

    /// One layer.
    fn apply(&self, layer: &Layer, inputs: &[&Tensor], mode: Mode) -> Tensor {
        let own = |name: &str| &self.tensors[&format!("{}.{name}", layer.name)];
        let pair = |n: usize| [n as i64; 2];
        let x = inputs[0];
        match layer.op {
            Op::Convolution { stride, padding, bias, .. } => {
                let bias = bias.then(|| own("bias"));
                x.conv2d(own("weight"), bias, pair(stride), pair(padding), [1, 1], 1)
            }
            Op::BatchNorm { epsilon, .. } => x.batch_norm(
                Some(own("weight")),
                Some(own("bias")),
                Some(own("running_mean")),
                Some(own("running_var")),
                mode == Mode::Training,
                NORM_MOMENTUM,
                epsilon,
                true,
            ),
            Op::Relu => x.relu(),
            Op::MaxPool { kernel, stride, padding } => {
                x.max_pool2d(pair(kernel), pair(stride), pair(padding), [1, 1], false)
            }
            Op::Add => x + inputs[1],
            Op::GlobalAveragePool => x.adaptive_avg_pool2d([1, 1]),
            Op::Flatten => x.flatten(1, -1),
            Op::Linear { .. } => x.linear(own("weight"), Some(own("bias"))),
            Op::Softmax => x.softmax(-1, Kind::Float),
        }
    }
}

/// First values of one parameter of a layer.
fn first_numbers(op: &Op, name: &str, count: usize, random: &mut Random) -> Vec<f32> {
    let constant = |value: f32| vec![value; count];
    let is_weight = name.ends_with(".weight");
    match *op {
        Op::Convolution { output_channels, kernel, .. } if is_weight => {
            let deviation = numerics::math::sqrt(2.0 / (output_channels * kernel * kernel) as f32);
            (0..count).map(|_| deviation * random.normal()).collect()
        }
        Op::Linear { inputs, .. } => {
            let bound = 1.0 / numerics::math::sqrt(inputs as f32);
            (0..count).map(|_| random.between(-bound, bound)).collect()
        }
        Op::BatchNorm { .. } if is_weight || name.ends_with(".running_var") => constant(1.0),
        _ => constant(0.0),
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
    fn weights_of_another_shape_are_refused_by_name() {
        let weights = resnet18().weights();
        let error = Model::with_weights(resnet(Depth::Resnet18, 2, 64), &weights, Device::Cpu).unwrap_err();
        assert_eq!(error.to_string(), "resnet18 expects fc.weight in the shape [2, 512], found [8, 512]");
    }
}
