//! Exported models, put where the pages load them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use catalog::manifest::{MOST_NAMED, ModelFile, OnnxFile};
use catalog::model::{FULL, ModelCard, ModelInput, StoredPrecision};
use catalog::precomputed::{self, PrecomputedAnswers, PrecomputedMaps};
use catalog::typical::{TYPICAL, Typical};
use serde::de::DeserializeOwned;

use crate::{generated, workspace};

/// Publishes every model of `exported-models/`, each under its name and hash.
///
/// # Errors
/// When a folder lacks its card or its ONNX file, or the file is not the one of the card; when results computed
/// in advance are another model's.
pub(crate) fn publish() -> anyhow::Result<BTreeMap<String, ModelFile>> {
    let mut models = BTreeMap::new();
    for folder in files::entries(&workspace::root().join("exported-models"))? {
        if folder.is_dir() {
            let target = generated::folder().join("models");
            let mut model = publish_one(&folder, &target)?;
            model.first_layers = publish_first_layers(&folder, &target, &model)?;
            models.insert(model.card.name.clone(), model);
        }
    }
    Ok(models)
}

/// Publishes the model of one folder into `target`.
fn publish_one(folder: &Path, target: &Path) -> anyhow::Result<ModelFile> {
    let card_path = folder.join("model.toml");
    let mut card: ModelCard = toml::from_str(&files::read_text(&card_path)?)
        .with_context(|| format!("not a model card: {}", card_path.display()))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    if card.name != *name {
        bail!(
            "{}: the name must be \"{name}\", like the folder's, not \"{}\"",
            card_path.display(),
            card.name
        );
    }
    let OnnxFile { onnx, bytes, sha256 } =
        publish_onnx(&folder.join("model.onnx"), &name, target, &card.provenance.onnx_sha256)?;
    let full_precision = match card.stored.iter().find(|row| row.precision == FULL) {
        Some(StoredPrecision { file: Some(file), sha256: expected, .. }) if *expected != sha256 => {
            // A name of its own: a browser keeps one file of each name.
            Some(publish_onnx(&folder.join(file), &format!("{name}-{FULL}"), target, expected)?)
        }
        _ => None,
    };
    let precomputed = publish_precomputed(folder, target, &card)?;
    let precomputed_maps = folder.join(precomputed::FOLDER).join(precomputed::MAPS).exists();
    let typical = publish_typical(folder, target, &card)?;
    let classes = card.labels.len();
    if classes > MOST_NAMED {
        card.labels.clear();
    }
    Ok(ModelFile {
        onnx,
        bytes,
        sha256,
        card,
        classes,
        full_precision,
        precomputed,
        precomputed_maps,
        first_layers: None,
        typical,
    })
}

/// Publishes an ONNX file under `name` and its hash if it is the one that the model's card speaks of.
fn publish_onnx(path: &Path, name: &str, target: &Path, expected: &str) -> anyhow::Result<OnnxFile> {
    let bytes = files::read(path)?;
    let sha256 = files::sha256(&bytes);
    if sha256 != expected {
        bail!(
            "{}: its SHA-256 is {sha256}, but model.toml says {expected}; \
             restore the file, or write both again with: cargo xtask export",
            path.display(),
        );
    }
    let file = format!("{name}-{}.onnx", &sha256[..16]);
    link(path, &target.join(&file), &bytes)?;
    let onnx = generated::url(&format!("models/{file}"));
    Ok(OnnxFile { onnx, bytes: bytes.len() as u64, sha256 })
}

/// Publishes the numbers of a model's first layers, which a page computes with without loading the model.
fn publish_first_layers(folder: &Path, target: &Path, model: &ModelFile) -> anyhow::Result<Option<String>> {
    let path = folder.join("model.onnx");
    let card = &model.card;
    let ModelInput { size, mean, std } = card.input;
    let network = architecture::by_name(&card.architecture, model.classes, size as usize)?;
    let found = onnx_export::first_layers(&files::read(&path)?, &network, mean, std)
        .with_context(|| format!("cannot read the first layers of {}", path.display()))?;
    let Some(first) = found else { return Ok(None) };
    let bytes = first.to_bytes();
    let name = format!("{}-first-layers-{}.bin", card.name, files::content_name([&bytes[..]]));
    files::write(&target.join(&name), &bytes)?;
    Ok(Some(generated::url(&format!("models/{name}"))))
}

