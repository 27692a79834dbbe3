//! `cargo xtask export`: from a run to `exported-models/NAME/`, measured and held against libtorch.

mod golden;
mod readme;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use catalog::Diagnosis;
use catalog::model::{Input, ModelCard, Parity, Provenance};
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use onnx_export::{Metadata, Precision, Weights};
use serde::Deserialize;

use crate::{evaluate, files, onnxruntime, workspace};
use golden::Golden;

/// Turns a run's best weights into an exported model, measures it on the test part and checks it against libtorch.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The run folder, such as `runs/synthetic-resnet18-eight`.
    run: PathBuf,
    /// Folder name under `exported-models/`; lower-case letters, digits and hyphens.
    #[arg(long, value_parser = plain_name)]
    name: String,
    /// How weights are stored; they are computed with in 32 bits either way.
    #[arg(long, value_enum, default_value = "fp16")]
    precision: Stored,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Stored {
    Fp16,
    Fp32,
}

fn plain_name(name: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(name.to_owned());
    }
    Err("expected lower-case letters, digits and hyphens, such as synthetic-resnet18-eight".to_owned())
}

/// What every runtime is allowed to differ from libtorch, in any probability: a hundredth of a percent, less than a page
/// shows. Orders of summation differ, so the last bits do; what was measured stands beside it.
const TOLERANCE: f32 = 1e-4;

/// What export needs of a training configuration; the trainer has checked the rest.
#[derive(Debug, Deserialize)]
struct Config {
    architecture: String,
    card: Card,
    data: Data,
    stages: Vec<Stage>,
}

#[derive(Debug, Deserialize)]
struct Card {
    title: String,
    trained_on: String,
    licence: String,
}

#[derive(Debug, Deserialize)]
struct Data {
    folder: PathBuf,
    split: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Stage {
    image_size: u32,
}

/// Writes `exported-models/NAME/`, whole or not at all.
///
/// # Errors
/// A run that is not finished enough to have best weights; a model that differs from libtorch by more than
/// [`TOLERANCE`].
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let precision = match args.precision {
        Stored::Fp16 => Precision::Fp16,
        Stored::Fp32 => Precision::Fp32,
    };
    let config_path = args.run.join("config.toml");
    let text = files::read(&config_path)
        .context("expected the folder of a run; make one: cargo xtask train --help")?;
    let config: Config =
        toml::from_slice(&text).with_context(|| format!("cannot use {}", config_path.display()))?;
    let weights = args.run.join("best.safetensors");
    ensure!(
        weights.is_file(),
        "expected {}, which appears with the first epoch of the last stage, found none; train on with --resume",
        weights.display()
    );
    // In the run's folder, so that the last step is a rename.
    let scratch =
        tempfile::tempdir_in(&args.run).with_context(|| format!("cannot write to {}", args.run.display()))?;
    let folder = scratch.path().join(&args.name);

    let onnx = onnx(&config, &weights, precision)?;
    let mut card = card(args, &config, &text, &onnx, precision)?;
    files::write(&folder.join("model.onnx"), &onnx)?;
    let golden = Golden::ask(&config_path, &weights, precision)?;
    let rounding = match precision {
        Precision::Fp32 => None,
        _ => {
            Some(Golden::ask(&config_path, &weights, Precision::Fp32)?.difference(&golden.answers())?)
        }
    };
    files::write(&folder.join("golden.json"), golden.json(&command(args)).as_bytes())?;

    // How it learned; the book draws its learning curve from this.
    files::write(&folder.join("history.csv"), &files::read(&args.run.join("history.csv"))?)?;

    onnxruntime::ensure()?;
    let mut classifier = inference::Classifier::load(&onnx, &card)?;
    card.parity.inputs = golden.inputs() as u32;
    card.parity.native = golden.difference(&golden.ask_runtime(&mut classifier)?)?;
    if card.parity.native > TOLERANCE {
        bail!(
            "ONNX Runtime expects to differ from libtorch by at most {TOLERANCE} in any probability, found {}; \
             nothing is written",
            card.parity.native
        );
    }
    keep_measured(&mut card, &final_folder(args), &workspace::target().join("parity"));
    files::write(&folder.join("model.toml"), card_text(&card)?.as_bytes())?;

