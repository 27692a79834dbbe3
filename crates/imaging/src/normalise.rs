//! From pixels to the normalised values that a network was trained on.

use crate::Rgb8;

/// `ImageNet` channel means, order RGB, for pixels scaled to 0..=1. Source: torchvision, pretrained model documentation.
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];

/// `ImageNet` channel deviations, order RGB, for pixels scaled to 0..=1. Source: as [`IMAGENET_MEAN`].
pub const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

// ANCHOR: normalise
/// `(pixel / 255 - mean) / std` for every channel: `[3, H, W]`, row-major.
///
/// ```
/// # use imaging::{Rgb8, normalise::normalise};
/// let image = Rgb8::new(1, 1, vec![255, 0, 51]).unwrap();
/// assert_eq!(normalise(&image, [0.5, 0.5, 0.2], [0.5, 0.25, 1.0]), [1.0, -2.0, 0.0]);
/// ```
pub fn normalise(image: &Rgb8, mean: [f32; 3], std: [f32; 3]) -> Vec<f32> {
    let pixels = image.width() as usize * image.height() as usize;
    let mut numbers = Vec::with_capacity(3 * pixels);
    for channel in 0..3 {
        // 256 values only: one table a channel is exact and spares two divisions a pixel.
        let table: [f32; 256] =
            std::array::from_fn(|value| (value as f32 / 255.0 - mean[channel]) / std[channel]);
        numbers.extend(image.data().iter().skip(channel).step_by(3).map(|&value| table[value as usize]));
    }
    numbers
}
// ANCHOR_END: normalise

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_colour_becomes_zero_and_one_deviation_becomes_one() {
        let image = Rgb8::new(2, 1, vec![0, 0, 0, 255, 255, 255]).unwrap();
        let numbers = normalise(&image, IMAGENET_MEAN, IMAGENET_STD);
        // Red: (0 - 0.485) / 0.229 = -2.1179, (1 - 0.485) / 0.229 = 2.2489; an ulp of 2 is 2.4e-7.
        assert!((numbers[0] + 0.485 / 0.229).abs() < 5e-7 && (numbers[1] - 0.515 / 0.229).abs() < 5e-7);
        // Blue comes last: (0 - 0.406) / 0.225 = -1.8044.
        assert!((numbers[4] + 0.406 / 0.225).abs() < 5e-7);
    }
}
