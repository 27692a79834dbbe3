//! Basal cell carcinoma: pale pink ground, arborising vessels, blue-grey nests, leaf-like areas, ulcer; no network.
//!
//! Pooled over 5950 tumours: arborising vessels 59 %, shiny white structures 49 %, blue-grey ovoid nests 34 %
//! (Reiter 2021, JAAD 85:653). Light-brown nests 40 % (Seidenari 2014, Acta Derm Venereol 94). Ground 0 to 8 L\* darker
//! than skin and not browner: measured on HAM10000.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (63.0, 5.2), a: (20.5, 3.6), b: (13.5, 3.6), inside: 7.0 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.47, 1.33, 6.7);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.55, 0.2).clamp(0.1, 1.0);
    c.border_sharpness = draw.about(0.55, 0.18).clamp(0.0, 0.95);
    c.concentric = draw.about(0.3, 0.18).clamp(0.0, 1.0);
    c.grain = draw.about(0.3, 0.12).clamp(0.0, 1.0);
    c.arborising_vessels = draw.hallmark(0.59);
    c.fine_vessels = draw.sign(if c.arborising_vessels > 0.0 { 0.2 } else { 0.5 });
    c.nests = draw.hallmark(0.4);
    c.leaf_like_areas = draw.sign(0.15);
    c.ulcer = draw.sign(0.27);
    c.white = 0.2 * draw.sign(0.3);
    c.shiny_white_lines = draw.sign(0.36);
    c.globules = 0.4 * draw.sign(0.15);
    c.globules_irregular = 0.8;
    c.scale = draw.stray(0.12);
    c.dotted_vessels = draw.stray(0.08);
    c.blood_spots = draw.stray(0.1);
    c
}