    let root = workspace::root();
    evaluate::run(&evaluate::Args::on(
        &folder,
        &root.join(&config.data.folder),
        &root.join(&config.data.split),
    ))?;
    let metrics = serde_json::from_slice(&files::read(&folder.join("metrics.json"))?)?;
    let facts =
        readme::Facts { card: &card, metrics: &metrics, rounding, megabytes: onnx.len() as f64 / 1e6 };
    files::write(&folder.join("README.md"), readme::text(&facts)?.as_bytes())?;
    publish(scratch.path(), &folder, &final_folder(args))?;
    println!(
        "{}: {}; ONNX Runtime differs from libtorch by at most {:.1e} on {} drawn lesions",
        final_folder(args).display(),
        files::size(onnx.len() as u64),
        card.parity.native,
        card.parity.inputs
    );
    Ok(())
}

fn final_folder(args: &Args) -> PathBuf {
    workspace::root().join("exported-models").join(&args.name)
}

/// The command that makes the model again.
fn command(args: &Args) -> String {
    let run = args.run.strip_prefix(workspace::root()).unwrap_or(&args.run);
    format!("cargo xtask export {} --name {}", run.display(), args.name)
}

fn onnx(config: &Config, weights: &Path, precision: Precision) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot use {}", weights.display());
    let weights = Weights::from_safetensors(&files::read(weights)?).with_context(cannot)?;
    let network = architecture::by_name(&config.architecture, Diagnosis::ALL.len(), size(config)? as usize)?;
    let metadata =
        Metadata { task: TASK.to_owned(), labels: labels(), mean: IMAGENET_MEAN, std: IMAGENET_STD };
    onnx_export::export(&network, &weights, &metadata, precision).with_context(cannot)
}

const TASK: &str = "eight-class";

fn labels() -> Vec<String> {
    Diagnosis::ALL.map(|diagnosis| diagnosis.abbreviation().to_owned()).to_vec()
}

fn size(config: &Config) -> anyhow::Result<u32> {
    Ok(config.stages.last().context("the configuration has no stages")?.image_size)
}

/// Everything but what is measured later.
fn card(
    args: &Args,
    config: &Config,
    text: &[u8],
    onnx: &[u8],
    precision: Precision,
) -> anyhow::Result<ModelCard> {
    Ok(ModelCard {
        name: args.name.clone(),
        title: config.card.title.clone(),
        architecture: config.architecture.clone(),
        task: TASK.to_owned(),
        labels: labels(),
        input: Input { size: size(config)?, mean: IMAGENET_MEAN, std: IMAGENET_STD },
        precision: precision.name().to_owned(),
        trained_on: config.card.trained_on.clone(),
        licence: config.card.licence.clone(),
        provenance: Provenance {
            config: committed_config(text)?,
            config_sha256: files::sha256(text),
            onnx_sha256: files::sha256(onnx),
        },
        parity: Parity { tolerance: TOLERANCE, inputs: 0, native: 0.0, wasm: None, webgpu: None },
        stored: Vec::new(),
    })
}

