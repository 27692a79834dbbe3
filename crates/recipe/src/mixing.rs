//! `[mixing]`: whether the images of a batch are mixed with one another.

use serde::Deserialize;

use crate::document::{Problem, problem};
use crate::number;

/// `[mixing]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mixing {
    /// How.
    pub kind: MixingKind,
    /// Both parameters of the beta distribution that the share of an image is drawn from, above 0 and at most 2: below 1, one of
    /// the two images mostly dominates; with 1, all shares are equally likely.
    #[serde(deserialize_with = "number::at_most_two")]
    pub alpha: f64,
}

/// How the images of a batch are mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MixingKind {
    /// Not at all.
    #[default]
    None,
    /// Two images are averaged (Zhang et al. 2018, <https://arxiv.org/abs/1710.09412>).
    Mixup,
    /// A rectangle is replaced with that of another image (Yun et al. 2019, <https://arxiv.org/abs/1905.04899>).
    Cutmix,
}

impl Default for Mixing {
    fn default() -> Self {
        Self { kind: MixingKind::default(), alpha: 0.2 }
    }
}

impl Mixing {
    /// Refuses a key that has no effect; `has` says which keys are in the file.
    pub(crate) fn check(&self, has: impl Fn(&'static str) -> bool) -> Result<(), Problem> {
        if has("alpha") && self.kind == MixingKind::None {
            return Err(problem!(
                ["mixing", "alpha"],
                "`alpha` in [mixing] has no effect with kind = \"none\"; remove it, or set kind to \"mixup\" or \"cutmix\""
            ));
        }
        Ok(())
    }
}
