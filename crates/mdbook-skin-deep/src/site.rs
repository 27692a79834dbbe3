//! What the pages are made from: chapters, figures, exported models and the files of the last build.

use std::path::{Path, PathBuf};

use anyhow::Context;
use catalog::manifest::{MANIFEST, Manifest};

/// Folders of the book and the manifest of its generated files.
pub(crate) struct Site {
    /// The folder with `book.toml`.
    pub(crate) root: PathBuf,
    /// The chapters' folder, relative to the root.
    pub(crate) src: PathBuf,
    /// `None` before the first `cargo xtask build`.
    pub(crate) manifest: Option<Manifest>,
}

impl Site {
    /// Looks up the folders and reads the manifest, if there is one.
    ///
    /// # Errors
    /// When there is a manifest that cannot be read.
    pub(crate) fn open(root: &Path, src: &Path) -> anyhow::Result<Self> {
        let path = root.join(src).join(MANIFEST);
        let manifest = if path.exists() {
            let hint = || format!("cannot read the manifest {}; run: cargo xtask build", path.display());
            let text = std::fs::read_to_string(&path).with_context(hint)?;
            Some(serde_json::from_str(&text).with_context(hint)?)
        } else {
            None
        };
        Ok(Self { root: root.to_owned(), src: src.to_owned(), manifest })
    }

    /// A figure's file, relative to the root.
    pub(crate) fn figure(&self, name: &str) -> PathBuf {
        self.src.join("figures").join(format!("{name}.svg"))
    }

    /// A file of an exported model, relative to the root.
    pub(crate) fn model_file(model: &str, file: &str) -> PathBuf {
        Path::new("exported-models").join(model).join(file)
    }

    /// Reads a file of the repository; the error names it and says what to do.
    pub(crate) fn read(&self, path: &Path, remedy: &str) -> Result<String, String> {
        std::fs::read_to_string(self.root.join(path))
            .map_err(|error| format!("cannot read {}: {error}; {remedy}", path.display()))
    }
}

/// The way from a chapter to the book's root: `""`, `"../"`, `"../../"`.
pub(crate) fn way_up(chapter: &Path) -> String {
    "../".repeat(chapter.components().count().saturating_sub(1))
}
