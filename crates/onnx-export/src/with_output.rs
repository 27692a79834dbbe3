//! Any layer's output from the same file.

use prost::Message;

use crate::ExportError;
use crate::proto::{Graph, Model, ValueInfo};

/// The model with the value of `layer` as one more output, called `layer`; unchanged if it is an output already.
///
/// Protobuf merges messages that follow one another, so this appends a message with one output to the file and leaves
/// every byte of it as it was. The output has the type and shape that the file states for the value, if it does.
///
/// # Errors
/// [`ExportError::Onnx`] if the bytes are no ONNX file, [`ExportError::NoLayer`] if it has no such layer.
pub fn with_output(onnx: &[u8], layer: &str) -> Result<Vec<u8>, ExportError> {
    let graph = Outline::decode(onnx)?.graph.unwrap_or_default();
    let values: Vec<&str> = graph.node.iter().flat_map(|node| &node.output).map(String::as_str).collect();
    if !values.contains(&layer) {
        let name = |value: Option<&&str>| value.copied().unwrap_or("none").to_owned();
        return Err(ExportError::NoLayer {
            name: layer.to_owned(),
            count: values.len(),
            first: name(values.first()),
            last: name(values.last()),
        });
    }
    let mut bytes = onnx.to_vec();
    if graph.output.iter().all(|output| output.name != layer) {
        let described = graph.value_info.into_iter().find(|value| value.name == layer);
        let output = described.unwrap_or(ValueInfo { name: layer.to_owned(), r#type: None });
        let graph = Graph { output: vec![output], ..Graph::default() };
        bytes.extend(Model { graph: Some(graph), ..Model::default() }.encode_to_vec());
    }
    Ok(bytes)
}

/// What is needed to list layers and outputs; the weights are skipped over.
#[derive(Clone, PartialEq, Message)]
struct Outline {
    #[prost(message, optional, tag = "7")]
    graph: Option<GraphOutline>,
}

#[derive(Clone, PartialEq, Message)]
struct GraphOutline {
    #[prost(message, repeated, tag = "1")]
    node: Vec<NodeOutline>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<OutputOutline>,
    #[prost(message, repeated, tag = "13")]
    value_info: Vec<ValueInfo>,
}

#[derive(Clone, PartialEq, Message)]
struct NodeOutline {
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct OutputOutline {
    #[prost(string, tag = "1")]
    name: String,
}
