//! What a reader of the book downloads, compressed as hosts do, and how long a module holds up the page: within the budget.
//!
//! Writes `target/transferred.csv` and prints it as the table of `BENCHMARKS.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context, ensure};
use catalog::manifest::{MANIFEST, Manifest, NETWORK_WIDGETS, PLAIN_WIDGETS};
use e2e::{Browser, Look, Site, is_a};
use serde_json::json;

use crate::visits::{Visit, every_page};

/// The first chapter that a reader opens, with what is fetched ahead for the next. Bytes.
const FIRST: u64 = 550_000;

/// Every further chapter. Bytes.
const FURTHER: u64 = 150_000;

/// What comes on top, once, at the first chapter whose widgets run a network: their module. Bytes.
const NETWORK: u64 = 275_000;

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

/// Script and WASM of a module of the pages.
fn module(name: &str) -> anyhow::Result<[String; 2]> {
    let text = std::fs::read_to_string(Site::folder().join(MANIFEST))?;
    let mut manifest: Manifest = serde_json::from_str(&text)?;
    let module = manifest.modules.remove(name).with_context(|| format!("no module {name}"))?;
    Ok([module.script, module.wasm])
}

#[tokio::test]
async fn every_page_stays_within_its_budget() -> anyhow::Result<()> {
    let [ahead, network] = [module(PLAIN_WIDGETS)?, module(NETWORK_WIDGETS)?];
    let extra = sum(&network)?;
    ensure!(extra <= NETWORK, "the module of the widgets with a network costs {extra} bytes");
    let visits = every_page(Look::Light).await?.iter();
    let first: BTreeMap<&str, BTreeSet<String>> = visits
        .map(|Visit { page, files, .. }| (page.as_str(), files.iter().chain(&ahead).cloned().collect()))
        .collect();
    let kept = first.get(WELCOME).with_context(|| format!("no page {WELCOME}"))?;
    let mut table = "page,first,further\n".to_owned();
    println!("| page | opened first | opened after the welcome |\n|---|---:|---:|");
    for (page, files) in &first {
        let alone = sum(files.iter().filter(|name| !network.contains(name)))?;
        let further = sum(files.difference(kept).filter(|name| !network.contains(name)))?;
        writeln!(table, "{page},{alone},{further}")?;
        let once =
            if files.contains(&network[1]) { format!(" + {}", kilobytes(extra)) } else { String::new() };
        println!("| `{page}` | {}{once} | {}{once} |", kilobytes(alone), kilobytes(further));
        ensure!(alone <= FIRST, "{page} costs {alone} bytes on a first visit: {files:#?}");
        ensure!(further <= FURTHER, "{page} costs {further} bytes after {WELCOME}: {files:#?}");
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
    let [_, wasm] = module(PLAIN_WIDGETS)?;
    let after: f64 = browser.script_async(body, json!([site.url(&wasm)])).await?;
    ensure!(after >= 0.0, "the page itself had to share its line, {after} ms before it stood");
    Ok(())
}

#[tokio::test]
async fn a_module_starts_without_holding_up_the_page() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(WELCOME)).await?;
    for name in [PLAIN_WIDGETS, NETWORK_WIDGETS] {
        let files = module(name)?.map(|path| site.url(&path));
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
        println!("{name} starts in {least:.1} ms, of {times:.1?}");
        ensure!(least <= START, "{name} takes {times:?} ms to start");
    }
    Ok(())
}
