//! `precompute`: what a model gives for the book's samples.

use model_tools::precompute::{self, ResultKind};

/// Computes what a model gives for the book's samples, for pages that show it before the network is loaded.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A name below `exported-models/`, or a model's folder.
    #[arg(required_unless_present = "check")]
    model: Option<String>,
    /// What to compute; everything by default.
    #[arg(value_enum)]
    what: Vec<AnswersOrMaps>,
    /// Write nothing; fail if an exported model's results come from another model.
    #[arg(long, conflicts_with = "model")]
    check: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum AnswersOrMaps {
    /// Feature maps of the stops of the network.
    Maps,
    /// Answers, with averages, class activation maps and the largest contributions for and against each class.
    Answers,
}

impl From<AnswersOrMaps> for ResultKind {
    fn from(what: AnswersOrMaps) -> Self {
        match what {
            AnswersOrMaps::Maps => Self::Maps,
            AnswersOrMaps::Answers => Self::Answers,
        }
    }
}

/// Computes, or checks.
///
/// # Errors
/// As [`precompute::run`] and [`precompute::check`].
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let Some(model) = &args.model else { return precompute::check() };
    let named: Vec<ResultKind> = args.what.iter().copied().map(ResultKind::from).collect();
    precompute::run(model, if named.is_empty() { &ResultKind::ALL } else { &named })
}
