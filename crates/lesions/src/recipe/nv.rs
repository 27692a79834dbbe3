//! Melanocytic nevus: one hue, one order: reticular, globular, homogeneous, mixed; symmetric, with a soft border.
//!
//! Patterns by age: Zalaudek 2011, Arch Dermatol 147:663 (reticular is commonest after the second decade, globular in
//! the young). Starburst and blue are rare. Colour, softness and outline measured on HAM10000.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (50.0, 8.5), a: (26.5, 4.4), b: (23.0, 4.4), inside: 8.5 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.44, 1.33, 6.0);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.25, 0.14).clamp(0.0, 1.0);
    c.border_sharpness = draw.about(0.36, 0.17).clamp(0.0, 0.9);
    c.concentric = draw.about(0.5, 0.2).clamp(0.0, 1.0);
    c.grain = draw.about(0.28, 0.12).clamp(0.0, 1.0);
    c.globules_irregular = draw.about(0.2, 0.18).clamp(0.0, 1.0);
    c.network_atypia = draw.about(0.22, 0.2).clamp(0.0, 1.0);
    // Reticular, homogeneous, mixed or central, globular, starburst, blue, dermal.
    match draw.random.weighted(&[40.0, 20.0, 18.0, 15.0, 2.0, 2.0, 3.0]) {
        0 => {
            c.network = draw.hallmark(1.0);
            c.rim_globules = draw.sign(0.1);
            c.network_peripheral = if draw.chance(0.3) { draw.between(0.3, 0.9) } else { 0.0 };
        }
        1 => {}
        2 => {
            c.network = draw.hallmark(1.0);
            c.network_peripheral = draw.between(0.5, 1.0);
            c.rim_globules = draw.sign(0.5);
            c.globules = draw.sign(0.3);
        }
        3 => c.globules = draw.hallmark(1.0),
        4 => {
            c.streaks = draw.hallmark(1.0);
            c.streaks_all_round = 1.0;
            c.pseudopods = if draw.chance(0.3) { 1.0 } else { 0.0 };
        }
        5 => {
            c.blue_grey = draw.between(0.7, 1.0);
            c.red = 0.0;
            c.warmth = -0.8;
        }
        _ => c.comma_vessels = draw.hallmark(1.0),
    }
    c.dots = 0.6 * draw.sign(0.45);
    c.blotch = draw.stray(0.16);
    c.pepper = draw.stray(0.05);
    c.milia_like_cysts = draw.stray(0.06);
    c
}
