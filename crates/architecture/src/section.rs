//! The parts that a network is described by: its beginning, its stages with their blocks, its end.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{Layer, Network, Op};

/// Layers that belong together, one after the other. Layers are named by their place in [`Network::layers`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its key, such as `layer2`: torchvision's module if there is one.
    pub name: String,
    /// Such as `Stage 2`.
    pub title: String,
    /// Its layers.
    pub layers: Range<usize>,
    /// The blocks of a stage, which cover its layers; none in a section that is no stage.
    pub blocks: Vec<Block>,
}

impl Section {
    /// Whether it is a stage: blocks between two changes of the maps' size or number.
    pub fn is_stage(&self) -> bool {
        !self.blocks.is_empty()
    }
}

/// Layers of a stage, with a shortcut around them if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its key, such as `layer1.0`.
    pub name: String,
    /// Its layers: first the branch, then those of the shortcut, if it has any, then the sum and what follows it.
    pub layers: Range<usize>,
}

/// The position of a layer in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockPart {
    /// In the branch.
    Branch,
    /// In the shortcut.
    Shortcut,
    /// The sum of both, or after it.
    After,
}

impl Block {
    /// The position of a layer in this block.
    pub fn place(&self, network: &Network, layer: usize) -> BlockPart {
        if self.sum(network).is_some_and(|sum| layer >= sum) {
            BlockPart::After
        } else if self.shortcut(network).contains(&layer) {
            BlockPart::Shortcut
        } else {
            BlockPart::Branch
        }
    }

    /// Whether a sum adds what came into the block to what came out of its branch.
    pub fn has_shortcut(&self, network: &Network) -> bool {
        self.sum(network).is_some()
    }

    /// Whether the shortcut has layers of its own, since branch and input differ in shape.
    pub fn projects(&self, network: &Network) -> bool {
        !self.shortcut(network).is_empty()
    }

    /// The place of the sum.
    fn sum(&self, network: &Network) -> Option<usize> {
        self.layers.clone().find(|&index| network.layers.get(index).is_some_and(|layer| layer.op == Op::Add))
    }

    /// The layers on the way from the block's input to the second input of its sum.
    fn shortcut(&self, network: &Network) -> Vec<usize> {
        let reads = |layer: Option<&Layer>, input: usize| {
            let name = layer?.inputs.get(input)?;
            let index = network.layers.iter().position(|layer| layer.name == *name)?;
            self.layers.contains(&index).then_some(index)
        };
        let Some(sum) = self.sum(network) else { return Vec::new() };
        let last = reads(network.layers.get(sum), 1);
        std::iter::successors(last, |&index| reads(network.layers.get(index), 0)).collect()
    }
}

impl Network {
    /// Begins a section: layers added from now on belong to it.
    pub fn begin_section(&mut self, name: impl Into<String>, title: impl Into<String>) {
        let layers = self.layers.len()..self.layers.len();
        self.sections.push(Section { name: name.into(), title: title.into(), layers, blocks: Vec::new() });
    }

    /// Begins a block of the section begun last, which is a stage thereby.
    ///
    /// # Panics
    /// If no section was begun.
    pub fn begin_block(&mut self, name: impl Into<String>) {
        let layers = self.layers.len()..self.layers.len();
        let section = self.sections.last_mut().expect("a block belongs to a section, which is begun first");
        section.blocks.push(Block { name: name.into(), layers });
    }

    /// The section that this layer belongs to.
    pub fn section_of(&self, layer: &str) -> Option<&Section> {
        let index = self.layers.iter().position(|other| other.name == layer)?;
        self.sections.iter().find(|section| section.layers.contains(&index))
    }

    /// The stage that this layer belongs to; `None` before the first stage and after the last.
    ///
    /// ```
    /// let network = architecture::by_name("resnet18", 8, 128)?;
    /// let stage = |layer| network.stage_of(layer).map(|stage| stage.name.as_str());
    /// assert_eq!((stage("layer2.0.conv1"), stage("maxpool")), (Some("layer2"), None));
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    pub fn stage_of(&self, layer: &str) -> Option<&Section> {
        self.section_of(layer).filter(|section| section.is_stage())
    }

    /// The stages, in the order of computing.
    pub fn stages(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.is_stage())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by_name;

    #[test]
    fn sections_cover_all_layers_and_blocks_all_layers_of_a_stage() {
        for name in crate::families::names().chain(["tiny"]) {
            let network = by_name(name, 8, 224).unwrap();
            let sections = network.sections.iter().flat_map(|section| section.layers.clone());
            assert!(sections.eq(0..network.layers.len()), "{name}");
            for stage in network.stages() {
                let blocks = stage.blocks.iter().flat_map(|block| block.layers.clone());
                assert!(blocks.eq(stage.layers.clone()), "{name} {}", stage.name);
            }
        }
    }

    #[test]
    fn the_first_block_of_a_resnet_50_has_a_shortcut_with_two_layers() {
        let network = by_name("resnet50", 8, 224).unwrap();
        let blocks = &network.stages().next().unwrap().blocks;
        let places: Vec<BlockPart> = blocks[0].layers.clone().map(|l| blocks[0].place(&network, l)).collect();
        let [branch, shortcut, after] = [BlockPart::Branch, BlockPart::Shortcut, BlockPart::After]
            .map(|place| places.iter().filter(|p| **p == place).count());
        assert_eq!((branch, shortcut, after), (8, 2, 2));
        assert_eq!([0, 1, 2].map(|block: usize| blocks[block].projects(&network)), [true, false, false]);
    }

    #[test]
    fn a_block_of_an_efficientnet_that_changes_the_shape_has_no_shortcut() {
        let network = by_name("efficientnet_lite0", 8, 224).unwrap();
        let second = network.stages().nth(1).unwrap();
        let shortcuts: Vec<bool> = second.blocks.iter().map(|block| block.has_shortcut(&network)).collect();
        assert_eq!(shortcuts, [false, true]);
        assert!(second.blocks.iter().all(|block| !block.projects(&network)));
        let first = &second.blocks[0];
        assert!(first.layers.clone().all(|layer| first.place(&network, layer) == BlockPart::Branch));
    }
}
