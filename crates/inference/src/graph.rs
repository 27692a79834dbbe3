//! The nodes of an ONNX file, as far as following a value back to where it comes from takes.

use crate::protobuf::{ProtobufValue, all, fields, text};

/// Field numbers of `onnx.proto`.
pub(crate) mod number {
    pub(crate) const MODEL_GRAPH: u64 = 7;
    pub(crate) const GRAPH_NODE: u64 = 1;
    pub(crate) const GRAPH_INITIALIZER: u64 = 5;
    pub(super) const NODE_INPUT: u64 = 1;
    pub(super) const NODE_OUTPUT: u64 = 2;
    pub(super) const NODE_OPERATOR: u64 = 4;
    pub(super) const NODE_ATTRIBUTE: u64 = 5;
    pub(super) const ATTRIBUTE_NAME: u64 = 1;
    pub(super) const ATTRIBUTE_INT: u64 = 3;
}

/// One node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a>(&'a [u8]);

impl<'a> Node<'a> {
    /// Every node of the file's graph, in the file's order, which is one of computation.
    pub(crate) fn all(onnx: &'a [u8]) -> impl Iterator<Item = Self> {
        graphs(onnx).flat_map(|graph| all(graph, number::GRAPH_NODE)).map(Self)
    }

    /// The node that computes this value.
    pub(crate) fn of(onnx: &'a [u8], value: &str) -> Option<Self> {
        Self::all(onnx).find(|node| node.outputs().any(|output| output == value))
    }

    /// Such as `Conv`.
    pub(crate) fn operator(self) -> &'a str {
        text(self.0, number::NODE_OPERATOR)
    }

    /// Names of the values it reads.
    pub(crate) fn inputs(self) -> impl Iterator<Item = &'a str> {
        all(self.0, number::NODE_INPUT).map(|name| std::str::from_utf8(name).unwrap_or_default())
    }

    /// Name of the value it reads at this place.
    pub(crate) fn input(self, place: usize) -> Option<&'a str> {
        self.inputs().nth(place)
    }

    /// Names of the values it computes.
    pub(crate) fn outputs(self) -> impl Iterator<Item = &'a str> {
        all(self.0, number::NODE_OUTPUT).map(|name| std::str::from_utf8(name).unwrap_or_default())
    }

    /// A whole number among its attributes.
    pub(crate) fn int(self, name: &str) -> Option<i64> {
        let attribute = all(self.0, number::NODE_ATTRIBUTE)
            .find(|attribute| text(attribute, number::ATTRIBUTE_NAME) == name)?;
        fields(attribute).find_map(|(field, value)| match value {
            ProtobufValue::Number(value) if field == number::ATTRIBUTE_INT => Some(value as i64),
            _ => None,
        })
    }
}

/// The graphs that make up the file's; more than one where somebody appended to it.
pub(crate) fn graphs(onnx: &[u8]) -> impl Iterator<Item = &[u8]> {
    all(onnx, number::MODEL_GRAPH)
}
