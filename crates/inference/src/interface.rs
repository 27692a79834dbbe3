//! A model's inputs and outputs by their names in the file: for our models and for any image classifier.

use catalog::model::{ModelCard, ModelInput};

use crate::graph::{Node, graphs, number};
use crate::protobuf::{all, text};
use crate::value_info::{FLOAT, ValueInfo};
use crate::{InferenceError, file, metadata};

/// Field numbers of `onnx.proto`.
mod field {
    pub(super) const GRAPH_INPUT: u64 = 11;
    pub(super) const GRAPH_OUTPUT: u64 = 12;
    pub(super) const TENSOR_NAME: u64 = 8;
}

/// Side of the image if the file leaves it open: that of most networks trained on `ImageNet`.
const USUAL_SIDE: u32 = 224;
/// `ImageNet`'s channel means and deviations, RGB, for pixels scaled to 0..=1: what most networks need that do not say.
/// Source: torchvision, documentation of pretrained models.
const USUAL: ([f32; 3], [f32; 3]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

/// Names and kinds of input and output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Name of the one input.
    pub input: String,
    /// The order of its values.
    pub layout: ChannelOrder,
    /// Its outputs.
    pub outputs: ModelOutputs,
}

/// The order of an image's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelOrder {
    /// `[N, 3, S, S]`, as PyTorch has it.
    ChannelsFirst,
    /// `[N, S, S, 3]`, as Keras has it.
    ChannelsLast,
}

/// The outputs, each `[N, labels]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelOutputs {
    /// Both, under these names.
    Both {
        /// Any real number.
        logits: String,
        /// Their softmax.
        probabilities: String,
    },
    /// Scores alone; their softmax is taken here.
    Logits(String),
    /// Probabilities alone; their logarithms serve as logits, because softmax turns them back into the probabilities.
    Probabilities(String),
}

impl ModelOutputs {
    /// Their names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::Both { logits, probabilities } => (logits, Some(probabilities)),
            Self::Logits(name) | Self::Probabilities(name) => (name, None),
        };
        std::iter::once(first).chain(second).map(String::as_str)
    }
}

impl Interface {
    /// That of the files that `cargo xtask export` writes.
    pub fn ours() -> Self {
        Self {
            input: "input".to_owned(),
            layout: ChannelOrder::ChannelsFirst,
            outputs: ModelOutputs::Both {
                logits: "logits".to_owned(),
                probabilities: "probabilities".to_owned(),
            },
        }
    }
}

/// Reads a file's inputs and outputs, and makes a card from its metadata or, without them, from the usual values: labels
/// `output 0` and so on, `ImageNet`'s normalisation, 224 pixels if the size is left open.
///
/// # Errors
/// [`InferenceError::NotOnnx`] or [`InferenceError::CutShort`]; [`InferenceError::Shape`] if there is not one input for a
/// square colour image in 32-bit floats, or the first output does not state at least two classes.
pub fn read(onnx: &[u8], name: &str) -> Result<(Interface, ModelCard), InferenceError> {
    file::check_whole(onnx, name)?;
    if let Ok(card) = metadata::card(onnx, name) {
        return Ok((Interface::ours(), card));
    }
    let wrong = |what: &str, found: String| InferenceError::Shape {
        model: name.to_owned(),
        what: what.to_owned(),
        found,
    };
    // Files of old versions list the weights among the inputs.
    let weights: Vec<&str> = graphs(onnx)
        .flat_map(|graph| all(graph, number::GRAPH_INITIALIZER))
        .map(|w| text(w, field::TENSOR_NAME))
        .collect();
    let mut inputs = values(onnx, field::GRAPH_INPUT);
    inputs.retain(|input| !weights.contains(&input.name));
    let an_image = "one input for a square colour image in 32-bit floats, [N, 3, S, S] or [N, S, S, 3]";
    let [input] = inputs.as_slice() else {
        return Err(wrong(an_image, list(&inputs)));
    };
    let (layout, size) = image(input).ok_or_else(|| wrong(an_image, list(&inputs)))?;
    let outputs = values(onnx, field::GRAPH_OUTPUT);
    let classes = "a first output with a score for each of two or more classes, [N, classes]";
    let first = outputs.first().ok_or_else(|| wrong(classes, "none".to_owned()))?;
    let count = match first.shape.as_deref() {
        Some(&[_, Some(count)]) if count >= 2 && first.element == FLOAT => count,
        _ => return Err(wrong(classes, list(&outputs))),
    };
    let softmax = Node::of(onnx, first.name).is_some_and(|node| node.operator() == "Softmax");
    let output = first.name.to_owned();
    let outputs = if softmax { ModelOutputs::Probabilities(output) } else { ModelOutputs::Logits(output) };
    let interface = Interface { input: input.name.to_owned(), layout, outputs };
    let (mean, std) = USUAL;
    let labels = (0..count).map(|at| format!("output {at}")).collect();
    Ok((interface, metadata::bare(onnx, name, labels, ModelInput { size, mean, std })))
}

fn values(onnx: &[u8], which: u64) -> Vec<ValueInfo<'_>> {
    graphs(onnx).flat_map(|graph| all(graph, which)).map(ValueInfo::read).collect()
}

