//! Actinic keratosis: pale follicles in a red pseudonetwork, the "strawberry", with scale; large and ill-defined.
//!
//! Facial, non-pigmented: red pseudonetwork 95 %, scale 85 %, wavy vessels 81 %, yellow plugs 66 %, white follicle
//! halo 100 % (Zalaudek 2006, Br J Dermatol 155:951). Ground and size measured on HAM10000, where three quarters are
//! on head and neck.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (66.0, 4.0), a: (19.5, 2.8), b: (16.0, 2.8), inside: 6.5 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.64, 1.32, 7.6);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.6, 0.2).clamp(0.1, 1.0);
    c.border_sharpness = draw.about(0.45, 0.2).clamp(0.0, 0.9);
    c.concentric = draw.about(0.15, 0.12).clamp(0.0, 1.0);
    c.grain = draw.about(0.55, 0.15).clamp(0.0, 1.0);
    c.moth_eaten_border = 0.5 * draw.sign(0.4);
    let face = draw.chance(0.78);
    if face {
        c.strawberry = draw.hallmark(0.95);
        c.follicle_plugs = draw.sign(0.66);
        c.scale = draw.sign(0.7);
        c.dotted_vessels = draw.stray(0.4);
    } else {
        c.dotted_vessels = draw.sign(0.7);
        c.scale = draw.hallmark(0.85);
    }
    c.keratin = draw.stray(0.12);
    c.pepper = draw.sign(0.3);
    c.rosettes = draw.sign(0.2);
    c.white = 0.25 * draw.sign(0.3);
    c.fine_vessels = draw.sign(0.5);
    c.dots = 0.5 * draw.sign(0.3);
    c.globules_irregular = 0.7;
    c.network = draw.stray(0.12);
    c.network_atypia = 0.5;
    c.glomerular_vessels = draw.stray(0.08);
    c
}
