//! Colour: CIELAB as the drawing's space, the melanin ramp, and the way to 8-bit sRGB.
//!
//! Everything is drawn on a reference skin of L\* a\* b\* (72, 13, 13), D65; the light comes last.

use crate::field::{floor, nearest};
use crate::lanes::LANES;
use numerics::math;

/// CIELAB under D65: L\* 0 to 100, a\* and b\* about −60 to 60.
pub type Lab = [f32; 3];

/// The skin every lesion is drawn on, before the picture's light.
pub const REFERENCE_SKIN: Lab = [72.0, 13.0, 13.0];

/// Skin through growing amounts of melanin to black, by falling L\*: brown without any redness of its own.
/// Source: palettes of skin-normalised benign keratoses and melanomas measured on HAM10000 (Tschandl 2018, Sci Data
/// 5:180161), a\* lowered by 2, since each lesion brings its own redness.
const RAMP: [Lab; 8] = [
    REFERENCE_SKIN,
    [65.0, 15.5, 17.5],
    [57.0, 18.5, 21.5],
    [48.0, 22.5, 25.0],
    [39.0, 24.5, 25.0],
    [28.0, 22.0, 17.0],
    [18.0, 12.0, 6.0],
    [8.0, 6.0, 2.0],
];

/// The colour of melanin that makes the reference skin `darker` L\* units darker; below 0 it stays skin.
pub(crate) fn melanin(darker: f32) -> Lab {
    let l = (REFERENCE_SKIN[0] - darker).clamp(8.0, REFERENCE_SKIN[0]);
    for pair in RAMP.windows(2) {
        if l >= pair[1][0] {
            return mix(pair[0], pair[1], (pair[0][0] - l) / (pair[0][0] - pair[1][0]));
        }
    }
    RAMP[RAMP.len() - 1]
}

/// a\* and b\* of melanin by how much darker it is, in steps of one L\*.
pub(crate) struct Melanin([[f32; 2]; 66]);

impl Melanin {
    pub(crate) fn new() -> Self {
        Self(core::array::from_fn(|darker| {
            let colour = melanin(darker as f32);
            [colour[1], colour[2]]
        }))
    }

    /// As [`melanin`], from the table: L\*, a\* and b\* of neighbouring pixels.
    pub(crate) fn colours(&self, darker: [f32; LANES]) -> [[f32; LANES]; 3] {
        let (mut share, mut places, mut lightness) = ([0.0; LANES], [0; LANES], [0.0; LANES]);
        for x in 0..LANES {
            let darker = darker[x].clamp(0.0, REFERENCE_SKIN[0] - 8.0);
            let step = lesser(floor(darker), 64.0);
            share[x] = darker - step;
            places[x] = nearest(step);
            lightness[x] = REFERENCE_SKIN[0] - darker;
        }
        let [mut a, mut b, mut next_a, mut next_b] = [[0.0; LANES]; 4];
        for x in 0..LANES {
            let step = (places[x] as usize).min(64);
            ([a[x], b[x]], [next_a[x], next_b[x]]) = (self.0[step], self.0[step + 1]);
        }
        for x in 0..LANES {
            a[x] += (next_a[x] - a[x]) * share[x];
            b[x] += (next_b[x] - b[x]) * share[x];
        }
        [lightness, a, b]
    }
}

/// `from` at 0, `to` at 1, linear between.
pub(crate) fn mix(from: Lab, to: Lab, share: f32) -> Lab {
    [0, 1, 2].map(|i| from[i] + (to[i] - from[i]) * share)
}

/// `colour` and `amount` times `change`.
pub(crate) fn shifted(colour: Lab, change: Lab, amount: f32) -> Lab {
    [0, 1, 2].map(|i| colour[i] + change[i] * amount)
}

