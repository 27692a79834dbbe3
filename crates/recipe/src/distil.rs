//! `[distil]`: whether the network also learns from the answers of one that is trained already.

use std::fmt;
use std::path::PathBuf;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::document::{Problem, problem};
use crate::number;

/// `[distil]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Distil {
    /// Folder of the run that trained the teacher.
    #[serde(deserialize_with = "teacher")]
    pub teacher: Option<PathBuf>,
    /// Share of the loss that compares the network's probabilities with the teacher's, 0 to 1; the true classes have the rest.
    #[serde(deserialize_with = "number::share_or_all")]
    pub share: f64,
    /// What both networks' logits are divided by before they are compared, above 0.
    #[serde(deserialize_with = "number::above_zero")]
    pub temperature: f64,
    /// Weight of the comparison of the last feature maps, at least 0.
    #[serde(deserialize_with = "number::not_negative")]
    pub features: f64,
}

impl Default for Distil {
    fn default() -> Self {
        Self { teacher: None, share: 0.5, temperature: 2.0, features: 0.0 }
    }
}

impl Distil {
    /// Refuses a key that has no effect; `has` says which keys are in the file.
    pub(crate) fn check(&self, has: impl Fn(&'static str) -> bool) -> Result<(), Problem> {
        let idle = ["share", "temperature", "features"].into_iter().find(|key| has(key));
        if let (None, Some(key)) = (&self.teacher, idle) {
            return Err(problem!(
                ["distil", key],
                "`{key}` in [distil] has no effect without a teacher; remove it, or set teacher to a run's folder such as \
                 \"runs/NAME\""
            ));
        }
        Ok(())
    }
}

fn teacher<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    struct Words;
    impl Visitor<'_> for Words {
        type Value = Option<PathBuf>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("\"none\", or a run's folder such as \"runs/NAME\"")
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
            match value {
                "none" => Ok(None),
                folder if folder.contains('/') => Ok(Some(PathBuf::from(folder))),
                _ => Err(E::invalid_value(Unexpected::Str(value), &self)),
            }
        }
    }
    deserializer.deserialize_str(Words)
}
