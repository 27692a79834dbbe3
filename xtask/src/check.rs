//! `cargo xtask check`: the static checks, cheapest first, all failures listed at the end.

mod files;
mod layers;
mod site;

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::bail;

use crate::outcome::TestOutcome;
use crate::process::{cargo, run as run_command};
use crate::{generated, product, wasm, workspace};

/// Static checks; all of them, or those named.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Checks to run, in their own order; all where none is named.
    #[arg(value_enum)]
    checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Check {
    /// Rust code is laid out as rustfmt does.
    Fmt,
    /// No huge file, no patient's image, no path of one machine.
    Files,
    /// The chapters: every include, anchor, link, directive, widget name and parameter.
    Book,
    /// The figures are as their data say.
    Figures,
    /// What models give for the book's samples was computed with those models.
    Precomputed,
    /// The layers of `ARCHITECTURE.md`.
    Layers,
    /// The lints of `Cargo.toml` and `.clippy.toml`, no warning left, also for WASM.
    Clippy,
    /// The crates' documentation, no broken link.
    Doc,
}

impl Check {
    /// Cheapest first.
    const ALL: [Self; 8] = [
        Self::Fmt,
        Self::Files,
        Self::Book,
        Self::Figures,
        Self::Precomputed,
        Self::Layers,
        Self::Clippy,
        Self::Doc,
    ];

    fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Fmt => run_command(cargo().args(["fmt", "--all", "--check"])),
            Self::Files => files::run(),
            Self::Book => chapters(),
            Self::Figures => product::run(&["figures", "--check"]),
            Self::Precomputed => product::run(&["precompute", "--check"]),
            Self::Layers => layers::run(),
            Self::Clippy => clippy(),
            Self::Doc => doc(),
        }
    }
}

/// Runs the checks that `args` names.
///
/// # Errors
/// When one of them fails; all are run first.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let wanted: BTreeSet<Check> =
        if args.checks.is_empty() { Check::ALL.into() } else { args.checks.into_iter().collect() };
    let outcome = these(wanted);
    println!("{outcome}");
    outcome.verdict()
}

/// Runs every check.
pub(crate) fn every() -> TestOutcome {
    these(Check::ALL.into())
}

fn these(checks: BTreeSet<Check>) -> TestOutcome {
    let mut total = TestOutcome::default();
    for check in checks {
        let name = format!("{check:?}").to_lowercase();
        println!("check {name}");
        total.add(outcome(&name, || check.run()));
    }
    total
}

/// Runs a check and counts it; says what a failed one found.
pub(crate) fn outcome(name: &str, check: impl FnOnce() -> anyhow::Result<()>) -> TestOutcome {
    let start = Instant::now();
    match check() {
        Ok(()) => TestOutcome::passed(&format!("check {name}"), start.elapsed()),
        Err(error) => {
            eprintln!("check {name} failed: {error:#}");
            TestOutcome::failed(&format!("check {name}"))
        }
    }
}

/// Checks the site that was built last: links, left-over directives, other hosts.
///
/// # Errors
/// Everything found, one per line.
pub(crate) fn site() -> anyhow::Result<()> {
    site::run()
}

fn chapters() -> anyhow::Result<()> {
    // Removes the manifest of another version, against which the chapters cannot be checked.
    generated::read_manifest()?;
    let problems = mdbook_skin_deep::check::check_book(workspace::root())?;
    if !problems.is_empty() {
        bail!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }
    Ok(())
}

/// The whole workspace at once, so that what all crates share is checked once. `tch/doc-only` spares `training` its
/// libtorch, which neither linting nor documenting opens.
const WORKSPACE: [&str; 2] = ["--workspace", "--features=tch/doc-only"];

/// The lints, for this machine and for WASM.
fn clippy() -> anyhow::Result<()> {
    let strict = ["--", "--deny=warnings"];
    run_command(cargo().args(["clippy", "--quiet", "--all-targets"]).args(WORKSPACE).args(strict))?;
    let packages = wasm::MODULES.iter().flat_map(|package| ["--package", package]);
    run_command(
        cargo().args(["clippy", "--quiet", "--target=wasm32-unknown-unknown"]).args(packages).args(strict),
    )
}

fn doc() -> anyhow::Result<()> {
    let doc = ["doc", "--quiet", "--no-deps", "--document-private-items"];
    run_command(cargo().args(doc).args(WORKSPACE).env("RUSTDOCFLAGS", "--deny=warnings"))
}
