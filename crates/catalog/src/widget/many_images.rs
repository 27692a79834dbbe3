//! `many-images`: the exported network's answers to many images, in a table.

use super::{Control, Kind, Need, Widget, network};

/// The exported network classifies the reader's images one after the other; the table can be kept as a file.
pub const MANY_IMAGES: Widget = Widget {
    name: "many-images",
    title: "Many images",
    question: "What does the network say to each of many images?",
    needs: &[Need::Network],
    takes_image: false,
    controls: &[
        Control {
            name: "images",
            label: "My own images",
            help: "Choose as many as you like, or drop them on the widget. They never leave this page.",
            kind: Kind::File { accept: "image/*", multiple: true },
            more: false,
        },
        Control {
            name: "draw",
            label: "Draw 24 lesions",
            help: "Three of each diagnosis; the table then says what each was drawn as.",
            kind: Kind::Action,
            more: false,
        },
        Control {
            name: "sort",
            label: "In the order of",
            help: "",
            kind: Kind::Choice {
                options: &[
                    ("added", "adding"),
                    ("name", "name"),
                    ("diagnosis", "most probable diagnosis"),
                    ("sure", "largest probability, highest first"),
                    ("unsure", "largest probability, lowest first"),
                ],
                default: "added",
            },
            more: false,
        },
        Control { name: "clear", label: "Remove all", help: "", kind: Kind::Action, more: false },
        Control {
            name: "first-seed",
            label: "First seed of the drawings",
            help: "Each press goes on with the seeds after those drawn last.",
            kind: Kind::Number { min: 0.0, max: 999_000.0, step: 1.0, default: 100.0, unit: "" },
            more: true,
        },
        network::backend(true),
        network::full_precision(true),
        network::MODEL,
        network::OWN_MODEL,
    ],
};
