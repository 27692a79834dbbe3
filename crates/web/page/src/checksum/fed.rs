//! What a training feeds its network.

use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use kit::picture::SIDE;
use recipe::Feed;

use super::{drawn, hexadecimal};

/// Checksum of the values that a training feeds its network for a drawn lesion, bit by bit; `feed` is a [`Feed`] as JSON,
/// `way` is the epoch and the lesion's place in the training's list, both counted from 0.
///
/// # Errors
/// A message as from [`super::lesion`], or if `feed` is not a feed.
pub fn fed(feed: &str, diagnosis: &str, seed: u32, way: [u32; 2]) -> Result<String, String> {
    Ok(hexadecimal(lesions::checksum(&numbers(feed, diagnosis, seed, way)?)))
}

/// The values' bits, four bytes each, lowest first.
fn numbers(feed: &str, diagnosis: &str, seed: u32, [epoch, place]: [u32; 2]) -> Result<Vec<u8>, String> {
    let feed: Feed = serde_json::from_str(feed).map_err(|error| format!("{feed} is not a feed: {error}"))?;
    let kept = imaging::feed::kept(drawn(diagnosis, seed, SIDE)?, feed.memory_size);
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
            ways.map(|way| lesions::checksum(&numbers(feed, "NV", 1, way).unwrap())).collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 12);
        // Three planes of 16 × 16 numbers, four bytes each.
        assert_eq!(numbers(feed, "NV", 1, [1, 0]).unwrap().len(), 3 * 16 * 16 * 4);
        assert!(numbers("{}", "NV", 1, [0, 0]).unwrap_err().contains("missing field `seed`"));
    }
}
