//! `classifier`: what the exported network says about an image.

use super::{Control, Kind, Need, Place, Widget, network};

/// The exported network classifies the chosen image in the page.
pub const CLASSIFIER: Widget = Widget {
    name: "classifier",
    title: "Classifier",
    question: "What does the network say about this image?",
    needs: &[Need::Network],
    takes_image: true,
    controls: &[
        Control { place: Place::Bar, ..network::MODEL },
        Control {
            name: "compare",
            label: "Show a second network",
            help: "",
            kind: Kind::Toggle { default: false },
            place: Place::Bar,
        },
        Control { place: Place::Bar, ..network::SECOND_MODEL },
        network::BACKEND,
        network::FULL_PRECISION,
        network::OWN_MODEL,
    ],
    details: "",
};
