//! The layers of Keras' ResNet-50 by their index in `model.layers[…]`, 0 to 176.
//!
//! Numbers and names are those of the activity's notebooks (Keras 2.2.4), whose cell 8.5 asks for a layer by its number.
//! The rule: Keras counts the image, every padding and, in its last layer, the weighted sums together with their softmax;
//! and where a shortcut has a convolution, Keras lists layers that are equally far from the answer together, those of the
//! branch first.
//! Source: Keras Applications 1.0.8, `resnet50.py`, and Keras 2.2.4's order of layers, by depth.

use crate::{Block, Network, Op, Shape};

/// A layer of Keras' ResNet-50, and the layer of torchvision's that does the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KerasLayer {
    /// Its place in `model.layers`.
    pub index: usize,
    /// Keras' name, such as `res2a_branch2a`; without a name of its own a layer is numbered, such as `activation_4`.
    pub name: String,
    /// Name of the layer that does this in [`crate::resnet()`], or of the one that does it along; [`crate::INPUT`] for the image.
    pub torchvision: String,
    /// Shape of what it returns in Keras, in the order `[C, H, W]`; Keras itself writes the channels last.
    pub output: Shape,
}

/// The 177 layers of Keras' ResNet-50, matched with those of `network` (torchvision's); empty unless it is a ResNet-50.
///
/// In the first block of stages 2 to 4 Keras has the stride in the first 1×1 convolution, torchvision in the 3×3: three
/// layers of each of these blocks return smaller maps in Keras.
///
/// ```
/// use architecture::{Depth, keras, resnet};
/// let layers = keras::layers(&resnet(Depth::Resnet50, 1000, 224));
/// assert_eq!((layers.len(), layers[2].name.as_str(), layers[2].torchvision.as_str()), (177, "conv1", "conv1"));
/// ```
pub fn layers(network: &Network) -> Vec<KerasLayer> {
    if network.name != "resnet50" {
        return Vec::new();
    }
    let mut list = LayerList { layers: Vec::with_capacity(177), activations: 0 };
    let [channels, height, width] = network.input;
    let image = Shape::Map(network.input);
    list.push("input_1", crate::INPUT, image);
    list.push("conv1_pad", "conv1", Shape::Map([channels, height + 6, width + 6]));
    for layer in network.layers.iter().filter(|layer| network.stage_of(&layer.name).is_none()) {
        match layer.name.as_str() {
            "conv1" => list.push("conv1", "conv1", layer.output),
            "bn1" => list.push("bn_conv1", "bn1", layer.output),
            "relu" => {
                list.activation(&layer.name, layer.output);
                if let Shape::Map([channels, height, width]) = layer.output {
                    list.push("pool1_pad", "maxpool", Shape::Map([channels, height + 2, width + 2]));
                }
            }
            "maxpool" => {
                list.push("max_pooling2d_1", "maxpool", layer.output);
                blocks(&mut list, network);
            }
            "flatten" => list.push("global_average_pooling2d_1", "avgpool", layer.output),
            "probabilities" => list.push(&format!("fc{}", layer.output.numbers()), "fc", layer.output),
            // The average is a vector at once, and the weighted sums are one layer with their softmax.
            _ => {}
        }
    }
    list.layers
}

/// All blocks in their order: `2a`, `2b`, `2c`, `3a`, … Keras counts the stem as the first stage, and blocks by letter.
fn blocks(list: &mut LayerList, network: &Network) {
    let mut number = 0;
    for (stage, code) in network.stages().zip(2..) {
        for (block, letter) in stage.blocks.iter().zip('a'..) {
            number += 1;
            push_block(list, network, block, &format!("{code}{letter}"), number);
        }
    }
}

/// The layers of a block, the `number`-th of all.
fn push_block(list: &mut LayerList, network: &Network, block: &Block, code: &str, number: usize) {
    let torchvision = |part: &str| format!("{}.{part}", block.name);
    let shape = |part: &str| network.shape(&torchvision(part));
    for (letter, step) in ["a", "b", "c"].into_iter().zip(1..) {
        // Keras strides in the first convolution, so what torchvision's second one returns is its size already.
        let output = match (shape(&format!("conv{step}")), shape("conv2")) {
            (Some(Shape::Map([channels, ..])), Some(Shape::Map([_, height, width]))) if step == 1 => {
                Shape::Map([channels, height, width])
            }
            (Some(shape), _) => shape,
            (None, _) => continue,
        };
        let branch = |kind: &str| format!("{kind}{code}_branch2{letter}");
        list.push(&branch("res"), &torchvision(&format!("conv{step}")), output);
        // The shortcut's layers are as far from the sum as the branch's last two: Keras lists them together.
        let shortcut = shape("downsample.0").filter(|_| step == 3);
        if let Some(shape) = shortcut {
            list.push(&format!("res{code}_branch1"), &torchvision("downsample.0"), shape);
        }
        list.push(&branch("bn"), &torchvision(&format!("bn{step}")), output);
        if let Some(shape) = shortcut {
            list.push(&format!("bn{code}_branch1"), &torchvision("downsample.1"), shape);
        }
        if step < 3 {
            list.activation(&torchvision(&format!("relu{step}")), output);
        }
    }
    if let Some(sum) = shape("add") {
        list.push(&format!("add_{number}"), &torchvision("add"), sum);
        list.activation(&torchvision("relu3"), sum);
    }
}

