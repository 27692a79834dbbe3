//! `[start]`: the weights that a training begins with.

use std::fmt;
use std::path::PathBuf;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// `[start]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Start {
    /// Where the first weights come from.
    pub from: FirstWeights,
    /// Whether the last batch normalisation of every block begins with the weight 0, if `from` does not set it.
    pub zero_init_residual: bool,
}

/// Where first weights come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FirstWeights {
    /// The seed.
    #[default]
    Random,
    /// A file, or a run's folder; a head with another number of outputs is drawn from the seed.
    Path(PathBuf),
}

impl FirstWeights {
    /// For a model's description: "random first weights", "the weights of `resnet50-0676ba61.pth`".
    pub fn describe(&self) -> String {
        match self {
            Self::Random => "random first weights".to_owned(),
            Self::Path(path) => {
                format!("the weights of `{}`", path.file_name().unwrap_or_default().to_string_lossy())
            }
        }
    }
}

impl<'de> Deserialize<'de> for FirstWeights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl Visitor<'_> for Words {
            type Value = FirstWeights;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "\"random\", a .safetensors, .pth, .pt, .npz or .onnx file, or a run's folder such as \"runs/NAME\"",
                )
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<FirstWeights, E> {
                if value == "random" {
                    return Ok(FirstWeights::Random);
                }
                let path = PathBuf::from(value);
                let known = match path.extension() {
                    None => value.contains('/'),
                    Some(extension) => {
                        ["safetensors", "pth", "pt", "npz", "onnx"].iter().any(|known| extension == *known)
                    }
                };
                if known {
                    Ok(FirstWeights::Path(path))
                } else {
                    Err(E::invalid_value(Unexpected::Str(value), &self))
                }
            }
        }
        deserializer.deserialize_str(Words)
    }
}
