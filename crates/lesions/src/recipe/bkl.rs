//! Benign keratosis: seborrhoeic keratosis, solar lentigo, lichen planus-like keratosis.
//!
//! Seborrhoeic keratosis, n = 203: milia-like cysts 66 %, comedo-like openings 71 % (Braun 2002, Arch Dermatol
//! 138:1556); a series of 100: cerebriform 76, sharp margin 64, moth-eaten 46, fingerprint 40 % (Rajan 2022,
//! Egypt J Dermatol Venerol 42:174). Yellow-brown, less red than nevi, of any darkness: measured on HAM10000.

use super::{about, outline};
use crate::body::Body;
use crate::lesion::Lesion;
use crate::patch::Patch;
use crate::ridges::Ridges;
use crate::spots::{Placement, Spots};
use catalog::Diagnosis;
use core::f32::consts::{PI, TAU};
use numerics::{Random, math};

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.54, 1.32, 6.6);
    let radius = outline.radius();
    // Seborrhoeic, lentigo, lichen planus-like.
    let kind = random.weighted(&[66.0, 20.0, 14.0]);
    let darker = match kind {
        0 => about(random, 18.0, 7.5).max(5.0),
        1 => about(random, 13.0, 3.5),
        _ => about(random, 8.0, 2.5),
    };
    let body = Body {
        darker,
        redness: random.between(0.4, 0.65),
        tint: if kind == 2 {
            [0.0, 2.5, -2.0]
        } else {
            [0.0, about(random, 0.0, 1.0), random.between(0.0, 4.0)]
        },
        edge: if kind == 0 { random.between(0.04, 0.1) } else { random.between(0.06, 0.16) },
        sharp: if kind == 0 { random.between(0.3, 0.7) } else { 0.2 },
        bites: if kind == 1 || random.chance(0.3) { random.between(0.12, 0.26) } else { 0.0 },
        coarse: random.between(1.2, 2.8),
        fine: if kind == 0 { random.between(1.2, 2.1) } else { random.between(0.6, 1.2) },
        off_centre: (0.25 * random.normal(), 0.25 * random.normal()),
        fade: random.between(0.0, 0.2),
    };
    let mut lesion = Lesion::plain(Diagnosis::Bkl, outline, body);
    let ridged = kind == 0 && random.chance(0.6);
    if ridged {
        lesion.ridges = Some(Ridges {
            spacing: random.between(9.0, 14.0),
            depth: random.between(6.0, 12.0),
            line: random.between(0.16, 0.24),
            winding: random.between(0.8, 1.5),
            towards: random.between(0.0, PI),
        });
    } else if kind == 1 || random.chance(0.35) {
        lesion.ridges = Some(Ridges {
            spacing: random.between(4.5, 6.8),
            depth: random.between(3.0, 5.5),
            line: random.between(0.25, 0.34),
            winding: random.between(0.4, 0.8),
            towards: random.between(0.0, PI),
        });
    }
    if kind == 0 {
        let cysts = random.chance(0.72);
        if cysts {
            lesion.inclusions.push(Spots {
                count: 4 + random.below(24),
                radius: random.between(1.7, 2.8),
                variety: 1.7,
                colour: [random.between(74.0, 82.0), 10.0, random.between(16.0, 22.0)],
                opacity: random.between(0.6, 0.9),
                soft: 0.8,
                oval: 1.15,
                placement: Placement::Within(0.88),
            });
        }
        if random.chance(if cysts { 0.65 } else { 0.95 }) {
            lesion.inclusions.push(Spots {
                count: 3 + random.below(16),
                radius: random.between(2.4, 4.2),
                variety: 1.5,
                colour: [(66.0 - darker - random.between(14.0, 22.0)).max(14.0), 14.0, 14.0],
                opacity: random.between(0.75, 0.95),
                soft: 0.4,
                oval: 1.3,
                placement: Placement::Within(0.85),
            });
        }
    }
    if kind == 2 {
        let angle = random.between(0.0, TAU);
        let at = (0.3 * radius * math::cos(angle), 0.3 * radius * math::sin(angle));
        // Coarse grey pepper.
        lesion.globules.push(Spots {
            count: 60 + random.below(80),
            radius: 1.3,
            variety: 1.5,
            colour: [47.0, 10.0, 5.0],
            opacity: 0.55,
            soft: 0.6,
            oval: 1.2,
            placement: Placement::Cluster(at, radius * 0.6),
        });
    }
    if random.chance(if kind == 2 { 0.42 } else { 0.12 }) {
        let angle = random.between(0.0, TAU);
        lesion.surface.push(Patch {
            at: (0.4 * radius * math::cos(angle), 0.4 * radius * math::sin(angle)),
            radius: radius * random.between(0.12, 0.22),
            colour: [79.0, 9.0, 15.0],
            opacity: 0.6,
            soft: 0.25,
            ragged: 0.9,
            grain: 2.0,
            within: true,
        });
    }
    lesion
}
