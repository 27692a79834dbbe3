//! The image a widget starts from: a sample, a newly drawn lesion or the reader's own.

use super::{Control, ControlKind, ControlPlace};
use crate::Diagnosis;

/// A synthetic lesion the book offers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The diagnosis drawn.
    pub diagnosis: Diagnosis,
    /// The seed of the drawing.
    pub seed: u64,
}

/// One sample per diagnosis, in their order, each with the typical signs of its diagnosis. The seed of the first is the
/// default of the control `seed`.
pub const SAMPLES: [Sample; 8] = [
    Sample { diagnosis: Diagnosis::Mel, seed: 3 },
    Sample { diagnosis: Diagnosis::Nv, seed: 5 },
    Sample { diagnosis: Diagnosis::Bcc, seed: 2 },
    Sample { diagnosis: Diagnosis::Ak, seed: 9 },
    Sample { diagnosis: Diagnosis::Bkl, seed: 45 },
    Sample { diagnosis: Diagnosis::Df, seed: 37 },
    Sample { diagnosis: Diagnosis::Vasc, seed: 25 },
    Sample { diagnosis: Diagnosis::Scc, seed: 58 },
];

/// The first controls of every widget with an image.
pub const IMAGE_CONTROLS: &[Control] = &[
    Control {
        name: "image",
        label: "Image",
        help: "Synthetic lesions, drawn in your browser, or your own image: choose, drop or paste a file, or use the camera. Your image never leaves this page.",
        kind: ControlKind::Pictures {
            options: &[
                ("mel", "melanoma (MEL), synthetic"),
                ("nv", "melanocytic nevus (NV), synthetic"),
                ("bcc", "basal cell carcinoma (BCC), synthetic"),
                ("ak", "actinic keratosis (AK), synthetic"),
                ("bkl", "benign keratosis (BKL), synthetic"),
                ("df", "dermatofibroma (DF), synthetic"),
                ("vasc", "vascular lesion (VASC), synthetic"),
                ("scc", "squamous cell carcinoma (SCC), synthetic"),
                ("own", "your own image"),
            ],
            default: "mel",
        },
        place: ControlPlace::Strip,
    },
    Control {
        name: "draw-new",
        label: "Draw another",
        help: "",
        kind: ControlKind::Action,
        place: ControlPlace::Strip,
    },
    Control {
        name: "own-image",
        label: "Your own file",
        help: "",
        kind: ControlKind::File { accept: "image/*", multiple: false },
        place: ControlPlace::Strip,
    },
    Control {
        name: "use-camera",
        label: "Camera",
        help: "",
        kind: ControlKind::Action,
        place: ControlPlace::Strip,
    },
    Control {
        name: "seed",
        label: "Drawing seed",
        help: "The same seed always draws the same lesion.",
        kind: ControlKind::Number {
            min: 0.0,
            max: 999_999.0,
            step: 1.0,
            default: SAMPLES[0].seed as f64,
            unit: "",
        },
        place: ControlPlace::More("Image"),
    },
];
