//! Moving pixels: mirrors and quarter turns, which are exact, and any rotation, shift and scale, which interpolates.

use crate::Rgb8;
use numerics::math;

/// Left and right exchanged.
pub fn flip_horizontal(image: &Rgb8) -> Rgb8 {
    let last = image.width() - 1;
    gather(image, image.width(), image.height(), |x, y| (last - x, y))
}

/// Top and bottom exchanged.
pub fn flip_vertical(image: &Rgb8) -> Rgb8 {
    let last = image.height() - 1;
    gather(image, image.width(), image.height(), |x, y| (x, last - y))
}

/// Turned clockwise by 90° as often as said; an odd number exchanges width and height.
pub fn quarter_turns(image: &Rgb8, turns: u32) -> Rgb8 {
    let (width, height) = (image.width(), image.height());
    match turns % 4 {
        1 => gather(image, height, width, |x, y| (y, height - 1 - x)),
        2 => gather(image, width, height, |x, y| (width - 1 - x, height - 1 - y)),
        3 => gather(image, height, width, |x, y| (width - 1 - y, x)),
        _ => image.clone(),
    }
}

/// Builds an image from the source pixel of every target pixel.
fn gather(image: &Rgb8, width: u32, height: u32, source: impl Fn(u32, u32) -> (u32, u32)) -> Rgb8 {
    let pixel = |x, y| {
        let (x, y) = source(x, y);
        image.pixel(x, y)
    };
    let data = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y));
    Rgb8::new(width, height, data.collect()).expect("every pixel was gathered")
}

/// A rotation about the centre, then a scale, then a shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Clockwise, in degrees.
    pub degrees: f32,
    /// How much larger things become; above 0.
    pub scale: f32,
    /// To the right and down, as a share of width and height.
    pub shift: [f32; 2],
}

impl Affine {
    /// Leaves everything where it is.
    pub const IDENTITY: Self = Self { degrees: 0.0, scale: 1.0, shift: [0.0; 2] };
}

/// Warps by `affine` with bilinear interpolation; beyond the edge stands the nearest pixel.
///
/// # Panics
/// If the scale is not above 0.
pub fn warp(image: &Rgb8, affine: Affine) -> Rgb8 {
    assert!(affine.scale > 0.0, "warp expects a scale above 0, found {}", affine.scale);
    if affine == Affine::IDENTITY {
        return image.clone();
    }
    let (width, height) = (image.width(), image.height());
    let (centre_x, centre_y) = ((width - 1) as f32 / 2.0, (height - 1) as f32 / 2.0);
    let angle = affine.degrees.to_radians();
    // Backwards, from target to source: the inverse rotation, over the scale.
    let (cos, sin) = (math::cos(angle) / affine.scale, math::sin(angle) / affine.scale);
    let (shift_x, shift_y) = (affine.shift[0] * width as f32, affine.shift[1] * height as f32);
    let mut data = Vec::with_capacity(image.data().len());
    for y in 0..height {
        let down = y as f32 - centre_y - shift_y;
        for x in 0..width {
            let right = x as f32 - centre_x - shift_x;
            data.extend(between(
                image,
                cos * right + sin * down + centre_x,
                cos * down - sin * right + centre_y,
            ));
        }
    }
    Rgb8::new(width, height, data).expect("every pixel was warped")
}

/// The colour at a place between pixels, weighted by nearness.
fn between(image: &Rgb8, x: f32, y: f32) -> [u8; 3] {
    let x = x.clamp(0.0, (image.width() - 1) as f32);
    let y = y.clamp(0.0, (image.height() - 1) as f32);
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(image.width() - 1), (top + 1).min(image.height() - 1));
    let (share_x, share_y) = (x - left as f32, y - top as f32);
    let [a, b] = [image.pixel(left, top), image.pixel(right, top)];
    let [c, d] = [image.pixel(left, bottom), image.pixel(right, bottom)];
    std::array::from_fn(|channel| {
        let mix = |from: f32, to: f32, share: f32| from + (to - from) * share;
        let above = mix(a[channel].into(), b[channel].into(), share_x);
        let below = mix(c[channel].into(), d[channel].into(), share_x);
        (mix(above, below, share_y) + 0.5) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pixel tells its place.
    fn image(width: u32, height: u32) -> Rgb8 {
        let data = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8 * 9, y as u8 * 9, 7]));
        Rgb8::new(width, height, data.collect()).unwrap()
    }

    #[test]
    fn a_mirror_twice_is_the_image() {
        let image = image(4, 3);
        assert_eq!(flip_horizontal(&flip_horizontal(&image)), image);
        assert_eq!(flip_vertical(&flip_vertical(&image)), image);
        assert_eq!(flip_vertical(&flip_horizontal(&image)), quarter_turns(&image, 2));
        assert_eq!(flip_horizontal(&image).pixel(0, 1), image.pixel(3, 1));
    }

    #[test]
    fn a_quarter_turn_brings_the_left_edge_to_the_top() {
        let turned = quarter_turns(&image(4, 3), 1);
        assert_eq!((turned.width(), turned.height()), (3, 4));
        // The bottom left corner (0, 2) comes to the top left, the top left (0, 0) to the top right.
        assert_eq!((turned.pixel(0, 0), turned.pixel(2, 0)), ([0, 18, 7], [0, 0, 7]));
    }

    #[test]
    fn quarter_turns_add_up() {
        let image = image(4, 3);
        let mut turned = image.clone();
        for turns in 1..=4 {
            turned = quarter_turns(&turned, 1);
            assert_eq!(turned, quarter_turns(&image, turns));
        }
        assert_eq!(turned, image);
    }

    #[test]
    fn a_rotation_by_ninety_degrees_is_a_quarter_turn() {
        let square = image(9, 9);
        let rotated = warp(&square, Affine { degrees: 90.0, ..Affine::IDENTITY });
        assert_eq!(rotated, quarter_turns(&square, 1));
    }

    #[test]
    fn a_shift_by_whole_pixels_moves_and_repeats_the_edge() {
        let moved = warp(&image(4, 2), Affine { shift: [0.25, 0.0], ..Affine::IDENTITY });
        assert_eq!((0..4).map(|x| moved.pixel(x, 0)[0]).collect::<Vec<_>>(), [0, 0, 9, 18]);
    }

    #[test]
    fn twice_the_scale_halves_the_distances() {
        // Centre 2: pixels 0, 1, 2, 3, 4 look at 1, 1.5, 2, 2.5, 3.
        let larger = warp(&image(5, 5), Affine { scale: 2.0, ..Affine::IDENTITY });
        assert_eq!((0..5).map(|x| larger.pixel(x, 2)[0]).collect::<Vec<_>>(), [9, 14, 18, 23, 27]);
    }

    #[test]
    fn a_single_pixel_survives_everything() {
        let dot = image(1, 1);
        assert_eq!(warp(&dot, Affine { degrees: 33.0, scale: 0.3, shift: [0.7, -0.2] }), dot);
    }
}
