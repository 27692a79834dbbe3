//! `many-images`: what the exported network says about many images, in a table.

use super::{Control, Kind, Need, Place, Widget, network};

/// The exported network classifies the reader's images one after the other; the table can be saved as a file.
pub const MANY_IMAGES: Widget = Widget {
    name: "many-images",
    title: "Many images",
    question: "What does the network say about each of many images?",
    needs: &[Need::Network],
    takes_image: false,
    controls: &[
        Control {
            name: "images",
            label: "Your own images",
            help: "Choose as many as you like, or drop them on the widget. They never leave this page.",
            kind: Kind::File { accept: "image/*", multiple: true },
            place: Place::Strip,
        },
        Control {
            name: "draw",
            label: "Draw 24 lesions",
            help: "Three of each diagnosis. The table shows which diagnosis each was drawn as.",
            kind: Kind::Action,
            place: Place::Strip,
        },
        Control {
            name: "sort",
            label: "Order",
            help: "",
            kind: Kind::Choice {
                options: &[
                    ("added", "order added"),
                    ("name", "name"),
                    ("diagnosis", "most probable diagnosis"),
                    ("sure", "largest probability, highest first"),
                    ("unsure", "largest probability, lowest first"),
                ],
                default: "added",
            },
            place: Place::Bar,
        },
        Control { name: "clear", label: "Remove all", help: "", kind: Kind::Action, place: Place::Bar },
        Control {
            name: "first-seed",
            label: "First seed",
            help: "Each press continues with the next seeds.",
            kind: Kind::Number { min: 0.0, max: 999_000.0, step: 1.0, default: 100.0, unit: "" },
            place: Place::Bar,
        },
        network::BACKEND,
        network::FULL_PRECISION,
        network::MODEL,
        network::OWN_MODEL,
    ],
    details: "",
};
