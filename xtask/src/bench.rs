//! `cargo xtask bench`: what is timed beside other libraries, one table each, ready for `BENCHMARKS.md`.

mod feed;
mod metrics;
mod native;
mod network;
mod page;
mod predict;
mod training;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::{process, workspace};

/// Times the code beside its peers. Fetches them first, into `target` alone: OpenCV for the page with npm (11 MB), and
/// PyTorch, torchvision and albumentations with pip (6 GB on Linux), scikit-learn with pip (300 MB)
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to time; all where nothing is named.
    #[arg(value_enum)]
    names: Vec<TableName>,
}

/// One table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum TableName {
    /// Convolution, resizing, warp and the way from a file to the network's input, with criterion; no peer.
    Native,
    /// Convolution, resizing and warp in the page, beside OpenCV.
    Page,
    /// The book's network in its Worker, beside bare onnxruntime-web, on WASM and on WebGPU in software.
    Network,
    /// Decode, vary and normalise on one core, beside torchvision and albumentations.
    Feed,
    /// Metrics of a classifier and their intervals, beside scikit-learn.
    Metrics,
    /// A folder of images through an exported model, beside ONNX Runtime's Python package.
    Predict,
    /// Steps of training, beside PyTorch, on the CPU and on a GPU if there is one.
    Training,
}

/// Runs what is named and prints its tables; writes them to `target/bench.md` as well.
///
/// # Errors
/// When a peer cannot be fetched, or a program fails.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let all = [
        TableName::Native,
        TableName::Page,
        TableName::Network,
        TableName::Feed,
        TableName::Metrics,
        TableName::Predict,
        TableName::Training,
    ];
    let wanted: BTreeSet<TableName> =
        if args.names.is_empty() { all.into() } else { args.names.iter().copied().collect() };
    let mut text = String::new();
    for name in wanted {
        let table = match name {
            TableName::Native => native::table()?,
            TableName::Page => page::table()?,
            TableName::Network => network::table()?,
            TableName::Feed => feed::table()?,
            TableName::Predict => predict::table()?,
            TableName::Metrics => metrics::table()?,
            TableName::Training => training::table()?,
        };
        let _to_memory = writeln!(text, "{table}");
    }
    println!("\n{text}");
    let path = workspace::target().join("bench.md");
    files::write(&path, text.as_bytes())?;
    println!("written to {}", path.display());
    Ok(())
}

/// Where peers and their inputs are kept.
fn folder() -> PathBuf {
    workspace::target().join("xtask").join("bench")
}

/// The Python of a virtual environment `name` with `packages`; pip fetches them once, `size` says how much.
///
/// # Errors
/// When there is no Python, or a package cannot be fetched.
fn python(name: &str, packages: &[&str], size: &str) -> anyhow::Result<PathBuf> {
    let home = folder().join(name);
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    // It lists the packages, so that a changed list is fetched again.
    let (done, list) = (home.join("complete"), packages.join("\n"));
    if std::fs::read_to_string(&done).ok().as_deref() != Some(&list) {
        println!("fetching {} with pip, {size}, once", packages.join(", "));
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        process::run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
        files::write(&done, list.as_bytes())?;
    }
    Ok(python)
}

/// One side of a comparison, as the scripts of `tests/peers/native` print it.
#[derive(serde::Deserialize)]
struct ComparisonSide {
    name: String,
    images_per_second: f64,
    /// Our time over theirs.
    ratio: f64,
}

/// Runs a comparison on files that are `side` pixels wide: a row for each side it prints.
///
/// # Errors
/// When it fails, or prints something else.
fn sides(comparison: &mut Command, side: &str) -> anyhow::Result<Vec<[String; 3]>> {
    let answer = process::output(comparison)?;
    let sides: Vec<ComparisonSide> =
        serde_json::from_str(&answer).with_context(|| format!("the comparison said {answer}"))?;
    let row = |peer: ComparisonSide| {
        let name = format!("{side} × {side} px: {}", peer.name);
        [name, format!("{:.1}", peer.images_per_second), format!("{:.2}", peer.ratio)]
    };
    Ok(sides.into_iter().map(row).collect())
}

/// The program `example` of the package `peers`, built with all optimisation.
///
/// # Errors
/// When it does not compile.
fn example(name: &str) -> anyhow::Result<PathBuf> {
    process::run(process::cargo().args(["build", "--release", "--package=peers", "--example", name]))?;
    let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target().join("release/examples").join(program))
}

/// A table in Markdown; the first column holds words, the others numbers.
fn markdown<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let mut text = format!("| {} |\n|---|{}\n", head.join(" | "), "---:|".repeat(N - 1));
    for row in rows {
        let _to_memory = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_on_the_right() {
        let rows = [["warp".to_owned(), "0.8".to_owned()]];
        assert_eq!(markdown(["what", "ratio"], &rows), "| what | ratio |\n|---|---:|\n| warp | 0.8 |\n");
    }
}