struct LayerList {
    layers: Vec<KerasLayer>,
    activations: usize,
}

impl LayerList {
    fn push(&mut self, name: &str, torchvision: &str, output: Shape) {
        let (name, torchvision) = (name.to_owned(), torchvision.to_owned());
        self.layers.push(KerasLayer { index: self.layers.len(), name, torchvision, output });
    }

    fn activation(&mut self, torchvision: &str, output: Shape) {
        self.activations += 1;
        self.push(&format!("activation_{}", self.activations), torchvision, output);
    }
}

/// Number of parameters in Keras' ResNet-50: unlike torchvision's, every convolution has a constant too.
pub fn parameter_count(network: &Network) -> usize {
    let constants = network.layers.iter().map(|layer| match layer.op {
        Op::Convolution { output_channels, bias: false, .. } => output_channels,
        _ => 0,
    });
    network.parameter_count() + constants.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Depth, resnet};

    #[track_caller]
    fn check(index: usize, name: &str, torchvision: &str, shape: [usize; 3]) {
        let layers = layers(&resnet(Depth::Resnet50, 8, 224));
        let layer = &layers[index];
        let found = (layer.name.as_str(), layer.torchvision.as_str(), layer.output);
        assert_eq!(found, (name, torchvision, Shape::Map(shape)), "{index}");
    }

    #[test]
    fn the_stem_has_its_paddings_counted() {
        check(0, "input_1", "input", [3, 224, 224]);
        check(1, "conv1_pad", "conv1", [3, 230, 230]);
        check(2, "conv1", "conv1", [64, 112, 112]);
        check(3, "bn_conv1", "bn1", [64, 112, 112]);
        check(4, "activation_1", "relu", [64, 112, 112]);
        check(5, "pool1_pad", "maxpool", [64, 114, 114]);
        check(6, "max_pooling2d_1", "maxpool", [64, 56, 56]);
    }

    #[test]
    fn a_shortcut_with_a_convolution_is_listed_beside_the_branchs_last_two() {
        check(13, "res2a_branch2c", "layer1.0.conv3", [256, 56, 56]);
        check(14, "res2a_branch1", "layer1.0.downsample.0", [256, 56, 56]);
        check(15, "bn2a_branch2c", "layer1.0.bn3", [256, 56, 56]);
        check(16, "bn2a_branch1", "layer1.0.downsample.1", [256, 56, 56]);
    }

    #[test]
    fn blocks_end_where_the_notebooks_have_them() {
        check(17, "add_1", "layer1.0.add", [256, 56, 56]);
        check(18, "activation_4", "layer1.0.relu3", [256, 56, 56]);
        // The notebooks freeze layers 0 to 19: up to the first convolution of the second block.
        check(19, "res2b_branch2a", "layer1.1.conv1", [64, 56, 56]);
        check(38, "activation_10", "layer1.2.relu3", [256, 56, 56]);
        check(80, "activation_22", "layer2.3.relu3", [512, 28, 28]);
        check(142, "activation_40", "layer3.5.relu3", [1024, 14, 14]);
        check(174, "activation_49", "layer4.2.relu3", [2048, 7, 7]);
    }

    #[test]
    fn average_and_softmax_are_the_last_two() {
        for outputs in [2, 8] {
            let layers = layers(&resnet(Depth::Resnet50, outputs, 224));
            let last: Vec<_> = layers[175..].iter().map(|l| (l.name.as_str(), l.output)).collect();
            let head = format!("fc{outputs}");
            assert_eq!(
                last,
                [
                    ("global_average_pooling2d_1", Shape::Vector([2048])),
                    (head.as_str(), Shape::Vector([outputs]))
                ]
            );
        }
    }

    #[test]
    fn keras_strides_in_the_first_convolution_of_a_stage() {
        check(39, "res3a_branch2a", "layer2.0.conv1", [128, 28, 28]);
        let network = resnet(Depth::Resnet50, 8, 224);
        let differ: Vec<usize> = layers(&network)
            .iter()
            .filter(|layer| !layer.name.ends_with("_pad") && layer.index < 175)
            .filter(|layer| network.shape(&layer.torchvision) != Some(layer.output))
            .map(|layer| layer.index)
            .collect();
        // Convolution, batch normalisation and ReLU at the beginning of three stages.
        assert_eq!(differ, [39, 40, 41, 81, 82, 83, 143, 144, 145]);
    }

    #[test]
    fn every_layer_of_torchvisions_stands_beside_one_of_keras() {
        let network = resnet(Depth::Resnet50, 8, 224);
        let layers = layers(&network);
        for layer in &network.layers {
            // Part of the average, and of the last layer.
            let inside = ["flatten", "probabilities"].contains(&layer.name.as_str());
            assert_eq!(layers.iter().any(|k| k.torchvision == layer.name), !inside, "{}", layer.name);
        }
        assert!(layers.iter().enumerate().all(|(at, layer)| at == layer.index));
    }

    #[test]
    fn keras_counts_a_constant_for_every_kernel() {
        // Keras' documentation counts 25,636,712 with the 2 * 26,560 averages of batch normalisation, which are not trained.
        assert_eq!(parameter_count(&resnet(Depth::Resnet50, 1000, 224)) + 2 * 26_560, 25_636_712);
    }

    #[test]
    fn other_depths_have_no_numbers_of_the_notebooks() {
        assert!(layers(&resnet(Depth::Resnet101, 8, 224)).is_empty());
    }
}
