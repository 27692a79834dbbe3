//! A folder of images through an exported model, beside ONNX Runtime's Python package.

use std::process::Command;

use anyhow::Context;
use catalog::model::ModelCard;
use inference::RUNTIME_VERSION;
use serde::Deserialize;

use super::{folder, markdown};
use crate::{files, onnxruntime, process, workspace};

/// The model that both sides run.
const MODEL: &str = "synthetic-resnet18-eight";

/// Sides of the JPEG files, pixels: one as large as many data sets keep their images, one as a dermatoscope takes them.
const SIDES: [&str; 2] = ["450", "1024"];

/// Images a diagnosis.
const PER_CLASS: &str = "12";

const BATCH: &str = "16";

#[derive(Deserialize)]
struct Side {
    name: String,
    images_per_second: f64,
    ratio: f64,
}

/// Fetches the peers, draws the files and times all in turns.
pub(super) fn table() -> anyhow::Result<String> {
    let home = folder().join("python-onnxruntime");
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let done = home.join("complete");
    if !done.exists() {
        let peers = [&format!("onnxruntime=={RUNTIME_VERSION}"), "pillow==13.0.0", "numpy==2.2.6"];
        println!("fetching {} with pip, once", peers.join(", "));
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        process::run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(peers))?;
        files::write(&done, b"")?;
    }
    onnxruntime::ensure()?;
    let model = workspace::root().join("exported-models").join(MODEL);
    let card: ModelCard = toml::from_str(&files::read_text(&model.join("model.toml"))?)?;
    let numbers = |numbers: [f32; 3]| numbers.map(|number| number.to_string()).join(",");
    let threads = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    let ours = std::env::current_exe().context("this program has no path")?;
    let mut rows = Vec::new();
    for side in SIDES {
        let data = folder().join(format!("predict-{side}"));
        let draw = ["data", "synthetic", "--per-class", PER_CLASS, "--seed", "1", "--size", side, "--out"];
        process::run(Command::new(&ours).args(draw).arg(&data))?;
        let mut command = Command::new(&python);
        command.arg(workspace::root().join("tests/peers/native/predict.py")).arg(&ours);
        command.arg(model.join("model.onnx")).args([numbers(card.input.mean), numbers(card.input.std)]);
        command.arg(card.input.size.to_string()).arg(data.join("ISIC_2019_Training_Input"));
        let answer = process::output(command.args([&threads, BATCH]))?;
        let sides: Vec<Side> =
            serde_json::from_str(&answer).with_context(|| format!("the comparison said {answer}"))?;
        rows.extend(sides.into_iter().map(|peer| {
            let name = format!("{side} × {side} px: {}", peer.name);
            [name, format!("{:.1}", peer.images_per_second), format!("{:.2}", peer.ratio)]
        }));
    }
    let head = format!("classify a folder, {MODEL}, batches of {BATCH}, {threads} threads");
    Ok(markdown([&head, "images/s", "our time / theirs"], &rows))
}
