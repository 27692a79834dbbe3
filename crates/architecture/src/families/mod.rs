//! The families of networks, one per file, and the list of those that can be asked for by name.
//!
//! A family builds a [`Network`]; descriptions, drawings, training and exports all read it.

mod chain;
pub(crate) mod efficientnet_lite;
pub(crate) mod resnet;
pub(crate) mod tiny;

use crate::{Depth, Network, efficientnet_lite0, resnet};

/// A network that can be asked for by name, and what is known of the weights that were published for it.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// Its key, such as `resnet18`; in it begin the names of its files.
    pub name: &'static str,
    /// As a reader writes it, such as `ResNet-18`.
    pub title: &'static str,
    /// Where its layers have the names that they have here, in words.
    pub named_in: &'static str,
    /// Side of the images that its published weights were trained with, pixels.
    pub image_size: usize,
    /// Share of `ImageNet`'s 50,000 validation images whose class is the first answer of its first published weights,
    /// 0 to 1.
    pub imagenet_accuracy: f64,
    /// The network with so many outputs, for square images of so many pixels.
    pub build: fn(classes: usize, image_size: usize) -> Network,
}

/// All of them, family by family, the smallest first.
///
/// Source of the accuracies: torchvision's documentation, `acc@1` of `IMAGENET1K_V1` on the page of each network, such as
/// <https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.resnet50.html>; for EfficientNet-Lite0
/// TensorFlow's `models/official/efficientnet/lite/README.md`, "FP32 accuracy".
pub const PUBLISHED: [Published; 6] = [
    Published {
        name: "resnet18",
        title: "ResNet-18",
        named_in: "in torchvision",
        image_size: 224,
        imagenet_accuracy: 0.697_58,
        build: |classes, image_size| resnet(Depth::Resnet18, classes, image_size),
    },
    Published {
        name: "resnet34",
        title: "ResNet-34",
        named_in: "in torchvision",
        image_size: 224,
        imagenet_accuracy: 0.733_14,
        build: |classes, image_size| resnet(Depth::Resnet34, classes, image_size),
    },
    Published {
        name: "resnet50",
        title: "ResNet-50",
        named_in: "in torchvision",
        image_size: 224,
        imagenet_accuracy: 0.761_30,
        build: |classes, image_size| resnet(Depth::Resnet50, classes, image_size),
    },
    Published {
        name: "resnet101",
        title: "ResNet-101",
        named_in: "in torchvision",
        image_size: 224,
        imagenet_accuracy: 0.773_74,
        build: |classes, image_size| resnet(Depth::Resnet101, classes, image_size),
    },
    Published {
        name: "resnet152",
        title: "ResNet-152",
        named_in: "in torchvision",
        image_size: 224,
        imagenet_accuracy: 0.783_12,
        build: |classes, image_size| resnet(Depth::Resnet152, classes, image_size),
    },
    Published {
        name: efficientnet_lite::NAME,
        title: "EfficientNet-Lite0",
        named_in: "in the published weights",
        image_size: 224,
        imagenet_accuracy: 0.751,
        build: efficientnet_lite0,
    },
];

impl Published {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PUBLISHED.iter().find(|published| published.name == name)
    }
}

/// Names of all of them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PUBLISHED.iter().map(|published| published.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_builds_itself_under_its_name() {
        for published in &PUBLISHED {
            let network = (published.build)(3, 64);
            assert_eq!((network.name.as_str(), network.input), (published.name, [3, 64, 64]));
            assert_eq!(network.logits().map(|layer| layer.output.channels()), Some(3));
        }
    }

    #[test]
    fn every_network_answers_for_the_smallest_image() {
        for published in &PUBLISHED {
            assert_eq!((published.build)(1, 1).layers.last().map(|layer| layer.output.numbers()), Some(1));
        }
    }

    #[test]
    fn the_deeper_residual_network_is_the_better_one() {
        let residual: Vec<&Published> =
            PUBLISHED.iter().filter(|published| published.name.starts_with("resnet")).collect();
        assert!(residual.is_sorted_by(|a, b| a.imagenet_accuracy < b.imagenet_accuracy));
    }
}
