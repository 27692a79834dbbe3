//! Moving pixels: mirrors and quarter turns, which are exact, and any rotation, shift, scale and shear, which
//! interpolates.

mod row;

use crate::Rgb8;
use crate::normalise::IMAGENET_MEAN;
use numerics::math;

/// Left and right exchanged.
pub fn flip_horizontal(image: &Rgb8) -> Rgb8 {
    let mut data = image.data().to_vec();
    for row in data.chunks_exact_mut(image.width() as usize * 3) {
        row.as_chunks_mut::<3>().0.reverse();
    }
    Rgb8::new(image.width(), image.height(), data).expect("as many pixels as before")
}

/// Top and bottom exchanged.
pub fn flip_vertical(image: &Rgb8) -> Rgb8 {
    let rows: Vec<&[u8]> = image.data().chunks_exact(image.width() as usize * 3).rev().collect();
    Rgb8::new(image.width(), image.height(), rows.concat()).expect("as many pixels as before")
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
    let pixels = image.data().as_chunks::<3>().0;
    let mut data = vec![0; image.data().len()];
    for (y, row) in data.chunks_exact_mut(width as usize * 3).enumerate() {
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let (x, y) = source(x as u32, y as u32);
            *pixel = pixels[y as usize * image.width() as usize + x as usize];
        }
    }
    Rgb8::new(width, height, data).expect("every pixel was gathered")
}

/// A shear, a rotation and a scale about the centre, then a shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Clockwise, in degrees.
    pub degrees: f32,
    /// How much larger things become; above 0.
    pub scale: f32,
    /// To the right and down, as a share of width and height.
    pub shift: [f32; 2],
    /// How far upright lines lean to the right at their top before the rotation, in degrees, between −90 and 90;
    /// level lines stay level.
    pub shear: f32,
}

impl Affine {
    /// Leaves everything where it is.
    pub const IDENTITY: Self = Self { degrees: 0.0, scale: 1.0, shift: [0.0; 2], shear: 0.0 };

    // ANCHOR: backwards
    /// The matrix that leads back from a pixel of the result to where its colour comes from, both from the centre:
    /// the inverse rotation over the scale, then the inverse shear.
    fn backwards(self) -> [[f32; 2]; 2] {
        let angle = self.degrees.to_radians();
        let (cos, sin) = (math::cos(angle) / self.scale, math::sin(angle) / self.scale);
        let lean = self.shear.to_radians();
        let lean = math::sin(lean) / math::cos(lean);
        [[cos - lean * sin, sin + lean * cos], [-sin, cos]]
    }
    // ANCHOR_END: backwards
}

/// What is beyond the edge of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Fill {
    /// The nearest pixel, so that the edge repeats.
    #[default]
    Nearest,
    /// A mirror on the edge, whose own pixel is not repeated.
    Reflect,
    /// The image once more, from its other side.
    Wrap,
    /// Black.
    Black,
    /// `ImageNet`'s mean colour, which normalisation makes 0.
    Mean,
}

impl Fill {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Nearest, Self::Reflect, Self::Wrap, Self::Black, Self::Mean];

    /// The name in forms and configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Reflect => "reflect",
            Self::Wrap => "wrap",
            Self::Black => "black",
            Self::Mean => "mean",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fill| fill.name() == name)
    }

    // ANCHOR: fill
    /// Which pixel of a row of `length` is at `index`, which may be beyond the row; `None` for a constant colour.
    fn source(self, index: i32, length: i32) -> Option<i32> {
        if (0..length).contains(&index) {
            return Some(index);
        }
        let last = length - 1;
        match self {
            Self::Nearest => Some(index.clamp(0, last)),
            // There and back again is 2 × last; the second half of the way runs backwards.
            Self::Reflect => Some(last - (index.rem_euclid((2 * last).max(1)) - last).abs()),
            Self::Wrap => Some(index.rem_euclid(length)),
            Self::Black | Self::Mean => None,
        }
    }
    // ANCHOR_END: fill

    /// The constant colour, where it is one.
    const fn colour(self) -> [u8; 3] {
        const fn byte(share: f32) -> u8 {
            (share * 255.0 + 0.5) as u8
        }
        let [red, green, blue] = IMAGENET_MEAN;
        match self {
            Self::Mean => [byte(red), byte(green), byte(blue)],
            _ => [0; 3],
        }
    }
}

