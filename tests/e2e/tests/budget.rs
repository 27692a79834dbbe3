//! What a reader of the book downloads, compressed as hosts do, and how long a module holds up the page: within the budget.
//!
//! Writes `target/transferred.csv` and prints it as the table of `BENCHMARKS.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context, ensure};
use catalog::manifest::{MANIFEST, Manifest, WIDGETS};
use e2e::{Browser, Look, Site, is_a};
use serde_json::json;

use crate::visits::{Visit, every_page};

/// The first chapter that a reader opens, with what is fetched ahead for the next. Bytes.
const FIRST: u64 = 500_000;

/// Every further chapter. Bytes.
const FURTHER: u64 = 150_000;

/// What comes on top, once, at the first chapter whose widgets run a network: their parts of the module. Bytes.
const NETWORK: u64 = 200_000;

/// The part with the widgets that run a network.
const NETWORK_PART: &str = "/split_network.wasm";

/// Until a module that was fetched and compiled answers calls, on the page's main thread. Milliseconds.
const START: f64 = 100.0;

/// A page without a widget, from which a reader goes on.
const WELCOME: &str = "welcome.html";

/// What hosts send as it is, because it is compressed already.
const COMPRESSED: [&str; 4] = ["woff2", "png", "jpg", "webp"];

fn transferred(name: &str) -> anyhow::Result<u64> {
    let bytes = std::fs::read(Site::folder().join(name)).with_context(|| format!("no file {name}"))?;
    if COMPRESSED.iter().any(|end| is_a(name, end)) {
        return Ok(bytes.len() as u64);
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

fn sum<'a>(names: impl IntoIterator<Item = &'a String>) -> anyhow::Result<u64> {
    names.into_iter().map(|name| transferred(name)).sum()
}

/// Script and WASM of the widgets' module, without the parts that come on request.
fn module() -> anyhow::Result<[String; 2]> {
    let text = std::fs::read_to_string(Site::folder().join(MANIFEST))?;
    let mut manifest: Manifest = serde_json::from_str(&text)?;
    let module = manifest.modules.remove(WIDGETS).with_context(|| format!("no module {WIDGETS}"))?;
    Ok([module.script, module.wasm])
}

/// What a page fetched of the network's widgets, with what these share with others; nothing where it has none of them.
fn network_parts(files: &BTreeSet<String>) -> BTreeSet<String> {
    let parts = files.iter().filter(|name| name.contains("-snippets/parts/") && is_a(name, "wasm"));
    if files.iter().any(|name| name.ends_with(NETWORK_PART)) {
        parts.cloned().collect()
    } else {
        BTreeSet::new()
    }
}

#[tokio::test]
async fn every_page_stays_within_its_budget() -> anyhow::Result<()> {
    let ahead = module()?;
    let visits = every_page(Look::Light).await?.iter();
    let first: BTreeMap<&str, BTreeSet<String>> = visits
        .map(|Visit { page, files, .. }| (page.as_str(), files.iter().chain(&ahead).cloned().collect()))
        .collect();
    let kept = first.get(WELCOME).with_context(|| format!("no page {WELCOME}"))?;
    ensure!(first.values().any(|files| !network_parts(files).is_empty()), "no page fetched {NETWORK_PART}");
    let mut table = "page,first,further,network\n".to_owned();
    println!("| page | opened first | opened after the welcome |\n|---|---:|---:|");
    for (page, files) in &first {
        let network = network_parts(files);
        let extra = sum(&network)?;
        let alone = sum(files.difference(&network))?;
        let further = sum(files.difference(kept).filter(|name| !network.contains(*name)))?;
        writeln!(table, "{page},{alone},{further},{extra}")?;
        let once = if extra > 0 { format!(" + {}", kilobytes(extra)) } else { String::new() };
        println!("| `{page}` | {}{once} | {}{once} |", kilobytes(alone), kilobytes(further));
        ensure!(alone <= FIRST, "{page} costs {alone} bytes on a first visit: {files:#?}");
        ensure!(further <= FURTHER, "{page} costs {further} bytes after {WELCOME}: {files:#?}");
        ensure!(extra <= NETWORK, "the parts of {page} that run a network cost {extra} bytes: {network:#?}");
    }
    let book = sum(&first.values().flatten().cloned().collect::<BTreeSet<_>>())?;
    println!("| the whole book | | {} |", kilobytes(book));
    std::fs::write(e2e::target().join("transferred.csv"), table)?;
    Ok(())
}

fn kilobytes(bytes: u64) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}

#[tokio::test]
async fn a_page_without_a_widget_fetches_what_the_next_one_needs() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(WELCOME)).await?;
    let body = "while (!performance.getEntriesByName(arguments[0]).length) await new Promise((go) => setTimeout(go, 50));
        const [page] = performance.getEntriesByType('navigation');
        return performance.getEntriesByName(arguments[0])[0].startTime - page.loadEventStart;";
    let [_, wasm] = module()?;
    let after: f64 = browser.script_async(body, json!([site.url(&wasm)])).await?;
    ensure!(after >= 0.0, "the page itself had to share its line, {after} ms before it stood");
    Ok(())
}

#[tokio::test]
async fn a_module_starts_without_holding_up_the_page() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(WELCOME)).await?;
    let files = module()?.map(|path| site.url(&path));
    // Compiled off the main thread, as in a page; under another name each time, so that each is a module of its own.
    let body = "const [script, wasm] = arguments;
        const compiled = await WebAssembly.compileStreaming(fetch(wasm));
        const times = [];
        for (let round = 0; round < 7; round++) {
          const fresh = await import(`${script}?round=${round}`);
          const begin = performance.mark(`begin ${round}`);
          fresh.initSync({ module: compiled });
          times.push(performance.mark(`end ${round}`).startTime - begin.startTime);
        }
        return times;";
    let times: Vec<f64> = browser.script_async(body, json!(files)).await?;
    // Whatever else the machine does makes a start longer, never shorter.
    let least = times.iter().copied().fold(f64::INFINITY, f64::min);
    println!("the widgets' module starts in {least:.1} ms, of {times:.1?}");
    ensure!(least <= START, "the widgets' module takes {times:?} ms to start");
    Ok(())
}
