//! An image to the numbers that go into the network.

use catalog::model::Input;
use imaging::Rgb8;
use imaging::normalise::normalise;
use imaging::resize::resize;

/// The image as `[3, S, S]`: stretched to a square, scaled to 0..1, minus mean, over deviation per channel.
pub fn planes(image: &Rgb8, input: &Input) -> Vec<f32> {
    normalise(&resize(image, input.size, input.size), input.mean, input.std)
}
