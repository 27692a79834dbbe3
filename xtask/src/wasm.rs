//! The WASM modules of the pages: compiled, given their JavaScript, named after their contents.

mod parts;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use catalog::manifest::{Module, WIDGETS, WORKER};
use serde::{Deserialize, Serialize};

use crate::{generated, process, workspace};

/// The packages that become a module: the widgets', in parts, and the Worker's, with the ONNX runtime behind it. They are built
/// one by one, since what one of them asks of a shared crate must not grow the other.
pub(crate) const MODULES: [&str; 2] = [WIDGETS, WORKER];

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds every module whose sources changed and returns where all of them lie.
///
/// # Errors
/// When the target cannot be installed, a crate does not compile, or its JavaScript cannot be written.
pub(crate) fn build() -> anyhow::Result<BTreeMap<String, Module>> {
    ensure_target()?;
    MODULES.into_iter().map(|package| Ok((package.to_owned(), build_module(package)?))).collect()
}

/// Installs the WASM target where it is missing.
pub(crate) fn ensure_target() -> anyhow::Result<()> {
    let libdir = process::output(Command::new("rustc").current_dir(workspace::root()).args([
        "--print=target-libdir",
        "--target",
        TARGET,
    ]))?;
    let installed = files::entries(Path::new(libdir.trim()))?
        .iter()
        .any(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libstd-")));
    if installed {
        return Ok(());
    }
    process::run(Command::new("rustup").current_dir(workspace::root()).args(["target", "add", TARGET]))
        .with_context(|| {
            format!("Rust's standard library for {TARGET} is missing; run: rustup target add {TARGET}")
        })
}

/// What the last build of a module made, and from what.
#[derive(Serialize, Deserialize)]
struct Stamp {
    /// Content name of the inputs.
    inputs: String,
    module: Module,
}

fn build_module(package: &str) -> anyhow::Result<Module> {
    let compiled = compile(package)?;
    let wasm = files::read(&compiled)?;
    let worker = (package == WORKER).then(|| files::read(&worker_source())).transpose()?;

    let stand_ins =
        files::below(&stand_ins())?.iter().map(|path| files::read(path)).collect::<Result<Vec<_>, _>>()?;
    // How a module is divided and bound is decided here, so these files are inputs too.
    let how = [&include_bytes!("wasm.rs")[..], include_bytes!("wasm/parts.rs")];
    let sources = [&wasm[..], worker.as_deref().unwrap_or_default()].into_iter().chain(how);
    let inputs = files::content_name(sources.chain(stand_ins.iter().map(Vec::as_slice)));
    let stamp_path = workspace::target().join("xtask").join(format!("{package}.json"));
    if let Some(module) = unchanged(&stamp_path, &inputs) {
        return Ok(module);
    }
    let module = bind(package, &compiled, worker.as_deref())?;
    let stamp = serde_json::to_vec(&Stamp { inputs, module: module.clone() })?;
    files::write(&stamp_path, &stamp)?;
    Ok(module)
}

/// The module of the last build, where it came from the same inputs and its files are still there.
fn unchanged(stamp: &Path, inputs: &str) -> Option<Module> {
    let stamp: Stamp = serde_json::from_slice(&std::fs::read(stamp).ok()?).ok()?;
    let module = stamp.module;
    let there = |url: &str| generated::source().join(url).exists();
    let complete = there(&module.script) && there(&module.wasm) && module.worker.as_deref().is_none_or(there);
    (stamp.inputs == inputs && complete).then_some(module)
}

/// The script of every Worker, which loads a module off the main thread.
fn worker_source() -> PathBuf {
    workspace::root().join("crates/web/worker-kit/worker.js")
}

/// Compiles a package to WASM and returns where it lies.
fn compile(package: &str) -> anyhow::Result<PathBuf> {
    let command = ["build", "--quiet", "--profile=wasm", "--target", TARGET, "--package", package];
    process::run(process::cargo().args(command))?;
    Ok(workspace::target().join(TARGET).join("wasm").join(package.replace('-', "_") + ".wasm"))
}

/// Builds a package that no page of the book has, with its JavaScript, into `folder`: `module.js`, `module_bg.wasm`.
///
/// # Errors
/// As from [`build`].
pub(crate) fn bare(package: &str, folder: &Path) -> anyhow::Result<()> {
    ensure_target()?;
    generate(package, &compile(package)?, folder)
}

/// Divides the widgets' module into its parts and runs wasm-bindgen.
fn generate(package: &str, compiled: &Path, folder: &Path) -> anyhow::Result<()> {
    let whole = if package == WIDGETS { parts::divide(compiled, folder)? } else { compiled.to_owned() };
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(whole)
        .out_name("module")
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .omit_default_module_path(true)
                // The parts call what the first one exports.
                .keep_lld_exports(package == WIDGETS)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate(folder)
        })
        .with_context(|| format!("wasm-bindgen cannot read {}", compiled.display()))
}