/// Publishes what was measured of the training images, if anything was.
fn publish_typical(folder: &Path, target: &Path, card: &ModelCard) -> anyhow::Result<Option<String>> {
    let path = folder.join(TYPICAL);
    if !path.exists() {
        return Ok(None);
    }
    let stale = |typical: &Typical| typical.stale(&card.provenance.onnx_sha256);
    check(&path, stale, &format!("typical {} --data D --split FILE", card.name))?;
    let bytes = files::read(&path)?;
    let name = format!("{}-typical-{}.json", card.name, files::content_name([&bytes[..]]));
    files::write(&target.join(&name), &bytes)?;
    Ok(Some(generated::url(&format!("models/{name}"))))
}

/// Publishes what was precomputed, if anything was: its files find one another by name, so that the hash stands
/// in the folder's name.
fn publish_precomputed(folder: &Path, target: &Path, card: &ModelCard) -> anyhow::Result<Option<String>> {
    let (sha256, command) = (&card.provenance.onnx_sha256, format!("precompute {}", card.name));
    let [maps, answers] =
        [precomputed::MAPS, precomputed::ANSWERS].map(|name| folder.join(precomputed::FOLDER).join(name));
    check(&maps, |maps: &PrecomputedMaps| maps.stale(sha256), &command)?;
    check(&answers, |answers: &PrecomputedAnswers| answers.stale(sha256), &command)?;
    let mut contents = Vec::new();
    for path in files::entries(&folder.join(precomputed::FOLDER))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = files::read(&path)?;
        contents.push((path, name, bytes));
    }
    if contents.is_empty() {
        return Ok(None);
    }
    let parts = contents.iter().flat_map(|(_, name, bytes)| [name.as_bytes(), bytes]);
    let name = format!("{}-{}-{}", card.name, precomputed::FOLDER, files::content_name(parts));
    for (path, file, bytes) in &contents {
        link(path, &target.join(&name).join(file), bytes)?;
    }
    Ok(Some(generated::url(&format!("models/{name}/"))))
}

/// Refuses results, if there are any, that `stale` has something to say about; `command` writes them again. Whether they are
/// undamaged as well, `cargo xtask check precomputed` finds out.
fn check<T: DeserializeOwned>(
    path: &Path,
    stale: impl Fn(&T) -> Option<String>,
    command: &str,
) -> anyhow::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let results: T = serde_json::from_str(&files::read_text(path)?)
        .with_context(|| format!("cannot use {}; run: cargo xtask {command}", path.display()))?;
    match stale(&results) {
        None => Ok(()),
        Some(words) => bail!("{}: {words}; run: cargo xtask {command}", path.display()),
    }
}

/// A hard link costs no space; where the file system has none, a copy does.
fn link(from: &Path, to: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if to.metadata().is_ok_and(|metadata| metadata.len() == bytes.len() as u64) {
        return Ok(files::write(to, bytes)?);
    }
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    Ok(std::fs::hard_link(from, to).or_else(|_| files::write(to, bytes))?)
}

#[cfg(test)]
mod tests {
    use catalog::model::{Parity, Provenance};

    use super::*;

