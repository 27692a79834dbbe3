//! ONNX Runtime's native library, taken from the `onnxruntime` wheel: the same version as the one in the page.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::{cache, wheel};

/// The version, native and in the browser.
pub const VERSION: &str = "1.30.0";

/// Name of the library's file.
const LIBRARY: &str = if cfg!(target_os = "windows") {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

/// The library that is used: what `ORT_DYLIB_PATH` says, else where [`ensure`] puts it.
pub fn library() -> PathBuf {
    chosen().unwrap_or_else(|| home().join(LIBRARY))
}

/// Fetches [`library`] where it is missing and nobody chose another.
///
/// # Errors
/// As [`ensure`].
pub fn ready() -> anyhow::Result<()> {
    if chosen().is_some() { Ok(()) } else { ensure().map(drop) }
}

fn chosen() -> Option<PathBuf> {
    std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Its folder in the cache.
fn home() -> PathBuf {
    cache::folder().join(format!("onnxruntime-{VERSION}"))
}

/// The path of the library in the cache, for `ORT_DYLIB_PATH`; fetches it once.
///
/// # Errors
/// Without Python and pip, which fetch it, or where the wheel does not hold the library.
pub fn ensure() -> anyhow::Result<PathBuf> {
    let home = home();
    let library = home.join(LIBRARY);
    if library.is_file() {
        return Ok(library);
    }
    wheel::check_pip("ONNX Runtime")?;
    std::fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    // On the same file system as its place, so that the last step is one rename.
    let folder =
        tempfile::tempdir_in(&home).with_context(|| format!("cannot write to {}", home.display()))?;
    eprintln!("downloading ONNX Runtime {VERSION} (about 24 MB, only this once)");
    wheel::download(&[&format!("onnxruntime=={VERSION}")], wheel::Dependencies::Alone, folder.path())?;
    for wheel in wheel::wheels(folder.path())? {
        wheel::unpack(&wheel, folder.path())?;
    }
    let found = library_in(&folder.path().join("onnxruntime/capi"))?;
    std::fs::rename(&found, &library).with_context(|| format!("cannot write {}", library.display()))?;
    Ok(library)
}

/// The library among the files of the unpacked wheel.
fn library_in(capi: &Path) -> anyhow::Result<PathBuf> {
    let (stem, _) = LIBRARY.split_once('.').unwrap_or((LIBRARY, ""));
    one_file(capi, |path| {
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
        Err(found) => bail!("{} must contain one library, but has {}", folder.display(), found.len()),
    }
}
