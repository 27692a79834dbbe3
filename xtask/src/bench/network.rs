//! The book's network in its Worker, beside bare onnxruntime-web: the same file, the same backend, in one browser.

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use super::{folder, markdown};
use crate::{build, generated, process, workspace};

/// Models that both sides run, on each backend, and how often they do; WebGPU is a processor that plays a graphics card.
const RUNS: [(&str, &str, &str, u32); 3] = [
    ("synthetic-resnet18-eight", "WASM", "wasm", 41),
    ("synthetic-resnet18-eight", "WebGPU, software adapter", "webgpu", 5),
    ("imagenet-efficientnet-lite0", "WASM", "wasm", 41),
];

/// Differences in the last digits of the input, which one side computes in JavaScript's 64 bits, become this at most.
const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct NetworkComparison {
    rows: Vec<TimedRun>,
    /// Largest difference of a probability.
    differ: f64,
}

#[derive(Deserialize)]
struct TimedRun {
    name: String,
    /// Milliseconds.
    ours: f64,
    theirs: f64,
    ratio: f64,
}

/// Builds the book, and lets a page time both in turns.
pub(super) fn table() -> anyhow::Result<String> {
    build::everything(None)?;
    let manifest = generated::read_manifest()?.context("the build left no manifest")?;
    let page = folder().join("network");
    for (from, to) in [
        (workspace::root().join("tests/peers/network"), page.clone()),
        (generated::folder(), page.join("generated")),
    ] {
        for path in files::below(&from)? {
            files::write(&to.join(path.strip_prefix(&from)?), &files::read(&path)?)?;
        }
    }
    let mut rows = Vec::new();
    for (model, words, backend, rounds) in RUNS {
        let settings = json!({
            "module": manifest.modules.get(catalog::manifest::WORKER),
            "runtime": manifest.runtime,
            "model": manifest.models.get(model),
            "backend": backend,
            "rounds": rounds,
        });
        files::write(&page.join("settings.json"), settings.to_string().as_bytes())?;
        let mut command = process::cargo();
        command.args(["run", "--quiet", "--package=e2e", "--example=page_result", "--"]).arg(&page);
        if backend == "webgpu" {
            command.arg("--webgpu");
        }
        let answer = process::output(&mut command)?;
        let answer: NetworkComparison =
            serde_json::from_str(&answer).with_context(|| format!("the page said {answer}"))?;
        anyhow::ensure!(
            answer.differ <= TOLERANCE,
            "{model} on {words}: the two answers differ by {:e}, more than rounding explains",
            answer.differ
        );
        rows.extend(answer.rows.into_iter().map(|row| {
            let name = format!("{model}, {words}, {}", row.name);
            [name, format!("{:.1}", row.ours), format!("{:.1}", row.theirs), format!("{:.3}", row.ratio)]
        }));
    }
    Ok(markdown(["one image, one thread", "ours, ms", "onnxruntime-web, ms", "ratio"], &rows))
}
