//! The layers of `ARCHITECTURE.md`, compared with what `cargo metadata` and the sources say.
//!
//! The rules are read from the page's own table, so that page and check cannot drift apart.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::{process, wasm, workspace};

/// The last layer that must run anywhere, with neither files nor clocks.
const PURE: u32 = 1;

/// What sources of the pure layers may not contain, and why.
const BANNED: [(&str, &str); 5] = [
    ("unsafe ", "unsafe code"),
    ("std::fs", "files"),
    ("std::time", "clocks"),
    ("std::thread", "threads"),
    ("std::net", "the network"),
];

/// Dependencies that one crate alone may reach, even through others; only its users above it come along.
const CONFINED: [(&str, &str); 3] = [("tch", "training"), ("plotters", "figures"), ("ort", "inference")];

/// Checks the arrows, the confined dependencies, the sources of the pure layers, and that those build for WASM.
///
/// # Errors
/// Every breach, one per line.
pub(super) fn run() -> anyhow::Result<()> {
    let table = LayerTable::read(&files::read_text(&workspace::root().join("ARCHITECTURE.md"))?)?;
    let graph = CrateGraph::read(&process::output(process::cargo().args([
        "metadata",
        "--format-version=1",
        "--all-features",
        "--locked",
    ]))?)?;
    let mut breaches = table.breaches(&graph);
    breaches.extend(impure_sources(&table)?);
    if !breaches.is_empty() {
        bail!("{}\nsee the table and the invariants in ARCHITECTURE.md", breaches.join("\n"));
    }
    builds_for_wasm(&table)
}

/// The table of layers.
struct LayerTable {
    /// Layer of each of our crates.
    layers: BTreeMap<String, u32>,
    /// Outside crates that only the named ones of ours may depend on directly; a pattern may end in `*`.
    restricted: BTreeMap<String, BTreeSet<String>>,
}

impl LayerTable {
    /// Reads rows such as ``| 1 | `nn` | … | `image` |``; a cell may name several crates.
    fn read(page: &str) -> anyhow::Result<Self> {
        let mut table = Self { layers: BTreeMap::new(), restricted: BTreeMap::new() };
        for line in page.lines() {
            let cells: Vec<_> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            let [layer, crates, _, alone] = cells[..] else { continue };
            let Ok(layer) = layer.parse() else { continue };
            for name in code_words(crates) {
                table.layers.insert(name.to_owned(), layer);
                for outside in code_words(alone) {
                    table.restricted.entry(outside.to_owned()).or_default().insert(name.to_owned());
                }
            }
        }
        if table.layers.is_empty() {
            bail!("ARCHITECTURE.md has no table of layers");
        }
        Ok(table)
    }

    fn breaches(&self, graph: &CrateGraph) -> Vec<String> {
        let mut breaches = Vec::new();
        for (name, dependencies) in &graph.ours {
            let Some(layer) = self.layers.get(name) else {
                breaches.push(format!("{name} is missing from the table of layers"));
                continue;
            };
            for dependency in dependencies {
                if let Some(lower) = self.layers.get(dependency) {
                    if lower >= layer {
                        breaches.push(format!(
                            "{name} (layer {layer}) depends on {dependency} (layer {lower}): not a lower layer"
                        ));
                    }
                } else if let Some(owners) = self.owners(dependency) {
                    let lowest = owners.iter().filter_map(|owner| self.layers.get(owner)).min();
                    // Above the owners a crate may use the same thing: it is on the way already.
                    if !owners.contains(name) && lowest.is_none_or(|lowest| layer <= lowest) {
                        breaches.push(format!(
                            "{name} depends on {dependency}, which belongs to {}",
                            join(&owners)
                        ));
                    }
                }
            }
            for (outside, owner) in CONFINED {
                if name != owner && graph.reaches(name, outside, owner) {
                    breaches.push(format!("{name} reaches {outside} without going through {owner}"));
                }
            }
        }
        for name in self.layers.keys() {
            if !graph.ours.contains_key(name) {
                breaches.push(format!("the table lists {name}, which is not a crate of the workspace"));
            }
        }
        breaches
    }

    /// Who alone may depend on `outside`; `None` where everybody may.
    fn owners(&self, outside: &str) -> Option<BTreeSet<String>> {
        let matches = |pattern: &str| match pattern.strip_suffix('*') {
            Some(start) => outside.starts_with(start),
            None => outside == pattern,
        };
        let rows = self.restricted.iter().filter(|(pattern, _)| matches(pattern));
        let owners: BTreeSet<_> = rows.flat_map(|(_, owners)| owners.clone()).collect();
        (!owners.is_empty()).then_some(owners)
    }

    fn pure(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().filter(|(_, layer)| **layer <= PURE).map(|(name, _)| name.as_str())
    }
}

