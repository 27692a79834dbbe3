//! Basal cell carcinoma: pale pink ground, arborising vessels, blue-grey nests, leaf-like areas, ulcer; no network.
//!
//! Pooled over 5950 tumours: arborising vessels 59 %, shiny white structures 49 %, blue-grey ovoid nests 34 %
//! (Reiter 2021, JAAD 85:653). Ground 0 to 8 L\* darker than skin and not browner: measured on HAM10000.

use super::{about, outline};
use crate::body::Body;
use crate::lesion::Lesion;
use crate::patch::Patch;
use crate::shiny::Shiny;
use crate::spots::{Placement, Spots};
use crate::vessels::{Form, Vessels};
use catalog::Diagnosis;
use core::f32::consts::TAU;
use numerics::{Random, math};

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.5, 1.33, 6.7);
    let radius = outline.radius();
    let body = Body {
        darker: random.between(0.0, 3.0),
        redness: 0.8,
        tint: [random.between(-4.5, 1.0), random.between(4.0, 9.0), random.between(-3.5, 0.0)],
        edge: random.between(0.08, 0.18),
        sharp: random.between(0.0, 0.3),
        bites: 0.0,
        coarse: random.between(1.0, 2.2),
        fine: random.between(0.4, 0.8),
        off_centre: (0.2 * random.normal(), 0.2 * random.normal()),
        fade: 0.3,
    };
    let mut lesion = Lesion::plain(Diagnosis::Bcc, outline, body);
    let spread = |random: &mut Random, reach: f32| {
        let (angle, r) = (random.between(0.0, TAU), reach * math::sqrt(random.uniform()) * radius);
        (r * math::cos(angle), r * math::sin(angle))
    };
    // Translucent pearly parts.
    if random.chance(0.6) {
        lesion.zones.push(Patch {
            at: spread(random, 0.5),
            radius: radius * random.between(0.3, 0.55),
            colour: [77.0, 15.0, 8.0],
            opacity: random.between(0.4, 0.7),
            soft: 0.8,
            ragged: 0.6,
            grain: 0.8,
            within: true,
        });
    }
    let tree = random.chance(0.64);
    let nests = random.chance(0.42);
    if nests {
        for _ in 0..2 + random.below(6) {
            let brown = random.chance(0.3);
            let r = 2.0 * radius * random.between(0.03, 0.085);
            lesion.globules.push(Spots {
                count: 1 + random.below(2),
                radius: r,
                variety: 1.5,
                colour: if brown {
                    [40.0, 20.0, 14.0]
                } else {
                    [random.between(32.0, 46.0), 11.0, random.between(-6.0, 0.0)]
                },
                opacity: random.between(0.65, 0.9),
                soft: 0.7,
                oval: 1.4,
                placement: Placement::Cluster(spread(random, 0.7), r * 1.4),
            });
        }
    }
    if random.chance(0.2) {
        leaf(&mut lesion, random, radius);
    }
    if tree {
        lesion.vessels.push(Vessels {
            form: Form::Arborising,
            count: 1 + random.below(4),
            width: random.between(2.1, 3.3),
            size: radius * random.between(0.45, 0.75),
            strength: random.between(0.75, 1.1),
            placement: Placement::Rim(0.75, 0.3),
        });
    }
    if !tree || random.chance(0.3) {
        lesion.vessels.push(Vessels {
            form: Form::Linear,
            count: 4 + random.below(8),
            width: random.between(1.1, 1.7),
            size: random.between(14.0, 30.0),
            strength: random.between(0.55, 0.85),
            placement: Placement::Within(0.85),
        });
    }
    if random.chance(if tree || nests { 0.22 } else { 0.7 }) {
        lesion.surface.push(Patch {
            at: spread(random, 0.4),
            radius: 2.0 * radius * random.between(0.06, 0.13),
            colour: [random.between(42.0, 54.0), 33.0, random.between(24.0, 32.0)],
            opacity: random.between(0.75, 0.95),
            soft: 0.25,
            ragged: 0.6,
            grain: 3.0,
            within: false,
        });
    }
    if random.chance(0.6 * 0.6) {
        lesion.shiny = Some(Shiny {
            count: 5 + random.below(9),
            at: spread(random, 0.3),
            reach: radius * 0.45,
            opacity: about(random, 0.5, 0.1),
        });
    }
    lesion
}

/// A leaf-like area: bulbs on one base near the rim.
fn leaf(lesion: &mut Lesion, random: &mut Random, radius: f32) {
    let angle = random.between(0.0, TAU);
    for i in 0..3 + random.below(4) {
        let turn = angle + 0.16 * (i as f32 - 2.0);
        let share = 0.72 + 0.1 * random.normal().clamp(-1.0, 1.0);
        lesion.globules.push(Spots {
            count: 1,
            radius: random.between(3.5, 6.0),
            variety: 1.2,
            colour: [45.0, 15.0, 8.0],
            opacity: 0.75,
            soft: 0.6,
            oval: 1.5,
            placement: Placement::Cluster(
                (share * radius * math::cos(turn), share * radius * math::sin(turn)),
                1.5,
            ),
        });
    }
}
