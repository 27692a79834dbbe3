//! A network as a reader meets it: single layers, and stages with their blocks.

use crate::{Block, Network};

/// A part of the network, in the order of computing. Layers are named by their place in [`Network::layers`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A layer outside of any block.
    Layer(usize),
    /// Blocks between two changes of the maps' size or number.
    Stage {
        /// Its key, such as `layer1`.
        name: String,
        /// Its blocks.
        blocks: Vec<Block>,
    },
}

/// The parts of a network.
///
/// ```
/// use architecture::{Depth, Part, outline, resnet};
/// let parts = outline(&resnet(Depth::Resnet50, 1000, 224));
/// // conv1, bn1, relu, maxpool; the second stage has four blocks.
/// let Part::Stage { name, blocks } = &parts[5] else { panic!("a stage") };
/// assert_eq!((name.as_str(), blocks.len(), blocks[3].name.as_str()), ("layer2", 4, "layer2.3"));
/// ```
pub fn outline(network: &Network) -> Vec<Part> {
    let mut parts = Vec::new();
    for section in &network.sections {
        if section.is_stage() {
            parts.push(Part::Stage { name: section.name.clone(), blocks: section.blocks.clone() });
        } else {
            parts.extend(section.layers.clone().map(Part::Layer));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by_name;

    #[test]
    fn every_layer_stands_in_one_part_and_in_order() {
        for name in crate::families::names() {
            let network = by_name(name, 8, 224).unwrap();
            let mut found = Vec::new();
            for part in outline(&network) {
                match part {
                    Part::Layer(index) => found.push(index),
                    Part::Stage { blocks, .. } => found.extend(blocks.into_iter().flat_map(|b| b.layers)),
                }
            }
            assert_eq!(found, (0..network.layers.len()).collect::<Vec<_>>(), "{name}");
        }
    }
}
