//! Renders the book without the widgets' modules, as plain `mdbook build` does: `cargo run --example render -- FOLDER`.

use mdbook_driver::MDBook;
use mdbook_skin_deep::SkinDeep;

fn main() -> anyhow::Result<()> {
    let output = std::env::args().nth(1).unwrap_or_else(|| "target/book".to_owned());
    let mut book = MDBook::load(".")?;
    book.config.build.build_dir = output.into();
    book.with_preprocessor(SkinDeep);
    book.build()
}
