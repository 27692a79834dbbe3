//! The training configuration, a TOML file under `configs/`; `configs/all-keys.toml` explains every key.
//!
//! Unknown and missing keys, wrong types, and values out of range are refused with their line and what is allowed.

mod loss;
mod number;
mod optimiser;
mod place;
mod stage;
mod task;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use architecture::Network;
use imaging::Views;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

pub use loss::{ClassWeights, Loss, LossKind, WeightMean};
pub use optimiser::{Optimiser, Rule};
pub use stage::{BatchNorm, Named, Schedule, Stage, Train};
pub use task::{Metric, Task};

use crate::frozen;
use place::{Places, Step, Wrong, wrong};

/// Everything that decides what the weights will be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the run, and of the folder under `runs/`.
    pub name: String,
    /// What is told apart.
    #[serde(default)]
    pub task: Task,
    /// Network of the `architecture` crate, such as `resnet18`.
    pub architecture: String,
    /// Decides the first weights, the order of the images and their augmentation.
    #[serde(default, deserialize_with = "number::seed")]
    pub seed: u64,
    /// Images between two steps of the optimiser.
    #[serde(default = "thirty_two", deserialize_with = "number::count")]
    pub batch_size: usize,
    /// What is the best epoch, and what early stopping watches.
    #[serde(default)]
    pub metric: Metric,
    /// On CUDA: half precision where it does no harm, with scaled losses.
    #[serde(default)]
    pub mixed_precision: bool,
    /// Colours of a pixel beside each other in memory, which CUDA's half precision likes.
    #[serde(default)]
    pub channels_last: bool,
    /// On CUDA: without it, cuDNN tries which of its ways is fastest, which need not be the same twice.
    #[serde(default = "yes")]
    pub deterministic: bool,
    /// `[loss]` has it; here it is where the first configurations had it.
    #[serde(default, deserialize_with = "number::some_share")]
    label_smoothing: Option<f64>,
    /// What the model card says about the result.
    pub card: Card,
    /// The images.
    pub data: Data,
    /// The first weights.
    #[serde(default)]
    pub start: Start,
    /// How training images are varied; what is left out is not done.
    #[serde(default)]
    pub augmentation: imaging::Augmentation,
    /// What is made small.
    #[serde(default)]
    pub loss: Loss,
    /// How gradients become steps.
    #[serde(default)]
    pub optimiser: Optimiser,
    /// Whether weights are averaged along the way.
    #[serde(default)]
    pub averaging: Averaging,
    /// When a stage ends before its last epoch.
    #[serde(default)]
    pub early_stopping: EarlyStopping,
    /// How validation images are looked at.
    #[serde(default)]
    pub evaluation: Evaluation,
    /// From first to last; small images first is fast, the last stage's size is the network's input.
    pub stages: Vec<Stage>,
}

/// Words for the model card.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Name in words.
    pub title: String,
    /// What it was trained on, in one sentence.
    pub trained_on: String,
    /// SPDX identifier of the weights' licence.
    pub licence: String,
}

/// Where the images are. Relative paths start at the repository's root.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Folder in ISIC 2019's layout.
    pub folder: PathBuf,
    /// The split, from `cargo xtask split`.
    pub split: PathBuf,
    /// Training images larger than this are kept in memory as squares of this many pixels; a little more than the
    /// network's input leaves room for enlarging.
    #[serde(deserialize_with = "number::count")]
    pub memory_size: u32,
}

/// `[start]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Start {
    /// Where the first weights come from.
    pub from: From,
    /// Whether the last batch normalisation of every block begins with the weight 0, where `from` says nothing of it.
    pub zero_init_residual: bool,
}

/// Where first weights come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum From {
    /// The seed.
    #[default]
    Random,
    /// A file, or a run's folder; a head of another size is drawn from the seed.
    Path(PathBuf),
}

/// `[averaging]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Averaging {
    /// Share of the average that every step keeps, 0 to below 1; 0 averages nothing.
    #[serde(deserialize_with = "number::share")]
    pub decay: f64,
}

/// `[early_stopping]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs without a better metric after which a stage ends; 0 never ends one early.
    #[serde(deserialize_with = "number::count_or_none")]
    pub patience: usize,
    /// By how much the metric must be better.
    #[serde(deserialize_with = "number::not_negative")]
    pub min_change: f64,
}

/// `[evaluation]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evaluation {
    /// Views of a validation image whose probabilities are averaged.
    pub test_time_augmentation: Views,
}

