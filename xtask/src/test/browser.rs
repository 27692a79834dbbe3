//! Chromium and its driver, found or installed.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::process;

/// What installs both on Debian.
const INSTALL: [&str; 4] = ["install", "-y", "chromium", "chromium-driver"];

/// Makes sure that Chromium and its driver are there; installs them where that takes no password.
///
/// # Errors
/// Where they are missing and cannot be installed; says the line to run.
pub(super) fn ensure() -> anyhow::Result<()> {
    if answers("chromedriver") {
        return Ok(());
    }
    let line = format!("apt-get {}", INSTALL.join(" "));
    if !(is_root() && answers("apt-get")) {
        bail!("expected chromedriver and Chromium for the browser tests, found none; run: sudo {line}");
    }
    println!("installing the browser: {line}");
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::run(apt().arg("update").stdout(Stdio::null()))
        .and_then(|()| process::run(apt().args(INSTALL).stdout(Stdio::null())))
        .with_context(|| format!("the browser tests need Chromium; run yourself: {line}"))
}

/// Whether the program can be started.
fn answers(program: &str) -> bool {
    let mut command = Command::new(program);
    let quiet = command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
