//! From a run to `exported-models/NAME/`, measured and compared with libtorch.

mod golden;
pub mod published;
mod readme;
mod stored;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use catalog::model::{ModelCard, Parity, Provenance, StoredPrecision};
use datasets::{Dataset, Image, Split, SplitPart};
use inference::Classifier;
use onnx_export::{Precision, Weights};
use runtimes::onnxruntime;
use serde::Deserialize;

use crate::evaluate::Evaluation;
use crate::training_config::Config;
use crate::{classify, evaluate, figure_data, training_config, workspace};
use golden::{Golden, GoldenSetup};

/// What a page needs: the file that it loads, and the weights as trained for who wants them.
pub const DEFAULT_PRECISIONS: [Precision; 2] = [Precision::Fp16, Precision::Fp32];

/// What is exported, and how.
#[derive(Clone, Debug)]
pub struct Export {
    /// The run folder, such as `runs/synthetic-resnet18-eight`.
    pub run: PathBuf,
    /// Folder name under `exported-models/`, as [`plain_name`] has it.
    pub name: String,
    /// How weights are stored; they are computed with in 32 bits either way. The first is `model.onnx`, which pages load,
    /// and others are `model-PRECISION.onnx`.
    pub precisions: Vec<Precision>,
    /// Whether `model.safetensors` is written as well: the weights as trained, in 32 bits, under torchvision's names.
    pub safetensors: bool,
}

/// Accepts what is safe as a folder name everywhere.
///
/// # Errors
/// Anything but lower-case letters, digits and hyphens.
pub fn plain_name(name: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(name.to_owned());
    }
    Err("use lower-case letters, digits and hyphens, such as synthetic-resnet18-eight".to_owned())
}

/// What every runtime is allowed to differ from libtorch, in any probability: a hundredth of a percent, less than a page
/// shows. Orders of summation differ, so the last bits do; what was measured stands beside it.
const TOLERANCE: f32 = 1e-4;

/// As a reader types it.
const COMMAND: &str = "cargo xtask export";

/// Writes `exported-models/NAME/`, whole or not at all.
///
/// # Errors
/// A run that is not finished enough to have best weights; a test image that cannot be read; a model that differs from
/// libtorch by more than 1e-4.
pub fn run(task: &Export) -> anyhow::Result<()> {
    let run = TrainedRun::read(&task.run)?;
    let test = Test::read(&run.config)?;
    onnxruntime::ready()?;
    // In the run's folder, so that the last step is a rename.
    let scratch =
        tempfile::tempdir_in(&task.run).with_context(|| format!("cannot write to {}", task.run.display()))?;
    let folder = scratch.path().join(&task.name);
    let mut card = store(task, &run, &test, scratch.path())?;
    let place = final_folder(&task.name);
    keep_measured(&mut card, &place, &parity_folder());
    files::write(&folder.join("model.toml"), card_text(&card, COMMAND)?.as_bytes())?;
    if task.safetensors {
        let weights = safetensors(&run.config, &run.weights, &card)?;
        files::write(&folder.join("model.safetensors"), &weights)?;
    }
    // How it learned; the book draws its learning curve from this.
    files::write(&folder.join("history.csv"), &files::read(&task.run.join("history.csv"))?)?;
    figure_data::keep(&task.run, &folder, &run.config.network()?)?;
    describe(task, &run.config, &test, &card, &folder)?;
    keep_beside(&folder, &place)?;
    publish(scratch.path(), &folder, &place)?;
    say_what_was_made(&card, &place);
    Ok(())
}

/// What a training left.
struct TrainedRun {
    config: Config,
    /// The recipe's file.
    text: Vec<u8>,
    weights: Weights,
    weights_path: PathBuf,
}

impl TrainedRun {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let config_path = folder.join("config.toml");
        let text = files::read(&config_path)
            .context("this is not the folder of a run; to make one, see: cargo xtask train --help")?;
        let config = Config::parse(&text).with_context(|| format!("cannot use {}", config_path.display()))?;
        let weights_path = folder.join("best.safetensors");
        ensure!(
            weights_path.is_file(),
            "{} is missing: a run has it after the first epoch of its last stage; continue the training with --resume",
            weights_path.display()
        );
        let weights = Weights::from_safetensors(&files::read(&weights_path)?)
            .with_context(|| format!("cannot use {}", weights_path.display()))?;
        Ok(Self { config, text, weights, weights_path })
    }

    /// The same network in libtorch.
    fn in_libtorch(&self) -> anyhow::Result<GoldenSetup<'_>> {
        Ok(GoldenSetup {
            network: &self.config.architecture,
            classes: self.config.labels().len(),
            size: self.config.input().size,
            weights: &self.weights_path,
            trainer: runtimes::trainer(workspace::checkout())?,
        })
    }
}

