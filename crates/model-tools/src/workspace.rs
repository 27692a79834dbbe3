//! Where a reader's models, weights and runs lie, in a checkout of the book or without one.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The checkout around the current folder, if there is one: the nearest folder above it with the book's `book.toml` and
/// this crate.
pub fn checkout() -> Option<&'static Path> {
    static CHECKOUT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let here = std::env::current_dir().ok()?;
        here.ancestors().find(|folder| is_checkout(folder)).map(Path::to_path_buf)
    };
    CHECKOUT.get_or_init(find).as_deref()
}

fn is_checkout(folder: &Path) -> bool {
    folder.join("book.toml").is_file() && folder.join("crates/model-tools").is_dir()
}

/// Where `exported-models`, `runs`, `weights` and `configs` lie: the checkout's root, else the current folder.
pub fn root() -> &'static Path {
    checkout().unwrap_or(Path::new("."))
}

/// What a reader types before the name of one of our commands: `cargo xtask` in a checkout, else `skin-deep`.
pub fn program() -> &'static str {
    if checkout().is_some() { "cargo xtask" } else { "skin-deep" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_run_in_a_checkout_and_its_root_has_the_models() {
        assert!(root().is_absolute() && root().join("exported-models").is_dir());
        assert_eq!(program(), "cargo xtask");
    }

    #[test]
    fn a_folder_with_some_book_is_no_checkout() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("book.toml"), "").unwrap();
        assert!(!is_checkout(folder.path()));
    }
}
