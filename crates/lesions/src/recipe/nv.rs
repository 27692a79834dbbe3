//! Melanocytic nevus: one hue, one order: reticular, globular, homogeneous, mixed; symmetric, with a soft border.
//!
//! Patterns by age: Zalaudek 2011, Arch Dermatol 147:663 (reticular is commonest after the second decade, globular in
//! the young). Starburst and blue are rare. Colour, softness and outline measured on HAM10000.

use super::{about, outline};
use crate::body::Body;
use crate::colour::melanin;
use crate::lesion::Lesion;
use crate::network::Network;
use crate::spots::{Placement, Spots};
use crate::streaks::Streaks;
use catalog::Diagnosis;
use core::f32::consts::TAU;
use numerics::Random;

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.47, 1.3, 5.0);
    let radius = outline.radius();
    // Reticular, homogeneous, mixed or central, globular, starburst, blue.
    let pattern = random.weighted(&[41.0, 20.0, 20.0, 15.0, 2.0, 2.0]);
    let blue = pattern == 5;
    let body = Body {
        darker: about(random, 29.0, 7.0).max(12.0),
        redness: if blue { 0.1 } else { random.between(0.95, 1.25) },
        tint: if blue {
            [-2.0, -7.0, -24.0]
        } else {
            [0.0, about(random, 2.0, 1.5), about(random, 0.5, 1.5)]
        },
        edge: about(random, 0.22, 0.045).max(0.12),
        sharp: if random.chance(0.12) { 0.2 } else { 0.0 },
        bites: 0.0,
        coarse: random.between(0.7, 2.0),
        fine: random.between(0.4, 0.9),
        off_centre: (0.07 * random.normal(), 0.07 * random.normal()),
        fade: random.between(0.25, 0.55),
    };
    let mut lesion = Lesion::plain(Diagnosis::Nv, outline, body);
    if pattern == 0 || pattern == 2 {
        lesion.networks.push(Network {
            spacing: random.between(5.5, 8.0),
            line: random.between(0.2, 0.3),
            depth: random.between(5.0, 10.0),
            irregularity: random.between(0.05, 0.2),
            zone: (-0.02, if pattern == 2 { random.between(0.35, 0.6) } else { 1.2 }),
            grey: 0.0,
            gaps: 0.0,
        });
    }
    if pattern == 3 {
        lesion.globules.push(Spots {
            count: (radius * radius * random.between(0.016, 0.026)) as u32,
            radius: random.between(2.3, 3.6),
            variety: 1.25,
            colour: melanin(lesion.body.darker + random.between(8.0, 15.0)),
            opacity: 0.75,
            soft: 0.6,
            oval: 1.2,
            placement: Placement::Within(0.85),
        });
    }
    if pattern == 2 || (pattern == 0 && random.chance(0.2)) {
        // A rim of even globules: a growing nevus.
        if random.chance(0.5) {
            lesion.globules.push(Spots {
                count: (radius * random.between(0.45, 0.65)) as u32,
                radius: random.between(1.7, 2.6),
                variety: 1.2,
                colour: melanin(lesion.body.darker + random.between(2.0, 9.0)),
                opacity: 0.75,
                soft: 0.6,
                oval: 1.15,
                placement: Placement::Rim(0.83, 0.06),
            });
        }
    }
    if pattern == 4 {
        lesion.streaks.push(Streaks {
            count: (radius * 0.55) as u32,
            towards: 0.0,
            sector: TAU,
            length: 2.0 * radius * 0.08,
            darker: lesion.body.darker + 12.0,
            bulbs: random.chance(0.3),
        });
    }
    // A few dots near the middle, as half of nevi have.
    if random.chance(0.45) {
        lesion.globules.push(Spots {
            count: 3 + random.below(9),
            radius: 1.5,
            variety: 1.3,
            colour: melanin(lesion.body.darker + 14.0),
            opacity: 0.65,
            soft: 0.6,
            oval: 1.15,
            placement: Placement::Within(0.45),
        });
    }
    lesion
}
