//! Any layer's output from the same file.
//!
//! Protobuf merges messages that follow one another: a message with one output, appended to the file, gives the model
//! that output and leaves every byte of the file as it was.

use crate::graph::{Node, graphs};
use crate::protobuf::{ProtobufValue, all, field, fields, text};
use crate::value_info::ValueInfo;
use crate::{InferenceError, file};

/// Field numbers of `onnx.proto`.
mod number {
    pub(super) const MODEL_GRAPH: u8 = 7;
    pub(super) const GRAPH_OUTPUT: u8 = 12;
    pub(super) const GRAPH_VALUE_INFO: u64 = 13;
    pub(super) const VALUE_NAME: u8 = 1;
}

/// A layer that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name, such as `layer4.1.relu2`; torchvision's for our networks.
    pub name: String,
    /// Shape of its output without the batch; `None` where the file leaves a size open or says nothing.
    pub shape: Option<Vec<usize>>,
}

/// What a layer gave for one image.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerOutput {
    /// Name of the layer.
    pub layer: String,
    /// Without the batch: `[C, H, W]` of feature maps, `[C]` behind the pooling.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

/// The layers of an ONNX file, in the order of computation: every value whose shape the file states and every output, or
/// every node's value where it states none.
///
/// # Errors
/// [`InferenceError::NotOnnx`] or [`InferenceError::CutShort`].
pub fn layers(onnx: &[u8]) -> Result<Vec<Layer>, InferenceError> {
    file::check_whole(onnx, MODEL)?;
    let described: Vec<(&str, &[u8])> = values(onnx).collect();
    let states_shapes = graphs(onnx).any(|graph| all(graph, number::GRAPH_VALUE_INFO).next().is_some());
    let described_as = |name: &str| described.iter().find(|(other, _)| *other == name).map(|(_, info)| *info);
    let listed = node_values(onnx).filter(|name| !states_shapes || described_as(name).is_some());
    Ok(listed
        .map(|name| Layer { name: name.to_owned(), shape: described_as(name).and_then(shape) })
        .collect())
}

/// The model with the value of `layer` as one more output, called `layer`; unchanged if it is an output already.
///
/// The output has the type and shape that the file states for the value, if it does.
///
/// # Errors
/// As [`layers`]; [`InferenceError::NoLayer`] if the model has no such layer.
pub fn with_output(onnx: &[u8], layer: &str) -> Result<Vec<u8>, InferenceError> {
    let tail = tail(onnx, layer)?;
    Ok([onnx, &tail].concat())
}

/// What [`with_output`] appends; nothing if the layer is an output already.
pub(crate) fn tail(onnx: &[u8], layer: &str) -> Result<Vec<u8>, InferenceError> {
    if !node_values(onnx).any(|name| name == layer) {
        let layers = layers(onnx)?;
        let name = |layer: Option<&Layer>| layer.map_or("none", |layer| &layer.name).to_owned();
        return Err(InferenceError::NoLayer {
            name: layer.to_owned(),
            count: layers.len(),
            first: name(layers.first()),
            last: name(layers.last()),
        });
    }
    let mut outputs = graphs(onnx).flat_map(|graph| all(graph, u64::from(number::GRAPH_OUTPUT)));
    if outputs.any(|output| text(output, u64::from(number::VALUE_NAME)) == layer) {
        return Ok(Vec::new());
    }
    let described = values(onnx).find(|(name, _)| *name == layer).map(|(_, info)| info.to_vec());
    let output = described.unwrap_or_else(|| field(number::VALUE_NAME, layer.as_bytes()));
    Ok(field(number::MODEL_GRAPH, &field(number::GRAPH_OUTPUT, &output)))
}

/// How a model without a card is called.
const MODEL: &str = "the model";

/// Names of what the nodes compute.
fn node_values(onnx: &[u8]) -> impl Iterator<Item = &str> {
    Node::all(onnx).flat_map(Node::outputs)
}

/// Names and descriptions (`ValueInfoProto`) of the values that the file speaks of: inner ones and outputs.
fn values(onnx: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    let infos = graphs(onnx).flat_map(fields).filter_map(|(field, value)| match value {
        ProtobufValue::Bytes(info)
            if field == number::GRAPH_VALUE_INFO || field == u64::from(number::GRAPH_OUTPUT) =>
        {
            Some(info)
        }
        _ => None,
    });
    infos.map(|info| (text(info, u64::from(number::VALUE_NAME)), info))
}

/// The shape in a description, without the batch.
fn shape(info: &[u8]) -> Option<Vec<usize>> {
    let size = |size: Option<u64>| size.and_then(|size| usize::try_from(size).ok());
    ValueInfo::read(info).shape?.into_iter().skip(1).map(size).collect()
}
