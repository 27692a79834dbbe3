//! `pixel-inspector`: the values that an image is made of.

use super::{Control, ControlKind, ControlPlace, Widget};

/// The image's planes side by side, and a window that shows the value of every pixel.
pub const PIXEL_INSPECTOR: Widget = Widget {
    name: "pixel-inspector",
    title: "Pixel inspector",
    question: "What values is this image made of?",
    needs: &[],
    takes_image: true,
    controls: &[
        Control {
            name: "channel",
            label: "Value shown",
            help: "The colour space decides which three planes are shown.",
            kind: ControlKind::Choice {
                options: &[
                    ("red", "red"),
                    ("green", "green"),
                    ("blue", "blue"),
                    ("grey", "grey: one brightness from all three"),
                    ("hue", "HSV: hue, degrees"),
                    ("saturation", "HSV: saturation, %"),
                    ("value", "HSV: value, %"),
                    ("lightness", "L*a*b*: lightness L*"),
                    ("green-red", "L*a*b*: green to red a*"),
                    ("blue-yellow", "L*a*b*: blue to yellow b*"),
                ],
                default: "red",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "tint",
            label: "Planes in colour",
            help: "Off: each plane in grey, because a single value is only a brightness.",
            kind: ControlKind::Toggle { default: true },
            place: ControlPlace::Bar,
        },
        Control {
            name: "column",
            label: "Left column",
            help: "Or drag on the image, or use the arrow keys there (with Shift, 10 pixels at a time).",
            kind: ControlKind::Number { min: 0.0, max: 511.0, step: 1.0, default: 65.0, unit: "pixels" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "row",
            label: "Top row",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 511.0, step: 1.0, default: 67.0, unit: "pixels" },
            place: ControlPlace::Bar,
        },
    ],
    details: "",
};
