//! From weights that others published to `exported-models/NAME/`, checked against libtorch.
//!
//! There is no training run behind them and no test set here, so the model has no metrics of its own. Its card says what its
//! authors measured, and how closely each precision agrees with the weights as published, on drawn lesions.

mod readme;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use architecture::{Network, Normalisation, Published};
use catalog::Diagnosis;
use catalog::model::{IMAGENET, ModelCard, ModelInput, Parity, Provenance, StoredPrecision};
use imaging::Rgb8;
use inference::Classifier;
use onnx_export::{Metadata, Precision, Weights};
use runtimes::onnxruntime;

use super::golden::{Golden, GoldenSetup};
use super::{
    TOLERANCE, card_text, final_folder, keep_beside, keep_measured, load, parity_folder, publish, stored,
};
use crate::weights::{self, PublishedFile};
use crate::{classify, workspace};

/// Which network is exported, and under which name.
#[derive(Clone, Debug)]
pub struct PublishedExport {
    /// A network whose published weights `cargo xtask weights` fetches, such as `efficientnet_lite0`.
    pub network: String,
    /// Folder name under `exported-models/`, as [`super::plain_name`] has it.
    pub name: String,
}

/// Names of `ImageNet`'s classes, a line each after the licence, in the order of the outputs.
const LABELS: &str = include_str!("published/imagenet_labels.txt");

/// Side of a drawn lesion, pixels, and the seeds of those that precisions are compared on.
const DRAWN_SIZE: u32 = 224;
const SEEDS: std::ops::Range<u64> = 910_000..910_050;

/// Writes `exported-models/NAME/`, whole or not at all. `model.onnx` is the smallest file that answers drawn lesions as the
/// weights as published do.
///
/// # Errors
/// An unknown network; weights that cannot be fetched or are not the whole network's; a model that differs from libtorch by
/// more than 1e-4 in a probability.
pub fn run(task: &PublishedExport) -> anyhow::Result<()> {
    let published = Published::named(&task.network).with_context(|| {
        format!(
            "no network is called {}; for those there are, see: {} weights --list",
            task.network,
            workspace::program()
        )
    })?;
    let labels = labels();
    let network = (published.build)(labels.len(), published.image_size);
    let file = weights::fetch(published.name)?;
    let place = final_folder(&task.name);
    let above = place.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(above).with_context(|| format!("cannot make {}", above.display()))?;
    let trainer = runtimes::trainer(workspace::checkout())?;
    onnxruntime::ready()?;
    // On the file system of its place, so that the last step is a rename.
    let scratch =
        tempfile::tempdir_in(workspace::root()).context("cannot write to the folder of the workspace")?;
    let converted = scratch.path().join("published.safetensors");
    let asked = GoldenSetup {
        network: published.name,
        classes: labels.len(),
        size: published.image_size as u32,
        weights: &converted,
        trainer,
    };
    asked.convert(&file.path)?;
    let weights = Weights::from_safetensors(&files::read(&converted)?)?;
    let mut card = card(task, published, &network, labels, &file)?;
    let exported = export_all(&mut card, &network, &weights, &asked, scratch.path())?;

    let best = card.smallest_faithful().context("the weights as published agree with themselves")?.clone();
    let (precision, onnx) = exported
        .into_iter()
        .find(|(precision, _)| precision.name() == best.precision)
        .context("every precision was exported")?;
    for row in &mut card.stored {
        row.file = (row.precision == best.precision).then(|| "model.onnx".to_owned());
    }
    let golden = Golden::ask(&asked, precision)?;
    let native = golden.difference(&golden.ask_runtime(&mut load(&mut card, &onnx, precision)?)?)?;
    ensure!(
        native <= TOLERANCE,
        "ONNX Runtime differs from libtorch by {native} in a probability, more than {TOLERANCE}; nothing is written"
    );
    (card.parity.inputs, card.parity.native) = (golden.inputs() as u32, native);
    keep_measured(&mut card, &place, &parity_folder());
    let (folder, command) = (scratch.path().join(&task.name), command(task));
    files::write(&folder.join("model.onnx"), &onnx)?;
    files::write(&folder.join("golden.json"), golden.json(&command).as_bytes())?;
    files::write(&folder.join("model.toml"), card_text(&card, &command)?.as_bytes())?;
    files::write(&folder.join("README.md"), readme::text(&card, published, &command).as_bytes())?;
    keep_beside(&folder, &place)?;
    publish(scratch.path(), &folder, &place)?;
    println!("{}: {}, {}", place.display(), best.precision, files::size(best.bytes));
    Ok(())
}

