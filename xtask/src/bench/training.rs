//! Steps of training, beside PyTorch.

use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use super::{feed, markdown, python};
use crate::{process, workspace};

/// One network on one device.
struct TrainingCase {
    architecture: &'static str,
    batch_size: u32,
    image_size: u32,
    /// Steps between two looks at the clock.
    steps: u32,
}

/// What two cores do in minutes.
const ON_CPU: [TrainingCase; 3] = [
    TrainingCase { architecture: "resnet18", batch_size: 16, image_size: 128, steps: 1 },
    TrainingCase { architecture: "resnet50", batch_size: 8, image_size: 128, steps: 1 },
    TrainingCase { architecture: "efficientnet_lite0", batch_size: 32, image_size: 160, steps: 1 },
];

/// What a graphics card is for.
const ON_CUDA: [TrainingCase; 3] = [
    TrainingCase { architecture: "resnet18", batch_size: 256, image_size: 224, steps: 10 },
    TrainingCase { architecture: "resnet50", batch_size: 128, image_size: 224, steps: 10 },
    TrainingCase { architecture: "efficientnet_lite0", batch_size: 256, image_size: 224, steps: 10 },
];

#[derive(Deserialize)]
struct TrainingComparison {
    peer: String,
    ours: f64,
    theirs: f64,
    ratio: f64,
    our_memory: Option<f64>,
    their_memory: Option<f64>,
}

/// Fetches PyTorch and times both in turns: on the CPU, and on a GPU if there is one.
pub(super) fn table() -> anyhow::Result<String> {
    let python = python("python", &feed::PEERS, "up to 6 GB")?;
    let mut rows = Vec::new();
    for case in ON_CPU {
        for precision in ["fp32", "channels-last"] {
            rows.push(row(&python, &case, "cpu", precision)?);
        }
    }
    let cuda = "import torch; print(torch.cuda.is_available())";
    if process::output(Command::new(&python).args(["-c", cuda]))?.trim() == "True" {
        for case in ON_CUDA {
            for precision in ["fp32", "mixed"] {
                rows.push(row(&python, &case, "cuda:0", precision)?);
            }
        }
    }
    Ok(markdown(["training", "our images/s", "theirs", "our time / theirs", "our MiB", "theirs"], &rows))
}

fn row(
    python: &std::path::Path,
    case: &TrainingCase,
    device: &str,
    precision: &str,
) -> anyhow::Result<[String; 6]> {
    let [batch, side, steps] =
        [case.batch_size, case.image_size, case.steps].map(|number| number.to_string());
    // Our side starts with the environment that finds libtorch; PyTorch brings its own copy of the same version.
    let ours = runtimes::trainer(Some(workspace::root()))?;
    let mut command = Command::new(python);
    command.arg(workspace::root().join("tests/peers/native/training.py"));
    command.args([device, precision, case.architecture, &batch, &side, &steps, "--"]);
    command.arg("env").args(environment(&ours)).arg(ours.get_program());
    command.args(["pace", case.architecture, "--batch-size", &batch, "--image-size", &side]);
    command.args(["--device", device]);
    match precision {
        "mixed" => _ = command.arg("--mixed-precision"),
        "channels-last" => _ = command.arg("--channels-last"),
        _ => {}
    }
    let answer = process::output(&mut command)?;
    let answer: TrainingComparison =
        serde_json::from_str(&answer).with_context(|| format!("the comparison said {answer}"))?;
    let mebibytes =
        |memory: Option<f64>| memory.map_or_else(|| "unknown".to_owned(), |memory| format!("{memory:.0}"));
    let name = format!(
        "{}, {batch} images of {side} px, {device}, {precision}, beside {}",
        case.architecture, answer.peer
    );
    Ok([
        name,
        format!("{:.1}", answer.ours),
        format!("{:.1}", answer.theirs),
        format!("{:.2}", answer.ratio),
        mebibytes(answer.our_memory),
        mebibytes(answer.their_memory),
    ])
}

/// What a command sets, as `env` wants it.
fn environment(command: &Command) -> Vec<std::ffi::OsString> {
    let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    set.map(|(name, value)| {
        let mut text = name.to_owned();
        text.push("=");
        text.push(value);
        text
    })
    .collect()
}
