//! What is evaluated: an exported model, or the best weights of a run.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use catalog::model::ModelCard;
use imaging::Views;
use inference::Classifier;
use onnx_export::{Precision, Weights};

use crate::training_config::{Config, MALIGNANCY};
use runtimes::onnxruntime;

use crate::classify;

/// A network, ready to answer, and what its folder says about how to ask it.
pub(super) struct EvaluatedNetwork {
    /// Where the answers go unless said otherwise.
    pub(super) folder: PathBuf,
    pub(super) classifier: Classifier,
    /// What a run's configuration says; an exported model says nothing.
    pub(super) asked: RunSetup,
}

/// The images and views that a run was trained with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RunSetup {
    pub(super) data: Option<PathBuf>,
    pub(super) split: Option<PathBuf>,
    pub(super) views: Views,
}

/// What the outputs of a network stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutputMeaning {
    /// The eight diagnoses, in their order.
    Eight,
    /// Benign, malignant.
    Two,
}

impl OutputMeaning {
    /// # Errors
    /// Labels of neither.
    pub(super) fn of(labels: &[String]) -> anyhow::Result<Self> {
        if evaluation::submission::are_the_eight(labels) {
            return Ok(Self::Eight);
        }
        ensure!(
            labels == MALIGNANCY,
            "this model has the labels {1}; only models with the eight diagnoses or with {0} can be evaluated",
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

impl EvaluatedNetwork {
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
        let folder = exported.context(
            "cannot find a model or a run; name an exported model, or the folder of a run, such as runs/NAME",
        )?;
        let classifier = classify::load(&folder)?;
        Ok(Self { folder, classifier, asked: RunSetup::default() })
    }

    /// The best weights of a run, exported in memory in 32 bits: what ONNX Runtime answers then differs from libtorch
    /// in the order of additions only.
    fn of_run(run: &Path) -> anyhow::Result<Self> {
        let path = run.join("config.toml");
        let config = Config::parse(&files::read(&path)?)
            .with_context(|| format!("{} is no training configuration", path.display()))?;
        let weights = run.join("best.safetensors");
        ensure!(
            weights.is_file(),
            "{} is missing: a run has it after the first epoch of its last stage; continue the training with --resume",
            weights.display()
        );
        let cannot = || format!("cannot use {}", weights.display());
        let onnx = onnx(&config, &files::read(&weights)?).with_context(cannot)?;
        onnxruntime::ready()?;
        let classifier = Classifier::load(&onnx, &card(&config, &onnx)?).with_context(cannot)?;
        Ok(Self { folder: run.to_owned(), classifier, asked: asked(&config) })
    }
}

fn onnx(config: &Config, safetensors: &[u8]) -> anyhow::Result<Vec<u8>> {
    let weights = Weights::from_safetensors(safetensors)?;
    Ok(onnx_export::export(&config.network()?, &weights, &config.metadata(), Precision::Fp32)?)
}

/// What a runtime needs to know; the words of an exported model's card are missing.
fn card(config: &Config, onnx: &[u8]) -> anyhow::Result<ModelCard> {
    let input = config.input();
    let card = serde_json::json!({
        "name": config.name, "title": "", "architecture": config.architecture, "task": config.task(),
        "labels": config.labels(), "input": { "size": input.size, "mean": input.mean, "std": input.std },
        "precision": Precision::Fp32.name(), "trained_on": "", "licence": "",
        "provenance": { "config": "", "config_sha256": "", "onnx_sha256": files::sha256(onnx) },
        "parity": { "tolerance": 0.0, "inputs": 0, "native": 0.0 },
    });
    serde_json::from_value(card).context("a card of a run")
}

fn asked(config: &Config) -> RunSetup {
    RunSetup { data: Some(config.data.folder()), split: Some(config.data.split()), views: config.views() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "name = 'n'\narchitecture = 'resnet18'\n[card]\ntitle = 't'\ntrained_on = 'o'\n\
        licence = 'l'\n[data]\nfolder = 'd'\nsplit = 's.csv'\nmemory_size = 96\n[evaluation]\n\
        test_time_augmentation = 'flips'\n[[stages]]\nepochs = 1\nimage_size = 64\nlearning_rate = 1\n\
        [[stages]]\nepochs = 1\nimage_size = 96\nlearning_rate = 1\n";

    #[test]
    fn a_run_says_what_to_ask_it_with() {
        let asked = asked(&Config::parse(CONFIG.as_bytes()).unwrap());
        assert_eq!((asked.views, asked.data), (Views::Flips, Some(crate::workspace::root().join("d"))));
    }

    #[test]
    fn the_card_of_a_run_belongs_to_its_network() {
        let card = card(&Config::parse(CONFIG.as_bytes()).unwrap(), b"onnx").unwrap();
        assert_eq!((card.input.size, card.provenance.onnx_sha256), (96, files::sha256(b"onnx")));
    }

    #[test]
    fn outputs_are_the_eight_or_benign_and_malignant() {
        let labels = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let two = OutputMeaning::of(&labels(&MALIGNANCY)).unwrap();
        assert_eq!((two.class(Diagnosis::Nv), two.class(Diagnosis::Mel)), (0, 1));
        let eight = OutputMeaning::of(&labels(&Diagnosis::ALL.map(Diagnosis::abbreviation))).unwrap();
        assert_eq!(eight.class(Diagnosis::Scc), 7);
        assert!(OutputMeaning::of(&labels(&["malignant", "benign"])).is_err());
    }

    #[test]
    fn a_folder_that_is_neither_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let Err(error) = EvaluatedNetwork::load(&folder.path().to_string_lossy()) else {
            panic!("found something")
        };
        assert!(format!("{error:#}").starts_with("cannot find a model or a run"), "{error:#}");
    }
}
