//! `classifier`: the exported network's answer to an image.

use super::{Module, Widget, form_only, network};

/// The exported network classifies the chosen image in the page.
pub const CLASSIFIER: Widget = Widget {
    name: "classifier",
    title: "Classifier",
    question: form_only("What does the network say to this image?"),
    module: Module::WidgetsInference,
    takes_image: true,
    controls: &[network::backend(false), network::MODEL],
};
