//! `classifier`: the exported network's answer to an image.

use super::{Control, Kind, Module, Widget, form_only};
use crate::model;

/// The exported network classifies the chosen image in the page.
pub const CLASSIFIER: Widget = Widget {
    name: "classifier",
    title: "Classifier",
    question: form_only("What does the network say to this image?"),
    module: Module::WidgetsInference,
    takes_image: true,
    controls: &[
        Control {
            name: "backend",
            label: "Computed by",
            help: form_only(
                "WebGPU uses the graphics card where the browser allows it; WASM runs everywhere.",
            ),
            kind: Kind::Choice {
                options: &[
                    ("auto", "the best there is"),
                    ("webgpu", "WebGPU: the graphics card"),
                    ("wasm", "WASM: the processor"),
                ],
                default: "auto",
            },
            more: false,
        },
        Control {
            name: "model",
            label: "Network",
            help: "",
            kind: Kind::Choice { options: model::OPTIONS, default: model::OPTIONS[0].0 },
            more: true,
        },
    ],
};