/// Every precision as an ONNX file, measured on drawn lesions; the card gets a row for each.
fn export_all(
    card: &mut ModelCard,
    network: &Network,
    weights: &Weights,
    asked: &GoldenSetup,
    scratch: &Path,
) -> anyhow::Result<Vec<(Precision, Vec<u8>)>> {
    let lesions = draw(scratch)?;
    let list = stored::list(&lesions, scratch)?;
    eprintln!("libtorch answers {} drawn lesions", lesions.len());
    let expected = asked.probabilities(list.path())?;
    let metadata = Metadata {
        task: card.task.clone(),
        labels: card.labels.clone(),
        mean: card.input.mean,
        std: card.input.std,
    };
    let mut exported = Vec::new();
    for precision in Precision::ALL {
        let onnx = onnx_export::export(network, weights, &metadata, precision)?;
        let row = measure(&mut load(card, &onnx, precision)?, &lesions, &onnx, &expected)?;
        ensure!(
            precision != Precision::Fp32 || row.difference <= TOLERANCE,
            "with the same weights ONNX Runtime differs from libtorch by {} in a probability of a drawn lesion, more than \
             {TOLERANCE}; nothing is written",
            row.difference
        );
        println!(
            "{}: {}, the same class on {} of {} drawn lesions, largest difference {:.1e}",
            row.precision,
            files::size(row.bytes),
            row.same_top,
            row.images,
            row.difference
        );
        card.stored.push(row);
        exported.push((precision, onnx));
    }
    Ok(exported)
}

fn labels() -> Vec<String> {
    LABELS.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// The command that makes the model again.
fn command(task: &PublishedExport) -> String {
    format!("cargo xtask export-published {} --name {}", task.network, task.name)
}

/// Everything but what is measured later.
fn card(
    task: &PublishedExport,
    published: &Published,
    network: &Network,
    labels: Vec<String>,
    file: &PublishedFile,
) -> anyhow::Result<ModelCard> {
    let Normalisation { mean, std } = network.normalisation;
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    Ok(ModelCard {
        name: task.name.clone(),
        title: format!("{}, 1,000 everyday classes", published.title),
        architecture: published.name.to_owned(),
        task: IMAGENET.to_owned(),
        labels,
        input: ModelInput { size: published.image_size as u32, mean, std },
        precision: Precision::Fp32.name().to_owned(),
        trained_on: "1.28 million photographs of ImageNet, by its authors".to_owned(),
        drawn: false,
        evened: false,
        licence: file.licence.to_owned(),
        provenance: Provenance {
            config: String::new(),
            config_sha256: String::new(),
            source: format!("{}, {name}, SHA-256 {}", file.offered_by, files::sha256_of(&file.path)?),
            onnx_sha256: String::new(),
        },
        parity: Parity { tolerance: TOLERANCE, inputs: 0, native: 0.0, wasm: None, webgpu: None },
        stored: Vec::new(),
    })
}

/// Draws the lesions that precisions are compared on, each into a file.
fn draw(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for diagnosis in Diagnosis::ALL {
        for seed in SEEDS {
            let pixels = lesions::draw_sample(diagnosis, seed, DRAWN_SIZE, DRAWN_SIZE);
            let image = Rgb8::new(DRAWN_SIZE, DRAWN_SIZE, pixels)?;
            let path = folder.join(format!("lesions/{}-{seed}.png", diagnosis.abbreviation()));
            files::write(&path, &imaging::encode_png(&image)?)?;
            paths.push(path);
        }
    }
    Ok(paths)
}

/// One precision beside libtorch with the weights as published.
fn measure(
    classifier: &mut Classifier,
    images: &[PathBuf],
    onnx: &[u8],
    expected: &[Vec<f32>],
) -> anyhow::Result<StoredPrecision> {
    let mut answers = stored::Answers::new();
    for (path, outcome) in images.iter().zip(classify::all(classifier, images)?) {
        answers.push(outcome.map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?);
    }
    let difference = stored::difference(&answers, expected)?;
    Ok(StoredPrecision {
        precision: classifier.card().precision.clone(),
        file: None,
        bytes: onnx.len() as u64,
        sha256: files::sha256(onnx),
        images: images.len() as u32,
        same_top: difference.same_top,
        difference: difference.largest,
        balanced_accuracy: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_different_classes_are_named_in_imagenets_order() {
        let labels = labels();
        assert_eq!(labels.len(), 1000);
        assert_eq!([labels[0].as_str(), &labels[281], &labels[999]], ["tench", "tabby", "toilet tissue"]);
        let different: std::collections::BTreeSet<&String> = labels.iter().collect();
        assert_eq!(different.len(), 1000);
        assert!(labels.iter().all(|label| !label.contains(',') && label.trim() == label));
    }
}
