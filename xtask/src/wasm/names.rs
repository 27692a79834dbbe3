//! Short names between a module's WASM and its JavaScript, which the page would otherwise pay for twice.
//!
//! `wasm-bindgen` ends the name of every function that goes from one side to the other with 16 random looking digits,
//! which no compression takes away: 3 KB of a module of 126 KB, and 2 KB of its script.

use anyhow::{Context, anyhow};
use walrus::{Module, ModuleConfig};

/// Digits that end a name which only the two sides know.
const HASH: usize = 16;

/// Gives what `wasm` and `script` take from each other names of a few letters, and takes the comments out of `script`.
///
/// # Errors
/// When `wasm` is none.
pub(super) fn shorten(wasm: &[u8], script: &str) -> anyhow::Result<(Vec<u8>, String)> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module: Module =
        config.parse(wasm).map_err(|error| anyhow!("{error:#}")).context("cannot read the module")?;
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    let exports = module.exports.iter_mut().map(|export| &mut export.name);
    let mut script = without_comments(script);
    for (number, name) in imports.chain(exports).filter(|name| is_private(name)).enumerate() {
        let short = format!("_{number}");
        script = replace_name(&script, name, &short);
        *name = short;
    }
    Ok((module.emit_wasm(), script))
}

/// Every `name` of the script replaced, but not where it begins a longer one: of two functions with the same digits the
/// second ends in `_7` or the like.
fn replace_name(script: &str, name: &str, short: &str) -> String {
    let mut parts = script.split(name);
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let goes_on = part.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
        replaced.push_str(if goes_on { name } else { short });
        replaced.push_str(part);
    }
    replaced
}

/// Whether `wasm-bindgen` made the name up: it ends in `_`, perhaps `h`, and its digits.
fn is_private(name: &str) -> bool {
    name.len().checked_sub(HASH).and_then(|at| name.split_at_checked(at)).is_some_and(|(stem, hash)| {
        stem.trim_end_matches('h').ends_with('_') && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// A script without indentation and without comments that have lines of their own.
fn without_comments(script: &str) -> String {
    let mut short = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let begins = line.starts_with("/*");
        let comment = inside || begins || line.starts_with("//");
        inside = (inside || begins) && !line.ends_with("*/");
        if !comment {
            short.push_str(line);
            short.push('\n');
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports `__wbg_then_…` and exports a closure's entrance and `mount`.
    fn module() -> Vec<u8> {
        let mut module = Module::default();
        let nothing = module.types.add(&[], &[]);
        let (function, _) = module.add_import_func("./module_bg.js", "__wbg_then_656f253a5dd7d8ea", nothing);
        module.exports.add("wasm_bindgen__convert__closures_____invoke__h086aba2b961cccf0", function);
        module.exports.add("mount", function);
        module.emit_wasm()
    }

    const SCRIPT: &str = "/**\n * Makes it alive.\n */\nexport function mount() { wasm.mount(); }\n\
        // One line.\n    const imports = {\n        __wbg_then_656f253a5dd7d8ea: function() {},\n    };\n\
        wasm.wasm_bindgen__convert__closures_____invoke__h086aba2b961cccf0(\"// stays\");\n";

    #[test]
    fn both_sides_speak_of_the_same_short_names() {
        let (wasm, script) = shorten(&module(), SCRIPT).unwrap();
        let module = Module::from_buffer(&wasm).unwrap();
        assert_eq!(module.imports.iter().map(|import| import.name.as_str()).collect::<Vec<_>>(), ["_0"]);
        assert_eq!(
            module.exports.iter().map(|export| export.name.as_str()).collect::<Vec<_>>(),
            ["_1", "mount"]
        );
        assert_eq!(
            script,
            "export function mount() { wasm.mount(); }\nconst imports = {\n_0: function() {},\n};\nwasm._1(\"// stays\");\n"
        );
    }

    #[test]
    fn a_name_that_begins_another_leaves_that_one_alone() {
        let script = "wasm.invoke__h0123456789abcdef_7(); wasm.invoke__h0123456789abcdef();";
        let short = replace_name(script, "invoke__h0123456789abcdef", "_1");
        assert_eq!(short, "wasm.invoke__h0123456789abcdef_7(); wasm._1();");
    }

    #[test]
    fn a_name_without_digits_at_its_end_is_everybodys() {
        assert!(
            !is_private("mount")
                && !is_private("__wbindgen_malloc")
                && !is_private("lesion_checksum_deadbeef")
        );
        assert!(!is_private("0123456789abcdef"));
        assert!(is_private("__wbg_get_e6325ad374eff861"));
    }
}
