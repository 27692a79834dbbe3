//! What is evaluated: an exported model, or the best weights of a run.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use catalog::model::ModelCard;
use imaging::Views;
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use inference::Classifier;
use onnx_export::{Metadata, Precision, Weights};
use serde::Deserialize;

use crate::{classify, files, onnxruntime, predictions, workspace};

/// A network, ready to answer, and what its folder says about how to ask it.
pub(super) struct Subject {
    /// Where the answers go unless said otherwise.
    pub(super) folder: PathBuf,
    pub(super) classifier: Classifier,
    /// What a run's configuration says; an exported model says nothing.
    pub(super) asked: Asked,
}

/// The images and views that a run was trained with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) data: Option<PathBuf>,
    pub(super) split: Option<PathBuf>,
    pub(super) views: Views,
}

/// What this needs of a training configuration; the trainer has checked the rest.
#[derive(Debug, Deserialize)]
struct Config {
    name: String,
    architecture: String,
    #[serde(default)]
    task: Task,
    data: Data,
    #[serde(default)]
    evaluation: Evaluation,
    stages: Vec<Stage>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Task {
    #[default]
    Diagnosis,
    Malignancy,
}

#[derive(Debug, Deserialize)]
struct Data {
    folder: PathBuf,
    split: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
struct Evaluation {
    test_time_augmentation: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Stage {
    image_size: u32,
}

/// What the outputs of a network stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outputs {
    /// The eight diagnoses, in their order.
    Eight,
    /// Benign, malignant.
    Two,
}

impl Outputs {
    /// # Errors
    /// Labels of neither.
    pub(super) fn of(labels: &[String]) -> anyhow::Result<Self> {
        if predictions::are_the_eight(labels) {
            return Ok(Self::Eight);
        }
        ensure!(
            labels == MALIGNANCY,
            "expected a model with the eight diagnoses or with {}, found the labels {}",
            MALIGNANCY.join(" and "),
            labels.join(", ")
        );
        Ok(Self::Two)
    }

    /// Index of the output that is right for a diagnosis.
    pub(super) fn class(self, diagnosis: Diagnosis) -> usize {
        match self {
            Self::Eight => diagnosis.index(),
            Self::Two => usize::from(diagnosis.is_malignant()),
        }
    }
}

const MALIGNANCY: [&str; 2] = ["benign", "malignant"];

impl Subject {
    /// The exported model of that name or folder, or the run of that folder.
    ///
    /// # Errors
    /// Neither; a run without best weights; a file that is not as it should be.
    pub(super) fn load(named: &str) -> anyhow::Result<Self> {
        let exported = classify::folder(named);
        let run = Path::new(named);
        if exported.is_err() && run.join("config.toml").is_file() {
            return Self::of_run(run);
        }
        let folder =
            exported.context("expected an exported model, or the folder of a run, such as runs/NAME")?;
        let classifier = classify::load(&folder)?;
        Ok(Self { folder, classifier, asked: Asked::default() })
    }

    /// The best weights of a run, exported in memory in 32 bits: what ONNX Runtime answers then differs from libtorch
    /// in the order of additions only.
    fn of_run(run: &Path) -> anyhow::Result<Self> {
        let path = run.join("config.toml");
        let config: Config = toml::from_str(&files::read_text(&path)?)
            .with_context(|| format!("{} is no training configuration", path.display()))?;
        let weights = run.join("best.safetensors");
        ensure!(
            weights.is_file(),
            "expected {}, which appears with the first epoch of the last stage, found none; train on with --resume",
            weights.display()
        );
        let cannot = || format!("cannot use {}", weights.display());
        let onnx = config.onnx(&files::read(&weights)?).with_context(cannot)?;
        onnxruntime::ensure()?;
        let classifier = Classifier::load(&onnx, &config.card(&onnx)?).with_context(cannot)?;
        Ok(Self { folder: run.to_owned(), classifier, asked: config.asked()? })
    }
}

impl Config {
    fn labels(&self) -> Vec<String> {
        match self.task {
            Task::Diagnosis => Diagnosis::ALL.map(|one| one.abbreviation().to_owned()).to_vec(),
            Task::Malignancy => MALIGNANCY.map(str::to_owned).to_vec(),
        }
    }

