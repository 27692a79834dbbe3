//! Melanoma: asymmetry, several colours, atypical network, irregular dots, blotch, veil, streaks, regression.
//!
//! Frequencies over published series: atypical network 35 to 82 %, veil 17 to 75 %, atypical dots 25 to 40 %,
//! scar-like areas 17 to 36 %, streaks 9 to 32 %; shiny white lines 28.5 % (Williams 2021, JAMA Dermatol 157:1078;
//! Argenziano 1998, Arch Dermatol 134:1563). Colours measured on HAM10000.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (49.0, 10.8), a: (23.2, 4.9), b: (22.0, 5.2), inside: 12.3 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.54, 1.33, 7.1);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.62, 0.2).clamp(0.15, 1.0);
    c.border_sharpness = draw.about(0.6, 0.16).clamp(0.1, 0.95);
    c.concentric = draw.about(0.35, 0.18).clamp(0.0, 1.0);
    c.grain = draw.about(0.45, 0.15).clamp(0.0, 1.0);
    c.moth_eaten_border = 0.4 * draw.sign(0.25);
    c.network = draw.hallmark(0.6);
    c.network_atypia = draw.about(0.7, 0.22).clamp(0.1, 1.0);
    c.network_peripheral = draw.between(0.0, 0.6);
    c.dots = draw.sign(0.6);
    c.globules = draw.hallmark(0.6);
    c.globules_irregular = draw.about(0.8, 0.2).clamp(0.2, 1.0);
    c.blotch = draw.sign(0.55);
    c.blue_white_veil = draw.hallmark(0.32);
    c.blue_grey = 0.2 * draw.sign(0.13);
    c.regression = draw.sign(0.27);
    c.pepper = draw.sign(0.2);
    c.streaks = draw.sign(0.22);
    c.streaks_all_round = draw.between(0.0, 0.35);
    c.pseudopods = if draw.chance(0.4) { 1.0 } else { 0.0 };
    c.white = 0.1 * draw.sign(0.1);
    c.dotted_vessels = draw.sign(0.15);
    c.fine_vessels = draw.stray(0.25);
    // 28.5 % in polarised light, which is about 60 % of pictures.
    c.shiny_white_lines = draw.sign(0.17);
    c.milia_like_cysts = draw.stray(0.06);
    c
}
