//! `data`: data sets in ISIC 2019's layout, and what they hold.

mod adopt;
mod census;
mod check;
mod ham10000;
mod isic;
mod isic2019;
mod synthetic;

/// Makes, checks or counts a data set.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(clap::Subcommand)]
enum Source {
    Synthetic(synthetic::Args),
    Isic2019(isic2019::Args),
    Ham10000(ham10000::Args),
    Isic(isic::Args),
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
        Source::Isic2019(args) => isic2019::run(args),
        Source::Ham10000(args) => ham10000::run(args),
        Source::Isic(args) => isic::run(args),
        Source::Adopt(args) => adopt::run(args),
        Source::Check(args) => check::run(args),
        Source::Census(args) => census::run(args),
    }
}
