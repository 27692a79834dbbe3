//! `cargo xtask data`: data sets in ISIC 2019's layout, and what they hold.

mod adopt;
mod census;
mod check;
mod parallel;
mod progress;
mod synthetic;

/// Makes a data set, or counts what is in one.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(clap::Subcommand)]
enum Source {
    Synthetic(synthetic::Args),
    Adopt(adopt::Args),
    Check(check::Args),
    Census(census::Args),
}

/// Makes the data set.
///
/// # Errors
/// As the subcommand's.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.source {
        Source::Synthetic(args) => synthetic::run(args),
        Source::Adopt(args) => adopt::run(args),
        Source::Check(args) => check::run(args),
        Source::Census(args) => census::run(args),
    }
}
