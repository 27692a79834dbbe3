//! Where things are in the repository.

use std::path::{Path, PathBuf};

use crate::process;

/// The repository's root, from anywhere below it.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies one folder below the root")
}

/// The folder for everything that is built: `target`, or what `CARGO_TARGET_DIR` says.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program of another crate, up to date. It is compiled with the features of the whole workspace, so that the crates it
/// shares with the tests are compiled once.
///
/// # Errors
/// When it does not compile.
pub(crate) fn program(name: &str) -> anyhow::Result<PathBuf> {
    let program = target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut build = process::cargo();
    build.args(["build", "--workspace", "--bin", name]);
    // The first build takes minutes, so its progress is shown.
    if program.is_file() {
        build.arg("--quiet");
    }
    process::run(&mut build)?;
    Ok(program)
}
