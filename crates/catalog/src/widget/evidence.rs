//! `evidence`: where the score of a diagnosis comes from.

use super::{Control, Kind, Need, Place, Widget, network};

/// The last maps of the exported network, averaged, weighted and summed for each diagnosis, and drawn over the image.
pub const EVIDENCE: Widget = Widget {
    name: "evidence",
    title: "Evidence",
    question: "Which parts of the image, and which maps, give each diagnosis its score?",
    needs: &[Need::Network],
    takes_image: true,
    controls: &[
        // Pressing a bar in the picture chooses as well.
        Control {
            name: "class",
            label: "Evidence for",
            help: "",
            kind: Kind::Choice {
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
            place: Place::Bar,
        },
        Control {
            name: "opacity",
            label: "Opacity of the map",
            help: "",
            kind: Kind::Number { min: 0.0, max: 100.0, step: 5.0, default: 60.0, unit: "%" },
            place: Place::Bar,
        },
        Control {
            name: "between",
            label: "Smoothing",
            help: "The network computes one value per square; smoothing adds no information.",
            kind: Kind::Choice {
                options: &[("squares", "squares, as computed"), ("smooth", "smoothed")],
                default: "squares",
            },
            place: Place::Bar,
        },
        Control {
            name: "scale",
            label: "Colours",
            help: "",
            kind: Kind::Choice {
                options: &[("all", "one scale for all diagnoses"), ("own", "one scale per diagnosis")],
                default: "all",
            },
            place: Place::Bar,
        },
        network::BACKEND,
        network::FULL_PRECISION,
        network::MODEL,
        network::OWN_MODEL,
    ],
    details: "From the maps to the probability, step by step",
};
