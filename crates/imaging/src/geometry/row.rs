//! A row of a warp, some pixels at a time: look up the four neighbours of each, then mix all of them at once, which the
//! compiler turns into SIMD.
//!
//! The results are those of the definition, to the last bit; a test checks this.

use std::ops::Range;

use super::{Fill, between};
use crate::Rgb8;
use crate::packed::{self, BLOCK, LONGEST, whole};

/// Fills one row; `from` says where in `image` the colour of a pixel comes from. `target` is a byte longer than the row;
/// its contents then belong to no pixel.
pub(super) fn warp(
    image: &Rgb8,
    from: impl Fn(f32) -> [f32; 2],
    fill: Fill,
    block: &mut NeighbourBlock,
    target: &mut [u8],
) {
    let width = target.len() as u32 / 3;
    let inside = inside(image, width, &from, fill);
    let by_definition = |pixels: Range<u32>, target: &mut [u8]| {
        for x in pixels {
            target[x as usize * 3..][..3].copy_from_slice(&between(image, from(x as f32), fill));
        }
    };
    by_definition(0..inside.start, target);
    for start in inside.clone().step_by(BLOCK) {
        let count = BLOCK.min((inside.end - start) as usize);
        block.gather(image, count, |i| from(start as f32 + i));
        block.write(&mut target[start as usize * 3..][..=count * 3]);
    }
    // Last, because a block leaves a byte behind its last pixel.
    by_definition(inside.end..width, target);
}

/// The pixels of a row whose neighbours all are in the image; they follow one another, because the places of a row lie
/// on a line. Where the edge repeats, a place beyond it is as good as one on it, so these are all pixels.
fn inside(image: &Rgb8, width: u32, from: impl Fn(f32) -> [f32; 2], fill: Fill) -> Range<u32> {
    let sides = [image.width(), image.height()];
    // Longer ones go by the definition.
    if sides.iter().any(|side| !(2..=LONGEST).contains(side)) {
        return 0..0;
    }
    if fill == Fill::Nearest {
        return 0..width;
    }
    let inside = |x: &u32| {
        let [x, y] = from(*x as f32);
        x >= 0.0 && y >= 0.0 && x <= (sides[0] - 1) as f32 && y <= (sides[1] - 1) as f32
    };
    let first = (0..width).find(inside).unwrap_or(width);
    first..(first..width).rev().find(inside).map_or(first, |last| last + 1)
}

/// The neighbours of some pixels.
pub(super) struct NeighbourBlock {
    /// Above left and below left: red, green and blue from the lowest byte on.
    left: [[u32; BLOCK]; 2],
    /// Above right and below right: the same from the second byte on.
    right: [[u32; BLOCK]; 2],
    /// How far each place is from left to right and from above to below, 0 to 1.
    shares: [[f32; BLOCK]; 2],
}

impl NeighbourBlock {
    /// An empty one, for as many rows as there are.
    pub(super) const EMPTY: Self =
        Self { left: [[0; BLOCK]; 2], right: [[0; BLOCK]; 2], shares: [[0.0; BLOCK]; 2] };

    /// Looks up the neighbours of `count` pixels; `from` says where in `image` the colour of the `i`th comes from.
    fn gather(&mut self, image: &Rgb8, count: usize, from: impl Fn(f32) -> [f32; 2]) {
        let [right, bottom] = [image.width() as i32 - 1, image.height() as i32 - 1];
        let [mut lefts, mut tops] = [[0; BLOCK]; 2];
        let [share_x, share_y] = &mut self.shares;
        for i in 0..BLOCK {
            let [x, y] = from(i as f32);
            (lefts[i], share_x[i]) = apart(x, right);
            (tops[i], share_y[i]) = apart(y, bottom);
        }
        let row_bytes = image.width() as usize * 3;
        for (i, (&left, &top)) in lefts[..count].iter().zip(&tops).enumerate() {
            let above = &image.data()[top as usize * row_bytes + left as usize * 3..][..row_bytes + 6];
            for (row, pair) in [&above[..6], &above[row_bytes..]].into_iter().enumerate() {
                (self.left[row][i], self.right[row][i]) = (four(&pair[..4]), four(&pair[2..]));
            }
        }
    }

    /// Mixes the neighbours by nearness and writes pixels, three bytes each, and one byte more.
    fn write(&self, target: &mut [u8]) {
        let mut mixed = [0_u32; BLOCK];
        for (i, mixed) in mixed.iter_mut().enumerate() {
            *mixed = [0, 8, 16].into_iter().fold(0, |pixel, bits| {
                let [above, below] = [0, 1].map(|row| {
                    let left = (self.left[row][i] >> bits & 255) as i32 as f32;
                    let right = (self.right[row][i] >> (bits + 8) & 255) as i32 as f32;
                    left + (right - left) * self.shares[0][i]
                });
                pixel | (whole(above + (below - above) * self.shares[1][i] + 0.5) as u32) << bits
            });
        }
        packed::write(&mixed, target);
    }
}

/// Four bytes as one number, read at once.
fn four(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

/// A place on a side with the pixels 0 to `last`, beyond which the edge repeats: the pixel before it, which has another
/// one behind it, and how far the place is from there to the next, 0 to 1; on the last pixel it is 1.
fn apart(place: f32, last: i32) -> (i32, f32) {
    let end = last as f32;
    // Not `clamp`, which SIMD does not have; what is no number becomes 0.
    let place = if place > 0.0 { place } else { 0.0 };
    let place = if place < end { place } else { end };
    let before = whole(place).min(last - 1);
    (before, place - before as f32)
}

#[cfg(test)]
mod tests {
    use super::super::{Affine, warp};
    use super::*;

    /// Every pixel of the warp by the definition alone.
    fn by_definition(image: &Rgb8, affine: Affine, fill: Fill) -> Vec<u8> {
        let from = affine.source(image.width(), image.height());
        let places = (0..image.height()).flat_map(|y| (0..image.width()).map(move |x| (x, y)));
        places.flat_map(|(x, y)| between(image, from(x as f32, y as f32), fill)).collect()
    }

    #[test]
    fn the_fast_rows_are_the_definition_to_the_last_bit() {
        let mut random = numerics::Random::new(5);
        for (width, height) in [(1, 1), (2, 9), (3, 2), (31, 17), (40, 64)] {
            let bytes = (0..width * height * 3).map(|_| random.below(256) as u8).collect();
            let image = Rgb8::new(width, height, bytes).unwrap();
            for fill in Fill::ALL {
                let affine = Affine {
                    degrees: random.between(-180.0, 180.0),
                    scale: random.between(0.4, 2.0),
                    shift: [random.between(-0.3, 0.3), random.between(-0.3, 0.3)],
                    shear: random.between(-30.0, 30.0),
                };
                assert_eq!(warp(&image, affine, fill).data(), by_definition(&image, affine, fill));
            }
        }
    }
}