/// Runs wasm-bindgen and copies what it makes to the generated files.
fn bind(name: &str, compiled: &Path, worker: Option<&[u8]>) -> anyhow::Result<Module> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    generate(name, compiled, folder.path())?;
    let bound = BoundModule::read(folder.path())?;
    if bound.script.contains("from 'env'") {
        bail!(
            "{name} imports from `env`, which no page has: some crate in it calls C or the system; \
             find it with: cargo tree -p {name} --target {TARGET}"
        );
    }
    bound.publish(name, worker)
}

/// What stands in for a script that a crate brought along. `ort-web`'s two fetch from another host, report to one and
/// do not start in a Worker: `inference` has its own in their place.
fn stand_in(snippet: &str) -> Option<PathBuf> {
    let (folder, file) = snippet.split_once('/')?;
    let file = file.strip_prefix('_')?;
    folder.starts_with("ort-web-").then(|| stand_ins().join(file))
}

fn stand_ins() -> PathBuf {
    workspace::root().join("crates/inference/js")
}

/// Size after gzip, as a web server would send it, bytes.
fn gzipped(bytes: &[u8]) -> u64 {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory cannot fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_or(0, |out| out.len() as u64)
}

fn is_wasm(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "wasm")
}

/// What wasm-bindgen made of a module.
struct BoundModule {
    script: String,
    wasm: Vec<u8>,
    /// JavaScript that the crates brought along: path below `snippets/`, contents.
    snippets: Vec<(String, Vec<u8>)>,
}

impl BoundModule {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let snippets = folder.join("snippets");
        let mut list = Vec::new();
        for path in files::below(&snippets)? {
            let name = path.strip_prefix(&snippets).unwrap_or(&path);
            let name = name.to_string_lossy().replace('\\', "/");
            let bytes = files::read(&stand_in(&name).unwrap_or(path))?;
            list.push((name, bytes));
        }
        let script = files::read_text(&folder.join("module.js"))?;
        let wasm = files::read(&folder.join("module_bg.wasm"))?;
        Ok(Self { script, wasm, snippets: list })
    }

    /// Writes everything under names with the hash of all parts, so that any change changes every name.
    fn publish(&self, name: &str, worker: Option<&[u8]>) -> anyhow::Result<Module> {
        let snippets = self.snippets.iter().flat_map(|(path, bytes)| [path.as_bytes(), &bytes[..]]);
        let parts = [self.script.as_bytes(), &self.wasm[..]].into_iter().chain(worker).chain(snippets);
        let stem = format!("{name}-{}", files::content_name(parts));
        let folder = generated::folder();

        for (path, bytes) in &self.snippets {
            let path = folder.join(format!("{stem}-snippets")).join(path);
            files::write(&path, &parts::with_main_script(bytes, &format!("{stem}.js")))?;
        }
        // Only where they are fetched: the WASM itself knows them by their first name.
        let script = ["from './", "from \"./"].iter().fold(self.script.clone(), |script, from| {
            script.replace(&format!("{from}snippets/"), &format!("{from}{stem}-snippets/"))
        });
        files::write(&folder.join(format!("{stem}.js")), script.as_bytes())?;
        let wasm = format!("{stem}_bg.wasm");
        files::write(&folder.join(&wasm), &self.wasm)?;
        let worker = worker.map(|bytes| {
            let file = format!("{stem}-worker.js");
            files::write(&folder.join(&file), bytes).map(|()| generated::url(&file))
        });
        println!(
            "  {name}: WASM {} ({} compressed), JavaScript {} ({} compressed)",
            files::size(self.wasm.len() as u64),
            files::size(gzipped(&self.wasm)),
            files::size(script.len() as u64),
            files::size(gzipped(script.as_bytes())),
        );
        for (path, bytes) in self.snippets.iter().filter(|(path, _)| is_wasm(path)) {
            let (whole, compressed) = (files::size(bytes.len() as u64), files::size(gzipped(bytes)));
            println!("  {name}: {path} {whole} ({compressed} compressed)");
        }
        Ok(Module {
            script: generated::url(&format!("{stem}.js")),
            wasm: generated::url(&wasm),
            worker: worker.transpose()?,
            bytes: self.wasm.len() as u64,
        })
    }
}
