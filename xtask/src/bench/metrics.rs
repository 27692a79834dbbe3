//! Metrics of a classifier, beside scikit-learn.

use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use super::{example, markdown, python};
use crate::{process, workspace};

/// What pip installs, into a folder of its own.
const PEERS: [&str; 2] = ["numpy==2.4.6", "scikit-learn==1.9.1"];

#[derive(Deserialize)]
struct PagePart {
    name: String,
    /// Milliseconds.
    ours: f64,
    theirs: f64,
    ratio: f64,
    /// Largest between two numbers that should be the same.
    difference: f64,
}

/// Fetches scikit-learn and times both in turns on the same predictions.
pub(super) fn table() -> anyhow::Result<String> {
    let python = python("python-metrics", &PEERS, "300 MB")?;
    let ours = example("metrics")?;
    let script = workspace::root().join("tests/peers/native/metrics.py");
    let mut command = Command::new(&python);
    command.arg(script).arg(&ours);
    // One thread on both sides.
    command.env("OMP_NUM_THREADS", "1").env("OPENBLAS_NUM_THREADS", "1");
    let answer = process::output(&mut command)?;
    let parts: Vec<PagePart> =
        serde_json::from_str(&answer).with_context(|| format!("the comparison said {answer}"))?;
    let rows: Vec<_> = parts
        .into_iter()
        .map(|PagePart { name, ours, theirs, ratio, difference }| {
            [
                name,
                format!("{ours:.1}"),
                format!("{theirs:.1}"),
                format!("{ratio:.4}"),
                format!("{difference:.0e}"),
            ]
        })
        .collect();
    let head = ["metrics, one thread", "ours, ms", "scikit-learn 1.9.1, ms", "ratio", "largest difference"];
    Ok(markdown(head, &rows))
}
