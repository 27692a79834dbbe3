//! Melanoma: asymmetry, several colours, atypical network, irregular dots, blotch, veil, streaks, regression.
//!
//! Frequencies over published series: atypical network 35 to 82 %, veil 17 to 75 %, atypical dots 25 to 40 %,
//! scar-like areas 17 to 36 %, streaks 9 to 32 %; shiny white lines 28.5 % (Williams 2021, JAMA Dermatol 157:1078;
//! Argenziano 1998, Arch Dermatol 134:1563). Colours measured on HAM10000.

use super::{about, outline, towards};
use crate::body::Body;
use crate::colour::melanin;
use crate::lesion::Lesion;
use crate::network::Network;
use crate::patch::Patch;
use crate::shiny::Shiny;
use crate::spots::{Placement, Spots};
use crate::streaks::Streaks;
use catalog::Diagnosis;
use core::f32::consts::TAU;
use numerics::{Random, math};

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.56, 1.36, 7.6);
    let radius = outline.radius();
    let heavy = random.between(0.0, TAU);
    let shift = random.between(0.2, 0.5);
    let body = Body {
        darker: about(random, 24.0, 7.0).max(10.0),
        redness: random.between(0.65, 1.0),
        tint: [0.0, 0.0, about(random, -1.0, 1.5)],
        edge: random.between(0.07, 0.18),
        sharp: random.between(0.15, 0.5),
        bites: if random.chance(0.4) { random.between(0.05, 0.15) } else { 0.0 },
        coarse: random.between(3.5, 6.5),
        fine: random.between(0.8, 1.5),
        off_centre: (shift * math::cos(heavy), shift * math::sin(heavy)),
        fade: random.between(0.3, 0.6),
    };
    let mut lesion = Lesion::plain(Diagnosis::Mel, outline, body);
    let heavy_side = heavy + random.between(-0.5, 0.5);
    let light_side = heavy + random.between(2.3, 4.0);

    zones(&mut lesion, random, radius);
    pigment(&mut lesion, random, radius, heavy_side);
    if random.chance(0.25) {
        let sector = random.between(0.9, 2.0);
        lesion.streaks.push(Streaks {
            count: (sector * random.between(7.0, 11.0)) as u32,
            towards: heavy_side,
            sector,
            length: 2.0 * radius * random.between(0.06, 0.12),
            darker: random.between(34.0, 52.0),
            bulbs: random.chance(0.4),
        });
    }
    if random.chance(0.35) {
        lesion.veils.push(Patch {
            at: towards(radius, heavy_side, random.between(0.1, 0.45)),
            radius: radius * random.between(0.25, 0.45),
            colour: [random.between(42.0, 54.0), random.between(5.0, 9.0), random.between(-8.0, -2.0)],
            opacity: random.between(0.6, 0.85),
            soft: 0.7,
            ragged: 0.8,
            grain: 1.2,
            within: true,
        });
    }
    if random.chance(0.28) {
        regression(&mut lesion, random, radius, light_side);
    }
    // Six pictures in ten are polarised; a quarter of melanomas then show white lines.
    if random.chance(0.6 * 0.28) {
        lesion.shiny = Some(Shiny {
            count: 8 + random.below(8),
            at: towards(radius, light_side, 0.25),
            reach: 0.4 * radius,
            opacity: 0.5,
        });
    }
    lesion
}

/// The second and third colour: zones of another brown or red.
fn zones(lesion: &mut Lesion, random: &mut Random, radius: f32) {
    for _ in 0..=random.below(2) {
        let angle = random.between(0.0, TAU);
        let red = random.chance(0.4);
        lesion.zones.push(Patch {
            at: towards(radius, angle, random.between(0.3, 0.6)),
            radius: radius * random.between(0.3, 0.55),
            colour: if red { [54.0, 30.0, 15.0] } else { melanin(random.between(22.0, 38.0)) },
            opacity: random.between(0.45, 0.75),
            soft: 0.7,
            ragged: 0.7,
            grain: 1.6,
            within: true,
        });
    }
}

/// Atypical network, blotch, irregular dots and globules.
fn pigment(lesion: &mut Lesion, random: &mut Random, radius: f32, heavy_side: f32) {
    if random.chance(0.65) {
        lesion.networks.push(Network {
            spacing: random.between(6.0, 8.5),
            line: random.between(0.26, 0.36),
            depth: random.between(7.0, 13.0),
            irregularity: random.between(0.35, 0.65),
            zone: (random.between(-0.05, 0.1), random.between(0.7, 1.1)),
            grey: random.between(0.1, 0.7),
            gaps: random.between(0.35, 0.6),
        });
    }
    if random.chance(0.55) {
        lesion.blotches.push(Patch {
            at: towards(radius, heavy_side, random.between(0.2, 0.55)),
            radius: radius * random.between(0.28, 0.55),
            colour: melanin(random.between(40.0, 54.0)),
            opacity: random.between(0.7, 0.95),
            soft: random.between(0.3, 0.6),
            ragged: 0.8,
            grain: 1.5,
            within: true,
        });
    }
    if random.chance(0.7) {
        let at = towards(radius, random.between(0.0, TAU), random.between(0.2, 0.6));
        lesion.globules.push(Spots {
            count: 12 + random.below(30),
            radius: random.between(1.6, 2.6),
            variety: 2.0,
            colour: melanin(random.between(42.0, 56.0)),
            opacity: 0.75,
            soft: 0.5,
            oval: 1.35,
            placement: Placement::Cluster(at, radius * random.between(0.35, 0.6)),
        });
        lesion.globules.push(Spots {
            count: 6 + random.below(22),
            radius: random.between(1.0, 1.7),
            variety: 1.8,
            colour: melanin(52.0),
            opacity: 0.7,
            soft: 0.5,
            oval: 1.2,
            placement: Placement::Within(0.95),
        });
    }
}

/// A scar-white patch with grey-blue pepper.
fn regression(lesion: &mut Lesion, random: &mut Random, radius: f32, light_side: f32) {
    let at = towards(radius, light_side, random.between(0.3, 0.6));
    let reach = radius * random.between(0.2, 0.35);
    lesion.veils.push(Patch {
        at,
        radius: reach,
        colour: [78.0, 10.0, 9.0],
        opacity: random.between(0.6, 0.8),
        soft: 0.6,
        ragged: 0.8,
        grain: 1.0,
        within: true,
    });
    lesion.inclusions.push(Spots {
        count: 25 + random.below(30),
        radius: 0.9,
        variety: 1.4,
        colour: [50.0, 8.0, 2.0],
        opacity: 0.6,
        soft: 0.5,
        oval: 1.1,
        placement: Placement::Cluster(at, reach),
    });
}
