//! What a training feeds its network.

use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use kit::picture::SIDE;
use recipe::Feed;
use wasm_bindgen::prelude::*;

use super::{hexadecimal, lesion};

/// Checksum of the numbers that a training feeds its network for a drawn lesion at `place` of its list, bit by bit;
/// `feed` is a [`Feed`] as JSON, `epoch` and `place` count from 0.
///
/// # Errors
/// A message as from [`super::lesion_checksum`], or if `feed` is not a feed.
#[wasm_bindgen]
pub fn fed_checksum(
    feed: &str,
    abbreviation: &str,
    seed: u32,
    epoch: u32,
    place: u32,
) -> Result<String, JsError> {
    let bytes = fed(feed, abbreviation, seed, [epoch, place]).map_err(|words| JsError::new(&words))?;
    Ok(hexadecimal(lesions::checksum(&bytes)))
}

/// The numbers' bits, four bytes each, lowest first.
fn fed(feed: &str, abbreviation: &str, seed: u32, [epoch, place]: [u32; 2]) -> Result<Vec<u8>, String> {
    let feed: Feed = serde_json::from_str(feed).map_err(|error| format!("{feed} is not a feed: {error}"))?;
    let kept = imaging::feed::kept(lesion(abbreviation, seed, SIDE)?, feed.memory_size);
    let (_, picture) = feed.picture(&kept, epoch.into(), place.into(), feed.image_size_in(epoch as usize));
    let numbers = imaging::normalise(&picture, IMAGENET_MEAN, IMAGENET_STD);
    Ok(numbers.iter().flat_map(|value| value.to_bits().to_le_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_and_place_is_fed_something_else() {
        let feed = r#"{"seed": 1, "memory_size": 40, "augmentation": {"flip_horizontal": true, "rotation": 20},
            "stages": [{"epochs": 2, "image_size": 16}, {"epochs": 1, "image_size": 32}]}"#;
        let ways = (0..4).flat_map(|epoch| (0..3).map(move |place| [epoch, place]));
        let mut sums: Vec<u64> =
            ways.map(|way| lesions::checksum(&fed(feed, "NV", 1, way).unwrap())).collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 12);
        // Three planes of 16 × 16 numbers, four bytes each.
        assert_eq!(fed(feed, "NV", 1, [1, 0]).unwrap().len(), 3 * 16 * 16 * 4);
        assert!(fed("{}", "NV", 1, [0, 0]).unwrap_err().contains("missing field `seed`"));
    }
}
