//! `architecture-explorer`: the layers of a residual network, one by one.

use super::{Control, Kind, Place, Widget};

/// Stages, blocks and layers to walk through, each with its shape, what it costs and what it sees.
pub const ARCHITECTURE_EXPLORER: Widget = Widget {
    name: "architecture-explorer",
    title: "Architecture explorer",
    question: "What is a residual network made of, and what does each layer see?",
    needs: &[],
    takes_image: true,
    controls: &[
        Control {
            name: "network",
            label: "Network",
            help: "",
            kind: Kind::Choice {
                options: &[
                    ("resnet18", "ResNet-18"),
                    ("resnet34", "ResNet-34"),
                    ("resnet50", "ResNet-50"),
                    ("resnet101", "ResNet-101"),
                    ("resnet152", "ResNet-152"),
                    ("efficientnet_lite0", "EfficientNet-Lite0"),
                ],
                default: "resnet50",
            },
            place: Place::Bar,
        },
        Control {
            name: "outputs",
            label: "Outputs",
            help: "How many numbers the last layer gives; it is the one that is replaced.",
            kind: Kind::Choice {
                options: &[
                    ("8", "8: the diagnoses"),
                    ("2", "2: benign, malignant"),
                    ("1000", "1000: ImageNet"),
                ],
                default: "8",
            },
            place: Place::Bar,
        },
        Control {
            name: "input-size",
            label: "Input size",
            help: "Width and height of the image that the network is given.",
            kind: Kind::Number { min: 32.0, max: 448.0, step: 32.0, default: 224.0, unit: "pixels" },
            place: Place::Bar,
        },
        Control {
            name: "bars",
            label: "Bars",
            help: "Each part's share of the whole network's.",
            kind: Kind::Choice {
                options: &[("parameters", "parameters"), ("multiply-adds", "multiply-adds")],
                default: "parameters",
            },
            place: Place::Bar,
        },
        Control {
            name: "layer",
            label: "Go to",
            help: "torchvision's name, such as layer3.5.relu3; for ResNet-50 also the notebooks' number, 0 to 176, or name.",
            kind: Kind::Text { default: "layer1.0.conv2", rows: 1 },
            place: Place::Bar,
        },
        Control {
            name: "column",
            label: "Look at column",
            help: "Or click on the image; arrow keys move there from value to value.",
            kind: Kind::Number { min: 0.0, max: 447.0, step: 1.0, default: 112.0, unit: "pixels" },
            place: Place::More("Image"),
        },
        Control {
            name: "row",
            label: "Look at row",
            help: "",
            kind: Kind::Number { min: 0.0, max: 447.0, step: 1.0, default: 112.0, unit: "pixels" },
            place: Place::More("Image"),
        },
    ],
    details: "The whole network, and its relatives",
};
