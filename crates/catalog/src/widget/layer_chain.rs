//! `layer-chain`: an image through the first four layers of an exported network.

use super::{Control, Kind, Need, Place, Widget, network};

/// One channel of the first convolution, its batch normalisation, activation and pooling, and the arithmetic at every pixel.
pub const LAYER_CHAIN: Widget = Widget {
    name: "layer-chain",
    title: "Four layers",
    question: "What do the first four layers of the network make of this image?",
    needs: &[Need::FirstLayers],
    takes_image: true,
    controls: &[
        Control {
            name: "channel",
            label: "Channel",
            help: "Each has a kernel of its own, learned by the network; or press one of the 64 pictures.",
            kind: Kind::Number { min: 0.0, max: 63.0, step: 1.0, default: 0.0, unit: "" },
            place: Place::Bar,
        },
        Control {
            name: "activation",
            label: "Activation",
            help: "The network was trained with ReLU; the others are here to compare.",
            kind: Kind::Choice {
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
            place: Place::Bar,
        },
        Control {
            name: "pooling",
            label: "Pooling",
            help: "The network was trained with max pooling.",
            kind: Kind::Choice {
                options: &[("max", "max: the largest number"), ("average", "average: the mean")],
                default: "max",
            },
            place: Place::Bar,
        },
        // The arithmetic is done at this place of the maps before pooling; those of images of 448 pixels have 224.
        Control {
            name: "column",
            label: "Column looked at",
            help: "Or point at a map; arrow keys move the place there, with Shift by 10.",
            kind: Kind::Number { min: 0.0, max: 223.0, step: 1.0, default: 0.0, unit: "pixels" },
            place: Place::More("Image"),
        },
        Control {
            name: "row",
            label: "Row looked at",
            help: "",
            kind: Kind::Number { min: 0.0, max: 223.0, step: 1.0, default: 0.0, unit: "pixels" },
            place: Place::More("Image"),
        },
        network::TRAINED_MODEL,
    ],
    details: "The arithmetic at this place, step by step",
};
