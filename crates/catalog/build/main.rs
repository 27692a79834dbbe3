//! Turns tables of the project into constants, so that the page needs no parser.

mod censuses;
mod models;

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR for build scripts");
    let root = Path::new(&folder).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts"));
    let written = write(&out.join("censuses.rs"), &root.join("book/data"), censuses::constants)
        .and_then(|()| write(&out.join("models.rs"), &root.join("exported-models"), models::constants));
    if let Err(problem) = written {
        eprintln!("{problem}");
        std::process::exit(1);
    }
}

/// Writes to `target` what `constants` makes of `folder`, again whenever something in the folder changes.
fn write(target: &Path, folder: &Path, constants: fn(&Path) -> Result<String, String>) -> Result<(), String> {
    println!("cargo:rerun-if-changed={}", folder.display());
    fs::write(target, constants(folder)?).map_err(|e| format!("cannot write {}: {e}", target.display()))
}