// ANCHOR: warp
/// Warps by `affine` with bilinear interpolation; `fill` sets what is beyond the edge.
///
/// # Panics
/// If the scale is not above 0.
pub fn warp(image: &Rgb8, affine: Affine, fill: Fill) -> Rgb8 {
    assert!(affine.scale > 0.0, "warp needs a scale above 0, found {}", affine.scale);
    if affine == Affine::IDENTITY {
        return image.clone();
    }
    let (width, height) = (image.width(), image.height());
    let from = affine.source(width, height);
    let row_bytes = width as usize * 3;
    let mut data = vec![0; row_bytes * height as usize + 1];
    let mut block = row::NeighbourBlock::EMPTY;
    for y in 0..height {
        // `between` for every pixel; for many at once where all their neighbours are in the image.
        let target = &mut data[y as usize * row_bytes..][..=row_bytes];
        row::warp(image, |x| from(x, y as f32), fill, &mut block, target);
    }
    data.pop();
    Rgb8::new(width, height, data).expect("every pixel was warped")
}

impl Affine {
    /// Where the colour of pixel (`x`, `y`) of the result comes from, in an image of this size.
    fn source(self, width: u32, height: u32) -> impl Fn(f32, f32) -> [f32; 2] {
        let (centre_x, centre_y) = ((width - 1) as f32 / 2.0, (height - 1) as f32 / 2.0);
        let [[xx, xy], [yx, yy]] = self.backwards();
        let (shift_x, shift_y) = (self.shift[0] * width as f32, self.shift[1] * height as f32);
        move |x, y| {
            let (right, down) = (x - centre_x - shift_x, y - centre_y - shift_y);
            [xx * right + xy * down + centre_x, yx * right + yy * down + centre_y]
        }
    }
}

/// The colour at a place between pixels, weighted by nearness.
fn between(image: &Rgb8, [x, y]: [f32; 2], fill: Fill) -> [u8; 3] {
    let ([left, right], share_x) = neighbours(x, image.width(), fill);
    let ([top, bottom], share_y) = neighbours(y, image.height(), fill);
    let pixel = |x: Option<u32>, y: Option<u32>| match (x, y) {
        (Some(x), Some(y)) => image.pixel(x, y),
        _ => fill.colour(),
    };
    let [a, b] = [pixel(left, top), pixel(right, top)];
    let [c, d] = [pixel(left, bottom), pixel(right, bottom)];
    std::array::from_fn(|channel| {
        let mix = |from: f32, to: f32, share: f32| from + (to - from) * share;
        let above = mix(a[channel].into(), b[channel].into(), share_x);
        let below = mix(c[channel].into(), d[channel].into(), share_x);
        (mix(above, below, share_y) + 0.5) as u8
    })
}
// ANCHOR_END: warp

