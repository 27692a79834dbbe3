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
    source: DataCommand,
}

#[derive(clap::Subcommand)]
enum DataCommand {
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
        DataCommand::Synthetic(args) => synthetic::run(args),
        DataCommand::Isic2019(args) => isic2019::run(args),
        DataCommand::Ham10000(args) => ham10000::run(args),
        DataCommand::Isic(args) => isic::run(args),
        DataCommand::Adopt(args) => adopt::run(args),
        DataCommand::Check(args) => check::run(args),
        DataCommand::Census(args) => census::run(args),
    }
}
