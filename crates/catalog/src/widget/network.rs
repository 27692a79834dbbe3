//! The controls that every widget with a network ends with.

use super::{Control, Kind};
use crate::model;

/// What computes; `more` says whether it waits behind "More".
pub(super) const fn backend(more: bool) -> Control {
    Control {
        name: "backend",
        label: "Computed by",
        help: "WebGPU uses the graphics card where the browser allows it; WASM runs everywhere.",
        kind: Kind::Choice {
            options: &[
                ("auto", "the best there is"),
                ("webgpu", "WebGPU: the graphics card"),
                ("wasm", "WASM: the processor"),
            ],
            default: "auto",
        },
        more,
    }
}

/// Whether the weights as trained are loaded in place of the smallest file that answers as they do; `more` says whether it
/// waits behind "More".
pub(super) const fn full_precision(more: bool) -> Control {
    Control {
        name: "full-precision",
        label: "Full precision",
        help: "The weights as trained, in 32 bits: a larger download, and answers that hardly differ from the smaller file's.",
        kind: Kind::Toggle { default: false },
        more,
    }
}

/// Which of them stands beside it, where two are compared: the second there is.
pub(super) const SECOND_MODEL: Control = Control {
    name: "second-model",
    label: "Second network",
    help: "",
    kind: Kind::Choice {
        options: model::OPTIONS,
        default: model::OPTIONS[if model::OPTIONS.len() > 1 { 1 } else { 0 }].0,
    },
    more: true,
};

/// The reader's own model.
pub(super) const OWN_MODEL: Control = Control {
    name: "own-model",
    label: "My own network",
    help: "An ONNX file that classifies colour images; choose it or drop it on the widget. It never leaves this page.",
    kind: Kind::File { accept: ".onnx", multiple: false },
    more: true,
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
    more: true,
};
