//! A card from an ONNX file's own metadata, for files without a `model.toml`.

use catalog::model::{ModelCard, ModelInput, Parity, Provenance};

use crate::protobuf::{all, text};
use crate::{InferenceError, file};

const METADATA_PROPS: u64 = 14;

/// A card from the file's `metadata_props`: labels and preprocessing from there, empty strings for the rest.
///
/// # Errors
/// [`InferenceError::NotOnnx`] or [`InferenceError::CutShort`]; [`InferenceError::Metadata`] naming the entry that is
/// missing or cannot be read.
pub fn card(onnx: &[u8], name: &str) -> Result<ModelCard, InferenceError> {
    file::check_whole(onnx, name)?;
    let entry = |key: &'static str, expected: &'static str| entry(onnx, name, key, expected);
    let wrong = |key, expected, found: &str| InferenceError::Metadata {
        model: name.to_owned(),
        key,
        expected,
        found: format!("\"{found}\""),
    };
    let numbers = |key: &'static str| {
        let expected = "three numbers separated by commas";
        let found = entry(key, expected)?;
        let parsed: Option<Vec<f32>> = found.split(',').map(|number| number.trim().parse().ok()).collect();
        parsed.and_then(|parsed| parsed.try_into().ok()).ok_or_else(|| wrong(key, expected, found))
    };
    let size = entry("input_size", "pixels")?;
    let input = ModelInput {
        size: size.parse().map_err(|_| wrong("input_size", "pixels", size))?,
        mean: numbers("mean")?,
        std: numbers("std")?,
    };
    let labels = labels(onnx, name)?;
    Ok(ModelCard {
        architecture: entry("architecture", "a name")?.to_owned(),
        task: entry("task", "a name")?.to_owned(),
        ..bare(onnx, name, labels, input)
    })
}

/// The names of the outputs, in order.
///
/// # Errors
/// [`InferenceError::Metadata`] if the file does not name them.
pub fn labels(onnx: &[u8], name: &str) -> Result<Vec<String>, InferenceError> {
    let labels = entry(onnx, name, "labels", "names separated by commas")?;
    Ok(labels.split(',').map(str::to_owned).collect())
}

fn entry<'o>(
    onnx: &'o [u8],
    name: &str,
    key: &'static str,
    expected: &'static str,
) -> Result<&'o str, InferenceError> {
    let value = all(onnx, METADATA_PROPS).find(|entry| text(entry, 1) == key).map(|entry| text(entry, 2));
    value.ok_or_else(|| InferenceError::Metadata {
        model: name.to_owned(),
        key,
        expected,
        found: "none".to_owned(),
    })
}

/// A card with only what is needed to run a file; empty strings for the rest.
pub(crate) fn bare(onnx: &[u8], name: &str, labels: Vec<String>, input: ModelInput) -> ModelCard {
    ModelCard {
        name: name.to_owned(),
        title: name.to_owned(),
        architecture: String::new(),
        task: String::new(),
        labels,
        input,
        precision: String::new(),
        trained_on: String::new(),
        drawn: false,
        evened: false,
        licence: String::new(),
        provenance: Provenance {
            config: String::new(),
            config_sha256: String::new(),
            source: String::new(),
            onnx_sha256: file::sha256(onnx),
        },
        parity: Parity { tolerance: 0.0, inputs: 0, native: 0.0, wasm: None, webgpu: None },
        stored: Vec::new(),
    }
}
