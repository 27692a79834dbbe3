//! The five residual networks of He et al. 2016 in torchvision's layout, with torchvision's names.
//!
//! In blocks with a bottleneck the stride is in the 3×3 convolution ("v1.5"), not in the first 1×1.
//! Source: He, Zhang, Ren and Sun 2016, table 1, <https://arxiv.org/abs/1512.03385>.

use serde::{Deserialize, Serialize};

use crate::{INPUT, Network, Op, Shape};

/// Number of layers with weights on the way through the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// ResNet-18.
    Resnet18,
    /// ResNet-34.
    Resnet34,
    /// ResNet-50.
    Resnet50,
    /// ResNet-101.
    Resnet101,
    /// ResNet-152.
    Resnet152,
}

impl Depth {
    /// All five, shallowest first.
    pub const ALL: [Self; 5] =
        [Self::Resnet18, Self::Resnet34, Self::Resnet50, Self::Resnet101, Self::Resnet152];

    /// torchvision's name, `resnet18` to `resnet152`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resnet18 => "resnet18",
            Self::Resnet34 => "resnet34",
            Self::Resnet50 => "resnet50",
            Self::Resnet101 => "resnet101",
            Self::Resnet152 => "resnet152",
        }
    }

    /// Blocks in each of the four stages.
    const fn blocks(self) -> [usize; 4] {
        match self {
            Self::Resnet18 => [2, 2, 2, 2],
            Self::Resnet34 | Self::Resnet50 => [3, 4, 6, 3],
            Self::Resnet101 => [3, 4, 23, 3],
            Self::Resnet152 => [3, 8, 36, 3],
        }
    }

    /// Share of `ImageNet`'s 50,000 validation images whose class is the network's first answer, 0 to 1: torchvision's first
    /// published weights of it, one square of 224 × 224 pixels from the middle of every image.
    ///
    /// Source: torchvision's documentation, `acc@1` of `IMAGENET1K_V1` on the page of each network, such as
    /// <https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.resnet50.html>: 69.758, 73.314, 76.13,
    /// 77.374 and 78.312 %.
    pub const fn imagenet_accuracy(self) -> f64 {
        match self {
            Self::Resnet18 => 0.697_58,
            Self::Resnet34 => 0.733_14,
            Self::Resnet50 => 0.761_30,
            Self::Resnet101 => 0.773_74,
            Self::Resnet152 => 0.783_12,
        }
    }

    const fn has_bottlenecks(self) -> bool {
        matches!(self, Self::Resnet50 | Self::Resnet101 | Self::Resnet152)
    }
}

/// A bottleneck returns four times the channels it works on.
const EXPANSION: usize = 4;

/// PyTorch's default, which torchvision keeps.
const EPSILON: f64 = 1e-5;

/// A residual network with `classes` outputs for square RGB images of `image_size` pixels.
///
/// ```
/// use architecture::{Depth, Shape, resnet};
/// let network = resnet(Depth::Resnet50, 1000, 224);
/// assert_eq!(network.shape("layer4"), None);
/// assert_eq!(network.shape("layer4.2.relu3"), Some(Shape::Map([2048, 7, 7])));
/// ```
///
/// # Panics
/// If `classes` or `image_size` is 0.
pub fn resnet(depth: Depth, classes: usize, image_size: usize) -> Network {
    assert!(
        classes > 0 && image_size > 0,
        "resnet expects a class and a pixel, found {classes} and {image_size}"
    );
    let mut chain = Chain::new(Network::new(depth.name(), [3, image_size, image_size]));
    chain.convolution("conv1", 64, 7, 2);
    chain.norm("bn1");
    chain.push("relu", Op::Relu);
    chain.push("maxpool", Op::MaxPool { kernel: 3, stride: 2, padding: 1 });
    for (stage, blocks) in depth.blocks().into_iter().enumerate() {
        for block in 0..blocks {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            let (prefix, width) = (format!("layer{}.{block}", stage + 1), 64 << stage);
            if depth.has_bottlenecks() {
                bottleneck(&mut chain, &prefix, width, stride);
            } else {
                basic(&mut chain, &prefix, width, stride);
            }
        }
    }
    chain.push("avgpool", Op::GlobalAveragePool);
    chain.push("flatten", Op::Flatten);
    chain.push("fc", Op::Linear { inputs: chain.channels(), outputs: classes });
    chain.push("probabilities", Op::Softmax);
    chain.network
}

/// Two 3×3 convolutions beside a shortcut.
fn basic(chain: &mut Chain, prefix: &str, width: usize, stride: usize) {
    let start = chain.here();
    chain.convolution(&format!("{prefix}.conv1"), width, 3, stride);
    chain.norm(&format!("{prefix}.bn1"));
    chain.push(&format!("{prefix}.relu1"), Op::Relu);
    chain.convolution(&format!("{prefix}.conv2"), width, 3, 1);
    chain.norm(&format!("{prefix}.bn2"));
    chain.shortcut(start, prefix, stride);
    chain.push(&format!("{prefix}.relu2"), Op::Relu);
}

// ANCHOR: bottleneck
/// 1×1 to fewer channels, 3×3 there, 1×1 to more channels, beside a shortcut.
fn bottleneck(chain: &mut Chain, prefix: &str, width: usize, stride: usize) {
    let start = chain.here();
    chain.convolution(&format!("{prefix}.conv1"), width, 1, 1);
    chain.norm(&format!("{prefix}.bn1"));
    chain.push(&format!("{prefix}.relu1"), Op::Relu);
    chain.convolution(&format!("{prefix}.conv2"), width, 3, stride);
    chain.norm(&format!("{prefix}.bn2"));
    chain.push(&format!("{prefix}.relu2"), Op::Relu);
    chain.convolution(&format!("{prefix}.conv3"), width * EXPANSION, 1, 1);
    chain.norm(&format!("{prefix}.bn3"));
    chain.shortcut(start, prefix, stride);
    chain.push(&format!("{prefix}.relu3"), Op::Relu);
}
// ANCHOR_END: bottleneck

