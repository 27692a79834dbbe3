//! The controls that every widget with a network ends with.

use super::{Control, Kind, form_only};
use crate::model;

/// What computes; `more` says whether it waits behind "More".
pub(super) const fn backend(more: bool) -> Control {
    Control {
        name: "backend",
        label: "Computed by",
        help: form_only("WebGPU uses the graphics card where the browser allows it; WASM runs everywhere."),
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

/// Which of the exported models.
pub(super) const MODEL: Control = Control {
    name: "model",
    label: "Network",
    help: "",
    kind: Kind::Choice { options: model::OPTIONS, default: model::OPTIONS[0].0 },
    more: true,
};
