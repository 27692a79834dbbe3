//! ONNX Runtime's native library, taken from the `onnxruntime` wheel: the same version as the one in the page.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use inference::RUNTIME_VERSION;
use inference::native::{LIBRARY, cache_folder};

use crate::process;

/// The library's path, to stand in `ORT_DYLIB_PATH`; fetches it once into the cache folder.
///
/// # Errors
/// Without Python and pip, which fetch it, or where the wheel does not hold the library.
pub(crate) fn ensure() -> anyhow::Result<PathBuf> {
    let home = cache_folder().join(format!("onnxruntime-{RUNTIME_VERSION}"));
    let library = home.join(LIBRARY);
    if library.is_file() {
        return Ok(library);
    }
    check_pip()?;
    std::fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    // On the same file system as its place, so that the last step is one rename.
    let folder =
        tempfile::tempdir_in(&home).with_context(|| format!("cannot write to {}", home.display()))?;
    eprintln!("fetching ONNX Runtime {RUNTIME_VERSION}, about 24 MB, once");
    let wheel = download(folder.path())?;
    let found = unpack(&wheel, folder.path())?;
    std::fs::rename(&found, &library).with_context(|| format!("cannot write {}", library.display()))?;
    Ok(library)
}

fn check_pip() -> anyhow::Result<()> {
    let there = Command::new("python3")
        .args(["-m", "pip", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    ensure!(
        there,
        "expected python3 with pip, which fetches ONNX Runtime; run: sudo apt install python3 python3-pip"
    );
    Ok(())
}

/// The wheel, for a Python that has one, whichever Python runs here.
fn download(folder: &Path) -> anyhow::Result<PathBuf> {
    let package = format!("onnxruntime=={RUNTIME_VERSION}");
    let words = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
    let choice = ["--only-binary=:all:", "--python-version", "3.12", &package, "--dest"];
    process::run(Command::new("python3").args(words).args(choice).arg(folder))?;
    one_file(folder, |path| path.extension() == Some(OsStr::new("whl")))
}

/// Takes the wheel apart, which is a ZIP archive, and returns the library in it.
fn unpack(wheel: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    process::run(Command::new("python3").args(["-m", "zipfile", "--extract"]).arg(wheel).arg(folder))?;
    let capi = folder.join("onnxruntime/capi");
    let (stem, _) = LIBRARY.split_once('.').unwrap_or((LIBRARY, ""));
    one_file(&capi, |path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        // libonnxruntime.so.1.30.0, libonnxruntime.1.30.0.dylib, onnxruntime.dll; not the providers beside them.
        name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// The one file of `folder` that `is_it` accepts.
fn one_file(folder: &Path, is_it: impl Fn(&Path) -> bool) -> anyhow::Result<PathBuf> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if is_it(&path) {
            found.push(path);
        }
    }
    match <[PathBuf; 1]>::try_from(found) {
        Ok([path]) => Ok(path),
        Err(found) => bail!("expected one library or wheel in {}, found {}", folder.display(), found.len()),
    }
}
