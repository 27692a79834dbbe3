//! A row of a warp, fast where all four neighbours of a place lie in the image, which is nearly everywhere.
//!
//! The numbers are those of the definition, to the last bit, and a test holds them to it.

use std::ops::Range;

use super::{Fill, between};
use crate::Rgb8;

/// Pixels at a time: enough to keep the loops long, few enough for the processor's nearest memory.
const BLOCK: usize = 64;

/// Fills one row of `width` pixels; `from` says where in `image` the colour of a pixel comes from. `target` is a byte
/// longer than the row; what it then holds is of no pixel.
///
/// The places of a row lie on a line, so those whose neighbours all lie in the image follow one another.
pub(super) fn warp(
    image: &Rgb8,
    width: u32,
    from: impl Fn(u32) -> [f32; 2],
    fill: Fill,
    block: &mut Block,
    target: &mut [u8],
) {
    // One pixel more to the right, because four bytes are read for the three of a pixel.
    let end = [image.width() as f32 - 2.0, image.height() as f32 - 1.0];
    let inside = |x: &u32| {
        let [x, y] = from(*x);
        x >= 0.0 && y >= 0.0 && x < end[0] && y < end[1]
    };
    let first = (0..width).find(inside).unwrap_or(width);
    let last = (first..width).rev().find(inside).map_or(first, |last| last + 1);
    for start in (first..last).step_by(BLOCK) {
        let pixels = start..last.min(start + BLOCK as u32);
        block.gather(image, pixels.clone(), &from);
        block.write(&mut target[start as usize * 3..], pixels.len());
    }
    for x in (0..first).chain(last..width) {
        target[x as usize * 3..][..3].copy_from_slice(&between(image, from(x), fill));
    }
}

/// The neighbours of some pixels, four bytes each of which the last is of no use: a SIMD register holds four numbers.
pub(super) struct Block {
    /// Above left, above right, below left, below right.
    corners: [[[u8; 4]; BLOCK]; 4],
    /// How far each place is from left to right and from above to below, 0 to 1, once for every byte.
    shares: [[[f32; 4]; BLOCK]; 2],
}

impl Block {
    /// An empty one, for as many rows as there are.
    pub(super) const EMPTY: Self = Self { corners: [[[0; 4]; BLOCK]; 4], shares: [[[0.0; 4]; BLOCK]; 2] };

    /// Looks up the neighbours of these pixels of the row.
    fn gather(&mut self, image: &Rgb8, pixels: Range<u32>, from: impl Fn(u32) -> [f32; 2]) {
        let row_bytes = image.width() as usize * 3;
        let mut offsets = [0; BLOCK];
        let mut shares = [[0.0; BLOCK]; 2];
        for i in 0..BLOCK {
            let [x, y] = from(pixels.start + i as u32);
            let (left, top) = (x as i32, y as i32);
            offsets[i] = top.wrapping_mul(row_bytes as i32).wrapping_add(left.wrapping_mul(3));
            [shares[0][i], shares[1][i]] = [x - left as f32, y - top as f32];
        }
        for i in 0..pixels.len() {
            let above = &image.data()[offsets[i] as usize..][..row_bytes + 7];
            for (corner, start) in self.corners.iter_mut().zip([0, 3, row_bytes, row_bytes + 3]) {
                corner[i].copy_from_slice(&above[start..start + 4]);
            }
            for (repeated, share) in self.shares.iter_mut().zip(&shares) {
                repeated[i] = [share[i]; 4];
            }
        }
    }

    /// Mixes the neighbours by nearness and writes the first `count` pixels, three bytes each and one more.
    fn write(&self, target: &mut [u8], count: usize) {
        let mix = |from: u8, to: u8, share: f32| f32::from(from) + (f32::from(to) - f32::from(from)) * share;
        let [above_left, above_right, below_left, below_right] =
            self.corners.each_ref().map(|corner| corner.as_flattened());
        let [share_x, share_y] = self.shares.each_ref().map(|share| share.as_flattened());
        let mut mixed = [[0; 4]; BLOCK];
        for (i, byte) in mixed.as_flattened_mut().iter_mut().enumerate() {
            let above = mix(above_left[i], above_right[i], share_x[i]);
            let below = mix(below_left[i], below_right[i], share_x[i]);
            *byte = (above + (below - above) * share_y[i] + 0.5) as i32 as u8;
        }
        // The fourth byte is overwritten by the next pixel.
        for (i, pixel) in mixed[..count].iter().enumerate() {
            target[i * 3..i * 3 + 4].copy_from_slice(pixel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Affine, warp};
    use super::*;

    /// Every pixel of the warp by the definition alone.
    fn by_definition(image: &Rgb8, affine: Affine, fill: Fill) -> Vec<u8> {
        let from = affine.source(image.width(), image.height());
        let places = (0..image.height()).flat_map(|y| (0..image.width()).map(move |x| (x, y)));
        places.flat_map(|(x, y)| between(image, from(x, y), fill)).collect()
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
