//! The preprocessor as mdBook calls it: `supports RENDERER`, or a book as JSON in and out.

use std::io::{stdin, stdout};
use std::process::ExitCode;

use anyhow::{Context, bail};
use mdbook_preprocessor::{Preprocessor, parse_input};
use mdbook_skin_deep::SkinDeep;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => run().map(|()| ExitCode::SUCCESS),
        ["supports", renderer] if SkinDeep.supports_renderer(renderer)? => Ok(ExitCode::SUCCESS),
        ["supports", _] => Ok(ExitCode::FAILURE),
        _ => bail!(
            "mdbook-skin-deep takes no arguments, or `supports RENDERER`, not {arguments:?}; mdBook calls it by itself, \
             see [preprocessor.skin-deep] in book.toml"
        ),
    }
}

fn run() -> anyhow::Result<()> {
    let (context, book) = parse_input(stdin())?;
    let book = SkinDeep.run(&context, book)?;
    serde_json::to_writer(stdout(), &book).context("cannot hand the book back to mdBook")
}
