//! The layers of a network in the words of a menu, by section.

use crate::{Layer, Network, Op, Section, Shape};

/// A group of layers in a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGroup<'n> {
    /// Such as `Stage 2`.
    pub title: String,
    /// In the order of computing.
    pub layers: Vec<&'n Layer>,
}

impl Network {
    /// All layers, by section; a network without sections is one group.
    ///
    /// ```
    /// let network = architecture::by_name("resnet50", 8, 224)?;
    /// let titles: Vec<_> = network.menu().into_iter().map(|group| group.title).collect();
    /// assert_eq!(titles, ["Stem", "Stage 1", "Stage 2", "Stage 3", "Stage 4", "Answer"]);
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    pub fn menu(&self) -> Vec<LayerGroup<'_>> {
        if self.sections.is_empty() {
            return vec![LayerGroup { title: "Layers".to_owned(), layers: self.layers.iter().collect() }];
        }
        let group = |section: &Section| LayerGroup {
            title: section.title.clone(),
            layers: section.layers.clone().filter_map(|index| self.layers.get(index)).collect(),
        };
        self.sections.iter().map(group).collect()
    }
}

impl Layer {
    /// What it computes and the size of what it gives, such as `convolution 3 × 3, 64 × 32 × 32`.
    ///
    /// ```
    /// let network = architecture::by_name("resnet18", 8, 128)?;
    /// let words = |name| network.layer(name).map(|layer| layer.words());
    /// assert_eq!(words("conv1").as_deref(), Some("convolution 7 × 7, 64 × 64 × 64"));
    /// assert_eq!(words("fc").as_deref(), Some("weighted sums, 8"));
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    pub fn words(&self) -> String {
        let size = match self.output {
            Shape::Map([channels, height, width]) => format!("{channels} × {height} × {width}"),
            Shape::Vector([length]) => length.to_string(),
        };
        format!("{}, {size}", self.op.words())
    }
}

impl Op {
    /// Its name in words, such as `convolution 3 × 3`.
    pub fn words(&self) -> String {
        match *self {
            Self::Convolution { input_channels, kernel, groups, .. } => {
                let kind = match groups {
                    1 => "convolution".to_owned(),
                    _ if groups == input_channels => "depthwise convolution".to_owned(),
                    _ => format!("convolution in {groups} groups"),
                };
                format!("{kind} {kernel} × {kernel}")
            }
            Self::BatchNorm { .. } => "batch normalisation".to_owned(),
            Self::Relu => "ReLU".to_owned(),
            Self::Relu6 => "ReLU6".to_owned(),
            Self::MaxPool { kernel, .. } => format!("max pooling {kernel} × {kernel}"),
            Self::Add => "sum with the shortcut".to_owned(),
            Self::GlobalAveragePool => "average of each map".to_owned(),
            Self::Flatten => "the averages as one list".to_owned(),
            Self::Linear { .. } => "weighted sums".to_owned(),
            Self::Softmax => "softmax".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::by_name;

    #[test]
    fn every_layer_stands_in_the_menu_once_and_in_order() {
        for name in crate::families::names().chain(["tiny"]) {
            let network = by_name(name, 8, 224).unwrap();
            let listed: Vec<_> = network.menu().into_iter().flat_map(|group| group.layers).collect();
            assert!(listed.into_iter().eq(&network.layers), "{name}");
        }
    }

    #[test]
    fn layers_of_a_stage_stand_together() {
        let network = by_name("resnet18", 8, 128).unwrap();
        let menu = network.menu();
        assert_eq!(menu[2].title, "Stage 2");
        assert!(menu[2].layers.iter().all(|layer| layer.name.starts_with("layer2.")));
        assert_eq!(menu[0].layers.last().map(|layer| layer.name.as_str()), Some("maxpool"));
    }

    #[test]
    fn blocks_are_in_the_stage_that_declares_them() {
        let network = by_name("efficientnet_lite0", 8, 224).unwrap();
        let menu = network.menu();
        let first = |group: usize| menu[group].layers[0].name.as_str();
        assert_eq!([first(0), first(3), first(8)], ["_conv_stem", "_blocks.3._expand_conv", "_conv_head"]);
        assert_eq!(menu[3].title, "Stage 3");
        let words = network.layer("_blocks.3._depthwise_conv").map(crate::Layer::words);
        assert_eq!(words.as_deref(), Some("depthwise convolution 5 × 5, 144 × 28 × 28"));
    }

    #[test]
    fn a_network_without_sections_has_a_menu_all_the_same() {
        let mut network = crate::Network::new("small", [3, 5, 5]);
        network.add("relu", crate::Op::Relu, &[crate::INPUT]).unwrap();
        assert_eq!(network.menu()[0].layers.len(), 1);
    }
}