impl Config {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A file that cannot be read; a key or value that is wrong, with its line.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is no training configuration", path.display()))
    }

    /// Checks the text of a configuration.
    ///
    /// # Errors
    /// A key or value that is wrong, with its line.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut config: Self = toml::from_str(text)?;
        let places = Places::of(text)?;
        config.check(&places).map_err(|wrong| anyhow!("line {}: {wrong}", places.line(&wrong.place)))?;
        if let Some(smoothing) = config.label_smoothing.take() {
            config.loss.label_smoothing = smoothing;
        }
        Ok(config)
    }

    /// What no single key shows.
    fn check(&self, places: &Places<'_>) -> Result<(), Wrong> {
        let name = &self.name;
        let letters = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        if name.is_empty() || !letters {
            let words = "name expects a plain folder name of letters, digits, - and _, found";
            return Err(wrong!(["name"], "{words} {name:?}"));
        }
        let has = |table: &'static str| move |key| places.has(&[Step::Key(table), Step::Key(key)]);
        if self.label_smoothing.is_some() && has("loss")("label_smoothing") {
            let words = "expected label_smoothing once, found it here and in [loss]";
            return Err(wrong!(["label_smoothing"], "{words}"));
        }
        self.loss.check(has("loss"))?;
        self.optimiser.check(has("optimiser"))?;
        if has("early_stopping")("min_change") && self.early_stopping.patience == 0 {
            let words = "min_change goes with a patience of at least 1, found 0";
            return Err(wrong!(["early_stopping", "min_change"], "{words}"));
        }
        if self.stages.is_empty() {
            return Err(wrong!(["stages"], "expected at least one [[stages]], found none"));
        }
        let network = self.network().map_err(|error| wrong!(["architecture"], "{error}"))?;
        for (index, stage) in self.stages.iter().enumerate() {
            stage.check(index, |key| places.has(&["stages".into(), index.into(), key.into()]))?;
            frozen::layers(&network, stage).map_err(|error| {
                let key = if stage.frozen.is_empty() { "train" } else { "frozen" };
                wrong!(["stages", index, key], "stage {} {error}", index + 1)
            })?;
        }
        Ok(())
    }

    /// The network, for the task and the last stage's image size.
    ///
    /// # Errors
    /// An unknown name.
    pub fn network(&self) -> Result<Network, architecture::ArchitectureError> {
        architecture::by_name(&self.architecture, self.task.classes(), self.image_size() as usize)
    }

    /// Epochs of all stages.
    pub fn epochs(&self) -> usize {
        self.stages.iter().map(|stage| stage.epochs).sum()
    }

    /// The stage that epoch `epoch`, from 0, belongs to, and how many epochs of it came before; the stage's index
    /// counts from 0.
    pub fn stage(&self, epoch: usize) -> Option<(usize, Stage, usize)> {
        let mut start = 0;
        for (index, stage) in self.stages.iter().enumerate() {
            if epoch < start + stage.epochs {
                return Some((index, stage.clone(), epoch - start));
            }
            start += stage.epochs;
        }
        None
    }

    /// Width and height of the network's input: the last stage's.
    pub fn image_size(&self) -> u32 {
        self.stages.last().map_or(0, |stage| stage.image_size)
    }
}

impl<'de> Deserialize<'de> for From {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl Visitor<'_> for Words {
            type Value = From;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("\"random\", a .safetensors, .pth, .npz or .onnx file, or a run's folder such as \"runs/NAME\"")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<From, E> {
                if value == "random" {
                    return Ok(From::Random);
                }
                let path = PathBuf::from(value);
                let known = match path.extension() {
                    None => value.contains('/'),
                    Some(extension) => {
                        ["safetensors", "pth", "pt", "npz", "onnx"].iter().any(|known| extension == *known)
                    }
                };
                if known {
                    Ok(From::Path(path))
                } else {
                    Err(E::invalid_value(Unexpected::Str(value), &self))
                }
            }
        }
        deserializer.deserialize_str(Words)
    }
}

