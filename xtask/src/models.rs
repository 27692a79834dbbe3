//! Exported models, put where the pages load them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use catalog::manifest::ModelFile;
use catalog::model::ModelCard;

use crate::{files, generated, workspace};

/// Publishes every model of `exported-models/`, each under its name and hash.
///
/// # Errors
/// When a folder lacks its card or its ONNX file, or the file is not the one of the card.
pub(crate) fn publish() -> anyhow::Result<BTreeMap<String, ModelFile>> {
    let mut models = BTreeMap::new();
    for folder in files::entries(&workspace::root().join("exported-models"))? {
        if folder.is_dir() {
            let model = publish_one(&folder, &generated::folder().join("models"))?;
            models.insert(model.card.name.clone(), model);
        }
    }
    Ok(models)
}

/// Publishes the model of one folder into `target`.
fn publish_one(folder: &Path, target: &Path) -> anyhow::Result<ModelFile> {
    let card_path = folder.join("model.toml");
    let card: ModelCard = toml::from_str(&files::read_text(&card_path)?)
        .with_context(|| format!("not a model card: {}", card_path.display()))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    if card.name != *name {
        bail!("{}: expected name = \"{name}\", its folder's, found \"{}\"", card_path.display(), card.name);
    }
    let onnx = folder.join("model.onnx");
    let bytes = files::read(&onnx)?;
    let sha256 = files::sha256(&bytes);
    if sha256 != card.provenance.onnx_sha256 {
        bail!(
            "{}: expected the SHA-256 that model.toml states, {}, found {sha256}; \
             restore the file, or write both anew with: cargo xtask export",
            onnx.display(),
            card.provenance.onnx_sha256,
        );
    }
    let file = format!("{name}-{}.onnx", &sha256[..16]);
    link(&onnx, &target.join(&file), &bytes)?;
    Ok(ModelFile { onnx: generated::url(&format!("models/{file}")), bytes: bytes.len() as u64, sha256, card })
}

/// A hard link costs no space; where the file system has none, a copy does.
fn link(from: &Path, to: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if to.metadata().is_ok_and(|metadata| metadata.len() == bytes.len() as u64) {
        return files::write(to, bytes);
    }
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::hard_link(from, to).or_else(|_| files::write(to, bytes))
}

#[cfg(test)]
mod tests {
    use catalog::model::{Input, Parity, Provenance};

    use super::*;

    fn exported(name: &str, onnx: &[u8], onnx_sha256: String) -> tempfile::TempDir {
        let card = ModelCard {
            name: name.to_owned(),
            title: String::new(),
            architecture: "resnet18".to_owned(),
            task: "eight-class".to_owned(),
            labels: Vec::new(),
            input: Input { size: 128, mean: [0.5; 3], std: [0.5; 3] },
            precision: "fp32".to_owned(),
            trained_on: String::new(),
            licence: String::new(),
            provenance: Provenance { config: String::new(), config_sha256: String::new(), onnx_sha256 },
            parity: Parity { tolerance: 1e-4, inputs: 0, native: 0.0, wasm: None, webgpu: None },
            stored: Vec::new(),
        };
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("net/model.toml"), toml::to_string(&card).unwrap().as_bytes())
            .unwrap();
        files::write(&folder.path().join("net/model.onnx"), onnx).unwrap();
        folder
    }

    #[test]
    fn a_model_is_published_under_its_hash() {
        let folder = exported("net", b"onnx", files::sha256(b"onnx"));
        let target = folder.path().join("generated");
        let model = publish_one(&folder.path().join("net"), &target).unwrap();
        assert_eq!(model.onnx, format!("generated/models/net-{}.onnx", &files::sha256(b"onnx")[..16]));
        assert_eq!(files::below(&target).unwrap().len(), 1);
    }

    #[test]
    fn a_damaged_model_is_refused_with_both_hashes() {
        let folder = exported("net", b"onn", files::sha256(b"onnx"));
        let error = publish_one(&folder.path().join("net"), folder.path()).unwrap_err().to_string();
        assert!(error.contains(&files::sha256(b"onnx")) && error.contains(&files::sha256(b"onn")), "{error}");
        assert!(error.contains("cargo xtask export"), "{error}");
    }

    #[test]
    fn a_card_of_another_model_is_refused() {
        let folder = exported("other", b"onnx", files::sha256(b"onnx"));
        let error = publish_one(&folder.path().join("net"), folder.path()).unwrap_err().to_string();
        assert!(error.contains("expected name = \"net\""), "{error}");
    }
}
