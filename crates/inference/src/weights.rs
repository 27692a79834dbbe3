//! A network's weights, read from the bytes of its ONNX file.

use crate::graph::{Node, graphs, number};
use crate::protobuf::{ProtobufValue, all, fields, text, varint};
use crate::{InferenceError, file};

/// Field numbers of `TensorProto`, and of its data types those that are read.
mod tensor {
    pub(super) const DIMS: u64 = 1;
    pub(super) const DATA_TYPE: u64 = 2;
    pub(super) const FLOAT_DATA: u64 = 4;
    pub(super) const NAME: u64 = 8;
    pub(super) const RAW_DATA: u64 = 9;
    pub(super) const DATA_LOCATION: u64 = 14;

    pub(super) const FLOAT: u64 = 1;
    pub(super) const INT8: u64 = 3;
    pub(super) const FLOAT16: u64 = 10;
}

/// Suffix of a parameter's name for the scales of its 8-bit values.
const SCALE: &str = ".scale";

/// Shape and values, row-major, of the parameter `name`, such as `conv1.weight`: what a runtime computes with, whether the
/// file stores it in 32, 16 or 8 bits.
///
/// Also takes the name of a value that the file computes from parameters alone, by casting, multiplying or transposing.
///
/// # Errors
/// [`InferenceError::NotOnnx`] or [`InferenceError::CutShort`]; [`InferenceError::NoWeights`] if there is no such parameter,
/// or it is stored in a way that is not read here.
pub fn read(onnx: &[u8], name: &str) -> Result<(Vec<usize>, Vec<f32>), InferenceError> {
    file::check_whole(onnx, "the model")?;
    let values = value(onnx, name, DEPTH)
        .map_err(|found| InferenceError::NoWeights { name: name.to_owned(), found: found.to_owned() })?;
    Ok((values.shape, values.values))
}

/// Largest number of nodes between stored values and those computed from them.
const DEPTH: u32 = 4;

/// The last linear layer of a classifier.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearHead {
    /// The value that it computes, by its name among the [`layers`](crate::layers::layers).
    pub layer: String,
    /// Number of outputs.
    pub labels: usize,
    /// Number of inputs.
    pub channels: usize,
    /// `[labels, channels]`.
    pub weight: Vec<f32>,
    /// `[labels]`; zeros if the network has none.
    pub bias: Vec<f32>,
    /// The feature maps whose means are the inputs; `None` if the inputs are something else.
    pub maps: Option<String>,
}

/// The last linear layer of a file whose output is that layer's, its softmax, or a copy of it; `None` if it has none, or
/// one whose weights cannot be read.
pub fn head(onnx: &[u8]) -> Option<LinearHead> {
    let linear = Node::all(onnx).filter(|node| matches!(node.operator(), "Gemm" | "MatMul")).last()?;
    let [data, weight] = [linear.input(0)?, linear.input(1)?];
    let StoredValues { shape, values } = value(onnx, weight, DEPTH).ok()?;
    let &[rows, columns] = &shape[..] else { return None };
    let transposed = linear.operator() == "Gemm" && linear.int("transB").unwrap_or(0) == 1;
    let (labels, channels) = if transposed { (rows, columns) } else { (columns, rows) };
    let weight = if transposed { values } else { transpose(&values, rows, columns) };
    // A MatMul's bias is added by the node behind it.
    let (layer, bias) = match (linear.operator(), linear.input(2)) {
        ("Gemm", Some(bias)) => (linear.outputs().next()?, Some(bias)),
        ("Gemm", None) => (linear.outputs().next()?, None),
        _ => {
            let product = linear.outputs().next()?;
            let sum = Node::all(onnx)
                .find(|node| node.operator() == "Add" && node.inputs().any(|name| name == product));
            match sum {
                Some(sum) => (sum.outputs().next()?, sum.inputs().find(|name| *name != product)),
                None => (product, None),
            }
        }
    };
    let bias = match bias {
        Some(bias) => value(onnx, bias, DEPTH).ok()?.values,
        None => vec![0.0; labels],
    };
    if bias.len() != labels {
        return None;
    }
    Some(LinearHead { layer: layer.to_owned(), labels, channels, weight, bias, maps: averaged(onnx, data) })
}

