//! The five residual networks of He et al. 2016 in torchvision's layout, with torchvision's names.
//!
//! In blocks with a bottleneck the stride is in the 3×3 convolution ("v1.5"), not in the first 1×1.
//! Source: He, Zhang, Ren and Sun 2016, table 1, <https://arxiv.org/abs/1512.03385>.

use serde::{Deserialize, Serialize};

use super::chain::{Chain, Conventions, KernelSettings, Point};
use crate::{Network, Op, Padding};

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

    const fn has_bottlenecks(self) -> bool {
        matches!(self, Self::Resnet50 | Self::Resnet101 | Self::Resnet152)
    }
}

/// A bottleneck returns four times the channels it works on.
const EXPANSION: usize = 4;

/// A padding that keeps the size at stride 1, and PyTorch's defaults for batch normalisation.
pub(super) const CONVENTIONS: Conventions =
    Conventions { padding: |_, kernel, _| Padding::both(kernel / 2), epsilon: 1e-5, momentum: 0.1 };

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
        "resnet needs at least one class and one pixel, not {classes} and {image_size}"
    );
    let mut chain = Chain::new(Network::new(depth.name(), [3, image_size, image_size]), CONVENTIONS);
    chain.network.begin_section("stem", "Stem");
    chain.convolution("conv1", 64, KernelSettings { side: 7, stride: 2 });
    chain.norm("bn1");
    chain.push("relu", Op::Relu);
    chain.push("maxpool", Op::MaxPool { kernel: 3, stride: 2, padding: 1 });
    for (stage, blocks) in depth.blocks().into_iter().enumerate() {
        let number = stage + 1;
        chain.network.begin_section(format!("layer{number}"), format!("Stage {number}"));
        for block in 0..blocks {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            let (name, width) = (format!("layer{number}.{block}"), 64 << stage);
            chain.network.begin_block(&name);
            if depth.has_bottlenecks() {
                bottleneck(&mut chain, &name, width, stride);
            } else {
                basic(&mut chain, &name, width, stride);
            }
        }
    }
    chain.network.begin_section("answer", "Answer");
    chain.answer(["avgpool", "flatten", "fc"], classes);
    chain.network
}

/// Two 3×3 convolutions with a shortcut around them.
fn basic(chain: &mut Chain, block: &str, width: usize, stride: usize) {
    let start = chain.here();
    chain.convolution(&format!("{block}.conv1"), width, KernelSettings { side: 3, stride });
    chain.norm(&format!("{block}.bn1"));
    chain.push(&format!("{block}.relu1"), Op::Relu);
    chain.convolution(&format!("{block}.conv2"), width, KernelSettings { side: 3, stride: 1 });
    chain.norm(&format!("{block}.bn2"));
    shortcut(chain, start, block, stride);
    chain.push(&format!("{block}.relu2"), Op::Relu);
}

// ANCHOR: bottleneck
/// 1×1 to fewer channels, 3×3 there, 1×1 to more channels, with a shortcut around them.
fn bottleneck(chain: &mut Chain, block: &str, width: usize, stride: usize) {
    let one = KernelSettings { side: 1, stride: 1 };
    let start = chain.here();
    chain.convolution(&format!("{block}.conv1"), width, one);
    chain.norm(&format!("{block}.bn1"));
    chain.push(&format!("{block}.relu1"), Op::Relu);
    chain.convolution(&format!("{block}.conv2"), width, KernelSettings { side: 3, stride });
    chain.norm(&format!("{block}.bn2"));
    chain.push(&format!("{block}.relu2"), Op::Relu);
    chain.convolution(&format!("{block}.conv3"), width * EXPANSION, one);
    chain.norm(&format!("{block}.bn3"));
    shortcut(chain, start, block, stride);
    chain.push(&format!("{block}.relu3"), Op::Relu);
}
// ANCHOR_END: bottleneck

/// Adds what came in at `start`, through a 1×1 convolution where the shapes differ.
fn shortcut(chain: &mut Chain, start: Point, block: &str, stride: usize) {
    let (branch, shape) = chain.here();
    let projects = stride != 1 || start.1 != shape;
    chain.go_back(start);
    if projects {
        chain.convolution(
            &format!("{block}.downsample.0"),
            shape.channels(),
            KernelSettings { side: 1, stride },
        );
        chain.norm(&format!("{block}.downsample.1"));
    }
    chain.add(&format!("{block}.add"), &branch);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReceptiveField, Shape};

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
