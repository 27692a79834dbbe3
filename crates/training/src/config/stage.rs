//! `[[stages]]`: some epochs with one image size, one schedule and one choice of layers.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::number;
use super::place::{Wrong, wrong};

/// One of `[[stages]]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Passes over the training images.
    #[serde(deserialize_with = "number::count")]
    pub epochs: usize,
    /// Width and height in pixels.
    #[serde(deserialize_with = "number::count")]
    pub image_size: u32,
    /// The highest learning rate.
    #[serde(deserialize_with = "number::above_zero")]
    pub learning_rate: f64,
    /// How it falls from there.
    #[serde(default)]
    pub schedule: Schedule,
    /// With `cosine` and `plateau`: what it falls to.
    #[serde(default, deserialize_with = "number::not_negative")]
    pub final_learning_rate: f64,
    /// With `step` and `plateau`: what it is multiplied with, above 0 and below 1.
    #[serde(default = "tenth", deserialize_with = "number::factor")]
    pub factor: f64,
    /// With `step`: epochs between two falls.
    #[serde(default = "five", deserialize_with = "number::count")]
    pub every: usize,
    /// With `plateau`: epochs without a lower validation loss that are let pass.
    #[serde(default = "five", deserialize_with = "number::count_or_none")]
    pub patience: usize,
    /// With `plateau`: the share by which the validation loss must fall to be lower, 0 to below 1.
    #[serde(default = "least_change", deserialize_with = "number::share")]
    pub min_change: f64,
    /// Epochs of a straight rise from 0 before all that; a fraction is allowed.
    #[serde(default, deserialize_with = "number::not_negative")]
    pub warm_up_epochs: f64,
    /// Which layers learn.
    #[serde(default)]
    pub train: Train,
    /// Which layers do not, instead of `train`.
    #[serde(default)]
    pub frozen: Vec<Named>,
    /// Statistics that batch normalisation uses in layers that learn; frozen ones use the running ones.
    #[serde(default)]
    pub batch_norm: BatchNorm,
    /// With `train = "head"`: varied copies of every image whose features are computed and kept; 0 keeps those of the
    /// images as they are.
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
    /// Not at all.
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
    /// The batch's own, which the running ones follow.
    #[default]
    Batch,
    /// The running ones, which stay as they are: for batches too small to know their mean.
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
    /// Those of these names, or whose names begin with one and a dot.
    Layers(Vec<String>),
}

/// A layer, or several, by name or by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
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
    /// As in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Constant => "constant",
            Self::Step => "step",
            Self::Plateau => "plateau",
        }
    }

    /// The keys that go with it.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Cosine => &["final_learning_rate"],
            Self::Constant => &[],
            Self::Step => &["factor", "every"],
            Self::Plateau => &["factor", "patience", "min_change", "final_learning_rate"],
        }
    }
}

impl Stage {
    /// What several keys together forbid; `index` is its place from 0, `has` says which keys are there.
    pub(super) fn check(&self, index: usize, has: impl Fn(&'static str) -> bool) -> Result<(), Wrong> {
        let number = index + 1;
        if self.warm_up_epochs > self.epochs as f64 {
            return Err(wrong!(
                ["stages", index, "warm_up_epochs"],
                "stage {number} expects a warm-up of at most its {} epochs, found {}",
                self.epochs,
                self.warm_up_epochs
            ));
        }
        let known = self.schedule.keys();
        let keys = ["final_learning_rate", "factor", "every", "patience", "min_change"];
        if let Some(key) = keys.into_iter().find(|key| has(key) && !known.contains(key)) {
            let known = if known.is_empty() { "no keys of its own".to_owned() } else { known.join(", ") };
            return Err(wrong!(
                ["stages", index, key],
                "schedule = \"{}\" of stage {number} knows {known}, found {key}",
                self.schedule.name()
            ));
        }
        if self.final_learning_rate > self.learning_rate {
            return Err(wrong!(
                ["stages", index, "final_learning_rate"],
                "stage {number} expects a final_learning_rate of at most its learning_rate, {}, found {}",
                self.learning_rate,
                self.final_learning_rate
            ));
        }
        if has("train") && has("frozen") {
            return Err(wrong!(
                ["stages", index, "frozen"],
                "stage {number} expects train or frozen, found both"
            ));
        }
        if has("copies") && self.train != Train::Head {
            return Err(wrong!(
                ["stages", index, "copies"],
                "copies goes with train = \"head\", whose features are kept, found other layers in stage {number}"
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

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl Visitor<'_> for Words {
            type Value = Named;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a layer's name such as \"layer1.0\", its index such as 3, or indices such as \"0-17\"",
                )
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Named, E> {
                let number = |text: &str| text.trim().parse::<usize>().ok();
                match value.split_once('-') {
                    Some((first, last)) => match (number(first), number(last)) {
                        (Some(first), Some(last)) if first <= last => Ok(Named::Range(first, last)),
                        _ => Err(E::invalid_value(serde::de::Unexpected::Str(value), &self)),
                    },
                    None => Ok(Named::Name(value.to_owned())),
                }
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Named, E> {
                usize::try_from(value)
                    .map(|index| Named::Range(index, index))
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
            }
        }
        deserializer.deserialize_any(Words)
    }
}
