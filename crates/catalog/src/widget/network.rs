//! The controls that every widget with a network ends with.

use super::{Control, Kind, Place};
use crate::model;

/// What computes.
pub(super) const BACKEND: Control = Control {
    name: "backend",
    label: "Run on",
    help: "WebGPU uses the graphics card where the browser allows it; WASM runs everywhere.",
    kind: Kind::Choice {
        options: &[
            ("auto", "automatic: the fastest available"),
            ("webgpu", "WebGPU: the graphics card"),
            ("wasm", "WASM: the processor"),
        ],
        default: "auto",
    },
    place: Place::More("Network"),
};

/// Whether the weights as trained are loaded in place of the smallest file that answers as they do.
pub(super) const FULL_PRECISION: Control = Control {
    name: "full-precision",
    label: "Full precision",
    help: "The weights as trained, in 32 bits: a larger download, and answers that hardly differ from the smaller file's.",
    kind: Kind::Toggle { default: false },
    place: Place::More("Network"),
};

/// Which of them stands beside it, where two are compared: the second there is.
pub(super) const SECOND_MODEL: Control = Control {
    name: "second-model",
    label: "Second network",
    help: "",
    kind: Kind::Choice {
        options: model::OPTIONS,
        default: model::OPTIONS[if model::OPTIONS.len() > 1 { 1 } else { 0 }].0,
    },
    place: Place::More("Network"),
};

/// The reader's own model.
pub(super) const OWN_MODEL: Control = Control {
    name: "own-model",
    label: "Your own network",
    help: "An ONNX file that classifies colour images; choose it or drop it on the widget. It never leaves this page.",
    kind: Kind::File { accept: ".onnx", multiple: false },
    place: Place::More("Network"),
};

/// Which of the models that were trained here, for a widget that shows what a training did or what only those have.
pub(super) const TRAINED_MODEL: Control =
    Control { kind: Kind::Choice { options: model::TRAINED, default: model::TRAINED[0].0 }, ..MODEL };

/// Which of the exported models.
pub(super) const MODEL: Control = Control {
    name: "model",
    label: "Network",
    help: "",
    kind: Kind::Choice { options: model::OPTIONS, default: model::OPTIONS[0].0 },
    place: Place::More("Network"),
};
