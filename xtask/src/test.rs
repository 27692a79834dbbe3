//! `cargo xtask test`: every test there is, one summary at the end.

mod browser;
mod outcome;
mod plain;

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::Context;

use runtimes::{libtorch, onnxruntime};

use crate::{build, check, process};
pub(crate) use outcome::Outcome;

/// Runs every test, browser included; sets up what it needs, or says in one line what to install.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Parts to run, in their own order; all where none is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Runs only tests whose name contains this.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
}

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Part {
    /// The static checks.
    Check,
    /// Unit, property, golden and documentation tests of every crate that needs neither libtorch nor a browser.
    Crates,
    /// The same of `training`, with libtorch.
    Training,
    /// The book is built, in our process and by mdBook alone, to the same pages.
    Book,
    /// The pages in a browser.
    Browser,
}

impl Part {
    const ALL: [Self; 5] = [Self::Check, Self::Crates, Self::Training, Self::Book, Self::Browser];

    /// What stands above its output.
    const fn title(self) -> &'static str {
        match self {
            Self::Check => "static checks",
            Self::Crates => "unit, property, golden and documentation tests",
            Self::Training => "tests with libtorch",
            Self::Book => "the book",
            Self::Browser => "browser tests",
        }
    }

    fn run(self, name: Option<&str>) -> anyhow::Result<Outcome> {
        match self {
            Self::Check => Ok(check::every()),
            Self::Crates => {
                let runtime = onnxruntime::ensure()?;
                let mut test = process::cargo();
                outcome::of(test.args(["test", "--no-fail-fast"]).args(name).env("ORT_DYLIB_PATH", runtime))
            }
            Self::Training => {
                let mut test = process::cargo();
                libtorch::Libtorch::ensure()?.apply(&mut test)?;
                // One test holds libtorch against ONNX Runtime.
                test.env("ORT_DYLIB_PATH", onnxruntime::ensure()?);
                outcome::of(test.args(["test", "--no-fail-fast", "--package=training"]).args(name))
            }
            Self::Book => {
                build::everything(None)?;
                let mut outcome = Outcome::PASSED;
                outcome.add(check::outcome("site", check::site()));
                outcome.add(check::outcome("plain mdbook build", plain::check()));
                Ok(outcome)
            }
            Self::Browser => {
                browser::ensure()?;
                build::everything(None)?;
                let runtime = onnxruntime::ensure()?;
                let mut test = process::cargo();
                test.args(["test", "--no-fail-fast", "--package=e2e"]).args(name);
                outcome::of(test.env("ORT_DYLIB_PATH", runtime))
            }
        }
    }
}

/// Runs the parts and ends with a line such as `312 passed, 0 failed`.
///
/// # Errors
/// When any test failed.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let wanted: BTreeSet<Part> =
        if args.parts.is_empty() { Part::ALL.into() } else { args.parts.into_iter().collect() };
    let start = Instant::now();
    let mut total = Outcome::default();
    for (index, part) in wanted.iter().enumerate() {
        println!("\n=== {} of {}: {} ===", index + 1, wanted.len(), part.title());
        let start = Instant::now();
        let outcome = part.run(args.name.as_deref()).unwrap_or_else(|error| {
            eprintln!("error: {error:?}");
            Outcome::failed(part.title())
        });
        println!("{}: {outcome}, {:.0} s", part.title(), start.elapsed().as_secs_f64());
        total.add(outcome);
    }
    println!("\nafter {:.1} minutes:", start.elapsed().as_secs_f64() / 60.0);
    for failure in &total.failures {
        println!("failed: {failure}");
    }
    println!("{total}");
    total.verdict().context("some tests failed")
}
