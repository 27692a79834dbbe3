//! The last controls of every widget with a network.

use super::{Control, ControlKind, ControlPlace};
use crate::model;

/// Which device runs the network.
pub(super) const BACKEND: Control = Control {
    name: "backend",
    label: "Run on",
    help: "WebGPU uses the graphics card where the browser allows it; WASM runs everywhere.",
    kind: ControlKind::Choice {
        options: &[
            ("auto", "automatic: the fastest available"),
            ("webgpu", "the graphics card (WebGPU)"),
            ("wasm", "the processor (WASM)"),
        ],
        default: "auto",
    },
    place: ControlPlace::More("Network"),
};

/// Whether to load the weights as trained instead of the smallest file that gives the same answers.
pub(super) const FULL_PRECISION: Control = Control {
    name: "full-precision",
    label: "Full precision",
    help: "The 32-bit weights from training: a larger download, and almost the same answers.",
    kind: ControlKind::Toggle { default: false },
    place: ControlPlace::More("Network"),
};

/// The network to compare with; at first the second one of the list.
pub(super) const SECOND_MODEL: Control = Control {
    name: "second-model",
    label: "Second network",
    help: "",
    kind: ControlKind::Choice {
        options: model::OPTIONS,
        default: model::OPTIONS[if model::OPTIONS.len() > 1 { 1 } else { 0 }].0,
    },
    place: ControlPlace::More("Network"),
};

/// The reader's own model.
pub(super) const OWN_MODEL: Control = Control {
    name: "own-model",
    label: "Your own network",
    help: "An ONNX file that classifies colour images. Choose it or drop it on the widget. It never leaves this page.",
    kind: ControlKind::File { accept: ".onnx", multiple: false },
    place: ControlPlace::More("Network"),
};

/// Which of the residual networks trained for this book, for the widget about their first four layers.
pub(super) const RESNET: Control =
    Control { kind: ControlKind::Choice { options: model::RESNETS, default: model::RESNETS[0].0 }, ..MODEL };

/// Which of the exported models.
pub(super) const MODEL: Control = Control {
    name: "model",
    label: "Network",
    help: "",
    kind: ControlKind::Choice { options: model::OPTIONS, default: model::OPTIONS[0].0 },
    place: ControlPlace::More("Network"),
};
