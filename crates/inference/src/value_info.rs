//! What an ONNX file says about a value: its name, element type and shape.

use crate::protobuf::{ProtobufValue, all, fields, text};

/// Field numbers of `onnx.proto`.
mod number {
    pub(super) const VALUE_NAME: u64 = 1;
    pub(super) const VALUE_TYPE: u64 = 2;
    pub(super) const TYPE_TENSOR: u64 = 1;
    pub(super) const TENSOR_ELEMENT: u64 = 1;
    pub(super) const TENSOR_SHAPE: u64 = 2;
    pub(super) const SHAPE_DIMENSION: u64 = 1;
    pub(super) const DIMENSION_VALUE: u64 = 1;
}

/// `TensorProto.DataType.FLOAT`.
pub(crate) const FLOAT: u64 = 1;

/// A `ValueInfoProto`.
pub(crate) struct ValueInfo<'a> {
    pub(crate) name: &'a str,
    /// `TensorProto.DataType`; 0 where the file says nothing.
    pub(crate) element: u64,
    /// With the batch, a size that the file leaves open as `None`; `None` where it says nothing of the shape.
    pub(crate) shape: Option<Vec<Option<u64>>>,
}

impl<'a> ValueInfo<'a> {
    /// From the bytes of the message.
    pub(crate) fn read(info: &'a [u8]) -> Self {
        let tensor = all(info, number::VALUE_TYPE).flat_map(|kind| all(kind, number::TYPE_TENSOR)).next();
        let element = fields(tensor.unwrap_or_default()).find_map(|(field, value)| match value {
            ProtobufValue::Number(kind) if field == number::TENSOR_ELEMENT => Some(kind),
            _ => None,
        });
        let size = |dimension: &[u8]| match fields(dimension).next() {
            Some((number::DIMENSION_VALUE, ProtobufValue::Number(size))) => Some(size),
            _ => None,
        };
        let shape = tensor.and_then(|tensor| all(tensor, number::TENSOR_SHAPE).next());
        Self {
            name: text(info, number::VALUE_NAME),
            element: element.unwrap_or_default(),
            shape: shape.map(|shape| all(shape, number::SHAPE_DIMENSION).map(size).collect()),
        }
    }
}