/// The feature maps whose means `vector` holds.
fn averaged(onnx: &[u8], vector: &str) -> Option<String> {
    let mut node = Node::of(onnx, vector)?;
    while matches!(node.operator(), "Flatten" | "Reshape" | "Squeeze" | "Identity" | "Dropout") {
        node = Node::of(onnx, node.input(0)?)?;
    }
    let maps = (node.operator() == "GlobalAveragePool").then(|| node.input(0)).flatten()?;
    Some(maps.to_owned())
}

struct StoredValues {
    shape: Vec<usize>,
    values: Vec<f32>,
}

/// The values that the file stores under a name or computes from stored ones; otherwise the reason, in words.
fn value(onnx: &[u8], name: &str, depth: u32) -> Result<StoredValues, &'static str> {
    if let Some(tensor) = initializer(onnx, name) {
        return stored(onnx, name, tensor);
    }
    let node = Node::of(onnx, name).filter(|_| depth > 0).ok_or("there are none")?;
    let input = |place| value(onnx, node.input(place).unwrap_or_default(), depth - 1);
    match node.operator() {
        "Cast" => {
            // 8-bit integers are taken as they are; the next node multiplies by the scale.
            let stored = node
                .input(0)
                .and_then(|name| initializer(onnx, name))
                .ok_or("they are not stored as numbers")?;
            decoded(stored)
        }
        "Identity" => input(0),
        "Mul" => product(input(0)?, &input(1)?),
        "Transpose" => {
            let StoredValues { shape, values } = input(0)?;
            let &[rows, columns] = &shape[..] else {
                return Err("they are transposed, but do not have two dimensions");
            };
            Ok(StoredValues { shape: vec![columns, rows], values: transpose(&values, rows, columns) })
        }
        _ => Err("they are computed by another node"),
    }
}

/// A parameter as a runtime computes with it: 8-bit values are multiplied by their scales.
fn stored(onnx: &[u8], name: &str, tensor: &[u8]) -> Result<StoredValues, &'static str> {
    let values = decoded(tensor)?;
    match initializer(onnx, &format!("{name}{SCALE}")) {
        Some(scales) if data_type(tensor) == tensor::INT8 => product(values, &decoded(scales)?),
        None if data_type(tensor) == tensor::INT8 => Err("they are stored in 8 bits without scales"),
        _ => Ok(values),
    }
}

/// Each number times the scale of its index of the first size.
fn product(mut values: StoredValues, scales: &StoredValues) -> Result<StoredValues, &'static str> {
    let channels = scales.values.len();
    let size = values.values.len() / channels.max(1);
    let fits = channels > 0
        && (channels == 1 || values.shape.first() == Some(&channels))
        && scales.shape.iter().product::<usize>() == scales.shape.first().copied().unwrap_or(1);
    if !fits {
        return Err("they are a product of different shapes");
    }
    for (channel, scale) in values.values.chunks_mut(size.max(1)).zip(&scales.values) {
        for value in channel {
            *value *= scale;
        }
    }
    Ok(values)
}

fn initializer<'a>(onnx: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut tensors = graphs(onnx).flat_map(|graph| all(graph, number::GRAPH_INITIALIZER));
    tensors.find(|tensor| text(tensor, tensor::NAME) == name)
}

fn data_type(tensor: &[u8]) -> u64 {
    let found = fields(tensor).find_map(|(field, value)| match value {
        ProtobufValue::Number(kind) if field == tensor::DATA_TYPE => Some(kind),
        _ => None,
    });
    found.unwrap_or(0)
}

