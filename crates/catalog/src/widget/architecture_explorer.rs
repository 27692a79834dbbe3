//! `architecture-explorer`: the layers of a residual network, one by one.

use super::{Control, ControlKind, ControlPlace, Widget};

/// Stages, blocks and layers to step through, each with its shape, cost and receptive field.
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
            kind: ControlKind::Choice {
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
            place: ControlPlace::Bar,
        },
        Control {
            name: "outputs",
            label: "Outputs",
            help: "How many values the last layer gives. This is the layer that is replaced for a new task.",
            kind: ControlKind::Choice {
                options: &[
                    ("8", "8: the diagnoses"),
                    ("2", "2: benign, malignant"),
                    ("1000", "1,000: ImageNet"),
                ],
                default: "8",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "input-size",
            label: "Input size",
            help: "Width and height of the input image.",
            kind: ControlKind::Number { min: 32.0, max: 448.0, step: 32.0, default: 224.0, unit: "pixels" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "bars",
            label: "Bars",
            help: "Each part as a share of the whole network.",
            kind: ControlKind::Choice {
                options: &[("parameters", "parameters"), ("multiply-adds", "multiply-adds")],
                default: "parameters",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "layer",
            label: "Go to",
            help: "torchvision's name, such as layer3.5.relu3. For ResNet-50, the notebooks' name or number (0 to 176) works too.",
            kind: ControlKind::Text { default: "layer1.0.conv2", rows: 1 },
            place: ControlPlace::Bar,
        },
        Control {
            name: "column",
            label: "Column",
            help: "Or click on the image, then use the arrow keys to step from value to value.",
            kind: ControlKind::Number { min: 0.0, max: 447.0, step: 1.0, default: 112.0, unit: "pixels" },
            place: ControlPlace::More("Image"),
        },
        Control {
            name: "row",
            label: "Row",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 447.0, step: 1.0, default: 112.0, unit: "pixels" },
            place: ControlPlace::More("Image"),
        },
    ],
    details: "The whole network, compared with others",
};
