//! `dataset-explorer`: what a data set contains, and how it is split.

use super::{Control, ControlKind, ControlPlace, DIAGNOSES, Widget};
use crate::census;

/// Counts per diagnosis, a gallery, and the folders of a split with the leaks between them.
pub const DATASET_EXPLORER: Widget = Widget {
    name: "dataset-explorer",
    title: "Data set explorer",
    question: "What is in a data set, and which image goes where?",
    needs: &[],
    takes_image: false,
    controls: &[
        Control {
            name: "show",
            label: "Show",
            help: "",
            kind: ControlKind::Choice {
                options: &[
                    ("counts", "images per diagnosis"),
                    ("gallery", "what the lesions look like"),
                    ("folders", "the folders of a split"),
                ],
                default: "counts",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "data",
            label: "Data set",
            help: "",
            kind: ControlKind::Choice { options: census::OPTIONS, default: census::OPTIONS[0].0 },
            place: ControlPlace::Bar,
        },
        Control {
            name: "axis",
            label: "Axis",
            help: "On a logarithmic axis each line is ten times the one before.",
            kind: ControlKind::Choice {
                options: &[("linear", "linear"), ("logarithmic", "logarithmic")],
                default: "linear",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "diagnosis",
            label: "Diagnosis",
            help: "",
            kind: ControlKind::Choice { options: DIAGNOSES, default: "nv" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "pictures",
            label: "Pictures",
            help: "A lesion is often photographed more than once: rotated, from further away, in different light.",
            kind: ControlKind::Choice {
                options: &[("lesions", "twelve lesions"), ("views", "one lesion, twelve times")],
                default: "lesions",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "draw-more",
            label: "Draw more",
            help: "Continues with the next seeds.",
            kind: ControlKind::Action,
            place: ControlPlace::Player,
        },
        Control {
            name: "first",
            label: "First seed",
            help: "The same seed always draws the same lesion.",
            kind: ControlKind::Number { min: 0.0, max: 999_999.0, step: 1.0, default: 1.0, unit: "" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "by",
            label: "Split by",
            help: "By lesion, all images of a lesion go into the same folder. By image, each image is assigned on its own.",
            kind: ControlKind::Choice {
                options: &[
                    ("lesion", "lesion: its images stay together"),
                    ("image", "image: each on its own"),
                ],
                default: "lesion",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "training",
            label: "Training",
            help: "The network learns from these images. When you move one slider, the other two share the rest.",
            kind: ControlKind::Number { min: 0.0, max: 100.0, step: 1.0, default: 65.0, unit: "%" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "validation",
            label: "Validation",
            help: "These images decide when to stop training.",
            kind: ControlKind::Number { min: 0.0, max: 100.0, step: 1.0, default: 20.0, unit: "%" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "test",
            label: "Test",
            help: "These images are used once, at the end.",
            kind: ControlKind::Number { min: 0.0, max: 100.0, step: 1.0, default: 15.0, unit: "%" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "seed",
            label: "Split seed",
            help: "The same seed always gives the same split.",
            kind: ControlKind::Number { min: 0.0, max: 999_999.0, step: 1.0, default: 2019.0, unit: "" },
            place: ControlPlace::More("Split"),
        },
    ],
    details: "",
};
