//! A residual network as a reader meets it: single layers, stages, and the blocks of a stage.

use std::ops::Range;

use crate::{Layer, Network, Op};

/// A part of the network, in the order of computing. Layers are named by their place in [`Network::layers`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A layer outside of any block.
    Layer(usize),
    /// Blocks between two changes of the maps' size.
    Stage {
        /// torchvision's name, such as `layer1`.
        name: String,
        /// Its blocks.
        blocks: Vec<Block>,
    },
}

/// Layers beside a shortcut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// torchvision's name, such as `layer1.0`.
    pub name: String,
    /// Its layers: first the branch, then those of the shortcut, if it has any, then the sum and what follows it.
    pub layers: Range<usize>,
}

/// Where a layer of a block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the branch.
    Branch,
    /// In the shortcut.
    Shortcut,
    /// The sum of both, or after it.
    After,
}

impl Block {
    /// Where a layer of this block stands.
    pub fn place(&self, network: &Network, layer: usize) -> Place {
        let layers = network.layers.get(self.layers.clone()).unwrap_or_default();
        let sum = layers.iter().position(|layer| layer.op == Op::Add).map(|at| self.layers.start + at);
        if sum.is_some_and(|sum| layer >= sum) {
            Place::After
        } else if network.layers.get(layer).is_some_and(is_shortcut) {
            Place::Shortcut
        } else {
            Place::Branch
        }
    }

    /// Whether the shortcut has layers of its own, since branch and input differ in shape.
    pub fn projects(&self, network: &Network) -> bool {
        network.layers.get(self.layers.clone()).unwrap_or_default().iter().any(is_shortcut)
    }
}

fn is_shortcut(layer: &Layer) -> bool {
    layer.name.contains(".downsample.")
}

/// The parts of a network with torchvision's names.
///
/// ```
/// use architecture::{Depth, Part, outline, resnet};
/// let parts = outline(&resnet(Depth::Resnet50, 1000, 224));
/// // conv1, bn1, relu, maxpool; the second stage has four blocks.
/// let Part::Stage { name, blocks } = &parts[5] else { panic!("a stage") };
/// assert_eq!((name.as_str(), blocks.len(), blocks[3].name.as_str()), ("layer2", 4, "layer2.3"));
/// ```
pub fn outline(network: &Network) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let mut names = layer.name.split('.');
        let (first, second) = (names.next().unwrap_or_default(), names.next());
        let (Some(block), true) = (second, first.starts_with("layer")) else {
            parts.push(Part::Layer(index));
            continue;
        };
        let block = [first, ".", block].concat();
        match parts.last_mut() {
            Some(Part::Stage { name, blocks }) if name == first => match blocks.last_mut() {
                Some(last) if last.name == block => last.layers.end = index + 1,
                _ => blocks.push(Block { name: block, layers: index..index + 1 }),
            },
            _ => parts.push(Part::Stage {
                name: first.to_owned(),
                blocks: vec![Block { name: block, layers: index..index + 1 }],
            }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Depth, resnet};

    #[test]
    fn every_layer_stands_in_one_part_and_in_order() {
        for depth in Depth::ALL {
            let network = resnet(depth, 8, 224);
            let mut found = Vec::new();
            for part in outline(&network) {
                match part {
                    Part::Layer(index) => found.push(index),
                    Part::Stage { blocks, .. } => found.extend(blocks.into_iter().flat_map(|b| b.layers)),
                }
            }
            assert_eq!(found, (0..network.layers.len()).collect::<Vec<_>>(), "{}", depth.name());
        }
    }

    #[test]
    fn the_first_block_of_a_resnet_50_has_a_shortcut_with_two_layers() {
        let network = resnet(Depth::Resnet50, 8, 224);
        let Part::Stage { blocks, .. } = outline(&network).swap_remove(4) else { panic!("a stage") };
        let places: Vec<Place> = blocks[0].layers.clone().map(|l| blocks[0].place(&network, l)).collect();
        let [branch, shortcut, after] = [Place::Branch, Place::Shortcut, Place::After]
            .map(|place| places.iter().filter(|p| **p == place).count());
        assert_eq!((branch, shortcut, after), (8, 2, 2));
        assert_eq!([0, 1, 2].map(|block: usize| blocks[block].projects(&network)), [true, false, false]);
    }
}