/// Measures every precision, writes the files of those that were asked for to the model's folder in `scratch`, and returns what
/// the model's card says.
fn store(task: &Export, run: &TrainedRun, test: &Test, scratch: &Path) -> anyhow::Result<ModelCard> {
    let folder = scratch.join(&task.name);
    let libtorch = run.in_libtorch()?;
    let main = task.precisions.first().copied().context("--precision needs at least one name")?;
    let mut card = card(task, &run.config, &run.text, main)?;
    eprintln!("libtorch answers {} test images", test.paths.len());
    let list = stored::list(&test.paths, scratch)?;
    let expected = libtorch.probabilities(list.path())?;
    for precision in Precision::ALL {
        let onnx =
            onnx_export::export(&run.config.network()?, &run.weights, &run.config.metadata(), precision)
                .with_context(|| format!("cannot use {}", run.weights_path.display()))?;
        let mut classifier = load(&mut card, &onnx, precision)?;
        let row = test.measure(&mut classifier, task, &onnx, &expected)?;
        ensure!(
            precision != Precision::Fp32 || row.difference <= TOLERANCE,
            "with the same weights ONNX Runtime differs from libtorch by {} in a probability of a test image, more than \
             {TOLERANCE}; nothing is written",
            row.difference
        );
        println!("{}", stored::words(&row));
        if let Some(file) = &row.file {
            files::write(&folder.join(file), &onnx)?;
            let golden = Golden::ask(&libtorch, precision)?;
            let native = check_golden(&golden, &mut classifier, precision)?;
            if precision == main {
                (card.parity.inputs, card.parity.native) = (golden.inputs() as u32, native);
                files::write(&folder.join("golden.json"), golden.json(&command(task)).as_bytes())?;
            }
        }
        card.stored.push(row);
    }
    let row = card.stored.iter().find(|row| row.precision == main.name());
    let row = row.context("the first precision was measured")?.clone();
    card.precision = row.precision;
    card.provenance.onnx_sha256 = row.sha256;
    Ok(card)
}

/// The largest difference of ONNX Runtime from libtorch, in any probability of a drawn lesion.
///
/// # Errors
/// Where it is more than [`TOLERANCE`].
fn check_golden(golden: &Golden, classifier: &mut Classifier, precision: Precision) -> anyhow::Result<f32> {
    let difference = golden.difference(&golden.ask_runtime(classifier)?)?;
    ensure!(
        difference <= TOLERANCE,
        "with {} ONNX Runtime differs from libtorch by {difference} in a probability of a drawn lesion, more than \
         {TOLERANCE}; nothing is written",
        precision.name()
    );
    Ok(difference)
}

/// Writes the model's results on the test images, and the README with them.
fn describe(
    task: &Export,
    config: &Config,
    test: &Test,
    card: &ModelCard,
    folder: &Path,
) -> anyhow::Result<()> {
    evaluate::run(&Evaluation::on(folder, &config.data.folder(), &config.data.split()))?;
    let metrics = serde_json::from_slice(&files::read(&folder.join("metrics.json"))?)?;
    let facts = readme::Facts {
        card,
        metrics: &metrics,
        start: &config.start(),
        parts: &test.parts,
        safetensors: task.safetensors,
    };
    files::write(&folder.join("README.md"), readme::text(&facts)?.as_bytes())?;
    Ok(())
}

/// Prints where the model is and how faithful it is.
fn say_what_was_made(card: &ModelCard, place: &Path) {
    println!(
        "{}: {}; ONNX Runtime differs from libtorch by at most {:.1e} on {} drawn lesions",
        place.display(),
        files::size(
            card.stored.iter().find(|row| row.precision == card.precision).map_or(0, |row| row.bytes)
        ),
        card.parity.native,
        card.parity.inputs
    );
    if let Some(best) = card.smallest_faithful().filter(|best| best.precision != card.precision) {
        println!(
            "{} is the smallest file that agrees with the trained weights on the test images; to let pages load it, name {} first \
             in --precision",
            best.precision, best.precision
        );
    }
}

/// The images that the model is measured on, and what the card says about all of them.
struct Test {
    paths: Vec<PathBuf>,
    /// The right output for each.
    truth: Vec<usize>,
    parts: Vec<readme::PartCounts>,
}

