//! How a network needs an image's values to be normalised.

use serde::{Deserialize, Serialize};

/// Means and deviations of the channels red, green and blue, for pixels scaled to 0 to 1: a network is given
/// `(pixel - mean) / std`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalisation {
    /// Subtracted.
    pub mean: [f32; 3],
    /// Divided by.
    pub std: [f32; 3],
}

impl Normalisation {
    /// Means and deviations of `ImageNet`'s pixels, which torchvision's networks were trained with.
    ///
    /// Source: torchvision, documentation of its pretrained models.
    pub const IMAGENET: Self = Self { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

    /// `(pixel - 127) / 128` for pixels of 0 to 255: the same for every channel, -0.99 to 1.
    ///
    /// Source: TensorFlow, `models/official/efficientnet/lite/efficientnet_lite_builder.py`, `MEAN_RGB` and `STDDEV_RGB`.
    pub const EFFICIENTNET_LITE: Self = Self { mean: [127.0 / 255.0; 3], std: [128.0 / 255.0; 3] };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn efficientnet_lite_subtracts_127_and_divides_by_128() {
        let Normalisation { mean, std } = Normalisation::EFFICIENTNET_LITE;
        for pixel in 0..=255_u8 {
            let found = (f32::from(pixel) / 255.0 - mean[0]) / std[0];
            let expected = (f32::from(pixel) - 127.0) / 128.0;
            // Three roundings of numbers up to 1, 6e-8 each, times 255 / 128.
            assert!((found - expected).abs() < 4e-7, "{pixel}: {found} and {expected}");
        }
    }
}
