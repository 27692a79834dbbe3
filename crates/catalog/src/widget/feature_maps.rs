//! `feature-maps`: what each layer of the exported network computes from an image.

use super::{Control, ControlKind, ControlPlace, Widget, WidgetNeed, network, player};

/// The maps of a layer for the chosen image, sorted, paged and enlarged, and a walk through the network.
pub const FEATURE_MAPS: Widget = Widget {
    name: "feature-maps",
    title: "Feature maps",
    question: "What does each layer of the network compute from this image?",
    needs: &[WidgetNeed::Network],
    takes_image: true,
    controls: &[
        Control {
            name: "layer",
            label: "Layer",
            help: "torchvision's name, what the layer computes, and the size of its output.",
            kind: ControlKind::Layer { default: "maxpool" },
            place: ControlPlace::Bar,
        },
        // The page's module moves these above the maps.
        player("previous-layer", "Previous"),
        player("play", "Play"),
        player("next-layer", "Next"),
        Control {
            name: "sort",
            label: "Order",
            help: "",
            kind: ControlKind::Choice {
                options: &[
                    ("mean", "strength: mean of absolute values"),
                    ("largest", "largest absolute value"),
                    ("deviation", "standard deviation"),
                    ("channel", "channel number"),
                ],
                default: "mean",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "scale",
            label: "Scale",
            help: "Which values the darkest and the lightest colour show; the bar under the maps gives them.",
            kind: ControlKind::Choice {
                options: &[("map", "one scale per map"), ("layer", "one scale for the whole layer")],
                default: "map",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "channel",
            label: "Map",
            help: "The channel's number. Until you choose one, the first map in the chosen order is enlarged.",
            kind: ControlKind::Number { min: 0.0, max: 2047.0, step: 1.0, default: 0.0, unit: "" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "compare",
            label: "Two layers",
            help: "",
            kind: ControlKind::Toggle { default: false },
            place: ControlPlace::Bar,
        },
        Control {
            name: "second-layer",
            label: "Second layer",
            help: "",
            kind: ControlKind::Layer { default: "layer4.1.relu2" },
            place: ControlPlace::More("Maps"),
        },
        Control {
            name: "count",
            label: "Maps per page",
            help: "",
            kind: ControlKind::Choice { options: &[("36", "36"), ("64", "64")], default: "36" },
            place: ControlPlace::More("Maps"),
        },
        Control {
            name: "page",
            label: "Page",
            help: "",
            kind: ControlKind::Number { min: 1.0, max: 57.0, step: 1.0, default: 1.0, unit: "" },
            place: ControlPlace::More("Maps"),
        },
        Control {
            name: "colours",
            label: "Colours",
            help: "",
            kind: ControlKind::Choice {
                options: &[
                    ("auto", "grey, or blue to red where values are negative"),
                    ("grey", "grey"),
                    ("viridis", "viridis: violet to green to yellow"),
                    ("signed", "blue, white and red around zero"),
                ],
                default: "auto",
            },
            place: ControlPlace::More("Maps"),
        },
        Control {
            name: "walk",
            label: "Previous and Next step through",
            help: "",
            kind: ControlKind::Choice {
                options: &[("stops", "the main stops of the network"), ("layers", "every layer")],
                default: "stops",
            },
            place: ControlPlace::More("Maps"),
        },
        network::BACKEND,
        network::FULL_PRECISION,
        network::MODEL,
        network::OWN_MODEL,
    ],
    details: "",
};