/// Layout and side of an input for a square colour image.
fn image(value: &ValueInfo<'_>) -> Option<(ChannelOrder, u32)> {
    let &[_, second, third, fourth] = value.shape.as_deref()? else { return None };
    let (layout, height, width) = match (second, fourth) {
        (Some(3), _) => (ChannelOrder::ChannelsFirst, third, fourth),
        (_, Some(3)) => (ChannelOrder::ChannelsLast, second, third),
        _ => return None,
    };
    let side = match (height, width) {
        (Some(height), Some(width)) if height == width => u32::try_from(height).ok()?,
        (None, None) => USUAL_SIDE,
        _ => return None,
    };
    (value.element == FLOAT && (1..=4096).contains(&side)).then_some((layout, side))
}

fn list(values: &[ValueInfo<'_>]) -> String {
    let size = |size: &Option<u64>| size.map_or_else(|| "N".to_owned(), |size| size.to_string());
    let one = |value: &ValueInfo<'_>| {
        let shape =
            value.shape.as_deref().unwrap_or_default().iter().map(size).collect::<Vec<_>>().join(", ");
        let kind = if value.element == FLOAT { "" } else { " of another type" };
        format!("{} [{shape}]{kind}", value.name)
    };
    if values.is_empty() { "none".to_owned() } else { values.iter().map(one).collect::<Vec<_>>().join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::field as bytes_field;

    /// A number field of protobuf, both below 16.
    fn small(number: u8, value: u8) -> Vec<u8> {
        vec![number << 3, value]
    }

    /// An input or output of these sizes, 0 for an open one.
    fn port(number: u8, name: &str, element: u8, shape: &[u8]) -> Vec<u8> {
        let dimension = |&size: &u8| {
            let inner = if size == 0 { bytes_field(2, b"N") } else { small(1, size) };
            bytes_field(1, &inner)
        };
        let shape: Vec<u8> = shape.iter().flat_map(dimension).collect();
        let tensor = [small(1, element), bytes_field(2, &shape)].concat();
        let info = [bytes_field(1, name.as_bytes()), bytes_field(2, &bytes_field(1, &tensor))].concat();
        bytes_field(number, &info)
    }

    fn model(parts: &[Vec<u8>]) -> Vec<u8> {
        [small(1, 8), bytes_field(7, &parts.concat())].concat()
    }

    fn node(operator: &str, output: &str) -> Vec<u8> {
        bytes_field(1, &[bytes_field(2, output.as_bytes()), bytes_field(4, operator.as_bytes())].concat())
    }

    #[test]
    fn a_network_of_pytorch_gives_scores_for_channels_first() {
        let onnx = model(&[
            node("Gemm", "y"),
            port(11, "weight", 1, &[4]),
            bytes_field(5, &bytes_field(8, b"weight")),
            port(11, "x", 1, &[0, 3, 96, 96]),
            port(12, "y", 1, &[0, 5]),
        ]);
        let (interface, card) = read(&onnx, "theirs").unwrap();
        assert_eq!((interface.input.as_str(), interface.layout), ("x", ChannelOrder::ChannelsFirst));
        assert_eq!(interface.outputs, ModelOutputs::Logits("y".to_owned()));
        assert_eq!((card.input.size, card.labels.len(), card.labels[4].as_str()), (96, 5, "output 4"));
    }

    #[test]
    fn a_network_of_keras_gives_probabilities_for_channels_last() {
        let onnx = model(&[node("Softmax", "p"), port(11, "x", 1, &[0, 0, 0, 3]), port(12, "p", 1, &[0, 2])]);
        let (interface, card) = read(&onnx, "theirs").unwrap();
        assert_eq!(interface.layout, ChannelOrder::ChannelsLast);
        assert_eq!(interface.outputs, ModelOutputs::Probabilities("p".to_owned()));
        assert_eq!(card.input.size, USUAL_SIDE);
    }

    #[track_caller]
    fn check_refused(parts: &[Vec<u8>], found: &str) {
        let message = read(&model(parts), "theirs").unwrap_err().to_string();
        assert!(message.contains("needs") && message.ends_with(found), "{message}");
    }

    #[test]
    fn what_is_no_classifier_of_images_is_refused_with_what_it_is() {
        let y = || port(12, "y", 1, &[0, 5]);
        check_refused(&[y()], "but has none");
        check_refused(&[port(11, "ids", 7, &[1, 9]), y()], "but has ids [1, 9] of another type");
        check_refused(&[port(11, "x", 1, &[1, 3, 8, 9]), y()], "but has x [1, 3, 8, 9]");
        check_refused(&[port(11, "x", 1, &[1, 1, 8, 8]), y()], "but has x [1, 1, 8, 8]");
        let x = || port(11, "x", 1, &[1, 3, 8, 8]);
        check_refused(&[x(), port(11, "z", 1, &[1]), y()], "but has x [1, 3, 8, 8], z [1]");
        check_refused(&[x()], "but has none");
        check_refused(&[x(), port(12, "mask", 1, &[1, 3, 8, 8])], "but has mask [1, 3, 8, 8]");
        check_refused(&[x(), port(12, "y", 1, &[1, 1])], "but has y [1, 1]");
    }

    #[test]
    fn a_file_of_ours_says_itself_what_it_is() {
        let onnx = include_bytes!("../../../tests/golden/onnx_small_fp32.onnx");
        let (interface, card) = read(onnx, "small").unwrap();
        assert_eq!((interface, card.labels.len(), card.input.size), (Interface::ours(), 3, 9));
    }
}
