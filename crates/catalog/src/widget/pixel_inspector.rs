//! `pixel-inspector`: the numbers that an image is made of.

use super::{Control, Kind, Place, Widget};

/// The image's planes side by side, and a window with the number on every pixel.
pub const PIXEL_INSPECTOR: Widget = Widget {
    name: "pixel-inspector",
    title: "Pixel inspector",
    question: "Which numbers is this image made of?",
    needs: &[],
    takes_image: true,
    controls: &[
        Control {
            name: "channel",
            label: "Number shown",
            help: "Its colour space decides which three planes stand side by side.",
            kind: Kind::Choice {
                options: &[
                    ("red", "red"),
                    ("green", "green"),
                    ("blue", "blue"),
                    ("grey", "grey: all three as one brightness"),
                    ("hue", "HSV: hue, degrees"),
                    ("saturation", "HSV: saturation, %"),
                    ("value", "HSV: value, %"),
                    ("lightness", "L*a*b*: lightness L*"),
                    ("green-red", "L*a*b*: green to red a*"),
                    ("blue-yellow", "L*a*b*: blue to yellow b*"),
                ],
                default: "red",
            },
            place: Place::Bar,
        },
        Control {
            name: "tint",
            label: "Planes in colour",
            help: "Off: each plane in grey, which is all that one number can say.",
            kind: Kind::Toggle { default: true },
            place: Place::Bar,
        },
        Control {
            name: "column",
            label: "Left column",
            help: "Or click and drag on the image; arrow keys move the window there, with Shift by 10.",
            kind: Kind::Number { min: 0.0, max: 511.0, step: 1.0, default: 65.0, unit: "pixels" },
            place: Place::Bar,
        },
        Control {
            name: "row",
            label: "Top row",
            help: "",
            kind: Kind::Number { min: 0.0, max: 511.0, step: 1.0, default: 67.0, unit: "pixels" },
            place: Place::Bar,
        },
    ],
    details: "",
};
