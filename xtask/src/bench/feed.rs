//! From a file to the network's input, beside torchvision and albumentations.

use std::process::Command;

use super::{example, folder, markdown, python, sides};
use crate::{process, workspace};

/// What pip installs, into a folder of its own; torch is the version of `libtorch`.
pub(super) const PEERS: [&str; 5] = [
    "torch==2.11.0",
    "torchvision==0.26.0",
    "efficientnet_lite_pytorch==0.1.0",
    "albumentations==2.0.8",
    "opencv-python-headless==5.0.*",
];

/// Sides of the JPEG files, pixels: one as large as the network's input, one twice as large.
const SIDES: [&str; 2] = ["224", "450"];

/// Fetches the peers, draws the files and times all in turns.
pub(super) fn table() -> anyhow::Result<String> {
    let python = python("python", &PEERS, "up to 6 GB")?;
    let ours = example("feed")?;
    let mut rows = Vec::new();
    for side in SIDES {
        let data = folder().join(format!("lesions-{side}"));
        let draw = ["data", "synthetic", "--per-class", "8", "--seed", "1", "--size", side, "--out"];
        process::run(process::cargo().arg("xtask").args(draw).arg(&data))?;
        let script = workspace::root().join("tests/peers/native/feed.py");
        let images = data.join("ISIC_2019_Training_Input");
        rows.extend(sides(Command::new(&python).arg(script).arg(&ours).arg(&images), side)?);
    }
    Ok(markdown(["decode, vary, normalise, one core", "images/s", "our time / theirs"], &rows))
}
