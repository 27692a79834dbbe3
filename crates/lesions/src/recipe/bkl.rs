//! Benign keratosis: seborrhoeic keratosis, solar lentigo, lichen planus-like keratosis.
//!
//! Seborrhoeic keratosis, n = 203: milia-like cysts 66 %, comedo-like openings 71 %, network-like 46 % (Braun 2002,
//! Arch Dermatol 138:1556); a series of 100: cerebriform 76, sharp margin 64, moth-eaten 46, fingerprint 40 % (Rajan
//! 2022, Egypt J Dermatol Venerol 42:174). Lichen planus-like, n = 355: 62 % non-pigmented, scale 42 %, coarse grey
//! pepper (Australas J Dermatol 2019). Yellow-brown, less red than nevi, of any darkness: measured on HAM10000.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (59.0, 9.0), a: (19.3, 3.4), b: (19.0, 4.6), inside: 7.3 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.53, 1.31, 7.2);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.36, 0.2).clamp(0.0, 1.0);
    c.concentric = draw.about(0.25, 0.18).clamp(0.0, 1.0);
    c.grain = draw.about(0.82, 0.2).clamp(0.0, 1.0);
    // Seborrhoeic, lentigo, lichen planus-like.
    match draw.random.weighted(&[60.0, 20.0, 20.0]) {
        0 => {
            c.border_sharpness = draw.about(0.72, 0.16).clamp(0.1, 1.0);
            c.milia_like_cysts = draw.hallmark(0.66);
            c.comedo_like_openings = draw.hallmark(0.71);
            c.ridges = draw.sign(0.6);
            c.fingerprint = draw.sign(0.35);
            c.moth_eaten_border = draw.sign(0.4);
            c.network = draw.stray(0.4);
            c.hairpin_vessels = draw.sign(0.15);
            c.scale = draw.stray(0.15);
        }
        1 => {
            c.border_sharpness = draw.about(0.62, 0.16).clamp(0.1, 1.0);
            c.moth_eaten_border = draw.hallmark(0.8);
            c.fingerprint = draw.hallmark(0.6);
            c.network = draw.stray(0.4);
        }
        _ => {
            c.border_sharpness = draw.about(0.5, 0.16).clamp(0.0, 1.0);
            c.pepper = draw.hallmark(0.8);
            c.scale = draw.sign(0.42);
            c.dotted_vessels = draw.sign(0.2);
            c.red += 0.1;
        }
    }
    c.network_atypia = draw.between(0.2, 0.6);
    c.dots = 0.5 * draw.sign(0.3);
    c.globules_irregular = draw.between(0.4, 0.9);
    c.blotch = draw.stray(0.25);
    c.blue_white_veil = draw.stray(0.1);
    c
}
