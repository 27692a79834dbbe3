//! What evaluation and export need of a run's recipe.

use std::path::PathBuf;

use anyhow::{Context, bail};
use architecture::Network;
use catalog::Diagnosis;
use catalog::model::ModelInput;
use imaging::Views;
use onnx_export::Metadata;
use recipe::{ClassWeights, Recipe};

use crate::workspace;

pub(crate) use recipe::MALIGNANCY;

/// The parts of a recipe that an exported model is made of, and what a run is asked with.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) name: String,
    pub(crate) architecture: String,
    pub(crate) card: recipe::Card,
    pub(crate) data: Data,
    recipe: Recipe,
}

/// Where the images are.
#[derive(Debug)]
pub(crate) struct Data {
    folder: PathBuf,
    split: PathBuf,
}

impl Data {
    /// The data set's folder; a relative one is below the repository's root.
    pub(crate) fn folder(&self) -> PathBuf {
        workspace::root().join(&self.folder)
    }

    /// The split file.
    pub(crate) fn split(&self) -> PathBuf {
        workspace::root().join(&self.split)
    }
}

impl Config {
    /// Reads a recipe.
    ///
    /// # Errors
    /// A recipe with a mistake, by its line.
    pub(crate) fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let recipe = Recipe::parse(std::str::from_utf8(text).context("the recipe is not UTF-8 text")?)?;
        Ok(Self {
            name: recipe.name.clone(),
            architecture: recipe.architecture.clone(),
            card: recipe.card.clone(),
            data: Data { folder: recipe.data.folder.clone(), split: recipe.data.split.clone() },
            recipe,
        })
    }

    /// `eight-class` or `binary`.
    pub(crate) fn task(&self) -> &'static str {
        self.recipe.task.model_task()
    }

    /// Names of the outputs, in order.
    pub(crate) fn labels(&self) -> Vec<String> {
        self.recipe.task.labels()
    }

    /// Index of the output that is right for a diagnosis.
    pub(crate) fn class(&self, diagnosis: Diagnosis) -> usize {
        self.recipe.task.class(diagnosis)
    }

    /// What goes in.
    pub(crate) fn input(&self) -> ModelInput {
        self.recipe.input()
    }

    /// The network, for the task and the last stage's image size.
    ///
    /// # Errors
    /// None with a recipe that could be read.
    pub(crate) fn network(&self) -> anyhow::Result<Network> {
        Ok(self.recipe.network()?)
    }

    /// What the ONNX file says about itself.
    pub(crate) fn metadata(&self) -> Metadata {
        let ModelInput { mean, std, .. } = self.recipe.input();
        Metadata { task: self.task().to_owned(), labels: self.labels(), mean, std }
    }

    /// The views of an image whose probabilities are averaged.
    pub(crate) fn views(&self) -> Views {
        self.recipe.evaluation.test_time_augmentation
    }

    /// Whether training made up for how common each class is in the data, by loss or by sampling.
    pub(crate) fn evens_classes(&self) -> bool {
        let Recipe { loss, sampling, .. } = &self.recipe;
        loss.logit_adjustment > 0.0 || loss.class_weights != ClassWeights::None || sampling.balance > 0.0
    }

    /// Where the first weights came from, in words.
    pub(crate) fn start(&self) -> String {
        self.recipe.start.from.describe()
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
        "no file in configs/ is the run's config.toml, byte for byte; copy it there, so that the book can show the recipe"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(lines: &str) -> Config {
        let text = format!(
            "name = 'n'\narchitecture = 'resnet18'\n{lines}\n[card]\ntitle = 't'\ntrained_on = 'o'\nlicence = 'l'\n\
             [data]\nfolder = 'd'\nsplit = 's.csv'\nmemory_size = 96\n\
             [[stages]]\nepochs = 1\nimage_size = 64\nlearning_rate = 1\n\
             [[stages]]\nepochs = 1\nimage_size = 96\nlearning_rate = 1\n"
        );
        Config::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_last_stage_says_the_input_and_the_task_the_outputs() {
        let eight = config("");
        assert_eq!((eight.input().size, eight.labels().len(), eight.task()), (96, 8, "eight-class"));
        assert_eq!(eight.start(), "random first weights");
        let two = config("task = 'malignancy'\n[start]\nfrom = 'weights/resnet18.safetensors'");
        assert_eq!((two.labels(), two.task()), (vec!["benign".to_owned(), "malignant".to_owned()], "binary"));
        assert_eq!((two.class(Diagnosis::Nv), two.class(Diagnosis::Mel)), (0, 1));
        assert_eq!(two.start(), "the weights of `resnet18.safetensors`");
        assert_eq!(eight.views(), Views::None);
        let flips = config("[evaluation]\ntest_time_augmentation = 'flips'");
        assert_eq!(flips.views(), Views::Flips);
        assert_eq!(two.network().unwrap().logits().unwrap().output.numbers(), 2);
    }
}
