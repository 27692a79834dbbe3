//! The book, rendered by mdBook with our preprocessor in the same process.

use std::path::{Path, PathBuf};

use anyhow::Context;
use mdbook_driver::MDBook;

use crate::workspace;

/// Where the finished site lies.
pub(crate) fn site() -> PathBuf {
    workspace::target().join("book")
}

/// Renders the book into [`site`]. The old site stays until the new one is complete.
///
/// `base_url` is the path that the site will have on its host; only the page for missing pages needs it, since
/// every other link is relative.
///
/// # Errors
/// What mdBook or the preprocessor found wrong, with the chapter's path.
pub(crate) fn render(base_url: Option<&str>) -> anyhow::Result<()> {
    let staging = workspace::target().join("book-staging");
    let mut book = load(&staging)?;
    // Takes the place of the command of the same name in book.toml.
    book.with_preprocessor(mdbook_skin_deep::SkinDeep);
    if let Some(base_url) = base_url {
        book.config.set("output.html.site-url", base_url).context("cannot set the base URL")?;
    }
    book.build().context("the book was not built")?;
    replace(&site(), &staging)
}

/// Renders the book into `output` as `mdbook build` does, with the preprocessor as a program of its own.
///
/// # Errors
/// As [`render`].
pub(crate) fn render_plainly(output: &Path) -> anyhow::Result<()> {
    load(output)?.build().context("mdbook build failed")
}

/// The book as `book.toml` describes it, to be rendered into `output`.
fn load(output: &Path) -> anyhow::Result<MDBook> {
    let mut book = MDBook::load(workspace::root()).context("cannot read book.toml or the chapters")?;
    output.clone_into(&mut book.config.build.build_dir);
    Ok(book)
}

/// Puts `new` in the place of `old`.
fn replace(old: &Path, new: &Path) -> anyhow::Result<()> {
    let aside = old.with_extension("old");
    let context = || format!("cannot put the new site at {}", old.display());
    remove(&aside)?;
    if old.exists() {
        std::fs::rename(old, &aside).with_context(context)?;
    }
    std::fs::rename(new, old).with_context(context)?;
    remove(&aside)
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_site_takes_the_place_of_the_old_one_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("site"), folder.path().join("new"));
        for (site, page) in [(&old, "gone.html"), (&new, "here.html")] {
            files::write(&site.join(page), b"").unwrap();
        }
        replace(&old, &new).unwrap();
        assert_eq!(files::below(folder.path()).unwrap(), [old.join("here.html")]);
    }
}