/// The configuration under `configs/` that the run was made with, relative to the repository.
fn committed_config(text: &[u8]) -> anyhow::Result<String> {
    let root = workspace::root();
    for path in files::entries(&root.join("configs"))? {
        if path.is_file() && files::read(&path)? == text {
            return Ok(path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/"));
        }
    }
    bail!(
        "expected the run's configuration in configs/, found none with these bytes; copy config.toml of the run there"
    )
}

/// What a browser test measured, in `target/parity/NAME-BACKEND.toml`.
#[derive(Deserialize)]
struct Measured {
    onnx_sha256: String,
    difference: f32,
}

/// Takes in what the browser tests measured, last or before; it stays true as long as the ONNX file is the same.
fn keep_measured(card: &mut ModelCard, old: &Path, parity: &Path) {
    let hash = card.provenance.onnx_sha256.clone();
    let old = files::read_text(&old.join("model.toml")).ok();
    let old: Option<ModelCard> = old.and_then(|text| toml::from_str(&text).ok());
    let old = old.filter(|old| old.provenance.onnx_sha256 == hash).map(|old| old.parity);
    let last = |backend: &str| {
        let text = files::read_text(&parity.join(format!("{}-{backend}.toml", card.name))).ok()?;
        let measured: Measured = toml::from_str(&text).ok()?;
        (measured.onnx_sha256 == hash).then_some(measured.difference)
    };
    let (wasm, webgpu) = (last("wasm"), last("webgpu"));
    card.parity.wasm = wasm.or(old.as_ref().and_then(|old| old.wasm));
    card.parity.webgpu = webgpu.or(old.as_ref().and_then(|old| old.webgpu));
}

/// `model.toml`, with numbers as short as they can be.
fn card_text(card: &ModelCard) -> anyhow::Result<String> {
    Ok(format!("# Written by `cargo xtask export`.\n{}", toml::to_string(card)?))
}

/// Puts `new` in the place of `place`; what was there before goes with `scratch`.
fn publish(scratch: &Path, new: &Path, place: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", place.display());
    if let Some(above) = place.parent() {
        std::fs::create_dir_all(above).with_context(failed)?;
    }
    let old = scratch.join("old");
    if place.is_dir() {
        std::fs::rename(place, &old).with_context(failed)?;
    }
    std::fs::rename(new, place).with_context(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_takes_the_place_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let (scratch, place) = (folder.path().join("scratch"), folder.path().join("models/a"));
        files::write(&place.join("old.txt"), b"old").unwrap();
        files::write(&scratch.join("a/new.txt"), b"new").unwrap();
        publish(&scratch, &scratch.join("a"), &place).unwrap();
        assert_eq!(files::below(&place).unwrap(), [place.join("new.txt")]);
    }

    fn example(onnx_sha256: &str, wasm: Option<f32>) -> ModelCard {
        ModelCard {
            name: "a".to_owned(),
            title: String::new(),
            architecture: "resnet18".to_owned(),
            task: TASK.to_owned(),
            labels: labels(),
            input: Input { size: 128, mean: IMAGENET_MEAN, std: IMAGENET_STD },
            precision: "fp16".to_owned(),
            trained_on: String::new(),
            licence: String::new(),
            provenance: Provenance {
                config: String::new(),
                config_sha256: String::new(),
                onnx_sha256: onnx_sha256.to_owned(),
            },
            parity: Parity { tolerance: TOLERANCE, inputs: 16, native: 0.0, wasm, webgpu: Some(0.25) },
            stored: Vec::new(),
        }
    }

    #[test]
    fn browsers_measurements_are_kept_for_the_file_that_they_measured() {
        let folder = tempfile::tempdir().unwrap();
        let (old, parity) = (folder.path().join("old"), folder.path().join("parity"));
        files::write(&old.join("model.toml"), card_text(&example("abc", None)).unwrap().as_bytes()).unwrap();
        let measured = b"onnx_sha256 = \"abc\"\ninputs = 16\ndifference = 5e-1\n";
        files::write(&parity.join("a-wasm.toml"), measured).unwrap();
        let kept = |hash| {
            let mut card = example(hash, None);
            keep_measured(&mut card, &old, &parity);
            (card.parity.wasm, card.parity.webgpu)
        };
        assert_eq!(kept("abc"), (Some(0.5), Some(0.25)));
        assert_eq!(kept("def"), (None, None));
    }

    #[test]
    fn a_name_with_a_folder_in_it_is_refused() {
        assert!(plain_name("resnet18-eight").is_ok());
        assert!(["", "a/b", "..", "Upper"].iter().all(|name| plain_name(name).is_err()));
    }
}
