//! What evaluation and export need of a training configuration; the trainer has checked the rest.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use architecture::Network;
use catalog::Diagnosis;
use catalog::model::Input;
use imaging::Views;
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use onnx_export::Metadata;
use serde::Deserialize;

use crate::{files, workspace};

/// The parts of the file that an exported model is made of, and what a run is asked with.
#[derive(Debug, Deserialize)]
pub(crate) struct Config {
    pub(crate) name: String,
    pub(crate) architecture: String,
    #[serde(default)]
    task: Task,
    pub(crate) card: Card,
    pub(crate) data: Data,
    #[serde(default)]
    start: Start,
    #[serde(default)]
    evaluation: Evaluation,
    stages: Vec<Stage>,
}

/// Names of the two outputs of a network that tells benign from malignant, in order.
pub(crate) const MALIGNANCY: [&str; 2] = ["benign", "malignant"];

/// What the outputs mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Task {
    /// The eight diagnoses.
    #[default]
    Diagnosis,
    /// Benign, malignant.
    Malignancy,
}

/// Words for the model card.
#[derive(Debug, Deserialize)]
pub(crate) struct Card {
    pub(crate) title: String,
    pub(crate) trained_on: String,
    pub(crate) licence: String,
}

/// Where the images are.
#[derive(Debug, Deserialize)]
pub(crate) struct Data {
    folder: PathBuf,
    split: PathBuf,
}

impl Data {
    /// The data set's folder; a relative one lies below the repository's root.
    pub(crate) fn folder(&self) -> PathBuf {
        workspace::root().join(&self.folder)
    }

    /// The split file.
    pub(crate) fn split(&self) -> PathBuf {
        workspace::root().join(&self.split)
    }
}

#[derive(Debug, Default, Deserialize)]
struct Start {
    from: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Evaluation {
    test_time_augmentation: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Stage {
    image_size: u32,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// A text that lacks something.
    pub(crate) fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let config: Self = toml::from_slice(text)?;
        config.size()?;
        Ok(config)
    }

    /// `eight-class` or `binary`.
    pub(crate) fn task(&self) -> &'static str {
        match self.task {
            Task::Diagnosis => "eight-class",
            Task::Malignancy => "binary",
        }
    }

    /// Names of the outputs, in order.
    pub(crate) fn labels(&self) -> Vec<String> {
        match self.task {
            Task::Diagnosis => Diagnosis::ALL.map(|diagnosis| diagnosis.abbreviation().to_owned()).to_vec(),
            Task::Malignancy => MALIGNANCY.map(str::to_owned).to_vec(),
        }
    }

    /// Index of the output that is right for a diagnosis.
    pub(crate) fn class(&self, diagnosis: Diagnosis) -> usize {
        match self.task {
            Task::Diagnosis => diagnosis.index(),
            Task::Malignancy => usize::from(diagnosis.is_malignant()),
        }
    }

    /// Width and height of the input, pixels: the size of the last stage.
    fn size(&self) -> anyhow::Result<u32> {
        Ok(self.stages.last().context("the configuration has no stages")?.image_size)
    }

    /// What goes in.
    ///
    /// # Errors
    /// No stages.
    pub(crate) fn input(&self) -> anyhow::Result<Input> {
        Ok(Input { size: self.size()?, mean: IMAGENET_MEAN, std: IMAGENET_STD })
    }

    /// The network, for the task and the last stage's image size.
    ///
    /// # Errors
    /// An unknown architecture.
    pub(crate) fn network(&self) -> anyhow::Result<Network> {
        let network = architecture::by_name(&self.architecture, self.labels().len(), self.size()? as usize);
        network.context("the configuration's architecture")
    }

    /// What the ONNX file says about itself.
    pub(crate) fn metadata(&self) -> Metadata {
        let (mean, std) = (IMAGENET_MEAN, IMAGENET_STD);
        Metadata { task: self.task().to_owned(), labels: self.labels(), mean, std }
    }

    /// The views of an image that answers are averaged over.
    ///
    /// # Errors
    /// A name of none.
    pub(crate) fn views(&self) -> anyhow::Result<Views> {
        let Some(name) = &self.evaluation.test_time_augmentation else { return Ok(Views::None) };
        Views::named(name).with_context(|| format!("no views of an image are called `{name}`"))
    }

    /// Where the first weights came from, in words.
    pub(crate) fn start(&self) -> String {
        match self.start.from.as_deref() {
            None | Some("random") => "random first weights".to_owned(),
            Some(path) => {
                let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
                format!("the weights of `{name}`")
            }
        }
    }
}

/// The configuration under `configs/` that the run was made with, relative to the repository.
///
/// # Errors
/// None with these bytes.
pub(crate) fn committed(text: &[u8]) -> anyhow::Result<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn config(lines: &str) -> Config {
        let text = format!(
            "name = 'n'\narchitecture = 'resnet18'\n{lines}\n[card]\ntitle = 't'\ntrained_on = 'o'\nlicence = 'l'\n\
             [data]\nfolder = 'd'\nsplit = 's.csv'\n[[stages]]\nimage_size = 64\n[[stages]]\nimage_size = 96\n"
        );
        Config::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_last_stage_says_the_input_and_the_task_the_outputs() {
        let eight = config("");
        assert_eq!((eight.input().unwrap().size, eight.labels().len(), eight.task()), (96, 8, "eight-class"));
        assert_eq!(eight.start(), "random first weights");
        let two = config("task = 'malignancy'\n[start]\nfrom = 'weights/resnet18.safetensors'");
        assert_eq!((two.labels(), two.task()), (vec!["benign".to_owned(), "malignant".to_owned()], "binary"));
        assert_eq!((two.class(Diagnosis::Nv), two.class(Diagnosis::Mel)), (0, 1));
        assert_eq!(two.start(), "the weights of `resnet18.safetensors`");
        assert_eq!(eight.views().unwrap(), Views::None);
        let views = |name| config(&format!("[evaluation]\ntest_time_augmentation = '{name}'")).views();
        assert_eq!(views("flips").unwrap(), Views::Flips);
        assert!(views("all").is_err());
        assert_eq!(two.network().unwrap().logits().unwrap().output.numbers(), 2);
    }

    #[test]
    fn every_shipped_configuration_can_be_exported() {
        for path in files::entries(&workspace::root().join("configs")).unwrap() {
            if path.extension().is_some_and(|ending| ending == "toml") {
                let config = Config::parse(&files::read(&path).unwrap());
                config.and_then(|config| config.network()).unwrap_or_else(|error| {
                    panic!("{}: {error:#}", path.display());
                });
            }
        }
    }
}
