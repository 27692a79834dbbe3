//! From named numbers to the lesion's outline and ground: size, border, colours.

use crate::body::Body;
use crate::clinical::Clinical;
use crate::outline::Outline;
use numerics::{Random, math};

/// How much higher a\* is at `Clinical::red` of 1.
pub(crate) const RED: f32 = 26.0;
/// How much higher b\* is at `Clinical::warmth` of 1.
pub(crate) const WARM: f32 = 18.0;

/// The frame's shorter side, reference pixels.
const FRAME: f32 = 240.0;

pub(crate) fn outline(clinical: &Clinical, random: &mut Random) -> Outline {
    let roughness = 0.005 + 0.155 * clinical.border_irregularity;
    Outline::sample(random, FRAME * clinical.diameter, clinical.elongation, roughness)
}

pub(crate) fn body(clinical: &Clinical, random: &mut Random) -> Body {
    let heavy = random.between(0.0, core::f32::consts::TAU);
    let shift = 0.55 * clinical.asymmetry;
    Body {
        browns: [clinical.black, clinical.dark_brown, clinical.light_brown],
        red: 1.1 * RED * clinical.red,
        warm: 1.1 * WARM * clinical.warmth,
        white: clinical.white,
        blue_grey: clinical.blue_grey,
        concentric: clinical.concentric,
        off_centre: (shift * math::cos(heavy), shift * math::sin(heavy)),
        patchy: clinical.asymmetry,
        edge: 0.36 * (1.0 - clinical.border_sharpness) + 0.015,
        ragged: clinical.border_irregularity,
        bites: 0.3 * clinical.moth_eaten_border,
        grain: 3.0 * clinical.grain,
    }
}
