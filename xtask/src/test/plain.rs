//! Plain `mdbook build`, with the preprocessor as a program of its own, makes the same pages as we do.

use std::path::Path;

use anyhow::{Context, bail};

use crate::{book, process};

/// Builds the book the plain way and compares every page.
///
/// # Errors
/// Names the pages that differ.
pub(super) fn check() -> anyhow::Result<()> {
    // Built in advance, so that its compilation is seen and counts as what it is.
    process::run(process::cargo().args(["build", "--quiet", "--package=mdbook-skin-deep"]))?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let plain = folder.path().join("book");
    book::render_plainly(&plain)?;
    let different = differences(&plain, &book::site())?;
    if !different.is_empty() {
        bail!("pages differ between mdbook build and cargo xtask build: {}", different.join(", "));
    }
    Ok(())
}

/// Names of pages that are not the same in both sites.
fn differences(one: &Path, other: &Path) -> anyhow::Result<Vec<String>> {
    let (one, other) = (pages(one)?, pages(other)?);
    let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
    Ok(names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect())
}

fn pages(site: &Path) -> anyhow::Result<std::collections::BTreeMap<String, String>> {
    let mut pages = std::collections::BTreeMap::new();
    for path in files::below(site)? {
        if path.extension().is_some_and(|end| end == "html") {
            let name = path.strip_prefix(site).unwrap_or(&path).to_string_lossy().into_owned();
            pages.insert(name, files::read_text(&path)?);
        }
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_differs_or_is_missing_is_named() {
        let sites = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let write = |site: usize, name: &str, text: &str| {
            files::write(&sites[site].path().join(name), text.as_bytes()).unwrap();
        };
        write(0, "same.html", "a");
        write(1, "same.html", "a");
        write(0, "other.html", "a");
        write(1, "other.html", "b");
        write(1, "only.html", "c");
        write(1, "only.js", "d");
        let different = differences(sites[0].path(), sites[1].path()).unwrap();
        assert_eq!(different, ["only.html", "other.html"]);
    }
}
