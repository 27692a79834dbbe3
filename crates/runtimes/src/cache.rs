//! Where everything that is fetched once is kept.

use std::path::PathBuf;

/// The folder: `SKIN_DEEP_CACHE`, else `~/.cache/skin-deep`.
pub fn folder() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/skin-deep");
    std::env::var_os("SKIN_DEEP_CACHE").filter(|path| !path.is_empty()).map_or_else(home, PathBuf::from)
}
