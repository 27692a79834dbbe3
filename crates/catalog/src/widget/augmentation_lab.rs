//! `augmentation-lab`: the variations of an image that a training sees.

use super::{Control, Kind, Need, Place, Widget};
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
            place: Place::Bar,
        },
        Control {
            name: "count",
            label: "Pictures",
            help: "",
            kind: Kind::Choice { options: &[("12", "12"), ("24", "24")], default: "12" },
            place: Place::More("Training"),
        },
        Control {
            name: "rotation",
            label: "Rotation, at most",
            help: "Either way.",
            kind: Kind::Number { min: 0.0, max: 180.0, step: 1.0, default: 0.0, unit: "°" },
            place: Place::Bar,
        },
        percent("shift", "Shift, at most", "Of width and height, either way.", 50.0, 0.1, GEOMETRY),
        percent("scale", "Scale, at most", "100 %: from half to twice as large.", 100.0, 1.0, GEOMETRY),
        toggle("flip-horizontal", "Flip left and right", Place::Bar),
        toggle("flip-vertical", "Flip top and bottom", Place::Bar),
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
            place: Place::More("Geometry"),
        },
        toggle("quarter-turns", "Turn by 90°, 180° or 270°", GEOMETRY),
        degrees("shear", "Shear, at most", "How far upright lines lean over.", 45.0, GEOMETRY),
        percent("brightness", "Brightness, at most", "", 90.0, 1.0, COLOURS),
        percent("contrast", "Contrast, at most", "", 90.0, 1.0, COLOURS),
        percent("saturation", "Saturation, at most", "", 90.0, 1.0, COLOURS),
        degrees(
            "hue",
            "Hue, at most",
            "On the circle of colours; 60° lie between red and yellow.",
            180.0,
            COLOURS,
        ),
        Control {
            name: "variation-seed",
            label: "Seed of the variations",
            help: "The same seed always draws the same variations; at first it is the training's own.",
            kind: Kind::Number { min: 0.0, max: 999_999.0, step: 1.0, default: 1.0, unit: "" },
            place: Place::More("Training"),
        },
        Control {
            name: "epoch-size",
            label: "As large as each epoch feeds them",
            help: "A training may begin with smaller images, which take less time.",
            kind: Kind::Toggle { default: false },
            place: Place::More("Training"),
        },
        Control {
            name: "model",
            label: "Training of",
            help: "",
            kind: Kind::Choice { options: model::TRAINED, default: model::TRAINED[0].0 },
            place: Place::More("Training"),
        },
    ],
    details: "",
};

/// What moves pixels.
const GEOMETRY: Place = Place::More("Geometry");
/// What changes their values.
const COLOURS: Place = Place::More("Colours");

const fn percent(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    max: f64,
    step: f64,
    place: Place,
) -> Control {
    Control { name, label, help, kind: Kind::Number { min: 0.0, max, step, default: 0.0, unit: "%" }, place }
}

const fn degrees(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    max: f64,
    place: Place,
) -> Control {
    let kind = Kind::Number { min: 0.0, max, step: 1.0, default: 0.0, unit: "degrees" };
    Control { name, label, help, kind, place }
}

const fn toggle(name: &'static str, label: &'static str, place: Place) -> Control {
    Control { name, label, help: "", kind: Kind::Toggle { default: false }, place }
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
