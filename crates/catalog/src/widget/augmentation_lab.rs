//! `augmentation-lab`: the variations of an image that a training sees.

use super::{Control, Kind, Need, Widget};
use crate::model;

/// Draws the chosen image as a training would vary it, once for every epoch.
pub const AUGMENTATION_LAB: Widget = Widget {
    name: "augmentation-lab",
    title: "Augmentation lab",
    question: "How many pictures can be made of one lesion?",
    needs: &[Need::Trainings],
    takes_image: true,
    controls: &[
        Control {
            name: "preset",
            label: "Variations",
            help: "Any change below makes them your own.",
            kind: Kind::Choice {
                options: &[
                    ("training", "what this book's training does"),
                    ("activity-shown", "what the activity shows: ±45°"),
                    ("activity-trained", "what the activity trains with: ±90°"),
                    ("none", "none: the image as it is"),
                    ("own", "my own"),
                ],
                default: "training",
            },
            more: false,
        },
        Control {
            name: "count",
            label: "Pictures",
            help: "",
            kind: Kind::Choice { options: &[("12", "12"), ("24", "24")], default: "12" },
            more: false,
        },
        Control {
            name: "rotation",
            label: "Rotation, at most",
            help: "Either way.",
            kind: Kind::Number { min: 0.0, max: 180.0, step: 1.0, default: 0.0, unit: "degrees" },
            more: false,
        },
        percent("shift", "Shift, at most", "Of width and height, either way.", 50.0, 0.1, false),
        percent("scale", "Scale, at most", "100 %: from half to twice as large.", 100.0, 1.0, true),
        toggle("flip-horizontal", "Reflect left and right", false),
        toggle("flip-vertical", "Reflect top and bottom", false),
        Control {
            name: "fill",
            label: "Fill",
            help: "What stands where the image was moved away.",
            kind: Kind::Choice {
                options: &[
                    ("nearest", "nearest: the edge repeats"),
                    ("reflect", "reflect: a mirror at the edge"),
                    ("wrap", "wrap: the image from its other side"),
                    ("black", "constant: black"),
                    ("mean", "constant: the mean colour of ImageNet"),
                ],
                default: "nearest",
            },
            more: false,
        },
        toggle("quarter-turns", "Turn by 90°, 180° or 270°", true),
        degrees("shear", "Shear, at most", "How far upright lines lean over.", 45.0),
        percent("brightness", "Brightness, at most", "", 90.0, 1.0, true),
        percent("contrast", "Contrast, at most", "", 90.0, 1.0, true),
        percent("saturation", "Saturation, at most", "", 90.0, 1.0, true),
        degrees("hue", "Hue, at most", "On the circle of colours; 60° lie between red and yellow.", 180.0),
        Control {
            name: "variation-seed",
            label: "Seed of the variations",
            help: "The same seed always draws the same variations; at first it is the training's own.",
            kind: Kind::Number { min: 0.0, max: 999_999.0, step: 1.0, default: 1.0, unit: "" },
            more: true,
        },
        Control {
            name: "epoch-size",
            label: "As large as each epoch feeds them",
            help: "A training may begin with smaller images, which take less time.",
            kind: Kind::Toggle { default: false },
            more: true,
        },
        Control {
            name: "model",
            label: "Training of",
            help: "",
            kind: Kind::Choice { options: model::TRAINED, default: model::TRAINED[0].0 },
            more: true,
        },
    ],
};

const fn percent(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    max: f64,
    step: f64,
    more: bool,
) -> Control {
    Control { name, label, help, kind: Kind::Number { min: 0.0, max, step, default: 0.0, unit: "%" }, more }
}

const fn degrees(name: &'static str, label: &'static str, help: &'static str, max: f64) -> Control {
    let kind = Kind::Number { min: 0.0, max, step: 1.0, default: 0.0, unit: "degrees" };
    Control { name, label, help, kind, more: true }
}

const fn toggle(name: &'static str, label: &'static str, more: bool) -> Control {
    Control { name, label, help: "", kind: Kind::Toggle { default: false }, more }
}

/// One setting of an augmentation, as a form and as a training's configuration hold it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AugmentationSetting {
    /// The control's name.
    pub control: &'static str,
    /// The key in `[augmentation]`.
    pub key: &'static str,
    /// How many of the control's units are 1 in the configuration; nothing to a toggle or a choice.
    pub units: f64,
}

/// Every setting of an augmentation.
pub const AUGMENTATION: [AugmentationSetting; 12] = [
    setting("flip-horizontal", "flip_horizontal", 1.0),
    setting("flip-vertical", "flip_vertical", 1.0),
    setting("quarter-turns", "quarter_turns", 1.0),
    setting("rotation", "rotation", 1.0),
    setting("shift", "shift", 100.0),
    setting("scale", "scale", 100.0),
    setting("shear", "shear", 1.0),
    setting("brightness", "brightness", 100.0),
    setting("contrast", "contrast", 100.0),
    setting("saturation", "saturation", 100.0),
    setting("hue", "hue", 1.0),
    setting("fill", "fill", 1.0),
];

const fn setting(control: &'static str, key: &'static str, units: f64) -> AugmentationSetting {
    AugmentationSetting { control, key, units }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_a_control_of_the_form() {
        for AugmentationSetting { control, .. } in AUGMENTATION {
            assert!(AUGMENTATION_LAB.control(control).is_some(), "{control}");
        }
    }
}
