//! What `cargo xtask check book` looks for in the sources and in a built book.

use std::path::Path;

use anyhow::Context;
use mdbook_preprocessor::config::Config;

use crate::chapter;
use crate::problem::Problem;
use crate::site::Site;

/// Checks the book whose `book.toml` lies in `root`; an empty list is a sound book.
///
/// # Errors
/// When `book.toml` or a chapter cannot be read.
pub fn check_book(root: &Path) -> anyhow::Result<Vec<Problem>> {
    let config = Config::from_disk(root.join("book.toml")).context("cannot read book.toml")?;
    let site = Site::open(root, &config.book.src)?;
    let mut problems = Vec::new();
    for chapter in chapters(root, &config.book.src)? {
        let path = root.join(&config.book.src).join(&chapter);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        problems.extend(chapter::render(&site, &chapter, &text).problems);
    }
    problems.sort();
    Ok(problems)
}

/// Every Markdown file below the chapters' folder, relative to it, in order.
fn chapters(root: &Path, src: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let top = root.join(src);
    let (mut found, mut folders) = (Vec::new(), vec![top.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.extend(path.strip_prefix(&top).map(Path::to_owned));
            }
        }
    }
    found.sort();
    Ok(found)
}
