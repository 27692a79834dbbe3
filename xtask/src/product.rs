//! The commands of `skin-deep`, which is built and run when one of them is asked for: what they need takes minutes to
//! compile, and the book needs none of it.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Context;

use crate::{process, workspace};

/// Names and what `--help` says about them, in that order; a test holds them to what `skin-deep` says itself.
pub(crate) const COMMANDS: [(&str, &str); 14] = [
    ("data", "Makes, checks or counts a data set"),
    ("split", "Splits a data set into training, validation and test"),
    (
        "weights",
        "Downloads published weights of a network, trained on everyday photographs, for `[start]` of a recipe",
    ),
    ("train", "Trains a network with libtorch, which is found or fetched"),
    (
        "learning-rates",
        "Searches for a good learning rate: it rises step by step, and the loss is written and drawn",
    ),
    (
        "export",
        "Turns a run's best weights into an exported model, measures it on the test part and checks it against libtorch",
    ),
    (
        "export-published",
        "Turns a network's published weights, with their 1,000 everyday classes, into an exported model, checked against \
         libtorch",
    ),
    ("evaluate", "Measures an exported model or a run on the test part of a split"),
    (
        "compare",
        "Measures several runs on the validation part of their split, each compared with the one before it",
    ),
    ("predict", "Classifies a folder of images with ONNX Runtime"),
    ("figures", "Redraws the book's figures from their data, or says which are stale"),
    (
        "precompute",
        "Computes what a model gives for the book's samples, for pages that show it before the network is loaded",
    ),
    ("lesions", "Measures drawn lesions and compares them with real ones"),
    (
        "typical",
        "Measures how far apart a model's training images are inside the network, and writes `typical.json` with the \
         distance from which pages say that an image looks unlike them",
    ),
];

/// Adds the commands to those of the command line; what follows a name is left to `skin-deep`, `--help` as well.
pub(crate) fn add_to(command: clap::Command) -> clap::Command {
    let rest = clap::Arg::new(REST).num_args(0..).allow_hyphen_values(true).trailing_var_arg(true);
    let rest = rest.value_parser(clap::value_parser!(OsString));
    let one = |(name, about): (&'static str, &'static str)| {
        clap::Command::new(name).about(about).disable_help_flag(true).arg(rest.clone())
    };
    command.subcommands(COMMANDS.map(one))
}

const REST: &str = "arguments";

/// The command of `skin-deep` that was asked for, and what follows its name.
pub(crate) fn asked(matches: &clap::ArgMatches) -> Option<Vec<OsString>> {
    let (name, matches) = matches.subcommand()?;
    let rest = matches.try_get_many::<OsString>(REST).ok()?;
    Some([name.into()].into_iter().chain(rest.into_iter().flatten().cloned()).collect())
}

/// Runs it in the place of this program, so that Ctrl-C, exit status and progress bars are its own.
///
/// # Errors
/// When it cannot be built or started.
pub(crate) fn become_it(arguments: &[OsString]) -> anyhow::Result<std::convert::Infallible> {
    let program = build()?;
    let mut command = Command::new(&program);
    command.args(arguments);
    let cannot_start = || format!("cannot start {}", program.display());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        Err(command.exec()).with_context(cannot_start)
    }
    #[cfg(not(unix))]
    {
        // Both get Ctrl-C; this one waits for the other.
        ctrlc::set_handler(|| {}).context("cannot listen for Ctrl-C")?;
        let status = command.status().with_context(cannot_start)?;
        std::process::exit(status.code().unwrap_or(1))
    }
}

/// Runs it and waits.
///
/// # Errors
/// When it cannot be built, or fails.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    process::run(Command::new(build()?).args(arguments))
}

/// The program, up to date.
///
/// # Errors
/// When it does not compile.
pub(crate) fn build() -> anyhow::Result<std::path::PathBuf> {
    workspace::program("skin-deep")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_what_skin_deep_says_itself() {
        let theirs = skin_deep::command();
        let theirs: Vec<_> = theirs
            .get_subcommands()
            .map(|one| (one.get_name().to_owned(), one.get_about().unwrap_or_default().to_string()))
            .collect();
        assert_eq!(theirs, COMMANDS.map(|(name, about)| (name.to_owned(), about.to_owned())));
    }

    #[test]
    fn everything_behind_the_name_is_handed_on() {
        let command = add_to(clap::Command::new("xtask").subcommand(clap::Command::new("build")));
        let asked = |line: &[&str]| asked(&command.clone().get_matches_from(line));
        let words = ["xtask", "predict", "--model", "m", "-h", "--", "x"];
        assert_eq!(asked(&words), Some(words[1..].iter().map(OsString::from).collect()));
        assert_eq!(asked(&["xtask", "figures"]), Some(vec!["figures".into()]));
        assert_eq!(asked(&["xtask", "build"]), None);
    }
}
