//! `classifier`: what the exported network says about an image.

use super::{Control, ControlKind, ControlPlace, Widget, WidgetNeed, network};

/// The exported network classifies the chosen image in the page.
pub const CLASSIFIER: Widget = Widget {
    name: "classifier",
    title: "Classifier",
    question: "What does the network say about this image?",
    needs: &[WidgetNeed::Network],
    takes_image: true,
    controls: &[
        Control { place: ControlPlace::Bar, ..network::MODEL },
        Control {
            name: "compare",
            label: "Show a second network",
            help: "",
            kind: ControlKind::Toggle { default: false },
            place: ControlPlace::Bar,
        },
        Control { place: ControlPlace::Bar, ..network::SECOND_MODEL },
        network::BACKEND,
        network::FULL_PRECISION,
        network::OWN_MODEL,
    ],
    details: "",
};
