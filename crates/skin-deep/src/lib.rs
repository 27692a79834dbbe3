//! Everything but the book, as one command: data sets, training, export, evaluation, prediction, figures.
//!
//! `NAME …` builds and runs it in a checkout; elsewhere it works in the current folder. One file a command:
//! `Args`, its options, and `run`, which hands them to `model-tools` or another library.

mod compare;
mod data;
mod evaluate;
mod export;
mod export_published;
mod figures;
mod learning_rates;
mod lesions;
mod precompute;
mod predict;
mod split;
mod train;
mod typical;
mod weights;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

/// Trains networks that classify images of skin lesions, exports and measures them, and draws the book's figures.
#[derive(Parser)]
#[command(name = "skin-deep", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Every command, in the order that `--help` lists them. A new one is a module above, a variant here, an arm below and a
/// line in `xtask/src/product.rs`.
#[derive(clap::Subcommand)]
enum Command {
    Data(data::Args),
    Split(split::Args),
    Weights(weights::Args),
    Train(train::Args),
    LearningRates(learning_rates::Args),
    Export(export::Args),
    ExportPublished(export_published::Args),
    Evaluate(evaluate::Args),
    Compare(compare::Args),
    Predict(predict::Args),
    Figures(figures::Args),
    Precompute(precompute::Args),
    Lesions(lesions::Args),
    Typical(typical::Args),
}

/// The command line, for whoever lists its commands.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs what the command line says. An error is for the person at the terminal: its causes in one line, no backtrace.
pub fn main() -> ExitCode {
    // Help names the command as the reader typed it.
    let matches = Cli::command().bin_name(model_tools::workspace::program()).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Data(args) => data::run(&args),
        Command::Split(args) => split::run(&args),
        Command::Weights(args) => weights::run(&args),
        Command::Train(args) => train::run(&args),
        Command::LearningRates(args) => learning_rates::run(&args),
        Command::Export(args) => export::run(args),
        Command::ExportPublished(args) => export_published::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Predict(args) => predict::run(args),
        Command::Figures(args) => figures::run(&args),
        Command::Precompute(args) => precompute::run(&args),
        Command::Lesions(args) => lesions::run(&args),
        Command::Typical(args) => typical::run(args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
