//! The tool: serves, builds, tests and trains.
//!
//! One file a command. A command module has `Args`, its options, and `run`, which returns an error that names what
//! was expected, what was found and what to do. What several commands share lies in modules without `Args`.

mod bench;
mod book;
mod build;
mod check;
mod classify;
mod data;
mod evaluate;
mod export;
mod figures;
mod files;
mod generated;
mod interrupt;
mod lesions;
mod libtorch;
mod models;
mod node;
mod onnxruntime;
mod precompute;
mod predict;
mod predictions;
mod process;
mod serve;
mod split;
mod test;
mod train;
mod training_config;
mod typical;
mod wasm;
mod weights;
mod wheel;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// Builds, serves and tests the book, and trains the networks it shows.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Every command, in the order that `--help` lists them. A new one is a module above, a variant here and an arm below.
#[derive(clap::Subcommand)]
enum Command {
    // The book.
    Serve(serve::Args),
    Build(build::Args),
    Test(test::Args),
    Check(check::Args),
    Bench(bench::Args),
    // The data and the networks.
    Data(data::Args),
    Split(split::Args),
    Weights(weights::Args),
    Train(train::Args),
    Export(export::Args),
    Evaluate(evaluate::Args),
    Predict(predict::Args),
    Figures(figures::Args),
    Precompute(precompute::Args),
    Lesions(lesions::Args),
    Typical(typical::Args),
}

/// An error is for the person at the terminal: its causes in one line, no backtrace.
fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Test(args) => test::run(args),
        Command::Check(args) => check::run(args),
        Command::Bench(args) => bench::run(&args),
        Command::Data(args) => data::run(&args),
        Command::Split(args) => split::run(&args),
        Command::Weights(args) => weights::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Figures(args) => figures::run(&args),
        Command::Precompute(args) => precompute::run(&args),
        Command::Lesions(args) => lesions::run(&args),
        Command::Typical(args) => typical::run(&args),
    }
}
