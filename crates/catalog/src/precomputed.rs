//! An exported model's precomputed results for the book's samples: `exported-models/NAME/precomputed/`.
//!
//! A page shows them before anything of the network is loaded. Feature maps are stored in mosaics, one grey PNG per sample
//! and stop of the network, with its maps one below the other; `maps.json` says which maps they are and which values the
//! greys represent.

mod answers;

use serde::{Deserialize, Serialize};

use crate::Diagnosis;

pub use answers::{ANSWERS, PrecomputedAnswer, PrecomputedAnswers, ScoreTerm, ScoreTerms};

/// The folder, inside the model's.
pub const FOLDER: &str = "precomputed";

/// The file about the mosaics, in the folder.
pub const MAPS: &str = "maps.json";

/// The contents of `maps.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecomputedMaps {
    /// The command that wrote it.
    pub command: String,
    /// How the maps were chosen, in words.
    pub chosen: String,
    /// Name of the model.
    pub model: String,
    /// SHA-256 of its `model.onnx`, hexadecimal.
    pub model_sha256: String,
    /// Width and height that the samples were drawn at, in pixels.
    pub drawn_size: u32,
    /// One for each of [`SAMPLES`](crate::widget::SAMPLES), in their order.
    pub samples: Vec<PrecomputedSample>,
}

/// What the network computes from one sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecomputedSample {
    /// The diagnosis that was drawn.
    pub diagnosis: Diagnosis,
    /// Its seed.
    pub seed: u64,
    /// Its stops, first to last.
    pub stops: Vec<PrecomputedStop>,
}

/// One layer's output for one sample: some of its maps, or all values of a vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecomputedStop {
    /// The layer's name in `architecture`.
    pub layer: String,
    /// `[C, H, W]` of maps, `[C]` of a vector.
    pub shape: Vec<usize>,
    /// Smallest value of the whole layer, including maps that were not saved.
    pub low: f32,
    /// Largest value of the whole layer.
    pub high: f32,
    /// Channels of the maps in the mosaic, from its top, the strongest first; empty for a vector, whose mosaic is a single
    /// row with all its values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<usize>,
    /// The value shown as black, one per map of the mosaic or one for a vector.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lows: Vec<f32>,
    /// The value shown as white, one per map of the mosaic or one for a vector.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub highs: Vec<f32>,
    /// Mean of each map of the mosaic, not rounded to grey levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<f32>,
    /// [`checksum`] of the mosaic's levels, so that a page notices an incomplete file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<u32>,
    /// The values of a short vector, which then has no mosaic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f32>,
}

impl PrecomputedMaps {
    /// The results of one layer for one sample.
    pub fn stop(&self, diagnosis: Diagnosis, seed: u64, layer: &str) -> Option<&PrecomputedStop> {
        let sample = self.samples.iter().find(|s| s.diagnosis == diagnosis && s.seed == seed)?;
        sample.stops.iter().find(|stop| stop.layer == layer)
    }

    /// Why these maps are not those of a model with this hash; `None` if they are.
    pub fn stale(&self, model_sha256: &str) -> Option<String> {
        let found = self.samples.iter().map(|sample| (sample.diagnosis, sample.seed));
        stale("maps", model_sha256, &self.model_sha256, found)
    }
}

/// Why `what` does not belong to the model `sha256` and the book's samples; `None` if it does.
fn stale(
    what: &str,
    sha256: &str,
    found_sha256: &str,
    found: impl Iterator<Item = (Diagnosis, u64)>,
) -> Option<String> {
    if found_sha256 != sha256 {
        return Some(format!(
            "these are {what} of another model (SHA-256 {found_sha256}) than the present one ({sha256})"
        ));
    }
    let names = |samples: &[(Diagnosis, u64)]| {
        let names = samples.iter().map(|(diagnosis, seed)| sample_name(*diagnosis, *seed));
        names.collect::<Vec<_>>().join(", ")
    };
    let expected = crate::widget::SAMPLES.map(|sample| (sample.diagnosis, sample.seed));
    let found: Vec<_> = found.collect();
    (found != expected).then(|| {
        format!("these are {what} of the samples {}; the book now has {}", names(&found), names(&expected))
    })
}

impl PrecomputedStop {
    /// Width and height of the mosaic in pixels; `None` if there is none.
    pub fn mosaic(&self) -> Option<[usize; 2]> {
        match (self.shape.as_slice(), self.channels.len()) {
            (&[_, height, width], count) if count > 0 => Some([width, height * count]),
            (&[count], 0) if self.values.is_empty() => Some([count, 1]),
            _ => None,
        }
    }
}

/// A checksum of levels; it differs if any one of them differs.
///
/// ```
/// use catalog::precomputed::checksum;
/// assert_eq!((checksum(b""), checksum(b"a")), (0x811c_9dc5, 0xe40c_292c));
/// ```
///
/// Source: FNV-1a, 32 bits, <https://www.rfc-editor.org/rfc/rfc9923>.
pub fn checksum(levels: &[u8]) -> u32 {
    levels.iter().fold(0x811c_9dc5, |hash, level| (hash ^ u32::from(*level)).wrapping_mul(0x0100_0193))
}

/// Name of a mosaic's file, such as `mel-3-layer1.1.relu2.png`.
pub fn mosaic_file(diagnosis: Diagnosis, seed: u64, layer: &str) -> String {
    format!("{}-{layer}.png", sample_name(diagnosis, seed))
}

fn sample_name(diagnosis: Diagnosis, seed: u64) -> String {
    format!("{}-{seed}", diagnosis.abbreviation().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::SAMPLES;

    fn maps() -> PrecomputedMaps {
        let sample = |sample: crate::widget::Sample| PrecomputedSample {
            diagnosis: sample.diagnosis,
            seed: sample.seed,
            stops: vec![PrecomputedStop {
                layer: "relu".to_owned(),
                shape: vec![64, 4, 5],
                low: 0.0,
                high: 2.0,
                channels: vec![7, 3],
                lows: vec![0.0; 2],
                highs: vec![2.0, 1.0],
                means: vec![1.0, 0.5],
                checksum: None,
                values: Vec::new(),
            }],
        };
        PrecomputedMaps {
            command: String::new(),
            chosen: String::new(),
            model: "net".to_owned(),
            model_sha256: "aa".to_owned(),
            drawn_size: 224,
            samples: SAMPLES.map(sample).into(),
        }
    }

    #[test]
    fn a_mosaic_has_its_maps_below_one_another() {
        let maps = maps();
        let stop = maps.stop(SAMPLES[1].diagnosis, SAMPLES[1].seed, "relu").unwrap();
        assert_eq!(stop.mosaic(), Some([5, 8]));
        assert_eq!(maps.stop(SAMPLES[1].diagnosis, SAMPLES[1].seed + 1, "relu"), None);
        let vector = PrecomputedStop { shape: vec![512], channels: Vec::new(), ..stop.clone() };
        assert_eq!(vector.mosaic(), Some([512, 1]));
        assert_eq!(PrecomputedStop { values: vec![0.5; 512], ..vector }.mosaic(), None);
    }

    #[test]
    fn maps_of_another_model_or_of_other_samples_are_stale() {
        assert_eq!(maps().stale("aa"), None);
        assert!(maps().stale("bb").is_some_and(|words| words.contains("aa") && words.contains("bb")));
        let mut other = maps();
        other.samples[0].seed += 1;
        assert!(other.stale("aa").is_some_and(|words| words.contains("mel-4") && words.contains("mel-3")));
    }
}
