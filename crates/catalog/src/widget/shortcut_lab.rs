//! `shortcut-lab`: two small networks learn the same task, one with shortcuts and one without.

use super::{Control, ControlKind, ControlPlace, Widget, player};

/// Both networks side by side: their output at every point, their loss, and the gradient of every layer.
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
            help: "Each block has two layers; one more layer comes before the blocks and one after.",
            kind: ControlKind::Number { min: 1.0, max: 24.0, step: 1.0, default: 16.0, unit: "blocks" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "width",
            label: "Width",
            help: "How many values pass from layer to layer.",
            kind: ControlKind::Number { min: 4.0, max: 16.0, step: 4.0, default: 8.0, unit: "values" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "rate",
            label: "Learning rate",
            help: "How large each step is.",
            kind: ControlKind::Choice {
                options: &[("0.01", "0.01"), ("0.02", "0.02"), ("0.05", "0.05"), ("0.1", "0.1")],
                default: "0.05",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "seed",
            label: "Seed",
            help: "A new seed draws another lesion, other sample points and other initial weights.",
            kind: ControlKind::Number { min: 1.0, max: 999.0, step: 1.0, default: 1.0, unit: "" },
            place: ControlPlace::Bar,
        },
        player("train", "Train"),
        player("step", "Step once"),
        player("start-over", "Start over"),
        Control {
            name: "branches",
            label: "Branch output",
            help: "Without scaling, values roughly double from block to block.",
            kind: ControlKind::Choice {
                options: &[("scaled", "multiplied by 1 / √blocks"), ("unscaled", "not scaled")],
                default: "scaled",
            },
            place: ControlPlace::More("Training"),
        },
        Control {
            name: "steps",
            label: "Train until",
            help: "",
            kind: ControlKind::Number { min: 50.0, max: 1000.0, step: 50.0, default: 500.0, unit: "steps" },
            place: ControlPlace::More("Training"),
        },
    ],
    details: "",
};
