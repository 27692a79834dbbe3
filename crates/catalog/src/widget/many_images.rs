//! `many-images`: what the exported network says about many images, in a table.

use super::{Control, ControlKind, ControlPlace, Widget, WidgetNeed, network};

/// The exported network classifies the reader's images one after the other; the table can be saved as a file.
pub const MANY_IMAGES: Widget = Widget {
    name: "many-images",
    title: "Many images",
    question: "What does the network say about each of many images?",
    needs: &[WidgetNeed::Network],
    takes_image: false,
    controls: &[
        Control {
            name: "images",
            label: "Your own images",
            help: "Choose as many as you like, or drop them on the widget. They never leave this page.",
            kind: ControlKind::File { accept: "image/*", multiple: true },
            place: ControlPlace::Strip,
        },
        Control {
            name: "draw",
            label: "Draw 24 lesions",
            help: "Three of each diagnosis. The table shows which diagnosis each was drawn as.",
            kind: ControlKind::Action,
            place: ControlPlace::Strip,
        },
        Control {
            name: "sort",
            label: "Order",
            help: "",
            kind: ControlKind::Choice {
                options: &[
                    ("added", "order added"),
                    ("name", "name"),
                    ("diagnosis", "most probable diagnosis"),
                    ("sure", "largest probability, highest first"),
                    ("unsure", "largest probability, lowest first"),
                ],
                default: "added",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "clear",
            label: "Remove all",
            help: "",
            kind: ControlKind::Action,
            place: ControlPlace::Bar,
        },
        Control {
            name: "first-seed",
            label: "First seed",
            help: "Each press continues with the next seeds.",
            kind: ControlKind::Number { min: 0.0, max: 999_000.0, step: 1.0, default: 100.0, unit: "" },
            place: ControlPlace::Bar,
        },
        network::BACKEND,
        network::FULL_PRECISION,
        network::MODEL,
        network::OWN_MODEL,
    ],
    details: "",
};
