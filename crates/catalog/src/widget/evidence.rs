//! `evidence`: where the score of a diagnosis comes from.

use super::{Control, ControlKind, ControlPlace, Widget, WidgetNeed, network};

/// The last maps of the exported network, averaged, weighted and summed for each diagnosis, and drawn over the image.
pub const EVIDENCE: Widget = Widget {
    name: "evidence",
    title: "Evidence",
    question: "Which parts of the image, and which maps, give each diagnosis its score?",
    needs: &[WidgetNeed::Network],
    takes_image: true,
    controls: &[
        // Pressing a bar in the picture chooses as well.
        Control {
            name: "class",
            label: "Evidence for",
            help: "",
            kind: ControlKind::Choice {
                options: &[
                    ("top", "the most probable diagnosis"),
                    ("mel", "melanoma"),
                    ("nv", "melanocytic nevus"),
                    ("bcc", "basal cell carcinoma"),
                    ("ak", "actinic keratosis"),
                    ("bkl", "benign keratosis"),
                    ("df", "dermatofibroma"),
                    ("vasc", "vascular lesion"),
                    ("scc", "squamous cell carcinoma"),
                    ("benign", "benign (two-class network)"),
                    ("malignant", "malignant (two-class network)"),
                ],
                default: "top",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "opacity",
            label: "Opacity of the map",
            help: "",
            kind: ControlKind::Number { min: 0.0, max: 100.0, step: 5.0, default: 60.0, unit: "%" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "between",
            label: "Smoothing",
            help: "The network computes one value per square; smoothing adds no information.",
            kind: ControlKind::Choice {
                options: &[("squares", "squares, as computed"), ("smooth", "smoothed")],
                default: "squares",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "scale",
            label: "Colours",
            help: "",
            kind: ControlKind::Choice {
                options: &[("all", "one scale for all diagnoses"), ("own", "one scale per diagnosis")],
                default: "all",
            },
            place: ControlPlace::Bar,
        },
        network::BACKEND,
        network::FULL_PRECISION,
        network::MODEL,
        network::OWN_MODEL,
    ],
    details: "From the maps to the probability, step by step",
};
