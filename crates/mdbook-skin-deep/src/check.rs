//! What `cargo xtask check book` looks for in the sources; mdBook itself lets nearly all of it pass.
//!
//! Directives and widgets, includes and their anchors, links and their fragments, images, footnotes, chapters that the
//! summary forgets, and an output folder that would swallow the sources. What only a built book shows is checked by
//! `cargo xtask check site`.

mod folders;
mod includes;
mod links;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use mdbook_preprocessor::config::Config;

use crate::chapter::{self, Page};
use crate::problem::Problem;
use crate::site::Site;

/// Checks the book whose `book.toml` is in `root`; an empty list is a sound book.
///
/// # Errors
/// When `book.toml`, a chapter or the manifest of generated files cannot be read.
pub fn check_book(root: &Path) -> anyhow::Result<Vec<Problem>> {
    let config_path = root.join("book.toml");
    let text = read(&config_path)?;
    let config: Config =
        text.parse().with_context(|| format!("not a configuration: {}", config_path.display()))?;
    let site = Site::open(root, &config.book.src)?;
    let mut problems = folders::check(&text, &config);
    let sources = sources(&root.join(&config.book.src))?;
    let chapters: BTreeMap<&Path, Chapter> =
        sources.iter().map(|(path, text)| (path.as_path(), Chapter::new(&site, path, text))).collect();
    for (path, chapter) in &chapters {
        problems.extend(chapter.page.problems.iter().cloned());
        let at = |(line, message)| Problem { file: site.src.join(path), line: Some(line), message };
        problems.extend(includes::check(&root.join(&site.src).join(path), chapter.text).into_iter().map(at));
        problems.extend(links::check(&root.join(&site.src), path, &chapters).into_iter().map(at));
    }
    problems.extend(forgotten(&site.src, &chapters));
    problems.sort();
    Ok(problems)
}

/// A chapter's source, and what our directives make of it.
struct Chapter<'a> {
    text: &'a str,
    page: Page,
    anchors: links::Anchors,
}

impl<'a> Chapter<'a> {
    fn new(site: &Site, path: &Path, text: &'a str) -> Self {
        let page = chapter::render(site, path, text);
        let anchors = links::Anchors::new(text, &page.ids);
        Self { text, page, anchors }
    }
}

/// The list of chapters.
const SUMMARY: &str = "SUMMARY.md";

/// Chapters that no reader would find.
fn forgotten(src: &Path, chapters: &BTreeMap<&Path, Chapter>) -> Vec<Problem> {
    let Some(summary) = chapters.get(Path::new(SUMMARY)) else {
        let message = "there is no SUMMARY.md; add one that lists the chapters".to_owned();
        return vec![Problem { file: src.to_owned(), line: None, message }];
    };
    let listed = links::targets(summary.text);
    chapters
        .keys()
        .filter(|path| **path != Path::new(SUMMARY) && !listed.iter().any(|link| Path::new(link) == **path))
        .map(|path| Problem {
            file: src.join(path),
            line: None,
            message: "SUMMARY.md does not list this chapter; add a line for it or remove the file".to_owned(),
        })
        .collect()
}

/// Every Markdown file below `top`, by its path from there, in order.
fn sources(top: &Path) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![top.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("cannot list {}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(top).unwrap_or(&path).to_owned();
                found.insert(name, read(&path)?);
            }
        }
    }
    Ok(found)
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
