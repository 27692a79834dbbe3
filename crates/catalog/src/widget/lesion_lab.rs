//! `lesion-lab`: the signs of a lesion, each with a slider.

use super::{Control, ControlKind, ControlPlace, DIAGNOSES, Widget, player};

/// A drawn lesion with a slider for every clinical sign. The names are those of `lesions::Clinical`.
pub const LESION_LAB: Widget = Widget {
    name: "lesion-lab",
    title: "Lesion lab",
    question: "What does a dermatologist look for, and what does each sign look like?",
    needs: &[],
    takes_image: false,
    controls: &[
        Control {
            name: "diagnosis",
            label: "Diagnosis",
            help: "",
            kind: ControlKind::Choice { options: DIAGNOSES, default: "mel" },
            place: ControlPlace::Bar,
        },
        player("draw-another", "Draw another"),
        player("another-picture", "Another picture of this lesion"),
        Control {
            name: "difficulty",
            label: "Difficulty",
            help: "0: textbook signs; 1: mostly faint and mixed signs. A new value redraws the lesion.",
            kind: ControlKind::Number { min: 0.0, max: 1.0, step: 0.05, default: 0.5, unit: "" },
            place: ControlPlace::Bar,
        },
        sign("asymmetry", "Asymmetry", ControlPlace::Bar),
        sign("border-irregularity", "Border irregularity", ControlPlace::Bar),
        sign("border-sharpness", "Border sharpness", SHAPE),
        sign("dark-brown", "Dark brown", COLOURS),
        sign("red", "Red", COLOURS),
        sign("blue-white-veil", "Blue-white veil", PIGMENT),
        sign("network", "Pigment network", PIGMENT),
        sign("network-atypia", "Network: typical to atypical", PIGMENT),
        Control {
            name: "skin-tone",
            label: "Skin tone",
            help: "Individual typology angle: above 55° is very light, below −30° is dark.",
            kind: ControlKind::Number { min: -50.0, max: 75.0, step: 1.0, default: 55.0, unit: "°" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "seed",
            label: "Seed",
            help: "The same seed always draws the same lesion.",
            kind: ControlKind::Number { min: 0.0, max: 999_999.0, step: 1.0, default: 1397.0, unit: "" },
            place: PICTURE,
        },
        between("diameter", "Diameter (fraction of the frame)", [0.12, 1.1]),
        between("elongation", "Elongation", [1.0, 2.2]),
        sign("moth-eaten-border", "Moth-eaten border", SHAPE),
        sign("light-brown", "Light brown", COLOURS),
        sign("black", "Black", COLOURS),
        sign("white", "White", COLOURS),
        sign("blue-grey", "Blue-grey", COLOURS),
        Control {
            name: "warmth",
            label: "Mauve to yellow",
            help: "",
            kind: ControlKind::Number { min: -1.0, max: 1.0, step: 0.01, default: 0.0, unit: "" },
            place: COLOURS,
        },
        sign("concentric", "Darker centre", COLOURS),
        sign("grain", "Grain", COLOURS),
        sign("network-peripheral", "Network only at the rim", PIGMENT),
        sign("white-network", "White network", PIGMENT),
        sign("dots", "Dots", PIGMENT),
        sign("globules", "Globules", PIGMENT),
        sign("globules-irregular", "Dots and globules: regular to irregular", PIGMENT),
        sign("rim-globules", "Rim of globules", PIGMENT),
        sign("streaks", "Streaks", PIGMENT),
        sign("streaks-all-round", "Streaks: one sector to the whole rim", PIGMENT),
        sign("pseudopods", "Pseudopods", PIGMENT),
        sign("blotch", "Blotch", PIGMENT),
        sign("regression", "Regression", PIGMENT),
        sign("pepper", "Grey granules", PIGMENT),
        sign("blue-grey-nests", "Blue-grey nests", PIGMENT),
        sign("leaf-like-areas", "Leaf-like areas", PIGMENT),
        sign("milia-like-cysts", "Milia-like cysts", HORN),
        sign("comedo-like-openings", "Comedo-like openings", HORN),
        sign("ridges", "Fissures and ridges", HORN),
        sign("fingerprint", "Fingerprint lines", HORN),
        sign("arborising-vessels", "Arborising vessels", VESSELS),
        sign("fine-vessels", "Short fine vessels", VESSELS),
        sign("glomerular-vessels", "Glomerular vessels", VESSELS),
        sign("dotted-vessels", "Dotted vessels", VESSELS),
        sign("hairpin-vessels", "Hairpin vessels", VESSELS),
        sign("comma-vessels", "Comma vessels", VESSELS),
        sign("lacunae-red", "Red lacunae", VESSELS),
        sign("lacunae-purple", "Purple lacunae", VESSELS),
        sign("strawberry", "Strawberry pattern", VESSELS),
        sign("central-white-patch", "Central white patch", SURFACE),
        sign("follicle-plugs", "Follicle plugs", SURFACE),
        sign("rosettes", "Rosettes", SURFACE),
        sign("scale", "Scale", SURFACE),
        sign("keratin", "Keratin", SURFACE),
        sign("ulcer", "Ulcer or crust", SURFACE),
        sign("blood-spots", "Blood spots", SURFACE),
        sign("white-circles", "White circles", SURFACE),
        sign("collarette", "White collarette", SURFACE),
        sign("shiny-white-lines", "Shiny white lines", SURFACE),
        Control {
            name: "picture",
            label: "Picture of this lesion",
            help: "The lesion stays the same; framing, light and hair change.",
            kind: ControlKind::Number { min: 1.0, max: 4.0, step: 1.0, default: 1.0, unit: "" },
            place: PICTURE,
        },
        Control {
            name: "hair",
            label: "Hair",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 40.0, step: 1.0, default: 0.0, unit: "strands" },
            place: PICTURE,
        },
        Control {
            name: "vignette",
            label: "Darkening towards the corners",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 0.7, step: 0.01, default: 0.0, unit: "" },
            place: PICTURE,
        },
        Control {
            name: "fall-off",
            label: "Light from one side",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 0.3, step: 0.01, default: 0.0, unit: "" },
            place: PICTURE,
        },
        Control {
            name: "brightness",
            label: "Brightness",
            help: "",
            kind: ControlKind::Number { min: 0.5, max: 1.5, step: 0.01, default: 1.0, unit: "×" },
            place: PICTURE,
        },
        switch("neutral-light", "Neutral light", "Off: with the colour cast of the clinic's camera."),
        switch("dark-border", "Round dark border", "The tube of the dermatoscope, as seen in the image."),
        switch("ruler", "Ruler", ""),
        switch("ink", "Pen marks", ""),
        Control {
            name: "bubbles",
            label: "Bubbles in the gel",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 8.0, step: 1.0, default: 0.0, unit: "" },
            place: PICTURE,
        },
    ],
    details: "",
};