/// A network that grows at its end.
struct Chain {
    network: Network,
    last: String,
    shape: Shape,
}

impl Chain {
    fn new(network: Network) -> Self {
        Self { last: INPUT.to_owned(), shape: Shape::Map(network.input), network }
    }

    fn here(&self) -> (String, Shape) {
        (self.last.clone(), self.shape)
    }

    fn channels(&self) -> usize {
        self.shape.channels()
    }

    fn push(&mut self, name: &str, op: Op) {
        let last = std::mem::take(&mut self.last);
        self.push_from(name, op, &[&last]);
    }

    fn push_from(&mut self, name: &str, op: Op, inputs: &[&str]) {
        let added = self.network.add(name, op, inputs);
        self.shape =
            added.expect("every layer takes its channels from the one before, and padding keeps maps of 1");
        name.clone_into(&mut self.last);
    }

    /// A convolution whose padding keeps the size at stride 1.
    fn convolution(&mut self, name: &str, output_channels: usize, kernel: usize, stride: usize) {
        let (input_channels, padding) = (self.channels(), kernel / 2);
        let bias = false;
        self.push(name, Op::Convolution { input_channels, output_channels, kernel, stride, padding, bias });
    }

    fn norm(&mut self, name: &str) {
        self.push(name, Op::BatchNorm { channels: self.channels(), epsilon: EPSILON });
    }

    /// Adds what came in at `start`, through a 1×1 convolution where the shapes differ.
    fn shortcut(&mut self, start: (String, Shape), prefix: &str, stride: usize) {
        let (branch, shape) = self.here();
        (self.last, self.shape) = start;
        if stride != 1 || self.shape != shape {
            self.convolution(&format!("{prefix}.downsample.0"), shape.channels(), 1, stride);
            self.norm(&format!("{prefix}.downsample.1"));
        }
        let kept = std::mem::take(&mut self.last);
        self.push_from(&format!("{prefix}.add"), Op::Add, &[&branch, &kept]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReceptiveField;

    /// `num_params` and `_ops` (10⁹ multiply-adds, rounded) in torchvision's documentation of pretrained weights.
    #[track_caller]
    fn check_size(depth: Depth, parameters: usize, giga_multiply_adds: &str) {
        let network = resnet(depth, 1000, 224);
        assert_eq!(network.parameter_count(), parameters);
        let giga = network.multiply_adds() as f64 / 1e9;
        assert!(format!("{giga:.3}").starts_with(giga_multiply_adds), "{giga} and {giga_multiply_adds}");
    }

    #[test]
    fn counts_are_those_of_torchvisions_documentation() {
        check_size(Depth::Resnet18, 11_689_512, "1.814");
        check_size(Depth::Resnet34, 21_797_672, "3.664");
        check_size(Depth::Resnet50, 25_557_032, "4.089");
        check_size(Depth::Resnet101, 44_549_160, "7.801");
        check_size(Depth::Resnet152, 60_192_808, "11.514");
    }

    #[test]
    fn a_name_counts_the_layers_with_weights() {
        assert_eq!(Depth::ALL.map(|depth| resnet(depth, 8, 224).depth()), [18, 34, 50, 101, 152]);
    }

    #[test]
    fn every_stage_halves_the_map_and_doubles_the_channels() {
        let network = resnet(Depth::Resnet18, 8, 128);
        let shapes =
            ["relu", "maxpool", "layer1.1.relu2", "layer2.1.relu2", "layer3.1.relu2", "layer4.1.relu2"]
                .map(|name| network.shape(name).unwrap());
        let sizes = [(64, 64), (64, 32), (64, 32), (128, 16), (256, 8), (512, 4)];
        assert_eq!(shapes, sizes.map(|(c, s)| Shape::Map([c, s, s])));
        assert_eq!(network.logits().unwrap().name, "fc");
    }

    #[test]
    fn the_smallest_image_is_one_pixel() {
        assert_eq!(resnet(Depth::Resnet152, 1, 1).shape("fc"), Some(Shape::Vector([1])));
    }

    #[test]
    fn a_value_of_the_last_stage_sees_more_than_the_image() {
        let field = |depth, name| resnet(depth, 8, 224).receptive_field(name).unwrap();
        // 7, +2*2 = 11 | four 3×3 at 4: 43 | one at 4, three at 8: 99 | one at 8, three at 16: 211 | one at 16, three at 32.
        assert_eq!(
            field(Depth::Resnet18, "layer4.1.relu2"),
            ReceptiveField { size: 435, stride: 32, start: -217 }
        );
        // 11 | 3 at 4: 35 | 1 at 4, 3 at 8: 91 | 1 at 8, 5 at 16: 267 | 1 at 16, 2 at 32.
        assert_eq!(
            field(Depth::Resnet50, "layer4.2.relu3"),
            ReceptiveField { size: 427, stride: 32, start: -213 }
        );
    }

    #[test]
    fn strides_are_in_the_three_by_three_of_a_bottleneck() {
        let network = resnet(Depth::Resnet50, 8, 224);
        assert_eq!(network.shape("layer2.0.conv1"), Some(Shape::Map([128, 56, 56])));
        assert_eq!(network.shape("layer2.0.conv2"), Some(Shape::Map([128, 28, 28])));
    }
}
