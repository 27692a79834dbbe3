//! What a training feeds its network.

use imaging::feed;
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use kit::picture::SIDE;

use super::{drawn, hexadecimal};
use crate::widgets::augmentation_lab::training::{Training, picture};

/// Checksum of the numbers that a training feeds its network for a drawn lesion, bit by bit; `words` are the page's about the
/// training, `way` is the epoch and the lesion's place in the training's list, both counted from 0.
///
/// # Errors
/// A message as from [`super::lesion`], or if the words are not the page's.
pub fn fed(words: &str, diagnosis: &str, seed: u32, way: [u32; 2]) -> Result<String, String> {
    Ok(hexadecimal(lesions::checksum(&numbers(words, diagnosis, seed, way)?)))
}

/// The numbers' bits, four bytes each, lowest first.
fn numbers(words: &str, diagnosis: &str, seed: u32, [epoch, place]: [u32; 2]) -> Result<Vec<u8>, String> {
    let training = Training::parse(words)
        .ok_or_else(|| format!("expected words such as seed=2019 stages=10x64, found {words}"))?;
    let kept = feed::kept(drawn(diagnosis, seed, SIDE)?, training.memory_size);
    let way = [training.seed, epoch.into(), place.into()];
    let (_, picture) = picture(&kept, &training.augmentation, way, training.size_in(epoch));
    let numbers = imaging::normalise(&picture, IMAGENET_MEAN, IMAGENET_STD);
    Ok(numbers.iter().flat_map(|value| value.to_bits().to_le_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_and_place_is_fed_something_else() {
        let words = "seed=1 memory_size=40 stages=2x16,1x32 flip_horizontal=true rotation=20";
        let ways = (0..4).flat_map(|epoch| (0..3).map(move |place| [epoch, place]));
        let mut sums: Vec<u64> =
            ways.map(|way| lesions::checksum(&numbers(words, "NV", 1, way).unwrap())).collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 12);
        // Three planes of 16 × 16 numbers, four bytes each.
        assert_eq!(numbers(words, "NV", 1, [1, 0]).unwrap().len(), 3 * 16 * 16 * 4);
        assert!(numbers("seed=1", "NV", 1, [0, 0]).unwrap_err().contains("found seed=1"));
    }
}
