//! `[[stages]]`: epochs with one image size, one learning-rate schedule and one choice of layers.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::document::{Problem, problem};
use crate::number;

/// One of `[[stages]]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingStage {
    /// Passes over the training images.
    #[serde(deserialize_with = "number::count")]
    pub epochs: usize,
    /// Width and height in pixels.
    #[serde(deserialize_with = "number::count")]
    pub image_size: u32,
    /// The highest learning rate.
    #[serde(deserialize_with = "number::above_zero")]
    pub learning_rate: f64,
    /// How the learning rate falls from there.
    #[serde(default)]
    pub schedule: Schedule,
    /// With `cosine` and `plateau`: the lowest learning rate.
    #[serde(default, deserialize_with = "number::not_negative")]
    pub final_learning_rate: f64,
    /// With `step` and `plateau`: what the learning rate is multiplied by at each drop, above 0 and below 1.
    #[serde(default = "tenth", deserialize_with = "number::factor")]
    pub factor: f64,
    /// With `step`: epochs between two drops.
    #[serde(default = "five", deserialize_with = "number::count")]
    pub every: usize,
    /// With `plateau`: epochs without a lower validation loss that are tolerated before a drop.
    #[serde(default = "five", deserialize_with = "number::count_or_none")]
    pub patience: usize,
    /// With `plateau`: the share by which the validation loss must fall to count as lower, 0 to below 1.
    #[serde(default = "least_change", deserialize_with = "number::share")]
    pub min_change: f64,
    /// Epochs at the start in which the learning rate rises linearly from 0; a fraction is allowed.
    #[serde(default, deserialize_with = "number::not_negative")]
    pub warm_up_epochs: f64,
    /// Which layers learn.
    #[serde(default)]
    pub train: Train,
    /// Instead of `train`: which layers do not learn.
    #[serde(default)]
    pub frozen: Vec<LayerChoice>,
    /// Statistics that batch normalisation uses in layers that learn; frozen layers use their running statistics.
    #[serde(default)]
    pub batch_norm: BatchNorm,
    /// With `train = "head"`: how many varied copies of every image have their features computed and kept; 0 keeps the
    /// features of the unvaried images.
    #[serde(default, deserialize_with = "number::count_or_none")]
    pub copies: usize,
}

/// How a learning rate falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Along half a cosine, step by step.
    #[default]
    Cosine,
    /// Stays the same.
    Constant,
    /// Times `factor` after every `every` epochs.
    Step,
    /// Times `factor` when the validation loss no longer falls.
    Plateau,
}

/// Statistics for batch normalisation while training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchNorm {
    /// The batch's own, which also update the running ones.
    #[default]
    Batch,
    /// The running ones, which stay unchanged: for batches too small for a reliable mean.
    Running,
}

/// Which layers learn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Train {
    /// All.
    #[default]
    All,
    /// The last linear layer.
    Head,
    /// The layers with these names, and all layers below them: `layer4` includes `layer4.0.conv1`.
    Layers(Vec<String>),
}

/// One layer or several, by name or by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerChoice {
    /// A layer, or all layers below a name such as `layer4`.
    Name(String),
    /// Indices, first and last; 0 is the input and does nothing, 1 the first layer.
    Range(usize, usize),
}

fn tenth() -> f64 {
    0.1
}

fn five() -> usize {
    5
}

fn least_change() -> f64 {
    1e-4
}

impl Schedule {
    /// As in a recipe.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Constant => "constant",
            Self::Step => "step",
            Self::Plateau => "plateau",
        }
    }

    /// The keys that only some schedules use, this one among them.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Cosine => &["final_learning_rate"],
            Self::Constant => &[],
            Self::Step => &["factor", "every"],
            Self::Plateau => &["factor", "patience", "min_change", "final_learning_rate"],
        }
    }
}

impl TrainingStage {
    /// Refuses what several keys together do not allow; `index` counts from 0, `has` says which keys are in the file.
    pub(crate) fn check(&self, index: usize, has: impl Fn(&'static str) -> bool) -> Result<(), Problem> {
        let number = index + 1;
        if self.warm_up_epochs > self.epochs as f64 {
            return Err(problem!(
                ["stages", index, "warm_up_epochs"],
                "`warm_up_epochs` of stage {number} must be at most its number of epochs, {}; it is {}",
                self.epochs,
                self.warm_up_epochs
            ));
        }
        let used = self.schedule.keys();
        let keys = ["final_learning_rate", "factor", "every", "patience", "min_change"];
        if let Some(key) = keys.into_iter().find(|key| has(key) && !used.contains(key)) {
            let uses = if used.is_empty() { "no further keys".to_owned() } else { used.join(", ") };
            return Err(problem!(
                ["stages", index, key],
                "`{key}` of stage {number} has no effect with schedule = \"{}\", which uses {uses}; remove it, or \
                 choose another schedule",
                self.schedule.name()
            ));
        }
        if self.final_learning_rate > self.learning_rate {
            return Err(problem!(
                ["stages", index, "final_learning_rate"],
                "`final_learning_rate` of stage {number} must be at most its learning_rate, {}; it is {}",
                self.learning_rate,
                self.final_learning_rate
            ));
        }
        if has("train") && has("frozen") {
            return Err(problem!(
                ["stages", index, "frozen"],
                "stage {number} has both `train` and `frozen`; keep one: `train` lists the layers that learn, `frozen` \
                 those that do not"
            ));
        }
        if has("copies") && self.train != Train::Head {
            return Err(problem!(
                ["stages", index, "copies"],
                "`copies` of stage {number} needs train = \"head\", the only choice whose features are kept; remove it, \
                 or set train"
            ));
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Train {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Train;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("\"all\", \"head\" or a list of layer names such as [\"layer4\", \"fc\"]")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Train, E> {
                match value {
                    "all" => Ok(Train::All),
                    "head" => Ok(Train::Head),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(value), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Train, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(Train::Layers(names))
            }
        }
        deserializer.deserialize_any(Words)
    }
}

impl<'de> Deserialize<'de> for LayerChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl Visitor<'_> for Words {
            type Value = LayerChoice;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a layer's name such as \"layer1.0\", its index such as 3, or indices such as \"0-17\"",
                )
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<LayerChoice, E> {
                let number = |text: &str| text.trim().parse::<usize>().ok();
                match value.split_once('-') {
                    Some((first, last)) => match (number(first), number(last)) {
                        (Some(first), Some(last)) if first <= last => Ok(LayerChoice::Range(first, last)),
                        _ => Err(E::invalid_value(serde::de::Unexpected::Str(value), &self)),
                    },
                    None => Ok(LayerChoice::Name(value.to_owned())),
                }
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<LayerChoice, E> {
                usize::try_from(value)
                    .map(|index| LayerChoice::Range(index, index))
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
            }
        }
        deserializer.deserialize_any(Words)
    }
}
