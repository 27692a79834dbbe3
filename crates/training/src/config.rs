//! The training configuration, a TOML file under `configs/`.
//!
//! Unknown and missing keys, and values out of range, are refused with their line.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Everything that decides what the weights will be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the run, and of the folder under `runs/`.
    pub name: String,
    /// Network of the `architecture` crate, such as `resnet18`.
    pub architecture: String,
    /// Decides the first weights, the order of the images and their augmentation.
    pub seed: u64,
    /// Images between two steps of the optimiser.
    #[serde(deserialize_with = "at_least_one")]
    pub batch_size: usize,
    /// Share of the target that is spread over all classes, 0 to 1, so that the network never gets sure of anything.
    #[serde(deserialize_with = "share")]
    pub label_smoothing: f64,
    /// What the model card says about the result.
    pub card: Card,
    /// The images.
    pub data: Data,
    /// How training images are varied. `shear` and `hue` are 0 and `fill` is `nearest` unless said.
    pub augmentation: imaging::Augmentation,
    /// How gradients become steps.
    pub optimiser: Optimiser,
    /// From first to last; small images first is fast, the last stage's size is the network's input.
    pub stages: Vec<Stage>,
}

/// Words for the model card.
#[derive(Clone, Debug, Deserialize)]
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
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Folder in ISIC 2019's layout.
    pub folder: PathBuf,
    /// The split, from `cargo xtask split`.
    pub split: PathBuf,
    /// Training images larger than this are kept in memory as squares of this many pixels; a little more than the
    /// network's input leaves room for enlarging.
    #[serde(deserialize_with = "at_least_one")]
    pub memory_size: u32,
}

/// The rule and its constants.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, tag = "rule", rename_all = "kebab-case")]
pub enum Optimiser {
    /// Stochastic gradient descent with momentum.
    Sgd {
        /// Share of the last step that is kept, 0 to 1.
        #[serde(deserialize_with = "share")]
        momentum: f64,
        /// Pull of every weight towards 0.
        #[serde(deserialize_with = "not_negative")]
        weight_decay: f64,
    },
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    Adamw {
        /// Memory of the gradients' mean, 0 to 1.
        #[serde(deserialize_with = "share")]
        beta1: f64,
        /// Memory of the gradients' square, 0 to 1.
        #[serde(deserialize_with = "share")]
        beta2: f64,
        /// Pull of every weight towards 0.
        #[serde(deserialize_with = "not_negative")]
        weight_decay: f64,
    },
}

/// Some epochs at one image size.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Passes over the training images.
    #[serde(deserialize_with = "at_least_one")]
    pub epochs: usize,
    /// Width and height in pixels.
    #[serde(deserialize_with = "at_least_one")]
    pub image_size: u32,
    /// The highest learning rate; from there it falls along half a cosine.
    #[serde(deserialize_with = "above_zero")]
    pub learning_rate: f64,
    /// What it falls to.
    #[serde(deserialize_with = "not_negative")]
    pub final_learning_rate: f64,
    /// Epochs of a straight rise from 0 before that; a fraction is allowed.
    #[serde(default, deserialize_with = "not_negative")]
    pub warm_up_epochs: f64,
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
        let config: Self = toml::from_str(text)?;
        let Some(last) = config.stages.last() else { bail!("expected at least one [[stages]], found none") };
        ensure!(
            !config.name.is_empty() && !config.name.contains(['/', '\\', '.']),
            "name expects a plain folder name, found {:?}",
            config.name
        );
        architecture::by_name(&config.architecture, 8, last.image_size as usize)?;
        for (index, stage) in config.stages.iter().enumerate() {
            ensure!(
                stage.warm_up_epochs <= stage.epochs as f64,
                "stage {} expects a warm-up of at most its {} epochs, found {}",
                index + 1,
                stage.epochs,
                stage.warm_up_epochs
            );
        }
        Ok(config)
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
                return Some((index, *stage, epoch - start));
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

fn checked<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &str,
    holds: impl Fn(f64) -> bool,
) -> Result<f64, D::Error> {
    let value = f64::deserialize(deserializer)?;
    if holds(value) {
        Ok(value)
    } else {
        Err(D::Error::custom(format!("expected {expected}, found {value}")))
    }
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, "a number from 0 to below 1", |value| (0.0..1.0).contains(&value))
}

fn above_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, "a number above 0", |value| value > 0.0 && value.is_finite())
}

fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, "a number of at least 0", |value| value >= 0.0 && value.is_finite())
}

fn at_least_one<'de, D: Deserializer<'de>, T: TryFrom<u32>>(deserializer: D) -> Result<T, D::Error> {
    let value = i64::deserialize(deserializer)?;
    u32::try_from(value)
        .ok()
        .filter(|&value| value > 0)
        .and_then(|value| T::try_from(value).ok())
        .ok_or_else(|| D::Error::custom(format!("expected a whole number of at least 1, found {value}")))
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
        check_refused("momentum = 0.9", "momentum = 0.9\nnesterov = true", &["nesterov"]);
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
        check_refused("rotation = 20.0\n", "", &["missing field `rotation`"]);
    }

    #[test]
    fn an_unknown_network_is_answered_with_the_known_ones() {
        check_refused("resnet18", "resnet19", &["resnet18", "resnet152"]);
    }

    #[test]
    fn a_warm_up_longer_than_its_stage_is_refused() {
        check_refused("warm_up_epochs = 0.5", "warm_up_epochs = 1.5", &["stage 2", "1 epochs", "found 1.5"]);
    }
}
