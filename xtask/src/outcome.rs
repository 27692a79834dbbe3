//! How many tests passed and failed and how long each took, read from what test programs print.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::process;

/// A count of tests.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TestOutcome {
    passed: u32,
    failed: u32,
    /// Names of those that failed.
    pub(crate) failures: Vec<String>,
    /// What each took, as far as it is known.
    pub(crate) times: Vec<Timed>,
}

/// How long a test took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timed {
    pub(crate) name: String,
    pub(crate) time: Duration,
}

impl TestOutcome {
    /// One test, passed.
    pub(crate) fn passed(name: &str, time: Duration) -> Self {
        Self { passed: 1, times: vec![Timed { name: name.to_owned(), time }], ..Self::default() }
    }

    /// One test, failed.
    pub(crate) fn failed(name: &str) -> Self {
        Self { failed: 1, failures: vec![name.to_owned()], ..Self::default() }
    }

    /// Counts these as well.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
        self.times.extend(other.times);
    }

    /// An error unless everything passed and there was something to pass.
    pub(crate) fn verdict(&self) -> anyhow::Result<()> {
        match self {
            Self { failed: 1.., .. } => bail!("{self}: {}", self.failures.join(", ")),
            Self { passed: 0, .. } => bail!("no test has that name"),
            _ => Ok(()),
        }
    }

    /// Reads one line of a test program.
    fn read(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.passed += count(counts, "passed");
            self.failed += count(counts, "failed");
            return;
        }
        let Some((name, verdict)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... "))
        else {
            return;
        };
        if verdict.starts_with("FAILED") {
            self.failures.push(name.to_owned());
        }
        self.times.extend(seconds(verdict).map(|time| Timed { name: name.to_owned(), time }));
    }
}

impl fmt::Display for TestOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number before a word, as in `ok. 12 passed; 0 failed`.
fn count(text: &str, word: &str) -> u32 {
    let words: Vec<_> = text.split([' ', ';']).filter(|w| !w.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// The time in a verdict such as `ok <0.123s>`.
fn seconds(verdict: &str) -> Option<Duration> {
    let (_, time) = verdict.split_once('<')?;
    Duration::try_from_secs_f64(time.strip_suffix("s>")?.parse().ok()?).ok()
}

/// Runs test programs, passes on what they print and counts.
///
/// # Errors
/// When the command cannot be started.
pub(crate) fn of(command: &mut Command) -> anyhow::Result<TestOutcome> {
    let words = process::words(command);
    // A failure says what it found. Where it arose is asked for with `RUST_BACKTRACE=1`, and given for panics alone:
    // fifty lines of an error's way through the runtime would bury its message.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        command.env("RUST_BACKTRACE", "0");
    }
    command.env("RUST_LIB_BACKTRACE", "0");
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start: {words}"))?;
    let output = child.stdout.take().with_context(|| format!("no output of: {words}"))?;
    let mut outcome = TestOutcome::default();
    for line in BufReader::new(output).lines() {
        let line = line.with_context(|| format!("cannot read what {words} prints"))?;
        println!("{line}");
        outcome.read(&line);
    }
    let status = child.wait().with_context(|| format!("lost: {words}"))?;
    if !status.success() && outcome.failed == 0 {
        // It did not come as far as counting: it does not compile, or it crashed.
        outcome.add(TestOutcome::failed(&words));
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> TestOutcome {
        let mut outcome = TestOutcome::default();
        for line in lines {
            outcome.read(line);
        }
        outcome
    }

    #[test]
    fn results_of_several_programs_are_added() {
        let outcome = read(&[
            "running 3 tests",
            "test a::fine ... ok",
            "test a::broken ... FAILED",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        ]);
        assert_eq!(outcome.to_string(), "6 passed, 1 failed");
        assert_eq!(outcome.failures, ["a::broken"]);
        assert!(outcome.verdict().is_err());
    }

    #[test]
    fn the_time_of_each_test_is_read() {
        let outcome = read(&[
            "test a::quick ... ok <0.004s>",
            "test a::slow - should panic ... ok <12.500s>",
            "test a::broken ... FAILED <1.000s>",
            "test a::slow has been running for over 60 seconds",
        ]);
        let times: Vec<_> = outcome.times.iter().map(|t| (t.name.as_str(), t.time.as_millis())).collect();
        assert_eq!(times, [("a::quick", 4), ("a::slow - should panic", 12_500), ("a::broken", 1000)]);
        assert_eq!(outcome.failures, ["a::broken"]);
    }

    #[test]
    fn no_test_at_all_is_not_a_success() {
        assert!(TestOutcome::default().verdict().is_err());
        assert!(TestOutcome::passed("one", Duration::ZERO).verdict().is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_without_counting_is_one_failure() {
        let outcome = of(&mut Command::new("false")).unwrap();
        assert_eq!(outcome.to_string(), "0 passed, 1 failed");
    }
}