/// The words in backticks.
fn code_words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn join(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Who depends on whom.
struct CrateGraph {
    /// Our crates with the names of their direct dependencies, those for tests left out.
    ours: BTreeMap<String, BTreeSet<String>>,
    /// The same for every package, by identifier.
    all: BTreeMap<String, (String, Vec<String>)>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<PackageEntry>,
    workspace_members: Vec<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct PackageEntry {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

impl CrateGraph {
    fn read(json: &str) -> anyhow::Result<Self> {
        let metadata: Metadata =
            serde_json::from_str(json).context("cannot read what cargo metadata wrote")?;
        let names: BTreeMap<_, _> = metadata.packages.into_iter().map(|p| (p.id, p.name)).collect();
        let name = |id: &String| names.get(id).cloned().unwrap_or_default();
        let mut all = BTreeMap::new();
        for node in metadata.resolve.nodes {
            let runs = |d: &&Dependency| d.dep_kinds.iter().any(|k| k.kind.as_deref() != Some("dev"));
            let deps: Vec<_> = node.deps.iter().filter(runs).map(|d| d.pkg.clone()).collect();
            all.insert(node.id.clone(), (name(&node.id), deps));
        }
        let direct = |id: &String| {
            let deps = all.get(id).map(|(_, deps)| deps.iter().map(&name).collect());
            (name(id), deps.unwrap_or_default())
        };
        let ours = metadata.workspace_members.iter().map(direct).collect();
        Ok(Self { ours, all })
    }

    /// Whether `from` reaches `outside` on a way that does not pass `door`.
    fn reaches(&self, from: &str, outside: &str, door: &str) -> bool {
        let start = self.all.iter().find(|(_, (name, _))| name == from).map(|(id, _)| id);
        let mut open: Vec<&String> = start.into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            let Some((name, deps)) = self.all.get(id) else { continue };
            if name == outside {
                return true;
            }
            if name != door && seen.insert(id) {
                open.extend(deps);
            }
        }
        false
    }
}

/// Banned words in the code of the pure layers; comments may speak of them.
fn impure_sources(table: &LayerTable) -> anyhow::Result<Vec<String>> {
    let root = workspace::root();
    let mut found = Vec::new();
    for name in table.pure() {
        for path in files::below(&root.join("crates").join(name).join("src"))? {
            let text = files::read_text(&path)?;
            let place = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            found.extend(impurities(&text).into_iter().map(|(line, what)| format!("{place}:{line}: {what}")));
        }
    }
    Ok(found)
}

/// Lines with a banned word, up to the tests, which run natively only.
fn impurities(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in source.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        for (word, what) in BANNED {
            if code.contains(word) {
                found.push((index + 1, format!("layers 0 to {PURE} use no {what}, found: {}", line.trim())));
            }
        }
    }
    found
}

fn builds_for_wasm(table: &LayerTable) -> anyhow::Result<()> {
    wasm::ensure_target()?;
    let mut check = process::cargo();
    check.args(["check", "--quiet", "--lib", "--target=wasm32-unknown-unknown"]);
    for name in table.pure() {
        check.args(["-p", name]);
    }
    process::run(&mut check).context("layers 0 and 1 build for WASM")?;
    let mut check = process::cargo();
    check.args(["check", "--quiet", "--lib", "--target=wasm32-unknown-unknown", "--no-default-features"]);
    process::run(check.args(["-p", "datasets"])).context("datasets without files builds for WASM")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "
| layer | crate | one line | alone may use |
|---|---|---|---|
| 0 | `numerics` | maths | `libm` |
| 1 | `nn` | network | |
| 2 | `inference` | model | `ort`, `ort-web` |
| 2 | `kit` | shared | `web-sys` |
| 3 | `page` | page | `web-sys` |
| 3 | `training` | libtorch | `tch` |
| 4 | `xtask`, `e2e` | tool | `mdbook-*` |
";

    /// A workspace of every crate in the page, with these dependencies.
    fn graph(edges: &[(&str, &str)]) -> CrateGraph {
        let ours = ["numerics", "nn", "inference", "kit", "page", "training", "xtask", "e2e"];
        let outside = edges.iter().map(|(_, to)| *to);
        let names: BTreeSet<_> = ours.into_iter().chain(outside).chain(edges.iter().map(|e| e.0)).collect();
        let deps =
            |name: &str| edges.iter().filter(|e| e.0 == name).map(|e| e.1.to_owned()).collect::<Vec<_>>();
        CrateGraph {
            ours: ours.iter().map(|name| ((*name).to_owned(), deps(name).into_iter().collect())).collect(),
            all: names.iter().map(|name| ((*name).to_owned(), ((*name).to_owned(), deps(name)))).collect(),
        }
    }

    fn check(edges: &[(&str, &str)], expected: &[&str]) {
        assert_eq!(LayerTable::read(PAGE).unwrap().breaches(&graph(edges)), expected, "{edges:?}");
    }

    #[test]
    fn arrows_to_lower_layers_and_own_dependencies_are_fine() {
        check(
            &[("nn", "numerics"), ("numerics", "libm"), ("page", "web-sys"), ("xtask", "mdbook-driver")],
            &[],
        );
    }

    #[test]
    fn an_arrow_to_the_same_or_a_higher_layer_is_named() {
        check(&[("numerics", "nn")], &["numerics (layer 0) depends on nn (layer 1): not a lower layer"]);
        check(&[("inference", "kit")], &["inference (layer 2) depends on kit (layer 2): not a lower layer"]);
    }

    #[test]
    fn a_dependency_of_somebody_else_is_named() {
        check(&[("nn", "libm")], &[]);
        check(&[("nn", "web-sys")], &["nn depends on web-sys, which belongs to kit, page"]);
        check(&[("page", "mdbook-driver")], &["page depends on mdbook-driver, which belongs to e2e, xtask"]);
    }

    #[test]
    fn a_heavy_dependency_is_reached_only_through_its_owner() {
        check(&[("xtask", "training"), ("training", "tch")], &[]);
        check(
            &[("xtask", "helper"), ("helper", "tch")],
            &["xtask reaches tch without going through training"],
        );
    }

    #[test]
    fn a_crate_outside_the_table_is_named() {
        let mut graph = graph(&[]);
        graph.ours.insert("stray".to_owned(), BTreeSet::new());
        let breaches = LayerTable::read(PAGE).unwrap().breaches(&graph);
        assert_eq!(breaches, ["stray is missing from the table of layers"]);
    }

    #[test]
    fn impure_code_is_named_but_not_comments_and_tests() {
        let source = "// std::fs here\nuse std::fs;\n#[cfg(test)]\nmod tests { use std::thread; }";
        let lines: Vec<_> = impurities(source).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [2]);
    }
}
