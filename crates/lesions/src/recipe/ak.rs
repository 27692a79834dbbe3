//! Actinic keratosis: pale follicles in a red pseudonetwork, the "strawberry", with scale; large and ill-defined.
//!
//! Facial, non-pigmented: red pseudonetwork 95 %, scale 85 %, wavy vessels 81 %, yellow plugs 66 %, white follicle
//! halo 100 % (Zalaudek 2006, Br J Dermatol 155:951). Ground and size measured on HAM10000.

use super::{about, outline};
use crate::body::Body;
use crate::follicles::Follicles;
use crate::lesion::Lesion;
use crate::patch::Patch;
use crate::spots::{Placement, Spots};
use crate::vessels::{Form, Vessels};
use catalog::Diagnosis;
use core::f32::consts::TAU;
use numerics::{Random, math};

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.68, 1.32, 7.6);
    let radius = outline.radius();
    let body = Body {
        darker: random.between(1.0, 6.0),
        redness: 0.9,
        tint: [random.between(-4.0, 0.0), random.between(2.0, 6.0), random.between(0.5, 3.0)],
        edge: random.between(0.12, 0.26),
        sharp: 0.0,
        bites: random.between(0.1, 0.3),
        coarse: random.between(1.5, 2.8),
        fine: random.between(0.8, 1.4),
        off_centre: (0.2 * random.normal(), 0.2 * random.normal()),
        fade: 0.2,
    };
    let mut lesion = Lesion::plain(Diagnosis::Ak, outline, body);
    let spread = |random: &mut Random, reach: f32| {
        let (angle, r) = (random.between(0.0, TAU), reach * math::sqrt(random.uniform()) * radius);
        (r * math::cos(angle), r * math::sin(angle))
    };
    // Most lie on head and neck, where follicles are.
    let face = random.chance(0.85);
    if face {
        let spacing = random.between(11.0, 17.0);
        lesion.follicles = Some(Follicles {
            spacing,
            radius: spacing * random.between(0.2, 0.27),
            red: random.between(4.5, 9.5),
            halo: random.between(5.0, 11.0),
            plugs: if random.chance(0.66) { random.between(0.3, 0.8) } else { 0.0 },
        });
    } else {
        lesion.vessels.push(Vessels {
            form: Form::Dotted,
            count: 30 + random.below(40),
            width: 1.0,
            size: 2.4,
            strength: 0.55,
            placement: Placement::Within(0.85),
        });
    }
    // Pigmented ones: tan to grey, and grey granules round follicles.
    if random.chance(0.35) {
        let at = spread(random, 0.5);
        let reach = radius * random.between(0.25, 0.45);
        lesion.zones.push(Patch {
            at,
            radius: reach,
            colour: [random.between(52.0, 60.0), 17.0, random.between(12.0, 20.0)],
            opacity: random.between(0.4, 0.7),
            soft: 0.8,
            ragged: 0.8,
            grain: 1.5,
            within: true,
        });
        lesion.globules.push(Spots {
            count: 20 + random.below(30),
            radius: 1.1,
            variety: 1.4,
            colour: [45.0, 12.0, 8.0],
            opacity: 0.5,
            soft: 0.6,
            oval: 1.2,
            placement: Placement::Cluster(at, reach),
        });
    }
    let plates = if random.chance(if face { 0.7 } else { 1.0 }) { 1 + random.below(3) } else { 0 };
    for _ in 0..plates {
        lesion.surface.push(Patch {
            at: spread(random, 0.7),
            radius: radius * random.between(0.1, 0.26),
            colour: [about(random, 81.0, 2.5), 8.0, random.between(10.0, 18.0)],
            opacity: random.between(0.5, 0.85),
            soft: 0.2,
            ragged: 1.0,
            grain: 2.4,
            within: false,
        });
    }
    lesion
}
