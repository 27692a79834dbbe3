//! A module in parts: pages start with one, and its script fetches each of the others when it is first called.
//!
//! `#[wasm_split]` in the source marks the functions that begin a part; code and data that only this part needs go with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use wasm_encoder::{RawSection, SectionId};
use wasmparser::Parser;

/// Where the parts lie beside wasm-bindgen's script, with the script that fetches them.
const FOLDER: &str = "snippets/parts";

/// The script that fetches the parts.
const LINK: &str = "link.js";

/// How that script imports wasm-bindgen's.
const MAIN_SCRIPT: &str = "../../module.js";

/// Divides a module that was linked with its relocations. The parts go to `folder`; returns the one that wasm-bindgen reads.
///
/// # Errors
/// When the module has no relocations, or a file cannot be written.
pub(super) fn divide(compiled: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let whole = files::read(compiled)?;
    let (parts, main) = (folder.join(FOLDER), folder.join("main.wasm"));
    let link = format!("./{FOLDER}/{LINK}");
    fs::create_dir_all(&parts).with_context(|| format!("cannot make {}", parts.display()))?;
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = MAIN_SCRIPT;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("cannot divide {} into parts", compiled.display()))?;
    for part in split.split_modules {
        let name = part.file_name().with_context(|| format!("{} has no name", part.display()))?;
        files::write(&parts.join(name), &without_names(&files::read(&part)?)?)?;
    }
    Ok(main)
}

/// A part without the sections that nothing reads in a page, such as the functions' names.
fn without_names(wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut module = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload?.as_section() {
            Some((id, range)) if id != SectionId::Custom as u8 => {
                let data = &wasm[range.start as usize..range.end as usize];
                module.section(&RawSection { id, data });
            }
            _ => {}
        }
    }
    Ok(module.finish())
}

/// The script that fetches the parts, with the published name of wasm-bindgen's script; any other file as it is.
pub(super) fn with_main_script(file: &[u8], name: &str) -> Vec<u8> {
    match std::str::from_utf8(file) {
        Ok(script) => script.replace(MAIN_SCRIPT, &format!("../../{name}")).into_bytes(),
        Err(_) => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_leave_a_part() {
        let mut module = wasm_encoder::Module::new();
        let mut types = wasm_encoder::TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        let without = module.clone().finish();
        module.section(&wasm_encoder::CustomSection { name: "name".into(), data: (&[1, 2, 3]).into() });
        assert_eq!(without_names(&module.finish()).unwrap(), without);
        assert!(without_names(b"no module").is_err());
    }

    #[test]
    fn the_parts_import_the_script_by_its_published_name() {
        let script = b"import { initSync } from \"../../module.js\";";
        let published = with_main_script(script, "widgets-1.js");
        assert_eq!(published, b"import { initSync } from \"../../widgets-1.js\";");
        assert_eq!(with_main_script(b"\0asm\xff", "widgets-1.js"), b"\0asm\xff");
    }
}