/// The values of a tensor.
fn decoded(tensor: &[u8]) -> Result<StoredValues, &'static str> {
    let is_elsewhere = |(field, value)| field == tensor::DATA_LOCATION && value == ProtobufValue::Number(1);
    if fields(tensor).any(is_elsewhere) {
        return Err("they are stored in another file");
    }
    let raw = all(tensor, tensor::RAW_DATA).last();
    let values: Vec<f32> = match (data_type(tensor), raw) {
        (tensor::FLOAT, Some(raw)) => numbers(raw, f32::from_le_bytes),
        (tensor::FLOAT, None) => {
            all(tensor, tensor::FLOAT_DATA).flat_map(|packed| numbers(packed, f32::from_le_bytes)).collect()
        }
        (tensor::FLOAT16, Some(raw)) => numbers(raw, |bytes| half(u16::from_le_bytes(bytes))),
        (tensor::INT8, Some(raw)) => numbers(raw, |bytes| f32::from(i8::from_le_bytes(bytes))),
        _ => return Err("they are not stored as float, float16 or int8"),
    };
    let shape = dimensions(tensor);
    if shape.iter().product::<usize>() != values.len() {
        return Err("they have more or fewer values than their shape needs");
    }
    Ok(StoredValues { shape, values })
}

/// Sizes, packed or one a field.
fn dimensions(tensor: &[u8]) -> Vec<usize> {
    let mut sizes = Vec::new();
    for (_, value) in fields(tensor).filter(|(field, _)| *field == tensor::DIMS) {
        match value {
            ProtobufValue::Number(size) => sizes.push(size as usize),
            ProtobufValue::Bytes(packed) => {
                let mut at = 0;
                while let Some((size, next)) = varint(packed, at) {
                    sizes.push(size as usize);
                    at = next;
                }
            }
        }
    }
    sizes
}

fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&chunk| number(chunk)).collect()
}

/// The value of 16 bits, exactly.
///
/// Source: IEEE 754-2008, binary16: a sign, 5 bits of an exponent that counts from -15, 10 bits behind the point.
fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    match (exponent, fraction) {
        // Below the smallest normal number: so many times 2⁻²⁴, which 32 bits hold exactly.
        (0, _) => {
            let value = fraction as f32 / 16_777_216.0;
            if sign == 0 { value } else { -value }
        }
        (0x1f, _) => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 127 - 15) << 23 | fraction << 13),
    }
}

fn transpose(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::field;

    #[test]
    fn sixteen_bits_stand_for_these_numbers() {
        // 0x3c00 is 1, 0x3e00 1.5, 0xc000 -2, 0x7bff the largest, 65504, 0x0001 the smallest, 2⁻²⁴.
        let numbers = [0x3c00, 0x3e00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00].map(half);
        let expected: [f32; 7] = [1.0, 1.5, -2.0, 65504.0, 5.960_464_5e-8, -0.0, f32::INFINITY];
        assert_eq!(numbers.map(f32::to_bits), expected.map(f32::to_bits));
        assert!(half(0x7e00).is_nan() && half(0x8000).is_sign_negative());
    }

    /// A model whose only initializer is `w`, `[2]`, with these fields.
    fn model(fields: &[Vec<u8>]) -> Vec<u8> {
        let dims = vec![0x08, 2];
        let tensor = [dims, fields.concat(), field(8, b"w")].concat();
        [vec![0x08, 8], field(7, &field(5, &tensor))].concat()
    }

    #[test]
    fn numbers_are_read_from_both_places_that_hold_them() {
        let bytes = [1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat();
        for place in [9, 4] {
            let onnx = model(&[vec![0x10, 1], field(place, &bytes)]);
            assert_eq!(read(&onnx, "w").unwrap(), (vec![2], vec![1.5, -2.0]));
        }
    }

    #[test]
    fn numbers_that_are_not_there_are_named() {
        let check = |fields: &[Vec<u8>], name: &str, expected: &str| {
            assert_eq!(read(&model(fields), name).unwrap_err().to_string(), expected);
        };
        check(&[vec![0x10, 1]], "v", "cannot read the weights v from the ONNX file: there are none");
        let elsewhere = "cannot read the weights w from the ONNX file: they are stored in another file";
        check(&[vec![0x10, 1], vec![0x70, 1]], "w", elsewhere);
        let few = "cannot read the weights w from the ONNX file: they have more or fewer values than their shape needs";
        check(&[vec![0x10, 1], field(9, &[0; 4])], "w", few);
    }
}
