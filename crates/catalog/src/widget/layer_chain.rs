//! `layer-chain`: an image on its way through the first four layers of an exported network.

use super::{Control, ControlKind, ControlPlace, Widget, WidgetNeed, network};

/// One channel of the first convolution, its batch normalisation, activation and pooling, with the arithmetic at every pixel.
pub const LAYER_CHAIN: Widget = Widget {
    name: "layer-chain",
    title: "Four layers",
    question: "How do the network's first four layers change this image?",
    needs: &[WidgetNeed::FirstLayers],
    takes_image: true,
    controls: &[
        Control {
            name: "channel",
            label: "Channel",
            help: "Each channel has its own learned kernel. You can also press one of the 64 pictures.",
            kind: ControlKind::Number { min: 0.0, max: 63.0, step: 1.0, default: 0.0, unit: "" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "activation",
            label: "Activation",
            help: "The network was trained with ReLU; the others are for comparison.",
            kind: ControlKind::Choice {
                options: &[
                    ("identity", "none"),
                    ("relu", "ReLU"),
                    ("relu6", "ReLU6"),
                    ("leaky-relu", "leaky ReLU"),
                    ("sigmoid", "sigmoid"),
                    ("tanh", "tanh"),
                    ("gelu", "GELU"),
                    ("silu", "SiLU"),
                ],
                default: "relu",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "pooling",
            label: "Pooling",
            help: "The network was trained with max pooling.",
            kind: ControlKind::Choice {
                options: &[("max", "max: the largest value"), ("average", "average: the mean value")],
                default: "max",
            },
            place: ControlPlace::Bar,
        },
        // Where in the maps before pooling the arithmetic is shown; an image of 448 pixels gives maps of 224.
        Control {
            name: "column",
            label: "Column",
            help: "Or point at a map, then use the arrow keys (with Shift, 10 pixels at a time).",
            kind: ControlKind::Number { min: 0.0, max: 223.0, step: 1.0, default: 0.0, unit: "pixels" },
            place: ControlPlace::More("Image"),
        },
        Control {
            name: "row",
            label: "Row",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 223.0, step: 1.0, default: 0.0, unit: "pixels" },
            place: ControlPlace::More("Image"),
        },
        network::RESNET,
    ],
    details: "The arithmetic at this pixel, step by step",
};