/// 0 at `from`, 1 at `to`, smooth between (`from` may be the larger).
pub(crate) fn smooth(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The greater of two numbers: unlike the standard one, which minds what is no number, a single instruction.
pub(crate) fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The lesser of two numbers.
pub(crate) fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

fn inverse_f(t: f32) -> f32 {
    if t > 6.0 / 29.0 { t * t * t } else { (t - 4.0 / 29.0) * (108.0 / 841.0) }
}

/// Linear R, G, B of sRGB's primaries, 1 = white; out-of-gamut values stay outside 0..1.
/// Source: CIE 15:2004 and IEC 61966-2-1.
pub(crate) fn linear_rgb(lab: Lab) -> [f32; 3] {
    let fy = (lab[0] + 16.0) * (1.0 / 116.0);
    let x = 0.950_47 * inverse_f(fy + lab[1] * 0.002);
    let y = inverse_f(fy);
    let z = 1.088_83 * inverse_f(fy - lab[2] * 0.005);
    [
        3.240_454_2 * x - 1.537_138_5 * y - 0.498_531_4 * z,
        -0.969_266 * x + 1.876_010_8 * y + 0.041_556 * z,
        0.055_643_4 * x - 0.204_025_9 * y + 1.057_225_2 * z,
    ]
}

/// Steps of the table of sRGB's curve; a step is at most a fifth of an 8-bit level.
const STEPS: usize = 2047;

/// sRGB's transfer curve as a table over the square root of linear light, where it is nearly straight.
pub(crate) struct Encoder(Vec<f32>);

impl Encoder {
    pub(crate) fn new() -> Self {
        let encode = |linear: f32| {
            if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * math::pow(linear, 1.0 / 2.4) - 0.055 }
        };
        let step = 1.0 / STEPS as f32;
        Self((0..=STEPS).map(|i| 255.0 * encode((i as f32 * step) * (i as f32 * step))).collect())
    }

    /// Where in the table neighbouring pixels' channels are, under these lights with this gain of linear R, G, B.
    pub(crate) fn places(colours: &[Lab], lights: &[f32], gain: [f32; 3]) -> [[i32; LANES]; 3] {
        let mut lab = [[0.0; LANES]; 3];
        let [lightness, a, b] = &mut lab;
        let parts = lightness.iter_mut().zip(a).zip(b);
        parts.zip(colours).for_each(|(((l, a), b), colour)| [*l, *a, *b] = *colour);
        let mut light = [0.0; LANES];
        light.iter_mut().zip(lights).for_each(|(light, &given)| *light = given);
        let mut places = [[0; LANES]; 3];
        for x in 0..LANES {
            let linear = linear_rgb([lab[0][x], lab[1][x], lab[2][x]]);
            for channel in 0..3 {
                let value = linear[channel] * gain[channel] * light[x];
                // A soft shoulder instead of clipped white.
                let value = if value > 0.8 { 1.0 - 0.04 / (value - 0.6) } else { value };
                places[channel][x] = Self::place(value);
            }
        }
        places
    }

    /// Where in the table linear light 0..1 is.
    fn place(linear: f32) -> i32 {
        nearest(math::sqrt(linear.clamp(0.0, 1.0)) * STEPS as f32)
    }

    /// The level, 0 to 255 and fractions, at a place in the table.
    pub(crate) fn at(&self, place: i32) -> f32 {
        self.0[place as usize & STEPS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_and_mid_grey_have_their_srgb_levels() {
        let encoder = Encoder::new();
        // L* 53.585 is sRGB 128 by definition of both curves.
        for (l, level) in [(100.0, 255.0), (53.585, 128.0), (0.0, 0.0)] {
            for channel in linear_rgb([l, 0.0, 0.0]) {
                assert!((encoder.at(Encoder::place(channel)) - level).abs() < 0.6, "L* {l}");
            }
        }
    }

    #[test]
    fn melanin_darkens_without_gaps() {
        for darker in 0..64 {
            let colour = melanin(darker as f32);
            assert!((colour[0] - (72.0 - darker as f32)).abs() < 1e-3);
        }
    }
}
