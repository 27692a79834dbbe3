//! `cargo xtask check`: the static checks, cheapest first, all failures listed at the end.

use std::collections::BTreeSet;

use anyhow::bail;

use crate::process::{cargo, run as run_command};

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
    /// The lints of `Cargo.toml` and `.clippy.toml`, no warning left.
    Clippy,
}

impl Check {
    const ALL: [Self; 2] = [Self::Fmt, Self::Clippy];

    fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Fmt => run_command(cargo().args(["fmt", "--all", "--check"])),
            Self::Clippy => clippy(),
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
    let mut failures = Vec::new();
    for check in wanted {
        println!("check {}", name(check));
        if let Err(error) = check.run() {
            failures.push(format!("{}: {error:#}", name(check)));
        }
    }
    if !failures.is_empty() {
        bail!("{} failed\n{}", failures.len(), failures.join("\n"));
    }
    Ok(())
}

fn name(check: Check) -> String {
    format!("{check:?}").to_lowercase()
}

fn clippy() -> anyhow::Result<()> {
    run_command(cargo().args([
        "clippy",
        "--workspace",
        "--exclude=training",
        "--all-targets",
        "--",
        "--deny=warnings",
    ]))
}
