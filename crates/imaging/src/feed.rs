//! From an image to the square that a training feeds its network, before normalisation.

use crate::augment::Variation;
use crate::{Rgb8, resize};

// ANCHOR: feed
/// What a training keeps in memory: an image larger than `memory_size` on both sides is stretched to a square of it.
///
/// # Panics
/// If `memory_size` is 0.
pub fn kept(image: Rgb8, memory_size: u32) -> Rgb8 {
    if image.width().min(image.height()) > memory_size {
        resize(&image, memory_size, memory_size)
    } else {
        image
    }
}

/// What the network is fed in training: a kept image, varied, stretched to a square of `size` pixels. Validation, test
/// and every later use feed it without a variation.
///
/// # Panics
/// If `size` is 0.
pub fn fed(kept: &Rgb8, variation: Option<&Variation>, size: u32) -> Rgb8 {
    match variation {
        Some(variation) => resize(&variation.apply(kept), size, size),
        None => resize(kept, size, size),
    }
}
// ANCHOR_END: feed

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u32, height: u32) -> Rgb8 {
        Rgb8::new(width, height, vec![9; (width * height * 3) as usize]).unwrap()
    }

    #[test]
    fn only_an_image_larger_on_both_sides_is_made_smaller() {
        let size = |width, height| {
            let image = kept(grey(width, height), 8);
            (image.width(), image.height())
        };
        assert_eq!((size(12, 9), size(12, 8), size(8, 8)), ((8, 8), (12, 8), (8, 8)));
    }

    #[test]
    fn the_network_is_fed_a_square() {
        assert_eq!(fed(&grey(12, 8), None, 6), grey(6, 6));
    }
}
