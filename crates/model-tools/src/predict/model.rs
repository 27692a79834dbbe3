//! The model that `--model` names: an exported one, its folder, or an ONNX file.

use std::path::Path;

use anyhow::Context;
use catalog::model::ModelCard;
use inference::{Classifier, Options, metadata};

use runtimes::onnxruntime;

use crate::classify;

/// The model, ready to answer with this many threads; fetches ONNX Runtime where it is missing.
///
/// # Errors
/// Lists the models there are; a card or file that is missing or does not belong to the other; an ONNX file that says
/// neither itself nor by a card what it needs.
pub(super) fn load(named: &str, threads: usize) -> anyhow::Result<Classifier> {
    let path = Path::new(named);
    let (onnx, card) = if path.is_file() {
        let onnx = files::read(path)?;
        let card = card_of_file(path, &onnx)?;
        (onnx, card)
    } else {
        let folder = classify::folder(named)?;
        (files::read(&folder.join("model.onnx"))?, read_card(&folder.join("model.toml"))?)
    };
    onnxruntime::ready()?;
    let options = Options { threads: Some(threads), ..Options::default() };
    Classifier::load_with(&onnx, &card, &options).with_context(|| format!("cannot use {named}"))
}

fn read_card(path: &Path) -> anyhow::Result<ModelCard> {
    toml::from_str(&files::read_text(path)?).with_context(|| format!("not a model card: {}", path.display()))
}

/// The card beside the file if it speaks of this very file, else what the file says about itself.
fn card_of_file(path: &Path, onnx: &[u8]) -> anyhow::Result<ModelCard> {
    let beside = path.with_file_name("model.toml");
    if beside.is_file() {
        let mut card = read_card(&beside)?;
        let sha256 = files::sha256(onnx);
        if card.provenance.onnx_sha256 == sha256 {
            return Ok(card);
        }
        if let Some(stored) = card.stored.iter().find(|stored| stored.sha256 == sha256) {
            card.precision.clone_from(&stored.precision);
            card.provenance.onnx_sha256 = sha256;
            return Ok(card);
        }
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    metadata::card(onnx, &name).with_context(|| format!("cannot use {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FP32: &[u8] = include_bytes!("../../../../tests/golden/onnx_small_fp32.onnx");
    const INT8: &[u8] = include_bytes!("../../../../tests/golden/onnx_small_int8.onnx");

    #[test]
    fn a_file_alone_says_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("small.onnx");
        let card = card_of_file(&path, FP32).unwrap();
        assert_eq!((card.name.as_str(), card.labels.len(), card.input.size), ("small", 3, 9));
        let message = format!("{:#}", card_of_file(&path, b"<html>").unwrap_err());
        assert!(message.contains("this is not an ONNX file, but a web page"), "{message}");
    }

    #[test]
    fn a_card_beside_the_file_counts_for_the_files_that_it_speaks_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model-int8.onnx");
        let mut card = metadata::card(FP32, "of the card").unwrap();
        let write = |card: &ModelCard| {
            files::write(&folder.path().join("model.toml"), toml::to_string(card).unwrap().as_bytes())
                .unwrap();
        };
        write(&card);
        assert_eq!(card_of_file(&path, FP32).unwrap().name, "of the card");
        assert_eq!(card_of_file(&path, INT8).unwrap().name, "model-int8");
        card.stored.push(catalog::model::StoredPrecision {
            precision: "int8".to_owned(),
            file: Some("model-int8.onnx".to_owned()),
            bytes: INT8.len() as u64,
            sha256: files::sha256(INT8),
            images: 1,
            same_top: 1,
            difference: 0.0,
            balanced_accuracy: None,
        });
        write(&card);
        let found = card_of_file(&path, INT8).unwrap();
        assert_eq!((found.name.as_str(), found.precision.as_str()), ("of the card", "int8"));
        assert_eq!(found.provenance.onnx_sha256, files::sha256(INT8));
    }
}
