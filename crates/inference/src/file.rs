//! Whether bytes are the model that a card describes, checked before any runtime sees them.

use catalog::model::ModelCard;
use sha2::{Digest, Sha256};

use crate::InferenceError;
use crate::protobuf::varint;

/// SHA-256 in lower-case hexadecimal.
///
/// ```
/// assert!(inference::file::sha256(b"").starts_with("e3b0c442"));
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Two digits per byte, lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|b| [DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]]).collect()
}

/// Checks that `onnx` is a complete ONNX file and the one that the card describes.
///
/// # Errors
/// [`InferenceError::NotOnnx`], [`InferenceError::CutShort`] or [`InferenceError::Checksum`].
pub fn check(onnx: &[u8], card: &ModelCard) -> Result<(), InferenceError> {
    check_whole(onnx, &card.name)?;
    check_hash(sha256(onnx), card)
}

/// Checks that `onnx` is a complete ONNX file; `name` is for the message.
pub(crate) fn check_whole(onnx: &[u8], name: &str) -> Result<(), InferenceError> {
    let model = name.to_owned();
    match walk(onnx) {
        FileCheck::Whole => Ok(()),
        FileCheck::CutShort { missing } => {
            Err(InferenceError::CutShort { model, found: onnx.len(), missing })
        }
        FileCheck::Other => Err(InferenceError::NotOnnx { model, found: describe(onnx) }),
    }
}

/// Checks that `found` is the hash of the file that the card describes.
pub(crate) fn check_hash(found: String, card: &ModelCard) -> Result<(), InferenceError> {
    let expected = &card.provenance.onnx_sha256;
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(InferenceError::Checksum { model: card.name.clone(), expected: expected.clone(), found })
}

/// What the outermost fields of a file say.
#[derive(Debug, PartialEq, Eq)]
enum FileCheck {
    Whole,
    CutShort { missing: usize },
    Other,
}

/// Follows the fields of the outermost protobuf message, `ModelProto`, from length to length.
///
/// Source: <https://protobuf.dev/programming-guides/encoding/>; field numbers from onnx.proto3.
fn walk(bytes: &[u8]) -> FileCheck {
    const IR_VERSION: u64 = 1;
    const GRAPH: u64 = 7;
    let mut at = 0;
    let mut has_graph = false;
    let mut first = true;
    while at < bytes.len() {
        let Some((tag, after)) = varint(bytes, at) else { return cut_or_other(first, 1) };
        let (field, wire) = (tag >> 3, tag & 7);
        if first && (field, wire) != (IR_VERSION, 0) {
            return FileCheck::Other;
        }
        let length = match wire {
            0 => varint(bytes, after).map(|(_, end)| (after, end - after)),
            1 => Some((after, 8)),
            2 => varint(bytes, after).map(|(length, start)| (start, length as usize)),
            5 => Some((after, 4)),
            _ => return FileCheck::Other,
        };
        let Some((start, length)) = length else { return cut_or_other(first, 1) };
        let end = start.saturating_add(length);
        if end > bytes.len() {
            return cut_or_other(first, end - bytes.len());
        }
        has_graph |= field == GRAPH;
        first = false;
        at = end;
    }
    match (has_graph, first) {
        (true, _) => FileCheck::Whole,
        (false, true) => FileCheck::Other,
        (false, false) => FileCheck::CutShort { missing: 1 },
    }
}

/// Only a file that begins like a model can be an incomplete model.
fn cut_or_other(first: bool, missing: usize) -> FileCheck {
    if first { FileCheck::Other } else { FileCheck::CutShort { missing } }
}

/// What a file is that is not a model, in words.
fn describe(bytes: &[u8]) -> String {
    let text = bytes.iter().find(|b| !b.is_ascii_whitespace());
    match text {
        None => "an empty file".to_owned(),
        Some(b'<') => "a web page".to_owned(),
        Some(b'{') => "JSON".to_owned(),
        Some(_) if bytes.starts_with(b"version https://git-lfs") => "a Git LFS pointer".to_owned(),
        Some(_) => format!("{} bytes of something else", bytes.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ir_version: 8`, then a graph of five bytes.
    const MODEL: &[u8] = &[0x08, 8, 0x3a, 5, 1, 2, 3, 4, 5];

    #[test]
    fn a_model_is_whole() {
        assert_eq!(walk(MODEL), FileCheck::Whole);
    }

    #[test]
    fn a_model_without_its_last_two_bytes_misses_two() {
        assert_eq!(walk(&MODEL[..MODEL.len() - 2]), FileCheck::CutShort { missing: 2 });
    }

    #[test]
    fn a_model_cut_before_its_graph_is_cut_short() {
        assert_eq!(walk(&MODEL[..2]), FileCheck::CutShort { missing: 1 });
        assert_eq!(walk(&MODEL[..3]), FileCheck::CutShort { missing: 1 });
    }

    #[test]
    fn other_files_are_named() {
        assert_eq!(walk(b"<!doctype html>"), FileCheck::Other);
        assert_eq!(describe(b"  <!doctype html>"), "a web page");
        assert_eq!(walk(b""), FileCheck::Other);
        assert_eq!(describe(b""), "an empty file");
        assert_eq!(describe(b"version https://git-lfs.github.com/spec/v1"), "a Git LFS pointer");
    }

    #[test]
    fn the_hash_of_abc_is_that_of_the_standard() {
        // FIPS 180-4's first example.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), expected);
    }
}
