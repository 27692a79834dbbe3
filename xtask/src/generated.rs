//! `book/src/generated/`: what the build puts beside the chapters, each file with its content hash in the name.

use std::path::{Path, PathBuf};

use anyhow::Context;
use catalog::manifest::{MANIFEST, Manifest, ModelFile};

use crate::workspace;

/// The book's source folder.
pub(crate) fn source() -> PathBuf {
    workspace::root().join("book/src")
}

/// The folder of generated files, which git ignores.
pub(crate) fn folder() -> PathBuf {
    source().join("generated")
}

/// Path from the book's root for a file of this name in the folder.
pub(crate) fn url(name: &str) -> String {
    format!("generated/{name}")
}

/// Writes the manifest and removes what it does not list.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write_manifest(manifest: &Manifest) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(manifest).context("cannot write the manifest as JSON")?;
    text.push('\n');
    files::write(&source().join(MANIFEST), text.as_bytes())?;
    remove_stale(&folder(), manifest)
}

/// The manifest of the last build; `None` before the first, and if another version of the project wrote it. Such a manifest is
/// removed, since the next build writes a new one.
///
/// # Errors
/// When there is one that cannot be opened or removed.
pub(crate) fn read_manifest() -> anyhow::Result<Option<Manifest>> {
    read_or_remove(&source().join(MANIFEST))
}

fn read_or_remove(path: &Path) -> anyhow::Result<Option<Manifest>> {
    if !path.exists() {
        return Ok(None);
    }
    let manifest = serde_json::from_str(&files::read_text(path)?).ok();
    if manifest.is_none() {
        println!("another version of the project made the last build; {} is written again", path.display());
        std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(manifest)
}

/// Removes every file of `folder` that no part of the manifest names.
fn remove_stale(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let kept = kept(manifest);
    for path in files::below(folder)? {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if !kept.iter().any(|kept| name == *kept || kept.ends_with('/') && name.starts_with(kept)) {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    remove_empty(folder)
}

/// Removes the folders below that hold nothing any more.
fn remove_empty(folder: &Path) -> anyhow::Result<()> {
    for path in files::entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        remove_empty(&path)?;
        if files::entries(&path)?.is_empty() {
            std::fs::remove_dir(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// Everything in the manifest, and the manifest itself, as paths below `generated/`; a folder ends in `/`.
fn kept(manifest: &Manifest) -> Vec<String> {
    let modules = manifest.modules.values().flat_map(|module| {
        let snippets = module.script.replace(".js", "-snippets/");
        [Some(module.script.clone()), Some(module.wasm.clone()), module.worker.clone(), Some(snippets)]
    });
    let runtime = manifest.runtime.iter().map(|runtime| Some(runtime.base.clone()));
    let models = manifest.models.values().flat_map(|model| {
        let ModelFile { onnx, full_precision, precomputed, first_layers, typical, .. } = model.clone();
        [Some(onnx), full_precision.map(|file| file.onnx), precomputed, first_layers, typical]
    });
    modules
        .chain(runtime)
        .chain(models)
        .chain(manifest.tests.iter().map(|test| Some(test.answers.clone())))
        .chain(manifest.styles.values().cloned().map(Some))
        .flatten()
        .chain([MANIFEST.to_owned()])
        .filter_map(|path| Some(path.strip_prefix("generated/")?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use catalog::manifest::{Module, WIDGETS};

    use super::*;

    #[test]
    fn a_manifest_of_another_version_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.json");
        assert_eq!(read_or_remove(&path).unwrap(), None);
        files::write(&path, br#"{ "modules": 3 }"#).unwrap();
        assert_eq!(read_or_remove(&path).unwrap(), None);
        assert!(!path.exists());
        files::write(&path, &serde_json::to_vec(&Manifest::default()).unwrap()).unwrap();
        assert_eq!(read_or_remove(&path).unwrap(), Some(Manifest::default()));
        assert!(path.exists());
    }

    #[test]
    fn what_the_manifest_does_not_list_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "page-1.js",
            "page-1-snippets/a.js",
            "page-1.wasm",
            "page-0.js",
            "lab-1.css",
            "lab-0.css",
            "old/b.js",
        ];
        for name in names {
            files::write(&folder.path().join(name), b"").unwrap();
        }
        let module = Module { script: url("page-1.js"), wasm: url("page-1.wasm"), worker: None, bytes: 0 };
        let manifest = Manifest {
            modules: [(WIDGETS.to_owned(), module)].into(),
            styles: [("lab".to_owned(), url("lab-1.css"))].into(),
            ..Manifest::default()
        };
        remove_stale(folder.path(), &manifest).unwrap();
        let left = files::below(folder.path()).unwrap();
        let kept = ["lab-1.css", "page-1-snippets/a.js", "page-1.js", "page-1.wasm"];
        assert_eq!(left, kept.map(|name| folder.path().join(name)));
        assert!(!folder.path().join("old").exists(), "an empty folder stays");
    }
}
