//! Checksums of what this module computes, so that a test can hold the page's WASM against native code.

use catalog::Diagnosis;
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use imaging::{Kernel, Rgb8, feed};
use nn::Tensor;
use nn::conv::{self, Padding, Step};
use wasm_bindgen::prelude::*;
use widget_kit::picture::SIDE;

use crate::augmentation_lab::training::{Training, picture};

/// Checksum of a drawn lesion's pixels, hexadecimal; the diagnosis by its abbreviation, `size` × `size` pixels.
///
/// # Errors
/// A message if there is no such diagnosis or `size` is 0.
#[wasm_bindgen]
pub fn lesion_checksum(abbreviation: &str, seed: u32, size: u32) -> Result<String, JsError> {
    let pixels = lesion(abbreviation, seed, size).map_err(|words| JsError::new(&words))?;
    Ok(hexadecimal(lesions::checksum(pixels.data())))
}

/// Checksum of the results of a named kernel over a drawn lesion in grey, bit by bit: stride 1, replicate padding.
///
/// # Errors
/// A message as from [`lesion_checksum`], or if there is no such kernel.
#[wasm_bindgen]
pub fn convolution_checksum(
    kernel: &str,
    abbreviation: &str,
    seed: u32,
    size: u32,
) -> Result<String, JsError> {
    let bytes = convolution(kernel, abbreviation, seed, size).map_err(|words| JsError::new(&words))?;
    Ok(hexadecimal(lesions::checksum(&bytes)))
}

/// Checksum of the numbers that a training feeds its network for a drawn lesion at `place` of its list, bit by bit;
/// `words` are the page's about the training, `epoch` and `place` count from 0.
///
/// # Errors
/// A message as from [`lesion_checksum`], or if the words are not the page's.
#[wasm_bindgen]
pub fn fed_checksum(
    words: &str,
    abbreviation: &str,
    seed: u32,
    epoch: u32,
    place: u32,
) -> Result<String, JsError> {
    let bytes = fed(words, abbreviation, seed, [epoch, place]).map_err(|words| JsError::new(&words))?;
    Ok(hexadecimal(lesions::checksum(&bytes)))
}

/// The numbers' bits, four bytes each, lowest first.
fn fed(words: &str, abbreviation: &str, seed: u32, [epoch, place]: [u32; 2]) -> Result<Vec<u8>, String> {
    let training = Training::parse(words)
        .ok_or_else(|| format!("expected words such as seed=2019 stages=10x64, found {words}"))?;
    let kept = feed::kept(lesion(abbreviation, seed, SIDE)?, training.memory_size);
    let way = [training.seed, epoch.into(), place.into()];
    let (_, picture) = picture(&kept, &training.augmentation, way, training.size_in(epoch));
    let numbers = imaging::normalise(&picture, IMAGENET_MEAN, IMAGENET_STD);
    Ok(numbers.iter().flat_map(|value| value.to_bits().to_le_bytes()).collect())
}

fn lesion(abbreviation: &str, seed: u32, size: u32) -> Result<Rgb8, String> {
    let diagnosis = Diagnosis::from_abbreviation(abbreviation)
        .ok_or_else(|| format!("expected a diagnosis such as MEL, found {abbreviation}"))?;
    if size == 0 {
        return Err("expected a size of at least 1 pixel, found 0".to_owned());
    }
    let bytes = lesions::draw_sample(diagnosis, seed.into(), size, size);
    Rgb8::new(size, size, bytes).map_err(|e| e.to_string())
}

/// The results' bits, four bytes each, lowest first.
fn convolution(name: &str, abbreviation: &str, seed: u32, size: u32) -> Result<Vec<u8>, String> {
    let kernel =
        Kernel::named(name).ok_or_else(|| format!("expected a kernel such as sobel-x, found {name}"))?;
    let image = lesion(abbreviation, seed, size)?;
    let side = kernel.size();
    let run = || {
        let numbers = crate::kernel_lab::numbers(&image, false)?;
        let weights = Tensor::new([side, side], kernel.coefficients().to_vec())?;
        conv::depthwise(&numbers, &weights, Step::new(1, Padding::Replicate))
    };
    let result = run().map_err(|e| e.to_string())?;
    Ok(result.data().iter().flat_map(|value| value.to_bits().to_le_bytes()).collect())
}

fn hexadecimal(checksum: u64) -> String {
    format!("{checksum:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_and_seed_has_a_checksum_of_its_own() {
        let mut sums: Vec<u64> = Kernel::NAMES
            .iter()
            .flat_map(|name| {
                [1, 2].map(|seed| lesions::checksum(&convolution(name, "NV", seed, 32).unwrap()))
            })
            .collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 12);
    }

    #[test]
    fn what_does_not_exist_is_named() {
        assert_eq!(
            convolution("own", "NV", 1, 8),
            Err("expected a kernel such as sobel-x, found own".to_owned())
        );
        assert_eq!(lesion("UNK", 1, 8), Err("expected a diagnosis such as MEL, found UNK".to_owned()));
        assert_eq!(lesion("NV", 1, 0), Err("expected a size of at least 1 pixel, found 0".to_owned()));
    }

    #[test]
    fn a_checksum_has_sixteen_digits() {
        assert_eq!(hexadecimal(0xab), "00000000000000ab");
    }

    #[test]
    fn every_epoch_and_place_is_fed_something_else() {
        let words = "seed=1 memory_size=40 stages=2x16,1x32 flip_horizontal=true rotation=20";
        let ways = (0..4).flat_map(|epoch| (0..3).map(move |place| [epoch, place]));
        let mut sums: Vec<u64> =
            ways.map(|way| lesions::checksum(&fed(words, "NV", 1, way).unwrap())).collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 12);
        // Three planes of 16 × 16 numbers, four bytes each.
        assert_eq!(fed(words, "NV", 1, [1, 0]).unwrap().len(), 3 * 16 * 16 * 4);
        assert!(fed("seed=1", "NV", 1, [0, 0]).unwrap_err().contains("found seed=1"));
    }
}
