//! The network on show and what of it the reader looks at.

use std::ops::Range;

use architecture::keras::{self, KerasLayer};
use architecture::{INPUT, Network, Published, ReceptiveField, Section, Shape};

/// What the form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkSettings {
    /// Of the network.
    pub(crate) name: &'static str,
    pub(crate) outputs: usize,
    pub(crate) side: usize,
}

/// A network, and everything that is read off it once.
pub(crate) struct ChosenNetwork {
    pub(crate) settings: NetworkSettings,
    pub(crate) network: Network,
    /// Beside the layers of `network`.
    pub(crate) fields: Vec<ReceptiveField>,
    /// Of a ResNet-50 only.
    pub(crate) keras: Vec<KerasLayer>,
}

/// What of a network can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NetworkPart<'a> {
    /// The image.
    Image,
    /// A layer, by its place.
    Layer(usize),
    /// A stage.
    Stage(&'a Section),
    /// A block, by its place in its stage.
    Block(&'a Section, usize),
}

impl NetworkPart<'_> {
    /// The layers it consists of; none of the image.
    pub(crate) fn layers(self) -> Range<usize> {
        match self {
            Self::Image => 0..0,
            Self::Layer(index) => index..index + 1,
            Self::Stage(stage) => stage.layers.clone(),
            Self::Block(stage, block) => stage.blocks[block].layers.clone(),
        }
    }
}

impl NetworkSettings {
    /// The chosen network with so many outputs.
    pub(crate) fn build(&self, outputs: usize) -> Network {
        let published = Published::named(self.name).expect("settings name a published network");
        (published.build)(outputs, self.side)
    }
}

impl ChosenNetwork {
    pub(crate) fn new(settings: NetworkSettings) -> Self {
        let network = settings.build(settings.outputs);
        let (fields, keras) = (network.receptive_fields(), keras::layers(&network));
        Self { settings, network, fields, keras }
    }

    /// Image, layer, block or stage of this name.
    pub(crate) fn subject<'a>(&'a self, name: &str) -> Option<NetworkPart<'a>> {
        if name == INPUT {
            return Some(NetworkPart::Image);
        }
        if let Some(index) = self.network.layers.iter().position(|layer| layer.name == name) {
            return Some(NetworkPart::Layer(index));
        }
        self.network.stages().find_map(|stage| {
            if stage.name == name {
                return Some(NetworkPart::Stage(stage));
            }
            let block = stage.blocks.iter().position(|block| block.name == name)?;
            Some(NetworkPart::Block(stage, block))
        })
    }

    /// The name of what a reader typed: that name itself, or Keras' number or name.
    pub(crate) fn resolve(&self, typed: &str) -> Option<String> {
        let typed = typed.trim();
        if self.subject(typed).is_some() {
            return Some(typed.to_owned());
        }
        let same = |layer: &&KerasLayer| layer.name == typed || layer.index.to_string() == typed;
        self.keras.iter().find(same).map(|layer| layer.torchvision.clone())
    }

    /// The nearest to a layer of another network: the same name, else the same block, else the last one of its stage; the
    /// first block if there is no such name.
    pub(crate) fn nearest(&self, name: &str) -> String {
        if self.subject(name).is_some() {
            return name.to_owned();
        }
        let mut parts = name.splitn(3, '.');
        let stage = parts.next().unwrap_or_default();
        let block = format!("{stage}.{}", parts.next().unwrap_or_default());
        if self.subject(&block).is_some() {
            return block;
        }
        let last =
            self.network.stages().find(|other| other.name == stage).and_then(|stage| stage.blocks.last());
        let Some(last) = last else {
            let first = self.network.stages().find_map(|stage| stage.blocks.first());
            return first.map_or(INPUT, |block| &block.name).to_owned();
        };
        let layer = parts.next().map(|layer| format!("{}.{layer}", last.name));
        layer.filter(|name| self.subject(name).is_some()).unwrap_or_else(|| last.name.clone())
    }

    /// Keras' layers that correspond to a layer of torchvision's, including the image.
    pub(crate) fn in_keras(&self, name: &str) -> impl Iterator<Item = &KerasLayer> {
        self.keras.iter().filter(move |layer| layer.torchvision == name)
    }

    /// Shape and field of what a subject returns, and how many values its maps have along an axis.
    pub(crate) fn output(&self, subject: NetworkPart<'_>) -> (Shape, ReceptiveField, usize) {
        let last = subject.layers().last();
        let shape = last.and_then(|index| Some(self.network.layers.get(index)?.output));
        let shape = shape.unwrap_or(Shape::Map(self.network.input));
        let field = last.and_then(|index| self.fields.get(index).copied()).unwrap_or(ReceptiveField::PIXEL);
        let count = match *shape.sizes() {
            [_, rows, _] => rows,
            _ => 1,
        };
        (shape, field, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &'static str) -> ChosenNetwork {
        ChosenNetwork::new(NetworkSettings { name, outputs: 8, side: 224 })
    }

    #[test]
    fn a_layer_is_found_by_either_name_and_by_the_notebooks_number() {
        let fifty = chosen("resnet50");
        for typed in ["layer1.0.relu3", "18", " activation_4 "] {
            assert_eq!(fifty.resolve(typed).as_deref(), Some("layer1.0.relu3"), "{typed}");
        }
        assert_eq!(fifty.resolve("0").as_deref(), Some("input"));
        assert_eq!(fifty.resolve("layer3").as_deref(), Some("layer3"));
        assert_eq!(fifty.resolve("177"), None);
        assert_eq!(chosen("resnet18").resolve("18"), None);
    }

    #[test]
    fn another_depth_shows_what_is_nearest() {
        let eighteen = chosen("resnet18");
        assert_eq!(eighteen.nearest("layer1.0.conv2"), "layer1.0.conv2");
        assert_eq!(eighteen.nearest("layer1.0.conv3"), "layer1.0");
        assert_eq!(eighteen.nearest("layer3.22.conv2"), "layer3.1.conv2");
        assert_eq!(eighteen.nearest("layer3.22.conv3"), "layer3.1");
        assert_eq!(eighteen.nearest("_blocks.3._expand_conv"), "layer1.0");
        assert_eq!(chosen("efficientnet_lite0").nearest("layer1.0.conv2"), "_blocks.0");
    }

    #[test]
    fn a_stage_returns_what_its_last_block_does() {
        let fifty = chosen("resnet50");
        let subject = |name| fifty.subject(name).unwrap();
        assert!(matches!(subject("layer3"), NetworkPart::Stage(stage) if stage.blocks.len() == 6));
        assert_eq!(fifty.output(subject("layer3")).0, Shape::Map([1024, 14, 14]));
        let layers = |name| subject(name).layers();
        assert_eq!(layers("layer1.0").len(), 12);
        assert_eq!(layers("layer1"), layers("layer1.0").start..layers("layer1.2").end);
    }
}
