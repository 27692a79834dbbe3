//! npm packages: the ONNX runtime that pages load, and what the browser tests need.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, bail};
use catalog::manifest::{RUNTIME_FILES, Runtime};
use serde::Deserialize;

use crate::{generated, process, workspace};

/// What one line installs Node and npm.
const INSTALL: &str =
    "apt-get install -y nodejs npm (Debian), or brew install node (macOS), or see nodejs.org";

/// The folder of onnxruntime-web's files inside its package.
const DIST: &str = "node_modules/onnxruntime-web/dist";

/// Makes `node_modules` what `package-lock.json` says; does nothing where it already is.
///
/// # Errors
/// When npm is missing or fails; says what installs it.
pub(crate) fn ensure() -> anyhow::Result<()> {
    let root = workspace::root();
    let wanted = Lock::read(&files::read_text(&root.join("package-lock.json"))?)?;
    let installed = std::fs::read_to_string(root.join("node_modules/.package-lock.json"));
    if installed.ok().and_then(|text| Lock::read(&text).ok()).is_some_and(|lock| lock == wanted) {
        return Ok(());
    }
    println!("  fetching {} npm packages", wanted.packages.len());
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(root).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    match process::run(&mut npm) {
        Ok(()) => Ok(()),
        Err(error) if npm_is_missing(&error) => {
            bail!(
                "npm is missing; it downloads the ONNX runtime that the pages load; install it with: {INSTALL}"
            )
        }
        Err(error) => Err(error).context(
            "npm could not download the packages of package-lock.json; check the network and run the command again",
        ),
    }
}

fn npm_is_missing(error: &anyhow::Error) -> bool {
    error
        .root_cause()
        .downcast_ref::<std::io::Error>()
        .is_some_and(|cause| cause.kind() == std::io::ErrorKind::NotFound)
}

/// Versions and checksums of a lock file, by path; the rest of it does not matter here.
#[derive(Debug, PartialEq, Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Package {
    version: Option<String>,
    integrity: Option<String>,
}

impl Lock {
    fn read(text: &str) -> anyhow::Result<Self> {
        let mut lock: Self = serde_json::from_str(text).context("not a lock file of npm 7 or later")?;
        // The entry of the project itself stands only in the committed file.
        lock.packages.remove("");
        Ok(lock)
    }
}

/// Puts the runtime among the generated files.
///
/// # Errors
/// When the package lacks one of the files.
pub(crate) fn publish_runtime() -> anyhow::Result<Runtime> {
    let dist = workspace::root().join(DIST);
    let mut contents = Vec::new();
    for name in RUNTIME_FILES {
        let hint = "the package onnxruntime-web lacks it; remove node_modules and run the command again";
        contents.push(files::read(&dist.join(name)).context(hint)?);
    }
    let folder = format!("onnxruntime-{}", files::content_name(contents.iter().map(Vec::as_slice)));
    for (name, bytes) in RUNTIME_FILES.iter().zip(&contents) {
        files::write(&generated::folder().join(&folder).join(name), bytes)?;
    }
    let [script, _, wasm] = RUNTIME_FILES;
    Ok(Runtime {
        base: generated::url(&format!("{folder}/")),
        script: script.to_owned(),
        wasm: wasm.to_owned(),
        wasm_bytes: contents[2].len() as u64,
        wasm_sha256: files::sha256(&contents[2]),
        bytes: contents.iter().map(|bytes| bytes.len() as u64).sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(version: &str, root: bool) -> Lock {
        let root = if root { r#""": {"name": "skin-deep"},"# } else { "" };
        let package = format!(r#""node_modules/a": {{"version": "{version}", "integrity": "sha512-x"}}"#);
        Lock::read(&format!(r#"{{"packages": {{{root}{package}}}}}"#)).unwrap()
    }

    #[test]
    fn the_installed_packages_match_the_lock_whatever_it_says_of_the_project_itself() {
        assert_eq!(lock("1.0.0", true), lock("1.0.0", false));
    }

    #[test]
    fn another_version_does_not_match_the_lock() {
        assert_ne!(lock("1.0.0", true), lock("1.0.1", false));
    }
}
