//! `cargo` at this checkout, and other programs, run so that a failure says which command failed and how.

use std::process::Command;

pub(crate) use runtimes::process::{output, run, words};

/// `cargo`, at the repository's root, as the one that runs us.
pub(crate) fn cargo() -> Command {
    runtimes::process::cargo(crate::workspace::root())
}
