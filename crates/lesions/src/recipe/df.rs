//! Dermatofibroma: a central white patch in a delicate peripheral network; round, smooth, pale.
//!
//! 412 tumours: network 72 %, white scar-like patch 57 %, white network 18 %, vessels 50 % (dotted 31 %)
//! (Zaballos 2008, Arch Dermatol 144:75). Zones and outline measured on HAM10000.

use super::{about, outline};
use crate::body::Body;
use crate::lesion::Lesion;
use crate::network::Network;
use crate::patch::Patch;
use crate::shiny::Shiny;
use crate::spots::Placement;
use crate::vessels::{Form, Vessels};
use catalog::Diagnosis;
use numerics::Random;

pub(super) fn sample(random: &mut Random) -> Lesion {
    let outline = outline(random, 0.54, 1.2, 4.2);
    let radius = outline.radius();
    let body = Body {
        darker: about(random, 10.5, 2.5).max(5.0),
        redness: 0.95,
        tint: [random.between(-3.0, 0.0), random.between(2.5, 6.0), random.between(-2.0, 1.0)],
        edge: random.between(0.15, 0.3),
        sharp: 0.0,
        bites: 0.0,
        coarse: random.between(0.6, 1.4),
        fine: random.between(0.3, 0.6),
        off_centre: (0.0, 0.0),
        fade: 0.0,
    };
    let mut lesion = Lesion::plain(Diagnosis::Df, outline, body);
    let centre = (0.08 * radius * random.normal(), 0.08 * radius * random.normal());
    let scar = random.chance(0.68);
    let reach = radius * random.between(0.32, 0.52);
    lesion.veils.push(Patch {
        at: centre,
        radius: reach,
        colour: if scar {
            [random.between(74.0, 80.0), 12.0, 7.0]
        } else {
            [random.between(60.0, 66.0), 25.0, 8.0]
        },
        opacity: random.between(0.7, 0.9),
        soft: 0.75,
        ragged: 0.35,
        grain: 0.8,
        within: true,
    });
    if random.chance(0.78) {
        lesion.networks.push(Network {
            spacing: random.between(5.0, 7.0),
            line: random.between(0.2, 0.27),
            depth: random.between(3.0, 5.5),
            irregularity: random.between(0.08, 0.2),
            zone: (-0.02, 0.62),
            grey: 0.0,
            gaps: 0.0,
        });
    }
    if random.chance(0.18) {
        lesion.networks.push(Network {
            spacing: random.between(7.0, 10.0),
            line: 0.26,
            depth: -random.between(5.0, 8.0),
            irregularity: 0.2,
            zone: (0.35, 1.3),
            grey: 0.0,
            gaps: 0.0,
        });
    }
    if random.chance(0.31) {
        lesion.vessels.push(Vessels {
            form: Form::Dotted,
            count: 8 + random.below(16),
            width: 1.0,
            size: 2.2,
            strength: 0.5,
            placement: Placement::Within(0.6),
        });
    }
    if random.chance(0.6 * 0.4) {
        lesion.shiny = Some(Shiny { count: 7 + random.below(9), at: centre, reach, opacity: 0.55 });
    }
    lesion
}
