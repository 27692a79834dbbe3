//! The book's preprocessor: widgets, figures, metrics.
//!
//! | in a chapter | on the page |
//! |---|---|
//! | `<Widget name="kernel-lab" stride="2">…</Widget>` | the widget's form, from `catalog`, and its fallback |
//! | `{{#figure NAME caption…}}` | `figures/NAME.svg`, inline, with its caption |
//! | `{{#census NAME KEY}}` | a number of the data set whose census is `book/data/NAME.toml` |
//! | `{{#metric MODEL KEY}}` | a number of `exported-models/MODEL/metrics.json`, with its interval |
//! | `{{#metric MODEL KEY DATA}}` | the same on another data set, from `exported-models/MODEL/DATA/metrics.json` |
//! | `{{#model MODEL KEY}}` | a value of `exported-models/MODEL/model.toml` |
//! | `{{#training MODEL KEY}}` | a value of `[augmentation]` in the recipe that the model was trained with |
//!
//! Everything that cannot be rendered is a [`Problem`] with file and line; none is skipped.

mod census;
mod chapter;
pub mod check;
mod directive;
mod figure;
mod form;
mod html;
mod model;
mod problem;
mod runs;
mod site;
mod tag;
#[cfg(test)]
mod tests;
mod training;
mod trials;
mod widget;

use anyhow::bail;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

pub use problem::Problem;
pub use training::training;

use site::Site;

/// The preprocessor; mdBook runs it through the binary, `cargo xtask` in the same process.
#[derive(Clone, Copy, Debug, Default)]
pub struct SkinDeep;

impl Preprocessor for SkinDeep {
    fn name(&self) -> &'static str {
        "skin-deep"
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let site = Site::open(&context.root, &context.config.book.src)?;
        let mut problems = Vec::new();
        let mut unbuilt = false;
        book.for_each_chapter_mut(|chapter| {
            let Some(path) = chapter.source_path.clone() else { return };
            let page = chapter::render(&site, &path, &chapter.content);
            chapter.content = page.text;
            unbuilt |= page.unbuilt;
            problems.extend(page.problems);
        });
        if !problems.is_empty() {
            bail!("{}", problem::list(&problems));
        }
        if unbuilt {
            eprintln!("warning: the widgets show their static fallback only; run: cargo xtask build");
        }
        Ok(book)
    }
}
