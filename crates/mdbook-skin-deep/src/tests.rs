//! A tiny book in a temporary folder, through our preprocessor, mdBook and our check.

mod check;
mod first_layers;
mod layers;
mod page;
mod training;

use std::fs;
use std::path::Path;

use mdbook_driver::MDBook;
use tempfile::TempDir;

use crate::SkinDeep;

/// As in our own `book.toml`, but for the command: the preprocessor runs in this process.
const BOOK: &str = r#"[book]
src = "src"
[build]
build-dir = "out"
create-missing = false
[preprocessor.skin-deep]
command = "not run here"
before = ["links"]
"#;

/// The files of a book, by path from its root.
struct TinyBook(TempDir);

impl TinyBook {
    /// A book with one chapter, `part/one.md`.
    fn new(chapter: &str) -> Self {
        let book = Self(tempfile::tempdir().unwrap());
        book.write("book.toml", BOOK);
        book.write("src/SUMMARY.md", "- [One](part/one.md)\n");
        book.write("src/part/one.md", chapter);
        book
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file. What is said of the network that the chapters speak of first is said of all that widgets offer.
    fn write(&self, path: &str, text: &str) {
        let [(first, _), others @ ..] = catalog::model::OPTIONS else { panic!("widgets offer a network") };
        if path.contains(first) {
            for (other, _) in others {
                self.write_one(&path.replace(first, other), text);
            }
        }
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(mut manifest) if manifest["models"][first].is_object() => {
                for (other, _) in others {
                    manifest["models"][other] = manifest["models"][first].clone();
                }
                self.write_one(path, &manifest.to_string());
            }
            _ => self.write_one(path, text),
        }
    }

    fn write_one(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What mdBook writes inside `<main>`, without indentation and empty lines.
    fn main(&self) -> String {
        self.build().unwrap();
        let page = fs::read_to_string(self.root().join("out/part/one.html")).unwrap();
        let main = page.split_once("<main>").unwrap().1.split_once("</main>").unwrap().0;
        main.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The message that stops the build.
    fn error(&self) -> String {
        format!("{:#}", self.build().unwrap_err())
    }

    fn build(&self) -> anyhow::Result<()> {
        let mut book = MDBook::load(self.root())?;
        book.with_preprocessor(SkinDeep);
        book.build()
    }
}
