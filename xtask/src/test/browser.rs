//! The browsers and their drivers, found or installed.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::process;

/// A browser that the pages are tested in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum Browser {
    /// Every browser test.
    Chromium,
    /// The tests that do not need Chromium; Firefox ESR.
    Firefox,
    /// The same in the engine that Safari has, as GTK's `MiniBrowser` has it.
    Webkit,
}

impl Browser {
    pub(super) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    /// The name by which the test program knows it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    /// What starts the tests: a screen in memory for the browser that cannot do without one.
    pub(super) const fn wrapper(self) -> &'static [&'static str] {
        match self {
            Self::Chromium | Self::Firefox => &[],
            // The pointer rests in the middle of this large screen, outside the window, so that no page reacts to it.
            Self::Webkit => &["xvfb-run", "--auto-servernum", "--server-args=-screen 0 4000x3000x24"],
        }
    }

    /// Packages of Debian with the browser and, where Debian has it, its driver.
    const fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-driver"],
            Self::Firefox => &["firefox-esr"],
            Self::Webkit => &["webkit2gtk-driver", "xvfb"],
        }
    }

    /// Programs that must answer to `--version`, or, for a screen without hardware, be there.
    const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromedriver"],
            Self::Firefox => &["firefox-esr"],
            Self::Webkit => &["WebKitWebDriver", "xvfb-run"],
        }
    }

    /// Makes sure that it is there with its driver; installs both where that takes no password.
    ///
    /// # Errors
    /// Where they are missing and cannot be installed; says the line to run.
    pub(super) fn ensure(self) -> anyhow::Result<()> {
        if !self.programs().iter().all(|program| starts(program)) {
            self.install()?;
        }
        if self == Self::Firefox && !starts("geckodriver") {
            println!("building geckodriver, once");
            let mut cargo = process::cargo();
            process::run(cargo.args(["install", "--quiet", "--locked", "--debug", "geckodriver"]))
                .context("the tests in Firefox need geckodriver; run: cargo install --locked geckodriver")?;
        }
        Ok(())
    }

    fn install(self) -> anyhow::Result<()> {
        let install = [&["install", "-y"], self.packages()].concat();
        let line = format!("apt-get {}", install.join(" "));
        if !(is_root() && starts("apt-get")) {
            bail!("the tests in {} need {}; run: sudo {line}", self.name(), self.packages().join(" and "));
        }
        println!("installing the browser: {line}");
        let apt = || {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
            command
        };
        process::run(apt().arg("update"))
            .and_then(|()| process::run(apt().args(install)))
            .with_context(|| format!("the tests in {} need its packages; run: {line}", self.name()))
    }
}

/// Whether the program can be started.
fn starts(program: &str) -> bool {
    let mut command = Command::new(program);
    let quiet = command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok()
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
