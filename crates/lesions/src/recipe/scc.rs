//! Squamous cell carcinoma: keratin and scale, clusters of glomerular vessels, blood spots, white circles.
//!
//! Bowen, n = 21: glomerular vessels 90 %, scale 90 % (Zalaudek 2004, Br J Dermatol 150:1112). Nodular invasive, n = 50:
//! keratin crust or scale 90 %, blood 72 %, glomerular vessels 42 %, white circles 32 %, hairpin 30 % (Lin 2014,
//! Dermatol Pract Concept 4(2):2). Ground and outline measured on HAM10000.

use super::{about, outline, towards};
use crate::body::Body;
use crate::lesion::Lesion;
use crate::patch::Patch;
use crate::spots::{Placement, Spots};
use crate::vessels::{Form, Vessels};
use catalog::Diagnosis;
use core::f32::consts::TAU;
use numerics::{Random, math};

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.62, 1.34, 8.3);
    let radius = outline.radius();
    let invasive = random.chance(0.4);
    let body = Body {
        darker: random.between(2.0, 7.0),
        redness: 1.0,
        tint: [random.between(-5.0, -1.0), random.between(4.0, 9.0), random.between(0.0, 3.0)],
        edge: random.between(0.08, 0.16),
        sharp: random.between(0.1, 0.5),
        bites: if random.chance(0.4) { 0.12 } else { 0.0 },
        coarse: random.between(1.8, 3.4),
        fine: random.between(0.7, 1.3),
        off_centre: (0.2 * random.normal(), 0.2 * random.normal()),
        fade: 0.2,
    };
    let mut lesion = Lesion::plain(Diagnosis::Scc, outline, body);
    if random.chance(0.3) {
        lesion.zones.push(Patch {
            at: spread(random, radius, 0.2, 0.6),
            radius: radius * random.between(0.25, 0.45),
            colour: [random.between(48.0, 56.0), 20.0, 20.0],
            opacity: 0.6,
            soft: 0.7,
            ragged: 0.8,
            grain: 1.5,
            within: true,
        });
    }
    let coils = random.chance(if invasive { 0.5 } else { 0.92 });
    if coils {
        for _ in 0..2 + random.below(4) {
            let reach = radius * random.between(0.18, 0.34);
            lesion.vessels.push(Vessels {
                form: Form::Glomerular,
                count: 10 + random.below(22),
                width: random.between(1.1, 1.5),
                size: random.between(4.5, 6.5),
                strength: random.between(0.75, 1.1),
                placement: Placement::Cluster(spread(random, radius, 0.1, 0.7), reach),
            });
        }
    }
    if invasive {
        if random.chance(0.45) {
            lesion.vessels.push(Vessels {
                form: Form::Hairpin,
                count: 8 + random.below(10),
                width: 1.5,
                size: random.between(9.0, 14.0),
                strength: 0.8,
                placement: Placement::Rim(0.75, 0.3),
            });
        }
        // The central keratin mass.
        let at = spread(random, radius, 0.0, 0.15);
        let reach = radius * random.between(0.28, 0.46);
        lesion.surface.push(Patch {
            at,
            radius: reach,
            colour: [about(random, 78.0, 3.0), random.between(6.0, 10.0), random.between(16.0, 26.0)],
            opacity: random.between(0.8, 0.95),
            soft: 0.3,
            ragged: 0.6,
            grain: 4.0,
            within: false,
        });
        if random.chance(0.72) {
            lesion.inclusions.push(Spots {
                count: 3 + random.below(7),
                radius: random.between(1.8, 3.2),
                variety: 1.8,
                colour: [30.0, 32.0, 16.0],
                opacity: 0.8,
                soft: 0.5,
                oval: 1.5,
                placement: Placement::Cluster(at, reach * 1.1),
            });
        }
    }
    if random.chance(if invasive { 0.4 } else { 0.9 }) {
        for _ in 0..=random.below(4) {
            lesion.surface.push(Patch {
                at: spread(random, radius, 0.1, 0.8),
                radius: radius * random.between(0.1, 0.24),
                colour: [about(random, 80.0, 2.0), 8.0, random.between(12.0, 20.0)],
                opacity: random.between(0.6, 0.9),
                soft: 0.2,
                ragged: 1.0,
                grain: 3.0,
                within: false,
            });
        }
    }
    if random.chance(if invasive { 0.4 } else { 0.1 }) {
        white_circles(&mut lesion, random, radius);
    }
    lesion
}

/// A place in a ring of the lesion, from `low` to `reach` radii out.
fn spread(random: &mut Random, radius: f32, low: f32, reach: f32) -> (f32, f32) {
    let (angle, share) = (random.between(0.0, TAU), random.between(low, reach));
    towards(radius, angle, share)
}

/// White circles: a bright ring and, in it, a yellow plug.
fn white_circles(lesion: &mut Lesion, random: &mut Random, radius: f32) {
    let (at, reach) = (spread(random, radius, 0.2, 0.6), radius * 0.4);
    let seeds = 5 + random.below(8);
    for _ in 0..seeds {
        let (angle, r) = (random.between(0.0, TAU), reach * math::sqrt(random.uniform()));
        let middle = (at.0 + r * math::cos(angle), at.1 + r * math::sin(angle));
        for (size, colour) in [(3.8, [82.0, 9.0, 9.0]), (2.0, [66.0, 19.0, 28.0])] {
            lesion.inclusions.push(Spots {
                count: 1,
                radius: size,
                variety: 1.0,
                colour,
                opacity: 0.85,
                soft: 0.5,
                oval: 1.1,
                placement: Placement::Cluster(middle, 0.0),
            });
        }
    }
}
