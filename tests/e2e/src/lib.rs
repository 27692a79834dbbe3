//! Browser tests of the book over WebDriver: a static host, a browser with an empty profile, and words for both.
//!
//! A test has its own [`Site`], hence an origin of its own, and its own [`Browser`], which has forgotten what earlier tests
//! did, so tests share nothing and may run in any order. Nothing here sleeps: what has to happen is waited for, and the
//! wait has a limit.

mod browser;
mod chromium;
mod driver;
mod engine;
mod layout_shift;
mod options;
mod page;
mod pool;
mod session;
mod site;
mod strangers;

use std::path::{Path, PathBuf};

pub use browser::{Browser, LogEntry};
pub use engine::Engine;
pub use layout_shift::LayoutShift;
pub use options::{Camera, Options};
pub use page::{Look, Screen, Widget};
pub use site::{Asked, Fault, Site};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("e2e lies two folders below the root")
}

/// The folder for everything that is built: `target`, or what `CARGO_TARGET_DIR` says.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Whether a path ends in a dot and this extension.
pub fn is_a(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}
