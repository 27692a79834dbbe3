//! `augmentation-lab`: the variations of an image that training uses.

use super::{Control, ControlKind, ControlPlace, Widget, WidgetNeed};
use crate::model;

/// Draws the chosen image as training would vary it, once per epoch.
pub const AUGMENTATION_LAB: Widget = Widget {
    name: "augmentation-lab",
    title: "Augmentation lab",
    question: "How many pictures can be made of one lesion?",
    needs: &[WidgetNeed::Trainings],
    takes_image: true,
    controls: &[
        Control {
            name: "preset",
            label: "Variations",
            help: "Any change below switches to your own.",
            kind: ControlKind::Choice {
                options: &[
                    ("training", "as in this book's training"),
                    ("activity-shown", "as the activity shows: ±45°"),
                    ("activity-trained", "as the activity trains: ±90°"),
                    ("none", "none: the image unchanged"),
                    ("own", "your own settings"),
                ],
                default: "training",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "count",
            label: "Pictures",
            help: "",
            kind: ControlKind::Choice { options: &[("12", "12"), ("24", "24")], default: "12" },
            place: ControlPlace::More("Training"),
        },
        Control {
            name: "rotation",
            label: "Maximum rotation",
            help: "In either direction.",
            kind: ControlKind::Number { min: 0.0, max: 180.0, step: 1.0, default: 0.0, unit: "°" },
            place: ControlPlace::Bar,
        },
        percent("shift", "Maximum shift", "Of width and height, in either direction.", 50.0, 0.1, GEOMETRY),
        percent("scale", "Maximum scaling", "100 % means from half to twice the size.", 100.0, 1.0, GEOMETRY),
        toggle("flip-horizontal", "Flip left to right", ControlPlace::Bar),
        toggle("flip-vertical", "Flip top to bottom", ControlPlace::Bar),
        Control {
            name: "fill",
            label: "Fill",
            help: "What fills the area that the image no longer covers.",
            kind: ControlKind::Choice {
                options: &[
                    ("nearest", "nearest: the edge repeats"),
                    ("reflect", "reflect: a mirror at the edge"),
                    ("wrap", "wrap: the opposite side of the image"),
                    ("black", "constant: black"),
                    ("mean", "constant: the mean colour of ImageNet"),
                ],
                default: "nearest",
            },
            place: ControlPlace::More("Geometry"),
        },
        toggle("quarter-turns", "Rotate by 90°, 180° or 270°", GEOMETRY),
        degrees("shear", "Maximum shear", "How far vertical lines may lean.", 45.0, GEOMETRY),
        percent("brightness", "Maximum brightness change", "", 90.0, 1.0, COLOURS),
        percent("contrast", "Maximum contrast change", "", 90.0, 1.0, COLOURS),
        percent("saturation", "Maximum saturation change", "", 90.0, 1.0, COLOURS),
        degrees(
            "hue",
            "Maximum hue change",
            "On the colour wheel, where red and yellow are 60° apart.",
            180.0,
            COLOURS,
        ),
        Control {
            name: "variation-seed",
            label: "Variation seed",
            help: "The same seed always draws the same variations. It starts with the seed of the training.",
            kind: ControlKind::Number { min: 0.0, max: 999_999.0, step: 1.0, default: 1.0, unit: "" },
            place: ControlPlace::More("Training"),
        },
        Control {
            name: "epoch-size",
            label: "Use each epoch's image size",
            help: "Training may start with smaller images to save time.",
            kind: ControlKind::Toggle { default: false },
            place: ControlPlace::More("Training"),
        },
        Control {
            name: "model",
            label: "Training run",
            help: "",
            kind: ControlKind::Choice { options: model::TRAINED, default: model::TRAINED[0].0 },
            place: ControlPlace::More("Training"),
        },
    ],
    details: "",
};

/// What moves pixels.
const GEOMETRY: ControlPlace = ControlPlace::More("Geometry");
/// What changes their values.
const COLOURS: ControlPlace = ControlPlace::More("Colours");

const fn percent(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    max: f64,
    step: f64,
    place: ControlPlace,
) -> Control {
    Control {
        name,
        label,
        help,
        kind: ControlKind::Number { min: 0.0, max, step, default: 0.0, unit: "%" },
        place,
    }
}

const fn degrees(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    max: f64,
    place: ControlPlace,
) -> Control {
    let kind = ControlKind::Number { min: 0.0, max, step: 1.0, default: 0.0, unit: "degrees" };
    Control { name, label, help, kind, place }
}

const fn toggle(name: &'static str, label: &'static str, place: ControlPlace) -> Control {
    Control { name, label, help: "", kind: ControlKind::Toggle { default: false }, place }
}

/// One setting of an augmentation, in the form and in a training's configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AugmentationSetting {
    /// The control's name.
    pub control: &'static str,
    /// The key in `[augmentation]`.
    pub key: &'static str,
    /// How many of the control's units equal 1 in the configuration; meaningless for a toggle or a choice.
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