fn thirty_two() -> usize {
    32
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"name = "tiny"
architecture = "resnet18"
seed = 1
batch_size = 8
label_smoothing = 0.1

[card]
title = "Tiny"
trained_on = "nothing"
licence = "MIT"

[data]
folder = "data"
split = "data/split.csv"
memory_size = 64

[augmentation]
flip_horizontal = true
flip_vertical = true
quarter_turns = true
rotation = 20.0
shift = 0.05
scale = 0.1
brightness = 0.1
contrast = 0.1
saturation = 0.1

[optimiser]
rule = "sgd"
momentum = 0.9
weight_decay = 0.0005

[[stages]]
epochs = 2
image_size = 32
learning_rate = 0.1
final_learning_rate = 0.01

[[stages]]
epochs = 1
image_size = 64
learning_rate = 0.01
final_learning_rate = 0
warm_up_epochs = 0.5
"#;

    fn check_refused(from: &str, to: &str, words: &[&str]) {
        assert!(GOOD.contains(from));
        let message = format!("{:#}", Config::parse(&GOOD.replacen(from, to, 1)).unwrap_err());
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }

    #[test]
    fn every_epoch_belongs_to_a_stage() {
        let config = Config::parse(GOOD).unwrap();
        assert_eq!((config.epochs(), config.image_size()), (3, 64));
        let stages = [0, 1, 2].map(|epoch| config.stage(epoch).map(|(index, _, before)| (index, before)));
        assert_eq!(stages, [Some((0, 0)), Some((0, 1)), Some((1, 0))]);
        assert_eq!(config.stage(3), None);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        check_refused("batch_size = 8", "batchsize = 8", &["line 4", "batchsize"]);
        check_refused(
            "momentum = 0.9",
            "nestorov = true",
            &["line 30", "`nestorov`", "`momentum`, `nesterov`"],
        );
    }

    #[test]
    fn a_value_out_of_range_is_named_with_its_line() {
        check_refused("batch_size = 8", "batch_size = 0", &["line 4", "at least 1", "found 0"]);
        check_refused("label_smoothing = 0.1", "label_smoothing = 1.5", &["line 5", "found 1.5"]);
        check_refused("learning_rate = 0.1", "learning_rate = -0.1", &["line 36", "found -0.1"]);
    }

    #[test]
    fn shear_hue_and_fill_may_be_left_out() {
        let config = Config::parse(GOOD).unwrap().augmentation;
        assert_eq!(
            (config.shear.to_bits(), config.hue.to_bits(), config.fill),
            (0, 0, imaging::Fill::Nearest)
        );
        let more = "saturation = 0.1\nshear = 10\nhue = 3.5\nfill = \"reflect\"";
        let config = Config::parse(&GOOD.replacen("saturation = 0.1", more, 1)).unwrap().augmentation;
        let expected = imaging::Augmentation {
            flip_horizontal: true,
            flip_vertical: true,
            quarter_turns: true,
            rotation: 20.0,
            shift: 0.05,
            scale: 0.1,
            shear: 10.0,
            brightness: 0.1,
            contrast: 0.1,
            saturation: 0.1,
            hue: 3.5,
            fill: imaging::Fill::Reflect,
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn a_wrong_augmentation_is_refused_with_its_line_and_what_is_allowed() {
        let last = "saturation = 0.1";
        let with = |line: &str| format!("{last}\n{line}");
        check_refused(last, &with("shear = 46"), &["line 27", "degrees from 0 to 45", "found 46"]);
        check_refused(last, &with("hue = -1"), &["line 27", "degrees from 0 to 180", "found -1"]);
        check_refused(last, &with("hue = \"red\""), &["line 27", "\"red\"", "expected f64"]);
        let fills = ["line 27", "`edge`", "`nearest`", "`reflect`", "`wrap`", "`black`", "`mean`"];
        check_refused(last, &with("fill = \"edge\""), &fills);
        check_refused(last, &with("shere = 1"), &["line 27", "`shere`", "`shear`", "`hue`", "`fill`"]);
        check_refused(
            "rotation = 20.0",
            "rotation = 181",
            &["line 21", "degrees from 0 to 180", "found 181"],
        );
        check_refused("shift = 0.05", "shift = 1", &["line 22", "from 0 to below 1", "found 1"]);
        check_refused("quarter_turns = true", "quarter_turns = 1", &["line 20", "boolean"]);
        check_refused("rotation = 20.0", "rotation = \"far\"", &["line 21", "\"far\""]);
    }

    #[test]
    fn an_unknown_network_is_answered_with_the_known_ones() {
        check_refused("resnet18", "resnet19", &["line 2", "resnet18", "resnet152"]);
    }

    #[test]
    fn a_warm_up_longer_than_its_stage_is_refused() {
        check_refused(
            "warm_up_epochs = 0.5",
            "warm_up_epochs = 1.5",
            &["line 44", "stage 2", "1 epochs", "found 1.5"],
        );
    }
}
