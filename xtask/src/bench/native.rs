//! The crates' own benchmarks, with criterion.

use serde::Deserialize;

use super::markdown;
use crate::{process, workspace};

#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    /// Nanoseconds.
    point_estimate: f64,
}

/// Runs them and reads what criterion wrote.
pub(super) fn table() -> anyhow::Result<String> {
    process::run(process::cargo().args(["bench", "-p", "nn", "--bench", "convolution"]))?;
    process::run(process::cargo().args(["bench", "-p", "imaging", "--bench", "imaging"]))?;
    let mut rows = Vec::new();
    for folder in files::entries(&workspace::target().join("criterion"))? {
        let last = folder.join("new");
        if last.join("benchmark.json").exists() {
            let benchmark: Benchmark = serde_json::from_slice(&files::read(&last.join("benchmark.json"))?)?;
            let estimates: Estimates = serde_json::from_slice(&files::read(&last.join("estimates.json"))?)?;
            rows.push([benchmark.full_id, format!("{:.3}", estimates.median.point_estimate / 1e6)]);
        }
    }
    Ok(markdown(["natively, one core", "ms"], &rows))
}
