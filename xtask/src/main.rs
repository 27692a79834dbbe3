//! The tool of the book: serves, builds, tests and measures it, and hands every other command to `skin-deep`.
//!
//! One file a command. A command module has `Args`, its options, and `run`, which returns an error that names what
//! was expected, what was found and what to do. What several commands share is in modules without `Args`.
//! Everything here is compiled before the book can be served, so a heavy dependency belongs into `skin-deep`.

mod answers;
mod bench;
mod book;
mod build;
mod check;
mod generated;
mod models;
mod node;
mod outcome;
mod process;
mod product;
mod serve;
mod styles;
mod test;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

/// Builds, serves and tests the book, and trains the networks it shows.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The commands of the book, in the order that `--help` lists them; those of `skin-deep` follow. A new one is a module
/// above, a variant here and an arm below.
#[derive(clap::Subcommand)]
enum Command {
    Serve(serve::Args),
    Build(build::Args),
    Test(test::Args),
    Check(check::Args),
    Bench(bench::Args),
}

/// An error is for the person at the terminal: its causes in one line, no backtrace.
fn main() -> ExitCode {
    let matches = product::add_to(Cli::command()).get_matches();
    let done = match product::asked(&matches) {
        Some(arguments) => product::become_it(&arguments).map(|never| match never {}),
        None => Cli::from_arg_matches(&matches).map_err(anyhow::Error::from).and_then(|cli| run(cli.command)),
    };
    match done {
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
    }
}