    fn exported(name: &str, onnx: &[u8], onnx_sha256: String) -> tempfile::TempDir {
        let card = ModelCard {
            name: name.to_owned(),
            title: String::new(),
            architecture: "resnet18".to_owned(),
            task: "eight-class".to_owned(),
            labels: Vec::new(),
            input: ModelInput { size: 128, mean: [0.5; 3], std: [0.5; 3] },
            precision: "fp32".to_owned(),
            trained_on: String::new(),
            drawn: true,
            evened: false,
            licence: String::new(),
            provenance: Provenance {
                config: String::new(),
                config_sha256: String::new(),
                source: String::new(),
                onnx_sha256,
            },
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
    fn the_names_of_a_thousand_classes_stay_in_the_file() {
        let folder = exported("net", b"onnx", files::sha256(b"onnx"));
        let path = folder.path().join("net/model.toml");
        let published = |labels: usize| {
            let mut card: ModelCard = toml::from_str(&files::read_text(&path).unwrap()).unwrap();
            card.labels = (0..labels).map(|label| label.to_string()).collect();
            files::write(&path, toml::to_string(&card).unwrap().as_bytes()).unwrap();
            let model = publish_one(&folder.path().join("net"), &folder.path().join("generated")).unwrap();
            (model.classes, model.card.labels.len())
        };
        assert_eq!([published(20), published(1000)], [(20, 20), (1000, 0)]);
    }

    #[test]
    fn the_weights_as_trained_are_published_beside_the_smaller_file() {
        let folder = exported("net", b"onnx", files::sha256(b"onnx"));
        let model = folder.path().join("net");
        let full = files::sha256(b"onnx in full");
        let row = format!(
            "\n[[stored]]\nprecision = \"fp32\"\nfile = \"model-fp32.onnx\"\nbytes = 12\nsha256 = \"{full}\"\n\
             images = 1\nsame_top = 1\ndifference = 0.0\n"
        );
        let card = files::read_text(&model.join("model.toml")).unwrap() + &row;
        files::write(&model.join("model.toml"), card.as_bytes()).unwrap();
        files::write(&model.join("model-fp32.onnx"), b"onnx in full").unwrap();
        let target = folder.path().join("generated");
        let published = publish_one(&model, &target).unwrap();
        let kept = published.full_precision.clone().unwrap();
        assert_eq!((kept.bytes, &kept.sha256), (12, &full));
        assert_eq!(kept.onnx, format!("generated/models/net-fp32-{}.onnx", &full[..16]));
        assert_eq!(files::below(&target).unwrap().len(), 2);
        let in_full = published.in_full_precision().unwrap();
        assert_eq!((in_full.card.precision.as_str(), in_full.card.provenance.onnx_sha256), ("fp32", full));

        files::write(&model.join("model-fp32.onnx"), b"onnx in fuller").unwrap();
        let error = publish_one(&model, &target).unwrap_err().to_string();
        assert!(error.contains("model-fp32.onnx") && error.contains("cargo xtask export"), "{error}");
    }

    #[test]
    fn a_damaged_model_is_refused_with_both_hashes() {
        let folder = exported("net", b"onn", files::sha256(b"onnx"));
        let error = publish_one(&folder.path().join("net"), folder.path()).unwrap_err().to_string();
        assert!(error.contains(&files::sha256(b"onnx")) && error.contains(&files::sha256(b"onn")), "{error}");
        assert!(error.contains("cargo xtask export"), "{error}");
    }

    /// A list of maps without maps.
    fn maps(model_sha256: String) -> String {
        let sample = |sample: catalog::widget::Sample| precomputed::PrecomputedSample {
            diagnosis: sample.diagnosis,
            seed: sample.seed,
            stops: Vec::new(),
        };
        let maps = PrecomputedMaps {
            command: String::new(),
            chosen: String::new(),
            model: "net".to_owned(),
            model_sha256,
            drawn_size: 224,
            samples: catalog::widget::SAMPLES.map(sample).into(),
        };
        serde_json::to_string(&maps).unwrap()
    }

    #[test]
    fn precomputed_results_are_published_under_the_hash_of_all_of_them() {
        let folder = exported("net", b"onnx", files::sha256(b"onnx"));
        let (model, target) = (folder.path().join("net"), folder.path().join("generated"));
        assert_eq!(publish_one(&model, &target).unwrap().precomputed, None);
        let write =
            |name: &str, bytes: &[u8]| files::write(&model.join("precomputed").join(name), bytes).unwrap();
        write("maps.json", maps(files::sha256(b"onnx")).as_bytes());
        let first = publish_one(&model, &target).unwrap().precomputed.unwrap();
        assert!(first.starts_with("generated/models/net-precomputed-") && first.ends_with('/'), "{first}");
        assert!(target.join(first.strip_prefix("generated/models/").unwrap()).join("maps.json").is_file());
        write("more.json", b"{}");
        assert_ne!(publish_one(&model, &target).unwrap().precomputed, Some(first));
    }

    #[test]
    fn precomputed_results_of_another_model_are_named_with_the_command() {
        let folder = exported("net", b"onnx", files::sha256(b"onnx"));
        let model = folder.path().join("net");
        files::write(&model.join("precomputed/maps.json"), maps("another".to_owned()).as_bytes()).unwrap();
        let error = format!("{:#}", publish_one(&model, folder.path()).unwrap_err());
        assert!(error.contains("another") && error.contains(&files::sha256(b"onnx")), "{error}");
        assert!(error.contains("run: cargo xtask precompute net"), "{error}");
    }

    #[test]
    fn a_card_of_another_model_is_refused() {
        let folder = exported("other", b"onnx", files::sha256(b"onnx"));
        let error = publish_one(&folder.path().join("net"), folder.path()).unwrap_err().to_string();
        assert!(error.contains("name must be \"net\""), "{error}");
    }
}