impl Test {
    fn read(config: &Config) -> anyhow::Result<Self> {
        let dataset = Dataset::read(&config.data.folder())?;
        let split = Split::read(&config.data.split())?;
        let images = split.images(&dataset, SplitPart::Test)?;
        let class = |image: &&Image| config.class(image.diagnosis);
        let mut parts = Vec::new();
        for part in SplitPart::ALL {
            let images = split.images(&dataset, part)?;
            let truth: Vec<usize> = images.iter().map(class).collect();
            let of = |label: usize| truth.iter().filter(|&&truth| truth == label).count();
            parts.push(readme::PartCounts {
                name: part.name(),
                images: (0..config.labels().len()).map(of).collect(),
                lesions: images
                    .iter()
                    .map(|image| image.lesion())
                    .collect::<std::collections::BTreeSet<_>>()
                    .len(),
            });
        }
        Ok(Self {
            paths: images.iter().map(|image| dataset.path(&image.name)).collect(),
            truth: images.iter().map(class).collect(),
            parts,
        })
    }

    /// What one precision costs; it is kept as a file if it was asked for.
    fn measure(
        &self,
        classifier: &mut Classifier,
        task: &Export,
        onnx: &[u8],
        expected: &[Vec<f32>],
    ) -> anyhow::Result<StoredPrecision> {
        let mut answers = stored::Answers::new();
        for (path, outcome) in self.paths.iter().zip(classify::all(classifier, &self.paths)?) {
            answers.push(outcome.map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?);
        }
        let difference = stored::difference(&answers, expected)?;
        let precision = classifier.card().precision.clone();
        Ok(StoredPrecision {
            file: file_name(&task.precisions, &precision),
            bytes: onnx.len() as u64,
            sha256: files::sha256(onnx),
            images: self.paths.len() as u32,
            same_top: difference.same_top,
            difference: difference.largest,
            balanced_accuracy: stored::balanced_accuracy(&answers, &self.truth),
            precision,
        })
    }
}

/// Where a precision is kept: the first that was asked for is the model, others are beside it.
fn file_name(asked: &[Precision], precision: &str) -> Option<String> {
    let place = asked.iter().position(|asked| asked.name() == precision)?;
    Some(if place == 0 { "model.onnx".to_owned() } else { format!("model-{precision}.onnx") })
}

/// The model in ONNX Runtime; the card then speaks of it.
fn load(card: &mut ModelCard, onnx: &[u8], precision: Precision) -> anyhow::Result<Classifier> {
    precision.name().clone_into(&mut card.precision);
    card.provenance.onnx_sha256 = files::sha256(onnx);
    Classifier::load(onnx, card).with_context(|| format!("cannot use the model in {}", precision.name()))
}

/// The weights as trained, for PyTorch.
fn safetensors(config: &Config, weights: &Weights, card: &ModelCard) -> anyhow::Result<Vec<u8>> {
    let about = [
        ("name", card.name.as_str()),
        ("architecture", &card.architecture),
        ("labels", &card.labels.join(",")),
        ("licence", &card.licence),
        ("config_sha256", &card.provenance.config_sha256),
    ];
    Ok(weights.to_safetensors(&config.network()?, &about)?)
}

fn final_folder(name: &str) -> PathBuf {
    workspace::root().join("exported-models").join(name)
}

/// Where the browser tests leave what they measured.
fn parity_folder() -> PathBuf {
    runtimes::process::target(workspace::root()).join("parity")
}

/// The command that makes the model again.
fn command(task: &Export) -> String {
    let run = task.run.strip_prefix(workspace::root()).unwrap_or(&task.run);
    let names = task.precisions.iter().map(|precision| precision.name()).collect::<Vec<_>>().join(",");
    let precision =
        if task.precisions == DEFAULT_PRECISIONS { String::new() } else { format!(" --precision {names}") };
    let safetensors = if task.safetensors { " --safetensors" } else { "" };
    format!("{COMMAND} {} --name {}{precision}{safetensors}", run.display(), task.name)
}

