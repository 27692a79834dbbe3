//! What the layers of an exported model say to one drawn lesion, small enough to be committed: `activations.json`.
//!
//! `cargo xtask figures --activations` writes it; the figures of the network are drawn from it without any runtime.

use catalog::Diagnosis;
use imaging::levels::{self, Levels};
use serde::{Deserialize, Serialize};

use crate::base64;

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activations {
    /// The command that wrote it.
    pub command: String,
    /// How the maps below were chosen, in words.
    pub chosen: String,
    /// Name of the model.
    pub model: String,
    /// SHA-256 of its `model.onnx`, hexadecimal.
    pub model_sha256: String,
    /// Network of the `architecture` crate.
    pub architecture: String,
    /// Width and height of what goes in, in pixels.
    pub input_size: u32,
    /// What the lesion was drawn as.
    pub diagnosis: Diagnosis,
    /// Its seed.
    pub seed: u64,
    /// Width and height it was drawn at, in pixels.
    pub drawn_size: u32,
    /// Names of the outputs.
    pub labels: Vec<String>,
    /// One an output.
    pub logits: Vec<f32>,
    /// One an output, 0 to 1.
    pub probabilities: Vec<f32>,
    /// Some maps of some layers, from the input to the output.
    pub layers: Vec<LayerMaps>,
    /// What the averaging returns, one number per map of the last layer above.
    pub averages: FeatureMap,
    /// The first four operations, on one map.
    pub operations: Operations,
}

/// A few maps of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerMaps {
    /// Its name in `architecture`.
    pub name: String,
    /// How many maps it has.
    pub channels: usize,
    /// Some of them.
    pub maps: Vec<FeatureMap>,
}

/// Convolution, batch normalisation, `ReLU` and max pooling on one map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// Names of the four layers.
    pub layers: [String; 4],
    /// The map after each.
    pub maps: [FeatureMap; 4],
    /// Two of its pixels: where batch normalisation gives the largest number, and where the smallest.
    pub pixels: [Pixel; 2],
}

/// One pixel on its way through the four operations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pixel {
    /// In the map of the convolution, from 0; pooling halves it.
    pub row: usize,
    /// As `row`.
    pub column: usize,
    /// The number after each operation, not rounded to levels.
    pub values: [f32; 4],
}

/// A feature map in 256 levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureMap {
    /// Its number in the layer, from 0.
    pub channel: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// The value of level 0.
    pub minimum: f32,
    /// The value of level 255.
    pub maximum: f32,
    /// A byte per pixel, row by row, as Base64 of RFC 4648.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub levels: Vec<u8>,
}

impl FeatureMap {
    /// The map in 256 levels between its smallest and largest number; one off by half a level at most.
    ///
    /// `None` unless there are `height` × `width` finite values, at least one.
    ///
    /// ```
    /// let map = figures::activations::FeatureMap::new(7, [1, 3], &[-1.0, 0.0, 1.0]).unwrap();
    /// assert_eq!(map.levels, [0, 128, 255]);
    /// ```
    pub fn new(channel: usize, [height, width]: [usize; 2], values: &[f32]) -> Option<Self> {
        if values.len() != height * width {
            return None;
        }
        let Levels { low: minimum, high: maximum, bytes: levels } = Levels::of(values)?;
        Some(Self { channel, height, width, minimum, maximum, levels })
    }

    /// The values, row by row.
    pub fn values(&self) -> impl Iterator<Item = f32> {
        self.levels.iter().map(|&level| levels::value(self.minimum, self.maximum, level))
    }

    /// Whether there are as many levels as pixels.
    pub(crate) fn is_whole(&self) -> bool {
        self.levels.len() == self.height * self.width && !self.levels.is_empty()
    }
}

