//! The network on show and what of it the reader looks at.

use std::ops::Range;

use architecture::keras::{self, KerasLayer};
use architecture::{Depth, INPUT, Layer, Network, Part, ReceptiveField, Shape, outline, resnet};

/// What the form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) depth: Depth,
    pub(crate) outputs: usize,
    pub(crate) side: usize,
}

/// A network, and everything that is read off it once.
pub(crate) struct Chosen {
    pub(crate) settings: Settings,
    pub(crate) network: Network,
    /// Beside the layers of `network`.
    pub(crate) fields: Vec<ReceptiveField>,
    pub(crate) parts: Vec<Part>,
    /// Of a ResNet-50 only.
    pub(crate) keras: Vec<KerasLayer>,
}

/// What of a network can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// The image.
    Image,
    /// A layer, by its place.
    Layer(usize),
    /// A stage or a block.
    Group { name: &'a str, blocks: usize },
}

impl Chosen {
    pub(crate) fn new(settings: Settings) -> Self {
        let Settings { depth, outputs, side } = settings;
        let network = resnet(depth, outputs, side);
        let (fields, parts) = (network.receptive_fields(), outline(&network));
        let keras = keras::layers(&network);
        Self { settings, network, fields, parts, keras }
    }

    /// Image, layer, block or stage of this name, which is torchvision's.
    pub(crate) fn subject<'a>(&'a self, name: &str) -> Option<Subject<'a>> {
        if name == INPUT {
            return Some(Subject::Image);
        }
        if let Some(index) = self.network.layers.iter().position(|layer| layer.name == name) {
            return Some(Subject::Layer(index));
        }
        self.parts.iter().find_map(|part| {
            let Part::Stage { name: stage, blocks } = part else { return None };
            if stage == name {
                return Some(Subject::Group { name: stage, blocks: blocks.len() });
            }
            let block = blocks.iter().find(|block| block.name == name)?;
            Some(Subject::Group { name: &block.name, blocks: 1 })
        })
    }

    /// The layers of a stage or a block.
    pub(crate) fn layers_of(&self, name: &str) -> Range<usize> {
        let inside = |layer: &Layer| layer.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        let start = self.network.layers.iter().position(inside).unwrap_or_default();
        let end = self.network.layers.iter().rposition(inside).map_or(start, |last| last + 1);
        start..end
    }

    /// torchvision's name for what a reader typed: that name itself, or Keras' number or name.
    pub(crate) fn resolve(&self, typed: &str) -> Option<String> {
        let typed = typed.trim();
        if self.subject(typed).is_some() {
            return Some(typed.to_owned());
        }
        let same = |layer: &&KerasLayer| layer.name == typed || layer.index.to_string() == typed;
        self.keras.iter().find(same).map(|layer| layer.torchvision.clone())
    }

    /// The nearest to a layer of another network: the same name, else the same block, else the last one of its stage.
    pub(crate) fn nearest(&self, name: &str) -> String {
        if self.subject(name).is_some() {
            return name.to_owned();
        }
        let mut parts = name.splitn(3, '.');
        let stage = parts.next().unwrap_or_default();
        let block = [stage, ".", parts.next().unwrap_or_default()].concat();
        if self.subject(&block).is_some() {
            return block;
        }
        let last = self.parts.iter().find_map(|part| match part {
            Part::Stage { name, blocks } if name == stage => blocks.last(),
            _ => None,
        });
        let Some(last) = last else { return INPUT.to_owned() };
        let layer = parts.next().map(|layer| [&last.name, ".", layer].concat());
        layer.filter(|name| self.subject(name).is_some()).unwrap_or_else(|| last.name.clone())
    }

    /// Keras' layers that a layer of torchvision's stands for, the image included.
    pub(crate) fn in_keras(&self, name: &str) -> impl Iterator<Item = &KerasLayer> {
        self.keras.iter().filter(move |layer| layer.torchvision == name)
    }

    /// Shape and field of what a subject returns, and how many values its maps have along an axis.
    pub(crate) fn output(&self, subject: Subject<'_>) -> (Shape, ReceptiveField, usize) {
        let last = match subject {
            Subject::Image => None,
            Subject::Layer(index) => Some(index),
            Subject::Group { name, .. } => self.layers_of(name).last(),
        };
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

    fn chosen(depth: Depth) -> Chosen {
        Chosen::new(Settings { depth, outputs: 8, side: 224 })
    }

    #[test]
    fn a_layer_is_found_by_either_name_and_by_the_notebooks_number() {
        let fifty = chosen(Depth::Resnet50);
        for typed in ["layer1.0.relu3", "18", " activation_4 "] {
            assert_eq!(fifty.resolve(typed).as_deref(), Some("layer1.0.relu3"), "{typed}");
        }
        assert_eq!(fifty.resolve("0").as_deref(), Some("input"));
        assert_eq!(fifty.resolve("layer3").as_deref(), Some("layer3"));
        assert_eq!(fifty.resolve("177"), None);
        assert_eq!(chosen(Depth::Resnet18).resolve("18"), None);
    }

    #[test]
    fn another_depth_shows_what_is_nearest() {
        let eighteen = chosen(Depth::Resnet18);
        assert_eq!(eighteen.nearest("layer1.0.conv2"), "layer1.0.conv2");
        assert_eq!(eighteen.nearest("layer1.0.conv3"), "layer1.0");
        assert_eq!(eighteen.nearest("layer3.22.conv2"), "layer3.1.conv2");
        assert_eq!(eighteen.nearest("layer3.22.conv3"), "layer3.1");
    }

    #[test]
    fn a_stage_returns_what_its_last_block_does() {
        let fifty = chosen(Depth::Resnet50);
        let subject = fifty.subject("layer3").unwrap();
        assert_eq!(subject, Subject::Group { name: "layer3", blocks: 6 });
        assert_eq!(fifty.output(subject).0, Shape::Map([1024, 14, 14]));
        assert_eq!(fifty.layers_of("layer1.0").len(), 12);
        assert_eq!(
            fifty.layers_of("layer1"),
            fifty.layers_of("layer1.0").start..fifty.layers_of("layer1.2").end
        );
    }
}