    fn task(&self) -> &'static str {
        match self.task {
            Task::Diagnosis => "eight-class",
            Task::Malignancy => "binary",
        }
    }

    fn size(&self) -> anyhow::Result<u32> {
        Ok(self.stages.last().context("the configuration has no stages")?.image_size)
    }

    fn onnx(&self, safetensors: &[u8]) -> anyhow::Result<Vec<u8>> {
        let labels = self.labels();
        let network = architecture::by_name(&self.architecture, labels.len(), self.size()? as usize)?;
        let metadata =
            Metadata { task: self.task().to_owned(), labels, mean: IMAGENET_MEAN, std: IMAGENET_STD };
        let weights = Weights::from_safetensors(safetensors)?;
        Ok(onnx_export::export(&network, &weights, &metadata, Precision::Fp32)?)
    }

    /// What a runtime needs to know; the words of an exported model's card are missing.
    fn card(&self, onnx: &[u8]) -> anyhow::Result<ModelCard> {
        let (mean, std) = (IMAGENET_MEAN, IMAGENET_STD);
        let card = serde_json::json!({
            "name": self.name, "title": "", "architecture": self.architecture, "task": self.task(),
            "labels": self.labels(), "input": { "size": self.size()?, "mean": mean, "std": std },
            "precision": Precision::Fp32.name(), "trained_on": "", "licence": "",
            "provenance": { "config": "", "config_sha256": "", "onnx_sha256": files::sha256(onnx) },
            "parity": { "tolerance": 0.0, "inputs": 0, "native": 0.0 },
        });
        serde_json::from_value(card).context("a card of a run")
    }

    fn asked(&self) -> anyhow::Result<Asked> {
        let root = workspace::root();
        let views = match &self.evaluation.test_time_augmentation {
            None => Views::None,
            Some(name) => {
                Views::named(name).with_context(|| format!("no views of an image are called `{name}`"))?
            }
        };
        Ok(Asked {
            data: Some(root.join(&self.data.folder)),
            split: Some(root.join(&self.data.split)),
            views,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(lines: &str) -> Config {
        let data = "[data]\nfolder = 'd'\nsplit = 's.csv'\n[[stages]]\nimage_size = 64\n[[stages]]\nimage_size = 96\n";
        toml::from_str(&format!("name = 'n'\narchitecture = 'resnet18'\n{lines}\n{data}")).unwrap()
    }

    #[test]
    fn a_run_says_what_to_ask_it_with() {
        let plain = config("");
        assert_eq!((plain.size().unwrap(), plain.labels().len(), plain.task()), (96, 8, "eight-class"));
        assert_eq!(plain.asked().unwrap().views, Views::None);
        let two = config("task = 'malignancy'\n[evaluation]\ntest_time_augmentation = 'flips'");
        assert_eq!((two.labels(), two.task()), (MALIGNANCY.map(str::to_owned).to_vec(), "binary"));
        let asked = two.asked().unwrap();
        assert_eq!((asked.views, asked.data), (Views::Flips, Some(workspace::root().join("d"))));
        assert!(config("[evaluation]\ntest_time_augmentation = 'all'").asked().is_err());
    }

    #[test]
    fn the_card_of_a_run_belongs_to_its_network() {
        let card = config("").card(b"onnx").unwrap();
        assert_eq!((card.input.size, card.provenance.onnx_sha256), (96, files::sha256(b"onnx")));
    }

    #[test]
    fn outputs_are_the_eight_or_benign_and_malignant() {
        let labels = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let two = Outputs::of(&labels(&MALIGNANCY)).unwrap();
        assert_eq!((two.class(Diagnosis::Nv), two.class(Diagnosis::Mel)), (0, 1));
        let eight = Outputs::of(&labels(&Diagnosis::ALL.map(Diagnosis::abbreviation))).unwrap();
        assert_eq!(eight.class(Diagnosis::Scc), 7);
        assert!(Outputs::of(&labels(&["malignant", "benign"])).is_err());
    }

    #[test]
    fn a_folder_that_is_neither_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let Err(error) = Subject::load(&folder.path().to_string_lossy()) else { panic!("found something") };
        assert!(
            format!("{error:#}").starts_with("expected an exported model, or the folder of a run"),
            "{error:#}"
        );
    }
}