/// The two pixels of a row between which `at` is, and how far it is from the first to the second, 0 to 1.
fn neighbours(at: f32, length: u32, fill: Fill) -> ([Option<u32>; 2], f32) {
    // Far beyond any image, and far from the end of the whole numbers.
    let at = at.clamp(-1e9, 1e9);
    let before = at.floor();
    let source = |index| fill.source(index, length as i32).map(|index| index as u32);
    ([source(before as i32), source(before as i32 + 1)], at - before)
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
        let rotated = warp(&square, Affine { degrees: 90.0, ..Affine::IDENTITY }, Fill::Black);
        assert_eq!(rotated, quarter_turns(&square, 1));
    }

    #[test]
    fn a_shift_by_whole_pixels_moves_and_repeats_the_edge() {
        let moved = warp(&image(4, 2), Affine { shift: [0.25, 0.0], ..Affine::IDENTITY }, Fill::Nearest);
        assert_eq!((0..4).map(|x| moved.pixel(x, 0)[0]).collect::<Vec<_>>(), [0, 0, 9, 18]);
    }

    /// A row of 10, 20, 30, 40 shifted to the right by `pixels`.
    fn check_row(fill: Fill, pixels: f32, expected: [u8; 4]) {
        let row =
            Rgb8::new(4, 1, [10, 20, 30, 40].into_iter().flat_map(|value| [value; 3]).collect()).unwrap();
        let moved = warp(&row, Affine { shift: [pixels / 4.0, 0.0], ..Affine::IDENTITY }, fill);
        assert_eq!(
            (0..4).map(|x| moved.pixel(x, 0)[0]).collect::<Vec<_>>(),
            expected,
            "{fill:?} by {pixels}"
        );
    }

    #[test]
    fn a_row_shifted_by_two_shows_what_stands_before_it() {
        check_row(Fill::Nearest, 2.0, [10, 10, 10, 20]);
        check_row(Fill::Reflect, 2.0, [30, 20, 10, 20]);
        check_row(Fill::Wrap, 2.0, [30, 40, 10, 20]);
        check_row(Fill::Black, 2.0, [0, 0, 10, 20]);
        check_row(Fill::Mean, 2.0, [124, 124, 10, 20]);
    }

    #[test]
    fn a_row_shifted_to_the_left_shows_what_stands_behind_it() {
        check_row(Fill::Nearest, -2.0, [30, 40, 40, 40]);
        check_row(Fill::Reflect, -2.0, [30, 40, 30, 20]);
        check_row(Fill::Wrap, -2.0, [30, 40, 10, 20]);
        check_row(Fill::Black, -2.0, [30, 40, 0, 0]);
    }

    #[test]
    fn half_a_pixel_beyond_the_edge_is_half_of_what_stands_there() {
        // The first pixel looks half a pixel before 10: at 10 and 10, 20 and 10, 40 and 10, 0 and 10, 124 and 10.
        check_row(Fill::Nearest, 0.5, [10, 15, 25, 35]);
        check_row(Fill::Reflect, 0.5, [15, 15, 25, 35]);
        check_row(Fill::Wrap, 0.5, [25, 15, 25, 35]);
        check_row(Fill::Black, 0.5, [5, 15, 25, 35]);
        check_row(Fill::Mean, 0.5, [67, 15, 25, 35]);
    }

    #[test]
    fn a_shift_by_twice_the_length_and_more_still_finds_a_pixel() {
        // Nine to the left: indices 9 to 12; of six steps there and back 3, 2, 1, 0 are left; of four 1, 2, 3, 0.
        check_row(Fill::Nearest, -9.0, [40; 4]);
        check_row(Fill::Reflect, -9.0, [40, 30, 20, 10]);
        check_row(Fill::Wrap, -9.0, [20, 30, 40, 10]);
        check_row(Fill::Black, -9.0, [0; 4]);
    }

    #[test]
    fn a_shear_by_45_degrees_moves_every_row_by_its_height() {
        // Centre row 2: the two rows above move to the right by 2 and 1, those below to the left.
        let leaning = warp(&image(5, 5), Affine { shear: 45.0, ..Affine::IDENTITY }, Fill::Nearest);
        let row = |y| (0..5).map(|x| leaning.pixel(x, y)[0]).collect::<Vec<_>>();
        assert_eq!(row(0), [0, 0, 0, 9, 18]);
        assert_eq!(row(1), [0, 0, 9, 18, 27]);
        assert_eq!(row(2), [0, 9, 18, 27, 36]);
        assert_eq!(row(3), [9, 18, 27, 36, 36]);
        assert_eq!((0..5).map(|x| leaning.pixel(x, 4)[1]).collect::<Vec<_>>(), [36; 5]);
    }

    #[test]
    fn every_fill_has_the_name_that_finds_it() {
        assert_eq!(Fill::ALL.map(|fill| Fill::named(fill.name())), Fill::ALL.map(Some));
        assert_eq!(Fill::named("edge"), None);
    }

    #[test]
    fn twice_the_scale_halves_the_distances() {
        // Centre 2: pixels 0, 1, 2, 3, 4 look at 1, 1.5, 2, 2.5, 3.
        let larger = warp(&image(5, 5), Affine { scale: 2.0, ..Affine::IDENTITY }, Fill::Nearest);
        assert_eq!((0..5).map(|x| larger.pixel(x, 2)[0]).collect::<Vec<_>>(), [9, 14, 18, 23, 27]);
    }

    #[test]
    fn a_single_pixel_survives_everything() {
        let dot = image(1, 1);
        let affine = Affine { degrees: 33.0, scale: 0.3, shift: [0.7, -0.2], shear: 20.0 };
        for fill in [Fill::Nearest, Fill::Reflect, Fill::Wrap] {
            assert_eq!(warp(&dot, affine, fill), dot);
        }
    }
}