/// Everything but what is measured later.
fn card(task: &Export, config: &Config, text: &[u8], precision: Precision) -> anyhow::Result<ModelCard> {
    Ok(ModelCard {
        name: task.name.clone(),
        title: config.card.title.clone(),
        architecture: config.architecture.clone(),
        task: config.task().to_owned(),
        labels: config.labels(),
        input: config.input(),
        precision: precision.name().to_owned(),
        trained_on: config.card.trained_on.clone(),
        // What `cargo xtask data synthetic` draws says so.
        drawn: config.data.folder().join("synthetic.toml").is_file(),
        evened: config.evens_classes(),
        licence: config.card.licence.clone(),
        provenance: Provenance {
            // The book shows the recipe, so a checkout has to hold it.
            config: match workspace::checkout() {
                Some(_) => training_config::committed(text)?,
                None => task.run.join("config.toml").to_string_lossy().into_owned(),
            },
            config_sha256: files::sha256(text),
            source: String::new(),
            onnx_sha256: String::new(),
        },
        parity: Parity { tolerance: TOLERANCE, inputs: 0, native: 0.0, wasm: None, webgpu: None },
        stored: Vec::new(),
    })
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

/// `model.toml`, with numbers as short as they can be; `command` is what wrote it.
fn card_text(card: &ModelCard, command: &str) -> anyhow::Result<String> {
    Ok(format!("# Written by `{command}`.\n{}", toml::to_string(card)?))
}

/// Takes along what other commands wrote beside the same ONNX file, such as `activations.json` or what is below
/// `precomputed/`.
fn keep_beside(new: &Path, old: &Path) -> anyhow::Result<()> {
    let onnx = |folder: &Path| std::fs::read(folder.join("model.onnx")).ok();
    if onnx(old).is_none() || onnx(old) != onnx(new) {
        return Ok(());
    }
    for path in files::below(old)? {
        let name = path.strip_prefix(old)?;
        let ours = name.extension().is_some_and(|ending| ending == "onnx" || ending == "safetensors");
        if !ours && !new.join(name).exists() {
            files::write(&new.join(name), &files::read(&path)?)?;
        }
    }
    Ok(())
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
    use catalog::Diagnosis;
    use catalog::model::ModelInput;
    use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};

    use super::*;

    #[test]
    fn the_first_precision_is_the_model_and_others_lie_beside_it() {
        let asked = [Precision::Fp16, Precision::Int8];
        let file = |precision: Precision| file_name(&asked, precision.name());
        assert_eq!(file(Precision::Fp16).as_deref(), Some("model.onnx"));
        assert_eq!(file(Precision::Int8).as_deref(), Some("model-int8.onnx"));
        assert_eq!(file(Precision::Fp32), None);
    }

    #[test]
    fn a_model_takes_the_place_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let (scratch, place) = (folder.path().join("scratch"), folder.path().join("models/a"));
        files::write(&place.join("old.txt"), b"old").unwrap();
        files::write(&scratch.join("a/new.txt"), b"new").unwrap();
        publish(&scratch, &scratch.join("a"), &place).unwrap();
        assert_eq!(files::below(&place).unwrap(), [place.join("new.txt")]);
    }

    #[test]
    fn what_other_commands_wrote_stays_with_the_same_onnx_file() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        for (name, text) in [
            ("model.onnx", "a"),
            ("model-int8.onnx", "b"),
            ("activations.json", "c"),
            ("precomputed/answers.json", "d"),
            ("README.md", "old"),
        ] {
            files::write(&old.join(name), text.as_bytes()).unwrap();
        }
        files::write(&new.join("README.md"), b"new").unwrap();
        let kept = |onnx: &[u8]| {
            files::write(&new.join("model.onnx"), onnx).unwrap();
            keep_beside(&new, &old).unwrap();
            let kept = ["activations.json", "precomputed/answers.json"].map(|name| new.join(name).exists());
            assert_eq!(kept[0], kept[1]);
            kept[0]
        };
        // Another network: what its layers said is not what this one's say.
        assert!(!kept(b"other"));
        assert!(kept(b"a"));
        assert_eq!(files::read(&new.join("README.md")).unwrap(), b"new");
        assert!(!new.join("model-int8.onnx").exists());
    }

    fn example(onnx_sha256: &str, wasm: Option<f32>) -> ModelCard {
        ModelCard {
            name: "a".to_owned(),
            title: String::new(),
            architecture: "resnet18".to_owned(),
            task: "eight-class".to_owned(),
            labels: Diagnosis::ALL.map(|one| one.abbreviation().to_owned()).to_vec(),
            input: ModelInput { size: 128, mean: IMAGENET_MEAN, std: IMAGENET_STD },
            precision: "fp16".to_owned(),
            trained_on: String::new(),
            drawn: true,
            evened: false,
            licence: String::new(),
            provenance: Provenance {
                config: String::new(),
                config_sha256: String::new(),
                source: String::new(),
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
        files::write(&old.join("model.toml"), card_text(&example("abc", None), COMMAND).unwrap().as_bytes())
            .unwrap();
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