// The groups behind "More" are those of `lesions::Parameter`.
const SHAPE: ControlPlace = ControlPlace::More("Shape");
const COLOURS: ControlPlace = ControlPlace::More("Colours");
const PIGMENT: ControlPlace = ControlPlace::More("Pigment");
const HORN: ControlPlace = ControlPlace::More("Horn");
const VESSELS: ControlPlace = ControlPlace::More("Vessels");
const SURFACE: ControlPlace = ControlPlace::More("Surface");
const PICTURE: ControlPlace = ControlPlace::More("Picture");

/// Strength of a sign: 0 absent, 1 as in an atlas.
const fn sign(name: &'static str, label: &'static str, place: ControlPlace) -> Control {
    Control { name, label, help: "", kind: number([0.0, 1.0]), place }
}

const fn between(name: &'static str, label: &'static str, range: [f64; 2]) -> Control {
    Control { name, label, help: "", kind: number(range), place: SHAPE }
}

/// The form starts at the minimum; the widget then sets the values of the lesion.
const fn number([min, max]: [f64; 2]) -> ControlKind {
    ControlKind::Number { min, max, step: 0.01, default: min, unit: "" }
}

const fn switch(name: &'static str, label: &'static str, help: &'static str) -> Control {
    Control { name, label, help, kind: ControlKind::Toggle { default: false }, place: PICTURE }
}
