//! One value per pixel, or one plane per colour.

use crate::Rgb8;

/// Brightness of one pixel, 0 to 255: 0.299 red + 0.587 green + 0.114 blue.
///
/// Source: ITU-R BT.601-7, section 2.5.1; `OpenCV` and Pillow use the same weights.
pub fn luma([red, green, blue]: [f32; 3]) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

/// Brightness of every pixel, `[1, H, W]` row-major, 0 to 255.
pub fn grey(image: &Rgb8) -> Vec<f32> {
    image.data().as_chunks::<3>().0.iter().map(|pixel| luma(pixel.map(f32::from))).collect()
}

// ANCHOR: planes
/// The red, green and blue plane, `[3, H, W]` row-major, 0 to 255.
///
/// ```
/// # use imaging::{Rgb8, channels::planes};
/// let image = Rgb8::new(2, 1, vec![1, 2, 3, 4, 5, 6]).unwrap();
/// assert_eq!(planes(&image), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// ```
pub fn planes(image: &Rgb8) -> Vec<f32> {
    let channel = |c| image.data().iter().skip(c).step_by(3).map(|&value| f32::from(value));
    channel(0).chain(channel(1)).chain(channel(2)).collect()
}
// ANCHOR_END: planes

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_is_255_and_green_is_the_brightest_primary() {
        // Half an ulp of 255 is 8e-6; three products and two sums stay within four of them.
        assert!((luma([255.0; 3]) - 255.0).abs() < 3e-5);
        assert!(
            luma([0.0, 1.0, 0.0]) > luma([1.0, 0.0, 0.0]) && luma([1.0, 0.0, 0.0]) > luma([0.0, 0.0, 1.0])
        );
    }

    #[test]
    fn grey_has_one_number_a_pixel() {
        let image = Rgb8::new(2, 1, vec![0, 0, 0, 10, 20, 30]).unwrap();
        // 2.99 + 11.74 + 3.42 = 18.15
        let grey = grey(&image);
        assert_eq!((grey.len(), grey[0]), (2, 0.0));
        assert!((grey[1] - 18.15).abs() < 1e-5);
    }
}
