//! Dermatofibroma: a central white patch in a delicate peripheral network; round, smooth, pale.
//!
//! 412 tumours: network 72 %, white scar-like patch 57 %, white network 18 %, vessels 50 % (dotted 31 %)
//! (Zaballos 2008, Arch Dermatol 144:75). Zones and outline measured on HAM10000.

use super::{Draw, Ground, ground, shape};
use crate::clinical::Clinical;

const MEASURED: Ground = Ground { lightness: (60.5, 4.5), a: (24.5, 3.1), b: (15.0, 3.5), inside: 6.3 };

pub(super) fn sample(draw: &mut Draw) -> Clinical {
    let mut c = shape(draw, 0.52, 1.27, 4.7);
    ground(draw, &mut c, &MEASURED);
    c.asymmetry = draw.about(0.25, 0.14).clamp(0.0, 1.0);
    c.border_sharpness = draw.about(0.42, 0.18).clamp(0.0, 0.9);
    c.concentric = draw.about(0.5, 0.2).clamp(0.0, 1.0);
    c.grain = draw.about(0.42, 0.12).clamp(0.0, 1.0);
    c.central_white_patch = draw.hallmark(0.6);
    c.network = 0.7 * draw.hallmark(0.72);
    c.network_atypia = draw.about(0.15, 0.1).clamp(0.0, 1.0);
    c.network_peripheral = draw.between(0.5, 1.0);
    c.white_network = draw.sign(0.18);
    c.dotted_vessels = draw.sign(0.31);
    c.fine_vessels = draw.stray(0.2);
    c.shiny_white_lines = draw.sign(0.24);
    c.scale = draw.stray(0.06);
    c
}
