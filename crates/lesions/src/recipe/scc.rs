//! Squamous cell carcinoma: keratin and scale, clusters of glomerular vessels, blood spots, white circles.
//!
//! Bowen, n = 21: glomerular vessels 90 %, scale 90 % (Zalaudek 2004, Br J Dermatol 150:1112). Nodular invasive, n = 50:
//! keratin crust or scale 90 %, blood 72 %, glomerular vessels 42 %, linear irregular vessels 36 %, white circles and
//! central keratin 32 %, hairpin 30 % (Lin 2014, Dermatol Pract Concept 4(2):2). Ground and outline measured on
//! HAM10000, whose carcinomas are mostly in situ.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (63.5, 6.3), a: (21.5, 3.0), b: (17.0, 3.5), inside: 7.6 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.61, 1.34, 8.3);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.65, 0.2).clamp(0.1, 1.0);
    c.border_sharpness = draw.about(0.58, 0.18).clamp(0.0, 0.95);
    c.concentric = draw.about(0.2, 0.15).clamp(0.0, 1.0);
    c.grain = draw.about(0.42, 0.14).clamp(0.0, 1.0);
    c.moth_eaten_border = 0.4 * draw.sign(0.25);
    if draw.chance(0.75) {
        c.glomerular_vessels = draw.hallmark(0.9);
        c.scale = draw.hallmark(0.9);
        // Pigmented ones have small brown globules.
        if draw.chance(0.3) {
            c.dots = draw.sign(0.9);
            c.globules_irregular = 0.8;
        }
        c.strawberry = draw.stray(0.25);
        c.blood_spots = draw.sign(0.12);
    } else {
        c.keratin = draw.hallmark(0.7);
        c.scale = draw.sign(0.5);
        c.blood_spots = draw.sign(0.72);
        c.glomerular_vessels = draw.sign(0.42);
        c.fine_vessels = draw.sign(0.36);
        c.white_circles = draw.sign(0.32);
        c.hairpin_vessels = draw.sign(0.3);
    }
    c.dotted_vessels = draw.sign(0.3);
    c.ulcer = draw.stray(0.2);
    c.white = 0.2 * draw.sign(0.3);
    c.pepper = draw.stray(0.1);
    c
}
