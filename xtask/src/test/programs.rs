//! The test programs of all crates: built by one call of cargo, so that nothing is compiled twice, and run by us, so that
//! we know how long each test takes.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use runtimes::libtorch::Libtorch;
use runtimes::onnxruntime;
use serde::Deserialize;

use crate::outcome::{self, TestOutcome};
use crate::{process, product, workspace};

/// The crate whose tests need libtorch.
const TRAINING: &str = "crates/training";

/// The program with the browser tests, in `tests/e2e`.
const BROWSER: &str = "browser";

/// Test programs, and what they need to run.
pub(super) struct Programs {
    list: Vec<Program>,
    libtorch: Option<Libtorch>,
    onnxruntime: PathBuf,
}

/// A test program.
struct Program {
    path: PathBuf,
    /// Name of the library, binary or file in `tests` that it tests.
    target: String,
    /// The folder of its crate, where tests expect to be started.
    folder: PathBuf,
}

/// Whose tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProgramKind {
    /// Of crates that need neither libtorch nor a browser.
    Plain,
    /// Of the crate that needs libtorch.
    Training,
    /// Of the pages.
    Browser,
}

/// How test programs are started.
#[derive(Clone, Copy, Default)]
pub(super) struct ProgramStart<'a> {
    /// The program that starts them, with its arguments; none where it is empty.
    pub(super) wrapper: &'a [&'a str],
    /// Variables of their environment.
    pub(super) variables: &'a [(&'a str, &'a str)],
}

/// A line of cargo's that tells of something it built.
#[derive(Deserialize)]
struct Artifact {
    manifest_path: PathBuf,
    target: Target,
    profile: Profile,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

impl Programs {
    /// Builds them; those of `training` only where asked for, so that all others do without libtorch.
    ///
    /// # Errors
    /// What cargo could not build; a library that cannot be fetched.
    pub(super) fn build(training: bool) -> anyhow::Result<Self> {
        let mut cargo = process::cargo();
        // Also the programs that checks and tests start.
        cargo.args(["build", "--tests", "--bins", "--workspace", "--message-format=json-render-diagnostics"]);
        let libtorch = select(&mut cargo, training)?;
        if training {
            fetch_weights()?;
        }
        let words = process::words(&cargo);
        let mut child =
            cargo.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start: {words}"))?;
        let output = child.stdout.take().with_context(|| format!("no output of: {words}"))?;
        let mut list = Vec::new();
        for line in BufReader::new(output).lines() {
            list.extend(program(&line.with_context(|| format!("cannot read what {words} prints"))?));
        }
        let status = child.wait().with_context(|| format!("lost: {words}"))?;
        if !status.success() {
            bail!("failed ({status}): {words}");
        }
        // Cargo tells of them as they are ready.
        list.sort_by(|one, other| (&one.folder, &one.target).cmp(&(&other.folder, &other.target)));
        Ok(Self { list, libtorch, onnxruntime: onnxruntime::ensure()? })
    }

    /// Runs the tests of a kind that are `wanted` by their names.
    ///
    /// # Errors
    /// When a program cannot be started.
    pub(super) fn run(
        &self,
        kind: ProgramKind,
        wanted: impl Fn(&str) -> bool,
        start: &ProgramStart<'_>,
    ) -> anyhow::Result<TestOutcome> {
        let mut outcome = TestOutcome::default();
        for program in self.list.iter().filter(|program| program.kind() == kind) {
            let all = self.tests(program)?;
            let some: Vec<_> = all.iter().filter(|name| wanted(name)).collect();
            if some.is_empty() {
                continue;
            }
            let mut command = self.command(program, start.wrapper)?;
            if some.len() < all.len() {
                command.arg("--exact").args(some);
            }
            if kind == ProgramKind::Browser {
                command.arg(format!("--test-threads={}", browser_threads()));
            }
            command.envs(start.variables.iter().copied());
            tell_times(&mut command);
            println!("\n{}", program.title());
            outcome.add(outcome::of(&mut command)?);
        }
        Ok(outcome)
    }

