//! Vascular lesion: red to purple lacunae with pale septa; small, round, smooth.
//!
//! Cherry angioma 60, angiokeratoma 20, pyogenic granuloma 8, haemorrhage 12 % (chosen). Angiokeratoma: dark lacunae
//! 94 %, whitish veil 91 % (after Zaballos 2007); pyogenic granuloma: red homogeneous area 92 %, white collarette 85 %
//! (Zaballos 2006, n = 13). Crimson, purple and black measured on HAM10000.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (55.0, 6.0), a: (31.0, 6.0), b: (8.0, 4.5), inside: 7.0 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.31, 1.19, 4.2);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.25, 0.16).clamp(0.0, 1.0);
    c.border_sharpness = draw.about(0.48, 0.16).clamp(0.0, 0.95);
    c.concentric = draw.about(0.55, 0.2).clamp(0.0, 1.0);
    c.grain = draw.about(0.25, 0.1).clamp(0.0, 1.0);
    // Cherry, angiokeratoma, granuloma, haemorrhage.
    match draw.random.weighted(&[60.0, 20.0, 8.0, 12.0]) {
        0 => {
            c.lacunae_red = draw.hallmark(1.0);
            c.lacunae_purple = if draw.chance(0.4) { draw.between(0.0, 0.5) } else { 0.0 };
        }
        1 => {
            c.lacunae_purple = draw.hallmark(1.0);
            c.lacunae_red = draw.sign(0.53);
            c.blue_white_veil = draw.sign(0.91);
            c.black += draw.between(0.0, 0.2);
            c.scale = draw.stray(0.3);
        }
        2 => {
            c.red = draw.between(0.7, 1.0);
            c.collarette = draw.sign(0.85);
            c.ulcer = draw.sign(0.46);
            c.border_sharpness = draw.between(0.6, 0.9);
        }
        _ => {
            c.black += draw.between(0.1, 0.5);
            c.dark_brown += 0.3;
            c.red = draw.between(0.4, 0.9);
            c.warmth = -0.7;
            c.lacunae_purple = draw.stray(0.5);
        }
    }
    c
}
