//! `classifier`: the exported network's answer to an image.

use super::{Control, Kind, Need, Widget, network};

/// The exported network classifies the chosen image in the page.
pub const CLASSIFIER: Widget = Widget {
    name: "classifier",
    title: "Classifier",
    question: "What does the network say to this image?",
    needs: &[Need::Network],
    takes_image: true,
    controls: &[
        network::backend(false),
        network::full_precision(false),
        Control {
            name: "compare",
            label: "A second network beside it",
            help: "",
            kind: Kind::Toggle { default: false },
            more: false,
        },
        network::MODEL,
        network::SECOND_MODEL,
        network::OWN_MODEL,
    ],
};
