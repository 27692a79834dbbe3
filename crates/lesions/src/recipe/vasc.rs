//! Vascular lesion: red to purple lacunae with pale septa; small, round, smooth.
//!
//! Cherry angioma 60, angiokeratoma 20, pyogenic granuloma 8, haemorrhage 12 %. Angiokeratoma: dark lacunae 94 %,
//! whitish veil 91 % (Zaballos 2007); pyogenic granuloma: red homogeneous area 92 %, white collarette 85 % (Zaballos
//! 2006, n = 13). Crimson, purple and black measured on HAM10000.

use super::outline;
use crate::body::Body;
use crate::lacunae::Lacunae;
use crate::lesion::Lesion;
use crate::patch::Patch;
use crate::spots::{Placement, Spots};
use catalog::Diagnosis;
use core::f32::consts::TAU;
use numerics::{Random, math};

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.4, 1.18, 4.4);
    let radius = outline.radius();
    // Cherry, angiokeratoma, granuloma, haemorrhage.
    let kind = random.weighted(&[62.0, 20.0, 8.0, 10.0]);
    let purple = random.uniform();
    let body = Body {
        darker: random.between(2.0, 6.0),
        redness: 1.0,
        tint: [random.between(-16.0, -10.0), random.between(14.0, 22.0), random.between(-9.0, -4.0)],
        edge: random.between(0.1, 0.2),
        sharp: 0.1,
        bites: 0.0,
        coarse: random.between(0.8, 1.8),
        fine: random.between(0.4, 0.8),
        off_centre: (0.0, 0.0),
        fade: 0.1,
    };
    let mut lesion = Lesion::plain(Diagnosis::Vasc, outline, body);
    let crimson = [42.0, 47.0, if random.chance(0.4) { 14.0 } else { 3.0 }];
    let violet = [36.0, 24.0, -6.0];
    let spacing = 2.0 * radius * random.between(0.12, 0.24);
    lesion.lacunae = Some(Lacunae {
        spacing: spacing.max(7.0),
        septa: random.between(0.06, 0.14),
        between: [random.between(58.0, 67.0), 25.0, 6.0],
        blood: match kind {
            1 => [violet, [26.0, 17.0, -4.0]],
            2 => [[50.0, 42.0, 14.0], [46.0, 44.0, 16.0]],
            3 => [[30.0, 28.0, 4.0], [22.0, 17.0, 0.0]],
            _ if purple > 0.7 => [crimson, violet],
            _ => [crimson, [47.0, 40.0, 8.0]],
        },
        thrombosed: if kind == 1 {
            0.3
        } else if random.chance(0.25) {
            0.15
        } else {
            0.0
        },
        contrast: match kind {
            2 => 0.25,
            3 => 0.15,
            _ => random.between(0.65, 1.0),
        },
    });
    let angle = random.between(0.0, TAU);
    let veil_at = (0.25 * radius * math::cos(angle), 0.25 * radius * math::sin(angle));
    if kind == 1 && random.chance(0.91) {
        lesion.veils.push(Patch {
            at: veil_at,
            radius: radius * random.between(0.5, 0.8),
            colour: [66.0, 12.0, -2.0],
            opacity: random.between(0.35, 0.55),
            soft: 0.9,
            ragged: 0.8,
            grain: 2.0,
            within: true,
        });
    }
    if kind == 2 {
        // The white collarette: small pale discs in a ring.
        lesion.inclusions.push(Spots {
            count: 40,
            radius: 2.6,
            variety: 1.3,
            colour: [79.0, 12.0, 12.0],
            opacity: 0.6,
            soft: 0.9,
            oval: 1.4,
            placement: Placement::Rim(0.98, 0.05),
        });
    }
    lesion
}
