//! A folder of images through an exported model, beside ONNX Runtime's Python package.

use std::process::Command;

use catalog::model::ModelCard;
use runtimes::onnxruntime;

use super::{folder, markdown, python, sides};
use crate::{process, product, workspace};

/// The model that both sides run.
const MODEL: &str = "synthetic-resnet18-eight";

/// Sides of the JPEG files, pixels: one as large as many data sets keep their images, one as a dermatoscope takes them.
const SIDES: [&str; 2] = ["450", "1024"];

/// Images per diagnosis.
const PER_CLASS: &str = "12";

const BATCH: &str = "16";

/// Fetches the peers, draws the files and times all in turns.
pub(super) fn table() -> anyhow::Result<String> {
    let runtime = format!("onnxruntime=={}", onnxruntime::VERSION);
    let python = python("python-onnxruntime", &[&runtime, "pillow==13.0.0", "numpy==2.2.6"], "100 MB")?;
    onnxruntime::ensure()?;
    let model = workspace::root().join("exported-models").join(MODEL);
    let card: ModelCard = toml::from_str(&files::read_text(&model.join("model.toml"))?)?;
    let numbers = |numbers: [f32; 3]| numbers.map(|number| number.to_string()).join(",");
    let threads = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    let ours = product::build()?;
    let mut rows = Vec::new();
    for side in SIDES {
        let data = folder().join(format!("predict-{side}"));
        let draw = ["data", "synthetic", "--per-class", PER_CLASS, "--seed", "1", "--size", side, "--out"];
        process::run(Command::new(&ours).args(draw).arg(&data))?;
        let mut command = Command::new(&python);
        command.arg(workspace::root().join("tests/peers/native/predict.py")).arg(&ours);
        command.arg(model.join("model.onnx")).args([numbers(card.input.mean), numbers(card.input.std)]);
        command.arg(card.input.size.to_string()).arg(data.join("ISIC_2019_Training_Input"));
        rows.extend(sides(command.args([&threads, BATCH]), side)?);
    }
    let head = format!("classify a folder, {MODEL}, batches of {BATCH}, {threads} threads");
    Ok(markdown([&head, "images/s", "our time / theirs"], &rows))
}
