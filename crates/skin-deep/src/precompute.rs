//! `precompute`: what a model gives for the book's samples.

use model_tools::precompute::{self, Kind};

/// Computes what a model gives for the book's samples, for pages that show it before the network is loaded.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A name below `exported-models/`, or a model's folder.
    #[arg(required_unless_present = "check")]
    model: Option<String>,
    /// What to compute; everything by default.
    #[arg(value_enum)]
    what: Vec<What>,
    /// Write nothing; fail if an exported model's results come from another model.
    #[arg(long, conflicts_with = "model")]
    check: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// Feature maps of the stops of the network.
    Maps,
    /// Answers, with averages, class activation maps and the largest contributions for and against each class.
    Answers,
}

impl From<What> for Kind {
    fn from(what: What) -> Self {
        match what {
            What::Maps => Self::Maps,
            What::Answers => Self::Answers,
        }
    }
}

/// Computes, or checks.
///
/// # Errors
/// As [`precompute::run`] and [`precompute::check`].
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let Some(model) = &args.model else { return precompute::check() };
    let named: Vec<Kind> = args.what.iter().copied().map(Kind::from).collect();
    precompute::run(model, if named.is_empty() { &Kind::ALL } else { &named })
}
