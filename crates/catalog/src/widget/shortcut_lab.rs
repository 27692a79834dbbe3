//! `shortcut-lab`: two small networks learn the same, one with shortcuts and one without.

use super::{Control, Kind, Place, Widget};

/// Both networks side by side: what they answer everywhere, their loss, and the gradient of every layer.
pub const SHORTCUT_LAB: Widget = Widget {
    name: "shortcut-lab",
    title: "Shortcut lab",
    question: "Does a deep network learn better with shortcuts than without?",
    needs: &[],
    takes_image: false,
    controls: &[
        Control {
            name: "blocks",
            label: "Depth",
            help: "Each block has two layers; one layer comes before them, and one after.",
            kind: Kind::Number { min: 1.0, max: 24.0, step: 1.0, default: 16.0, unit: "blocks" },
            place: Place::Bar,
        },
        Control {
            name: "width",
            label: "Width",
            help: "How many numbers go from layer to layer.",
            kind: Kind::Number { min: 4.0, max: 16.0, step: 4.0, default: 8.0, unit: "numbers" },
            place: Place::Bar,
        },
        Control {
            name: "rate",
            label: "Learning rate",
            help: "How far a step goes.",
            kind: Kind::Choice {
                options: &[("0.01", "0.01"), ("0.02", "0.02"), ("0.05", "0.05"), ("0.1", "0.1")],
                default: "0.05",
            },
            place: Place::Bar,
        },
        Control {
            name: "seed",
            label: "Seed",
            help: "Another lesion, other places and other first weights.",
            kind: Kind::Number { min: 1.0, max: 999.0, step: 1.0, default: 1.0, unit: "" },
            place: Place::Bar,
        },
        Control { name: "train", label: "Train", help: "", kind: Kind::Action, place: Place::Player },
        Control { name: "step", label: "Step once", help: "", kind: Kind::Action, place: Place::Player },
        Control {
            name: "start-over",
            label: "Start over",
            help: "",
            kind: Kind::Action,
            place: Place::Player,
        },
        Control {
            name: "branches",
            label: "What a branch adds",
            help: "Left as they are, the numbers about double from block to block.",
            kind: Kind::Choice {
                options: &[("scaled", "its result times 1 / √blocks"), ("unscaled", "its result as it is")],
                default: "scaled",
            },
            place: Place::More("Training"),
        },
        Control {
            name: "steps",
            label: "Train until",
            help: "",
            kind: Kind::Number { min: 50.0, max: 1000.0, step: 50.0, default: 500.0, unit: "steps" },
            place: Place::More("Training"),
        },
    ],
    details: "",
};
