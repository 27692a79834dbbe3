//! The shape of one image's values between two layers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The shape of what a layer returns for one image; the batch is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Shape {
    /// Feature maps: channels, height, width.
    Map([usize; 3]),
    /// A vector of this length.
    Vector([usize; 1]),
}

impl Shape {
    /// The sizes, outermost first.
    pub fn sizes(&self) -> &[usize] {
        match self {
            Self::Map(sizes) => sizes,
            Self::Vector(sizes) => sizes,
        }
    }

    /// How many values it has.
    pub fn numbers(&self) -> usize {
        self.sizes().iter().product()
    }

    /// Channels of feature maps, length of a vector.
    pub fn channels(&self) -> usize {
        self.sizes()[0]
    }

    pub(crate) fn list(shapes: &[Self]) -> String {
        if shapes.is_empty() {
            return "no input".to_owned();
        }
        shapes.iter().map(Self::to_string).collect::<Vec<_>>().join(" and ")
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.sizes())
    }
}
