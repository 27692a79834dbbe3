//! `lesion-lab`: the signs of a lesion, each with a slider.

use super::{Control, Kind, Widget};

/// A drawn lesion, every clinical sign of which can be moved. What `lesions::Clinical` names is named the same here.
pub const LESION_LAB: Widget = Widget {
    name: "lesion-lab",
    title: "Lesion lab",
    question: "What does a dermatologist look for, and what changes when it changes?",
    needs: &[],
    takes_image: false,
    controls: &[
        Control {
            name: "diagnosis",
            label: "Diagnosis",
            help: "",
            kind: Kind::Choice {
                options: &[
                    ("mel", "melanoma (MEL)"),
                    ("nv", "melanocytic nevus (NV)"),
                    ("bcc", "basal cell carcinoma (BCC)"),
                    ("ak", "actinic keratosis (AK)"),
                    ("bkl", "benign keratosis (BKL)"),
                    ("df", "dermatofibroma (DF)"),
                    ("vasc", "vascular lesion (VASC)"),
                    ("scc", "squamous cell carcinoma (SCC)"),
                ],
                default: "mel",
            },
            more: false,
        },
        Control { name: "draw-another", label: "Draw another", help: "", kind: Kind::Action, more: false },
        Control {
            name: "another-picture",
            label: "Same lesion, another picture",
            help: "",
            kind: Kind::Action,
            more: false,
        },
        Control {
            name: "difficulty",
            label: "Difficulty",
            help: "0: signs as in an atlas; 1: mostly faint and mixed. A new value draws the lesion anew.",
            kind: Kind::Number { min: 0.0, max: 1.0, step: 0.05, default: 0.5, unit: "" },
            more: false,
        },
        sign("asymmetry", "Asymmetry", false),
        sign("border-irregularity", "Border irregularity", false),
        sign("border-sharpness", "Border sharpness", false),
        sign("dark-brown", "Dark brown", false),
        sign("red", "Red", false),
        sign("blue-white-veil", "Blue-white veil", false),
        sign("network", "Pigment network", false),
        sign("network-atypia", "Network: typical to atypical", false),
        Control {
            name: "skin-tone",
            label: "Skin tone",
            help: "The typology angle: above 55 very light, below −30 dark.",
            kind: Kind::Number { min: -50.0, max: 75.0, step: 1.0, default: 55.0, unit: "°" },
            more: false,
        },
        Control {
            name: "seed",
            label: "Seed",
            help: "The same seed always draws the same lesion.",
            kind: Kind::Number { min: 0.0, max: 999_999.0, step: 1.0, default: 1397.0, unit: "" },
            more: true,
        },
        between("diameter", "Diameter (share of the frame)", [0.12, 1.1]),
        between("elongation", "Elongation", [1.0, 2.2]),
        sign("moth-eaten-border", "Moth-eaten border", true),
        sign("light-brown", "Light brown", true),
        sign("black", "Black", true),
        sign("white", "White", true),
        sign("blue-grey", "Blue-grey", true),
        Control {
            name: "warmth",
            label: "Mauve to yellow",
            help: "",
            kind: Kind::Number { min: -1.0, max: 1.0, step: 0.01, default: 0.0, unit: "" },
            more: true,
        },
        sign("concentric", "Darker centre", true),
        sign("grain", "Grain", true),
        sign("network-peripheral", "Network only at the rim", true),
        sign("white-network", "White network", true),
        sign("dots", "Dots", true),
        sign("globules", "Globules", true),
        sign("globules-irregular", "Dots and globules: regular to irregular", true),
        sign("rim-globules", "Rim of globules", true),
        sign("streaks", "Streaks", true),
        sign("streaks-all-round", "Streaks: one sector to all round", true),
        sign("pseudopods", "Pseudopods", true),
        sign("blotch", "Blotch", true),
        sign("regression", "Regression", true),
        sign("pepper", "Grey granules", true),
        sign("blue-grey-nests", "Blue-grey nests", true),
        sign("leaf-like-areas", "Leaf-like areas", true),
        sign("milia-like-cysts", "Milia-like cysts", true),
        sign("comedo-like-openings", "Comedo-like openings", true),
        sign("ridges", "Fissures and ridges", true),
        sign("fingerprint", "Fingerprint lines", true),
        sign("arborising-vessels", "Arborising vessels", true),
        sign("fine-vessels", "Short fine vessels", true),
        sign("glomerular-vessels", "Glomerular vessels", true),
        sign("dotted-vessels", "Dotted vessels", true),
        sign("hairpin-vessels", "Hairpin vessels", true),
        sign("comma-vessels", "Comma vessels", true),
        sign("lacunae-red", "Red lacunae", true),
        sign("lacunae-purple", "Purple lacunae", true),
        sign("strawberry", "Strawberry pattern", true),
        sign("central-white-patch", "Central white patch", true),
        sign("follicle-plugs", "Follicle plugs", true),
        sign("rosettes", "Rosettes", true),
        sign("scale", "Scale", true),
        sign("keratin", "Keratin", true),
        sign("ulcer", "Ulcer or crust", true),
        sign("blood-spots", "Blood spots", true),
        sign("white-circles", "White circles", true),
        sign("collarette", "White collarette", true),
        sign("shiny-white-lines", "Shiny white lines", true),
        Control {
            name: "picture",
            label: "Picture of this lesion",
            help: "The lesion stays; framing, light and hair change.",
            kind: Kind::Number { min: 1.0, max: 4.0, step: 1.0, default: 1.0, unit: "" },
            more: true,
        },
        Control {
            name: "hair",
            label: "Hair",
            help: "",
            kind: Kind::Number { min: 0.0, max: 40.0, step: 1.0, default: 0.0, unit: "strands" },
            more: true,
        },
        Control {
            name: "vignette",
            label: "Darkening towards the corners",
            help: "",
            kind: Kind::Number { min: 0.0, max: 0.7, step: 0.01, default: 0.0, unit: "" },
            more: true,
        },
        Control {
            name: "fall-off",
            label: "Light from one side",
            help: "",
            kind: Kind::Number { min: 0.0, max: 0.3, step: 0.01, default: 0.0, unit: "" },
            more: true,
        },
        Control {
            name: "brightness",
            label: "Brightness",
            help: "",
            kind: Kind::Number { min: 0.5, max: 1.5, step: 0.01, default: 1.0, unit: "times" },
            more: true,
        },
        switch("neutral-light", "Neutral light", "Off: the colour cast of the clinic's camera."),
        switch("dark-border", "Round dark border", "The tube of the dermatoscope."),
        switch("ruler", "Ruler", ""),
        switch("ink", "Pen marks", ""),
        Control {
            name: "bubbles",
            label: "Bubbles in the gel",
            help: "",
            kind: Kind::Number { min: 0.0, max: 8.0, step: 1.0, default: 0.0, unit: "" },
            more: true,
        },
    ],
};

/// How strong a sign is: 0 absent, 1 as in an atlas.
const fn sign(name: &'static str, label: &'static str, more: bool) -> Control {
    Control { name, label, help: "", kind: number([0.0, 1.0]), more }
}

const fn between(name: &'static str, label: &'static str, range: [f64; 2]) -> Control {
    Control { name, label, help: "", kind: number(range), more: true }
}

/// The widget sets what the lesion has; the least is only where the form starts.
const fn number([min, max]: [f64; 2]) -> Kind {
    Kind::Number { min, max, step: 0.01, default: min, unit: "" }
}

const fn switch(name: &'static str, label: &'static str, help: &'static str) -> Control {
    Control { name, label, help, kind: Kind::Toggle { default: false }, more: true }
}