impl Activations {
    /// What is wrong with it, in words: expected, found; `None` if nothing is.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let maps = self.layers.iter().flat_map(|layer| &layer.maps);
        let mut maps = maps.chain(&self.operations.maps).chain([&self.averages]);
        if let Some(map) = maps.find(|map| !map.is_whole()) {
            let expected = format!("{} × {} levels of map {}", map.height, map.width, map.channel);
            return Some((expected, map.levels.len().to_string()));
        }
        let outputs = [self.logits.len(), self.probabilities.len()];
        if outputs != [self.labels.len(); 2] {
            return Some((format!("{} logits and probabilities", self.labels.len()), format!("{outputs:?}")));
        }
        if self.layers.is_empty() || self.layers.iter().any(|layer| layer.maps.is_empty()) {
            return Some(("layers with at least one map each".to_owned(), "none".to_owned()));
        }
        let [convolution, _, _, pooled] = &self.operations.maps;
        let outside = |pixel: &&Pixel| {
            pixel.row >= convolution.height.min(2 * pooled.height)
                || pixel.column >= convolution.width.min(2 * pooled.width)
        };
        let pixel = self.operations.pixels.iter().find(outside)?;
        Some(("pixels inside the map".to_owned(), format!("row {}, column {}", pixel.row, pixel.column)))
    }
}

fn to_base64<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&base64::encode(bytes))
}

fn from_base64<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    base64::decode(&text).ok_or_else(|| serde::de::Error::custom("the levels are not Base64"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small network's: two layers of one map, three outputs.
    pub(crate) fn example() -> Activations {
        let map = |height: usize, width: usize, from: f32| {
            let values: Vec<f32> = (0..height * width).map(|at| from + at as f32 * 0.25).collect();
            FeatureMap::new(3, [height, width], &values).unwrap()
        };
        let layer = |name: &str, side: usize| LayerMaps {
            name: name.into(),
            channels: 64,
            maps: vec![map(side, side, 0.0)],
        };
        Activations {
            command: "by hand".into(),
            chosen: "by hand".into(),
            model: "net".into(),
            model_sha256: "0".repeat(64),
            architecture: "resnet18".into(),
            input_size: 32,
            diagnosis: Diagnosis::Mel,
            seed: 1,
            drawn_size: 32,
            labels: ["MEL", "NV", "BCC"].map(String::from).into(),
            logits: vec![2.0, 1.0, -1.0],
            probabilities: vec![0.75, 0.125, 0.125],
            layers: vec![layer("relu", 4), layer("layer1.1.relu2", 2)],
            averages: map(1, 64, 0.0),
            operations: Operations {
                layers: ["conv1", "bn1", "relu", "maxpool"].map(String::from),
                maps: [map(4, 4, -2.0), map(4, 4, -1.0), map(4, 4, 0.0), map(2, 2, 0.0)],
                pixels: [
                    Pixel { row: 1, column: 2, values: [4.0, 2.5, 2.5, 2.5] },
                    Pixel { row: 3, column: 0, values: [-4.0, -1.5, 0.0, 0.25] },
                ],
            },
        }
    }

    #[test]
    fn a_file_comes_back_as_it_was_written() {
        let text = serde_json::to_string(&example()).unwrap();
        assert_eq!(serde_json::from_str::<Activations>(&text).unwrap(), example());
        assert_eq!(example().problem(), None);
    }

    #[test]
    fn a_number_strays_by_half_a_level_at_most() {
        let values = [-3.0, -1.1, 0.0, 0.7, 5.0];
        let map = FeatureMap::new(0, [1, 5], &values).unwrap();
        // Half of (5 − −3) / 255, and a little for rounding in 32 bits.
        let most = 4.0 / 255.0 + 1e-6;
        assert!(map.values().zip(values).all(|(level, value)| (level - value).abs() <= most));
    }

    #[test]
    fn a_map_of_equal_numbers_keeps_them() {
        let map = FeatureMap::new(0, [2, 2], &[0.5; 4]).unwrap();
        assert!(map.values().eq([0.5; 4]));
        assert_eq!(
            (FeatureMap::new(0, [2, 2], &[0.5; 3]), FeatureMap::new(0, [1, 1], &[f32::NAN])),
            (None, None)
        );
    }

    #[test]
    fn a_map_that_lacks_a_level_is_told() {
        let mut wrong = example();
        wrong.layers[0].maps[0].levels.pop();
        assert_eq!(wrong.problem(), Some(("4 × 4 levels of map 3".to_owned(), "15".to_owned())));
    }

    #[test]
    fn a_pixel_outside_is_told() {
        let mut wrong = example();
        wrong.operations.pixels[1].column = 4;
        assert!(wrong.problem().is_some_and(|(_, found)| found == "row 3, column 4"));
    }
}