    /// Names of the tests of a program.
    fn tests(&self, program: &Program) -> anyhow::Result<Vec<String>> {
        let list = process::output(self.command(program, &[])?.args(["--list", "--format=terse"]))?;
        Ok(list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// The program as cargo would start it, perhaps by another.
    fn command(&self, program: &Program, wrapper: &[&str]) -> anyhow::Result<Command> {
        let mut command = match wrapper {
            [] => Command::new(&program.path),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&program.path);
                command
            }
        };
        command.current_dir(&program.folder).env("ORT_DYLIB_PATH", &self.onnxruntime);
        if let Some(libtorch) = self.libtorch.as_ref().filter(|_| program.kind() == ProgramKind::Training) {
            libtorch.apply(&mut command)?;
        }
        Ok(command)
    }
}

/// Published weights that tests of `training` read, by their network and their file in `weights`.
const WEIGHTS: [(&str, &str); 1] = [("efficientnet_lite0", "efficientnet-lite0-57934424.pth")];

/// Fetches those that are not there.
fn fetch_weights() -> anyhow::Result<()> {
    for (network, file) in WEIGHTS {
        if !workspace::root().join("weights").join(file).is_file() {
            product::run(&["weights", network])?;
        }
    }
    Ok(())
}

impl Program {
    fn kind(&self) -> ProgramKind {
        if self.folder.ends_with(TRAINING) {
            ProgramKind::Training
        } else if self.target == BROWSER {
            ProgramKind::Browser
        } else {
            ProgramKind::Plain
        }
    }

    /// Such as `crates/nn: golden`.
    fn title(&self) -> String {
        let folder = self.folder.strip_prefix(workspace::root()).unwrap_or(&self.folder);
        format!("{}: {}", folder.display(), self.target)
    }
}

/// The examples in the documentation of the same crates, run by rustdoc.
///
/// # Errors
/// When cargo cannot be started.
pub(super) fn documentation(training: bool, name: Option<&str>) -> anyhow::Result<TestOutcome> {
    let mut cargo = process::cargo();
    cargo.args(["test", "--doc", "--no-fail-fast", "--workspace"]);
    select(&mut cargo, training)?;
    outcome::of(cargo.args(name))
}

/// One selection of crates for everything that is built for tests: another one would unite the features of dependencies
/// otherwise, and cargo would build most of them again.
fn select(cargo: &mut Command, training: bool) -> anyhow::Result<Option<Libtorch>> {
    if !training {
        cargo.arg("--exclude=training");
        return Ok(None);
    }
    let libtorch = Libtorch::ensure()?;
    libtorch.apply(cargo)?;
    Ok(Some(libtorch))
}

/// How many browser tests run at a time: one more than there are cores, since each spends half its time waiting for pages.
fn browser_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from) + 1
}

/// Has the test program print how long each test took. Rust's own test harness does so only on request and calls the
/// request unstable; the variable that allows it is set for the program alone, never for a compiler.
fn tell_times(command: &mut Command) {
    command.args(["-Zunstable-options", "--report-time"]).env("RUSTC_BOOTSTRAP", "1");
}

/// The test program in a line of cargo's, where it tells of one.
fn program(line: &str) -> Option<Program> {
    let artifact: Artifact = serde_json::from_str(line).ok()?;
    let path = artifact.executable.filter(|_| artifact.profile.test)?;
    let folder = artifact.manifest_path.parent().map(Path::to_path_buf)?;
    Some(Program { path, target: artifact.target.name, folder })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cargo prints of a target, shortened.
    fn line(folder: &str, target: &str, test: bool, executable: &str) -> String {
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"p","manifest_path":"{folder}/Cargo.toml",
                "target":{{"kind":["lib"],"name":"{target}"}},"profile":{{"opt_level":"1","test":{test}}},
                "features":[],"filenames":[],"executable":{executable},"fresh":true}}"#
        )
    }

    #[test]
    fn a_test_program_is_told_from_what_else_was_built() {
        let program_of = |folder, target| program(&line(folder, target, true, "\"/t/x-1\"")).unwrap();
        assert_eq!(program_of("/r/crates/nn", "golden").kind(), ProgramKind::Plain);
        assert_eq!(program_of("/r/crates/training", "resume").kind(), ProgramKind::Training);
        assert_eq!(program_of("/r/tests/e2e", "browser").kind(), ProgramKind::Browser);
        assert_eq!(program_of("/r/tests/e2e", "e2e").folder, Path::new("/r/tests/e2e"));
        assert!(program(&line("/r/crates/nn", "nn", false, "null")).is_none());
        assert!(program(&line("/r/xtask", "xtask", false, "\"/t/xtask\"")).is_none());
        assert!(program(r#"{"reason":"build-finished","success":true}"#).is_none());
    }
}
