//! Where the runtime's library lies.

use std::path::PathBuf;

use crate::RUNTIME_VERSION;

/// Name of the library's file.
pub const LIBRARY: &str = if cfg!(target_os = "windows") {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

/// The folder for everything fetched once: `SKIN_DEEP_CACHE`, else `~/.cache/skin-deep`.
pub fn cache_folder() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/skin-deep");
    std::env::var_os("SKIN_DEEP_CACHE").filter(|path| !path.is_empty()).map_or_else(home, PathBuf::from)
}

/// The library: what `ORT_DYLIB_PATH` says, else where `cargo xtask` puts it in [`cache_folder`].
pub fn library_path() -> PathBuf {
    let cached = || cache_folder().join(format!("onnxruntime-{RUNTIME_VERSION}")).join(LIBRARY);
    std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()).map_or_else(cached, PathBuf::from)
}
