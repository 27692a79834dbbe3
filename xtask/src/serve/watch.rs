//! What changed among the sources, and what that means for the build.
//!
//! Looking at the time stamps of a few hundred files takes a millisecond or two, works on every file system, and
//! misses nothing that a notification would bring.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use crate::build::Parts;

/// Where sources lie, below the root.
const FOLDERS: [&str; 4] = ["book", "configs", "crates", "exported-models"];

/// Single files that matter.
const FILES: [&str; 6] =
    ["book.toml", "Cargo.toml", "Cargo.lock", ".cargo/config.toml", "package.json", "package-lock.json"];

/// Where things lie that the build itself writes.
const GENERATED: &str = "book/src/generated/";

/// Crates whose code runs inside the tool.
const INSIDE: [&str; 9] = [
    "xtask/",
    "crates/mdbook-skin-deep/",
    "crates/architecture/",
    "crates/catalog/",
    "crates/files/",
    "crates/onnx-export/",
    "crates/recipe/",
    "crates/runtimes/",
    DATA,
];

/// Where the censuses lie that `catalog` compiles in.
const DATA: &str = "book/data/";

/// Path below the root, time and size of every source.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sources(BTreeMap<String, (SystemTime, u64)>);

impl Sources {
    /// Looks at all sources; one that vanishes meanwhile counts as gone.
    pub(super) fn look(root: &Path) -> Self {
        let in_folders = FOLDERS.iter().flat_map(|name| files::below(&root.join(name)).unwrap_or_default());
        let single = FILES.iter().map(|name| root.join(name));
        let look = |path: std::path::PathBuf| {
            let name = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
            let metadata = path.metadata().ok()?;
            let matters = !name.starts_with(GENERATED) && !is_temporary(&name);
            matters.then_some((name, (metadata.modified().ok()?, metadata.len())))
        };
        Self(in_folders.chain(single).filter_map(look).collect())
    }

    /// Names of what is new, changed or gone in `now`, sorted.
    pub(super) fn changes(&self, now: &Self) -> Vec<String> {
        let changed = now.0.iter().filter(|(name, state)| self.0.get(*name) != Some(state));
        let gone = self.0.iter().filter(|(name, _)| !now.0.contains_key(*name));
        let mut names: Vec<_> = changed.chain(gone).map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }
}

/// Files that editors leave for a moment.
fn is_temporary(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.starts_with('.') || file.ends_with('~')
}

/// What has to be built again besides the book itself.
pub(super) fn parts(changes: &[String]) -> Parts {
    let any = |prefixes: &[&str]| changes.iter().any(|name| prefixes.iter().any(|p| name.starts_with(p)));
    Parts {
        wasm: any(&["crates/", "Cargo.", ".cargo/", DATA]),
        runtime: any(&["package"]),
        models: any(&["exported-models/"]),
    }
}

/// The first changed file whose code runs inside the tool.
pub(super) fn needs_restart(changes: &[String]) -> Option<&str> {
    let is_code = |name: &str| [".rs", ".toml"].iter().any(|end| name.ends_with(end));
    let inside = |name: &&String| is_code(name) && INSIDE.iter().any(|prefix| name.starts_with(prefix));
    changes.iter().find(inside).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_parts(change: &str, expected: Parts) {
        assert_eq!(parts(&[change.to_owned()]), expected, "{change}");
    }

    #[test]
    fn a_chapter_rebuilds_nothing_but_the_book() {
        check_parts("book/src/convolution/convolution.md", Parts::default());
    }

    #[test]
    fn code_rebuilds_the_widgets_and_a_model_only_the_models() {
        check_parts("crates/nn/src/conv.rs", Parts { wasm: true, ..Parts::default() });
        check_parts("book/data/my-set.toml", Parts { wasm: true, ..Parts::default() });
        check_parts("exported-models/a/model.toml", Parts { models: true, ..Parts::default() });
        check_parts("package-lock.json", Parts { runtime: true, ..Parts::default() });
    }

    #[test]
    fn code_of_the_preprocessor_asks_for_a_restart() {
        let change = "crates/mdbook-skin-deep/src/lib.rs".to_owned();
        assert_eq!(needs_restart(std::slice::from_ref(&change)), Some(&*change));
        assert_eq!(needs_restart(&["crates/nn/src/conv.rs".to_owned()]), None);
        assert!(needs_restart(&["book/data/my-set.toml".to_owned()]).is_some(), "a census is compiled in");
    }

    #[test]
    fn new_changed_and_vanished_sources_are_noticed_and_generated_ones_are_not() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &[u8]| files::write(&root.path().join(name), text).unwrap();
        write("book/src/a.md", b"a");
        write("book/src/b.md", b"b");
        let before = Sources::look(root.path());
        write("book/src/a.md", b"longer");
        write("book/src/c.md", b"c");
        write("book/src/generated/d.js", b"d");
        write("book/src/.e.md.swp", b"e");
        std::fs::remove_file(root.path().join("book/src/b.md")).unwrap();
        let after = Sources::look(root.path());
        assert_eq!(before.changes(&after), ["book/src/a.md", "book/src/b.md", "book/src/c.md"]);
        assert_eq!(after.changes(&after), [""; 0]);
    }
}
