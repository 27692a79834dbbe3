//! In the page, beside OpenCV's own WASM.

use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use super::{folder, markdown};
use crate::{process, wasm, workspace};

/// OpenCV for the page, from npm.
const OPENCV: &str = "@opencvjs/web@4.13.0-release.1";

#[derive(Deserialize)]
struct PageComparison {
    rows: Vec<TimedRun>,
}

#[derive(Deserialize)]
struct TimedRun {
    name: String,
    /// Milliseconds.
    ours: f64,
    theirs: f64,
    ratio: f64,
}

/// Fetches OpenCV, builds the module of `tests/peers`, and lets the page there time both in turns.
pub(super) fn table() -> anyhow::Result<String> {
    let fetched = folder().join("npm");
    let opencv = fetched.join("node_modules/@opencvjs/web/lib");
    if !opencv.is_dir() {
        println!("fetching {OPENCV} with npm, 11 MB, once");
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&fetched).arg(OPENCV);
        process::run(&mut npm)?;
    }
    let page = folder().join("page");
    wasm::bare("peers", &page)?;
    for (from, to) in
        [(workspace::root().join("tests/peers/page"), page.clone()), (opencv, page.join("opencv"))]
    {
        for path in files::entries(&from)? {
            files::write(&to.join(path.file_name().unwrap_or_default()), &files::read(&path)?)?;
        }
    }
    let command = ["run", "--quiet", "--package=e2e", "--example=page_result", "--"];
    let answer = process::output(process::cargo().args(command).arg(&page))?;
    let answer: PageComparison =
        serde_json::from_str(&answer).with_context(|| format!("the page said {answer}"))?;
    let rows: Vec<_> = answer
        .rows
        .iter()
        .map(|row| {
            [
                row.name.clone(),
                format!("{:.3}", row.ours),
                format!("{:.3}", row.theirs),
                format!("{:.2}", row.ratio),
            ]
        })
        .collect();
    Ok(markdown(["in the page, one thread", "ours, ms", "OpenCV, ms", "ratio"], &rows))
}
