//! From a sign's strength to the structure that is drawn: how many, how large, how dark, and where.
//!
//! Each sign draws from a stream of its own, so that moving one number leaves the other structures where they are.

use crate::clinical::Clinical;
use crate::colour::melanin;
use crate::follicles::Follicles;
use crate::lacunae::Lacunae;
use crate::leaf::Leaf;
use crate::lesion::Lesion;
use crate::network::PigmentNetwork;
use crate::patch::Patch;
use crate::ridges::Ridges;
use crate::rosettes::Rosettes;
use crate::scale::Scale;
use crate::shiny::Shiny;
use crate::spots::{Placement, Spots};
use crate::streaks::Streaks;
use crate::vessels::{VesselForm, Vessels};
use core::f32::consts::{PI, TAU};
use numerics::{Random, math};

/// Adds every sign to a lesion that has an outline and a ground.
pub(crate) fn add(lesion: &mut Lesion, clinical: &Clinical, random: &Random) {
    let mut next = 0;
    let mut sign = |strength: f32, draw: fn(&mut Site, &Clinical, f32, &mut Random)| {
        next += 1;
        if strength > 0.0 {
            let radius = lesion.outline.radius();
            // Asymmetric lesions have a heavy side; signs of malignancy are there.
            let heavy = random.part(0).between(0.0, TAU);
            draw(&mut Site { lesion, radius, heavy }, clinical, strength, &mut random.part(next));
        }
    };
    let c = clinical;
    sign(c.lacunae_red.max(c.lacunae_purple), lacunae);
    sign(c.strawberry.max(c.follicle_plugs), follicles);
    sign(c.ridges, ridges);
    sign(c.fingerprint, fingerprint);
    sign(c.network, network);
    sign(c.white_network, white_network);
    sign(c.blotch, blotch);
    sign(c.streaks, streaks);
    sign(c.dots, dots);
    sign(c.globules, globules);
    sign(c.rim_globules, rim_globules);
    sign(c.nests, nests);
    sign(c.leaf_like_areas, leaf_like_areas);
    sign(c.pepper, pepper);
    sign(c.blue_white_veil, veil);
    sign(c.regression, regression);
    sign(c.central_white_patch, central_white_patch);
    sign(c.arborising_vessels, arborising);
    sign(c.fine_vessels, fine_vessels);
    sign(c.glomerular_vessels, glomerular);
    sign(c.dotted_vessels, dotted);
    sign(c.hairpin_vessels, hairpin);
    sign(c.comma_vessels, comma);
    sign(c.ulcer, ulcer);
    sign(c.keratin, keratin);
    sign(c.scale, scale);
    sign(c.milia_like_cysts, cysts);
    sign(c.comedo_like_openings, comedos);
    sign(c.blood_spots, blood_spots);
    sign(c.white_circles, white_circles);
    sign(c.collarette, collarette);
    sign(c.rosettes, rosettes);
    sign(c.shiny_white_lines, shiny);
}

/// A lesion while signs are added to it.
struct Site<'a> {
    lesion: &'a mut Lesion,
    /// Mean radius, reference pixels.
    radius: f32,
    /// Direction of the heavy side, radians.
    heavy: f32,
}

impl Site<'_> {
    /// A place within `reach` of the radius, uniform over the area.
    fn anywhere(&self, random: &mut Random, reach: f32) -> (f32, f32) {
        let (angle, share) = (random.between(0.0, TAU), reach * math::sqrt(random.uniform()));
        self.at(angle, share)
    }

    /// The place in this direction at `share` of the radius.
    fn at(&self, angle: f32, share: f32) -> (f32, f32) {
        (share * self.radius * math::cos(angle), share * self.radius * math::sin(angle))
    }

    /// How dark the ground is on the whole, L\* below skin.
    fn darkness(clinical: &Clinical) -> f32 {
        14.0 * clinical.light_brown + 36.0 * clinical.dark_brown + 54.0 * clinical.black
    }
}

/// `low` at strength 0, `high` at 1.
fn scaled(strength: f32, low: f32, high: f32) -> f32 {
    low + (high - low) * strength
}

fn count(amount: f32) -> u32 {
    amount.max(1.0) as u32
}

fn lacunae(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let spacing = 2.0 * site.radius * random.between(0.09, 0.3);
    let crimson = [random.between(40.0, 46.0), random.between(42.0, 52.0), random.between(0.0, 17.0)];
    let violet = [random.between(33.0, 42.0), random.between(22.0, 32.0), random.between(-12.0, -3.0)];
    let purple = c.lacunae_purple / (c.lacunae_purple + c.lacunae_red);
    // Between dark lakes the tissue is hazy blue-grey, between red ones pink.
    let between = if purple > 0.66 {
        [random.between(48.0, 60.0), 13.0, -4.0]
    } else {
        [random.between(55.0, 64.0), 28.0, 5.0]
    };
    site.lesion.lacunae = Some(Lacunae {
        spacing: spacing.max(6.0),
        septa: random.between(0.04, 0.16),
        between,
        blood: if purple > 0.66 {
            [violet, [random.between(12.0, 24.0), random.between(6.0, 16.0), -3.0]]
        } else if purple > 0.25 {
            [crimson, violet]
        } else {
            [
                crimson,
                [
                    crimson[0] + random.between(-5.0, 7.0),
                    crimson[1] - 4.0,
                    crimson[2] + random.between(-5.0, 6.0),
                ],
            ]
        },
        thrombosed: if random.chance(0.15 + 0.5 * purple) { 0.5 * random.uniform() } else { 0.0 },
        contrast: scaled(strength, 0.15, 1.0) * random.between(0.5, 1.0),
        opacity: (2.0 * strength).min(1.0),
    });
}

fn follicles(site: &mut Site, c: &Clinical, _: f32, random: &mut Random) {
    let spacing = random.between(9.0, 15.0);
    site.lesion.follicles = Some(Follicles {
        spacing,
        radius: spacing * random.between(0.2, 0.28),
        red: scaled(c.strawberry, 0.0, 12.0),
        halo: scaled(c.strawberry.max(c.follicle_plugs), 1.0, 7.0),
        plugs: 0.7 * c.follicle_plugs,
    });
}

fn ridges(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    site.lesion.ridges.push(Ridges {
        spacing: random.between(9.0, 14.0),
        depth: scaled(strength, 2.0, 10.0),
        line: random.between(0.16, 0.24),
        winding: random.between(0.8, 1.5),
        towards: random.between(0.0, PI),
    });
}

fn fingerprint(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    site.lesion.ridges.push(Ridges {
        spacing: random.between(4.5, 6.8),
        depth: scaled(strength, 1.0, 5.0),
        line: random.between(0.25, 0.34),
        winding: random.between(0.12, 0.3),
        towards: random.between(0.0, PI),
    });
}

fn network(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let atypia = c.network_atypia;
    site.lesion.networks.push(PigmentNetwork {
        spacing: random.between(5.2, 7.6) * (1.0 + 0.25 * atypia),
        line: random.between(0.2, 0.28) + 0.08 * atypia,
        depth: scaled(strength, 1.0, 9.0) * (1.0 + 0.5 * atypia),
        irregularity: 0.05 + 0.6 * atypia,
        zone: (-0.02 + 0.08 * atypia * random.uniform(), 1.2 - 0.8 * c.network_peripheral),
        grey: 0.7 * atypia * random.uniform(),
        gaps: (0.75 * atypia - 0.1).max(0.0) * random.between(0.7, 1.0),
    });
}

fn white_network(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    site.lesion.networks.push(PigmentNetwork {
        spacing: random.between(7.0, 10.0),
        line: 0.26,
        depth: -scaled(strength, 2.0, 8.0),
        irregularity: 0.25,
        zone: (0.3, 1.3),
        grey: 0.0,
        gaps: 0.2,
    });
}

fn blotch(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let brown = melanin((Site::darkness(c) + random.between(14.0, 26.0)).min(56.0));
    let at = site.at(site.heavy, c.asymmetry * random.between(0.1, 0.7));
    let patch = Patch {
        at,
        radius: site.radius * scaled(strength, 0.2, 0.6),
        colour: [brown[0], brown[1] + 8.0 * c.red, brown[2] + 12.0 * c.warmth],
        opacity: scaled(strength, 0.5, 0.9),
        soft: random.between(0.4, 0.8),
        ragged: 1.3,
        grain: 3.0,
        within: true,
    };
    site.lesion.blotches.push(patch);
}

fn streaks(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let sector = scaled(c.streaks_all_round, random.between(0.9, 1.6), TAU);
    site.lesion.streaks.push(Streaks {
        count: count(sector * scaled(strength, 2.5, 0.09 * site.radius + 1.5)),
        towards: site.heavy,
        sector,
        length: 2.0 * site.radius * random.between(0.03, 0.075) * scaled(strength, 0.7, 1.2),
        darker: (Site::darkness(c) + random.between(4.0, 14.0)).clamp(18.0, 50.0),
        bulbs: c.pseudopods > 0.5,
    });
}

/// Dots and globules: even and everywhere, or uneven and in a cluster.
fn spread_spots(site: &mut Site, c: &Clinical, random: &mut Random, spots: Spots) {
    let uneven = c.globules_irregular;
    let even = (spots.count as f32 * (1.0 - 0.7 * uneven)) as u32;
    let at = site.at(site.heavy + random.normal(), uneven * random.between(0.2, 0.6));
    let reach = site.radius * random.between(0.35, 0.6);
    let variety = 1.15 + 0.85 * uneven;
    let clustered = spots.count - even;
    let oval = 1.15 + 0.2 * uneven;
    site.lesion.globules.push(Spots { count: even, variety, oval, ..spots });
    site.lesion.globules.push(Spots {
        count: clustered,
        variety,
        oval,
        placement: Placement::Cluster(at, reach),
        ..spots
    });
}

fn dots(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let spots = Spots {
        count: count(strength * site.radius * random.between(0.3, 0.9)),
        radius: random.between(1.0, 1.6),
        variety: 1.0,
        colour: melanin((Site::darkness(c) + scaled(strength, 8.0, 20.0)).min(58.0)),
        opacity: scaled(strength, 0.5, 0.75),
        soft: 0.6,
        oval: 1.1,
        placement: Placement::Within(0.9),
    };
    spread_spots(site, c, random, spots);
}

fn globules(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let area = site.radius * site.radius;
    let spots = Spots {
        count: count(strength * (area * random.between(0.012, 0.022)).min(70.0)),
        radius: random.between(1.9, 3.2),
        variety: 1.0,
        colour: melanin((Site::darkness(c) + scaled(strength, 6.0, 17.0)).min(57.0)),
        opacity: scaled(strength, 0.45, 0.75),
        soft: 0.7,
        oval: 1.2,
        placement: Placement::Within(0.85),
    };
    spread_spots(site, c, random, spots);
}

fn rim_globules(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    site.lesion.globules.push(Spots {
        count: count(site.radius * random.between(0.4, 0.6)),
        radius: random.between(1.6, 2.4),
        variety: 1.3,
        colour: melanin((Site::darkness(c) + random.between(0.0, 8.0)).min(50.0)),
        opacity: scaled(strength, 0.3, 0.8),
        soft: 0.7,
        oval: 1.2,
        placement: Placement::Rim(0.84, 0.09),
    });
}

fn nests(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    // Pigment deep in a mauve lesion is mauve too.
    let cool = 11.0 * c.warmth.min(0.0);
    // Nests keep company: one or two groups of them, each in a brown-grey haze.
    for _ in 0..count(scaled(strength, 1.2, 3.9)) {
        let middle = site.anywhere(random, 0.65);
        let reach = site.radius * random.between(0.12, 0.32);
        let slate = random.uniform();
        site.lesion.zones.push(Patch {
            at: middle,
            radius: reach * 1.1,
            colour: [random.between(50.0, 58.0), 22.0, cool + scaled(slate, 14.0, 5.0)],
            opacity: scaled(strength, 0.3, 0.7),
            soft: 1.0,
            ragged: 0.8,
            grain: 2.0,
            within: false,
        });
        for _ in 0..=random.below(count(scaled(strength, 2.0, 6.0))) {
            let (angle, share) = (random.between(0.0, TAU), reach * math::sqrt(random.uniform()));
            let at = (middle.0 + share * math::cos(angle), middle.1 + share * math::sin(angle));
            let size = 2.0 * site.radius * random.between(0.03, 0.1);
            site.lesion.leaves.push(Leaf {
                at,
                lobes: 1 + random.below(3),
                towards: random.between(0.0, TAU),
                fan: TAU,
                length: size * random.between(0.4, 0.9),
                bulb: size * random.between(0.8, 1.2),
                base: size * random.between(0.7, 1.2),
                colour: [
                    random.between(30.0, 46.0),
                    scaled(slate, 25.0, 13.0),
                    cool + scaled(slate, 13.0, -4.0),
                ],
                opacity: scaled(strength, 0.45, 0.85) * random.between(0.7, 1.1).min(1.0),
                soft: random.between(0.6, 1.1),
            });
        }
    }
}

fn leaf_like_areas(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let side = random.between(0.0, TAU);
    for _ in 0..count(scaled(strength, 1.0, 3.5)) {
        let angle = side + 0.5 * random.normal();
        // A leaf at the rim points outwards; a spoke wheel has spokes all round.
        let wheel = random.chance(0.2);
        let lobes = if wheel { 6 + random.below(4) } else { 3 + random.below(4) };
        site.lesion.leaves.push(Leaf {
            at: site.at(angle, random.between(0.5, 0.75)),
            lobes,
            towards: angle,
            fan: if wheel { TAU } else { random.between(1.5, 3.2) },
            length: random.between(8.0, 16.0),
            bulb: random.between(4.0, 7.5),
            base: random.between(3.0, 5.5),
            colour: [
                random.between(36.0, 48.0),
                random.between(17.0, 24.0),
                11.0 * c.warmth.min(0.0) + random.between(2.0, 13.0),
            ],
            opacity: scaled(strength, 0.4, 0.85),
            soft: 0.6,
        });
    }
}

fn pepper(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let at = site.anywhere(random, 0.4);
    site.lesion.globules.push(Spots {
        count: count(strength * random.between(60.0, 130.0)),
        radius: random.between(0.9, 1.3),
        variety: 1.5,
        colour: [random.between(42.0, 50.0), 11.0, 4.0],
        opacity: scaled(strength, 0.35, 0.6),
        soft: 0.6,
        oval: 1.2,
        placement: Placement::Cluster(at, site.radius * random.between(0.4, 0.7)),
    });
}

fn veil(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let at = site.at(site.heavy, c.asymmetry * random.between(0.1, 0.6));
    site.lesion.veils.push(Patch {
        at,
        radius: site.radius * scaled(strength, 0.25, 0.6),
        colour: [random.between(40.0, 54.0), random.between(6.0, 11.0), random.between(-6.0, 0.0)],
        opacity: scaled(strength, 0.35, 0.8),
        soft: 0.8,
        ragged: 1.2,
        grain: 3.0,
        within: true,
    });
}

fn regression(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    let at = site.at(site.heavy + random.between(2.3, 4.0), c.asymmetry * random.between(0.3, 0.7));
    let reach = site.radius * random.between(0.22, 0.45);
    site.lesion.veils.push(Patch {
        at,
        radius: reach,
        colour: [random.between(73.0, 79.0), 11.0, 9.0],
        opacity: scaled(strength, 0.35, 0.8),
        soft: 0.8,
        ragged: 1.2,
        grain: 2.0,
        within: true,
    });
    site.lesion.inclusions.push(Spots {
        count: count(strength * 60.0),
        radius: 0.9,
        variety: 1.4,
        colour: [50.0, 9.0, 2.0],
        opacity: scaled(strength, 0.4, 0.65),
        soft: 0.5,
        oval: 1.1,
        placement: Placement::Cluster(at, reach),
    });
}

fn central_white_patch(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let at = site.anywhere(random, 0.15);
    let radius = site.radius * random.between(0.2, 0.45);
    let colour = [random.between(70.0, 79.0), 14.0, 8.0];
    let opacity = scaled(strength, 0.35, 0.85);
    site.lesion.veils.push(Patch {
        at,
        radius,
        colour,
        opacity,
        soft: 1.1,
        ragged: 0.6,
        grain: 1.2,
        within: true,
    });
    // Strands that reach from the scar into the pigment.
    if random.chance(0.6) {
        site.lesion.leaves.push(Leaf {
            at,
            lobes: 6 + random.below(8),
            towards: 0.0,
            fan: TAU,
            length: 1.5 * radius,
            bulb: random.between(1.0, 2.5),
            base: random.between(3.0, 6.0),
            colour,
            opacity: 0.55 * opacity,
            soft: 1.2,
        });
    }
}

fn vessels(
    site: &mut Site,
    form: VesselForm,
    number: u32,
    width: f32,
    size: f32,
    strength: f32,
    place: Placement,
) {
    site.lesion.vessels.push(Vessels { form, count: number, width, size, strength, placement: place });
}

fn arborising(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let size = site.radius * random.between(0.4, 0.7);
    let (number, width) = (count(scaled(strength, 1.0, 5.0)), scaled(strength, 1.5, 3.1));
    vessels(
        site,
        VesselForm::Arborising,
        number,
        width,
        size,
        scaled(strength, 0.45, 1.15),
        Placement::Rim(0.75, 0.4),
    );
}

fn fine_vessels(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let (number, size) = (4 + random.below(count(scaled(strength, 6.0, 22.0))), random.between(12.0, 28.0));
    let width = random.between(1.0, 1.6);
    vessels(
        site,
        VesselForm::Linear,
        number,
        width,
        size,
        scaled(strength, 0.35, 0.9),
        Placement::Within(0.9),
    );
}

fn glomerular(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    for _ in 0..count(scaled(strength, 1.5, 5.0)) {
        let at = site.anywhere(random, 0.7);
        let reach = site.radius * random.between(0.18, 0.36);
        let (number, size) = (8 + random.below(20), random.between(3.6, 6.0));
        let (width, place) = (random.between(1.0, 1.4), Placement::Cluster(at, reach));
        vessels(site, VesselForm::Glomerular, number, width, size, scaled(strength, 0.3, 0.7), place);
    }
}

fn dotted(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let number = count(strength * (20.0 + random.between(0.0, 0.8) * site.radius));
    let size = random.between(1.9, 2.6);
    vessels(
        site,
        VesselForm::Dotted,
        number,
        1.0,
        size,
        scaled(strength, 0.35, 0.85),
        Placement::Within(0.85),
    );
}

fn hairpin(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let (number, size) = (count(scaled(strength, 4.0, 16.0)), random.between(8.0, 13.0));
    vessels(
        site,
        VesselForm::Hairpin,
        number,
        1.4,
        size,
        scaled(strength, 0.3, 0.8),
        Placement::Rim(0.75, 0.4),
    );
}

fn comma(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let (number, size) = (count(scaled(strength, 4.0, 14.0)), random.between(7.0, 12.0));
    vessels(site, VesselForm::Comma, number, 1.8, size, scaled(strength, 0.25, 0.6), Placement::Within(0.8));
}

fn ulcer(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let middle = site.anywhere(random, 0.45);
    let reach = 2.0 * site.radius * random.between(0.05, 0.13) * scaled(strength, 0.6, 1.2);
    for _ in 0..=random.below(3) {
        let at = (middle.0 + reach * random.between(-0.9, 0.9), middle.1 + reach * random.between(-0.9, 0.9));
        let radius = reach * random.between(0.4, 0.9);
        site.lesion.surface.push(Patch {
            at,
            radius,
            colour: [random.between(42.0, 53.0), 37.0, random.between(17.0, 26.0)],
            opacity: scaled(strength, 0.4, 0.85),
            soft: 0.6,
            ragged: 0.8,
            grain: 3.0,
            within: false,
        });
        // Dried blood and serum on it.
        site.lesion.scales.push(Scale {
            at,
            radius: radius * random.between(0.6, 1.0),
            colour: [random.between(26.0, 46.0), 28.0, 20.0],
            opacity: scaled(strength, 0.4, 0.8),
            broken: random.between(0.3, 1.0),
            dry: random.between(0.0, 0.5),
        });
    }
}

fn keratin(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let at = site.anywhere(random, 0.2);
    site.lesion.scales.push(Scale {
        at,
        radius: site.radius * random.between(0.24, 0.42) * scaled(strength, 0.7, 1.15),
        colour: [random.between(66.0, 79.0), random.between(6.0, 12.0), random.between(10.0, 26.0)],
        opacity: scaled(strength, 0.5, 0.95),
        broken: random.between(0.0, 0.5),
        dry: random.between(0.1, 0.8),
    });
}

fn scale(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let dry = random.between(0.2, 1.0);
    let yellow = random.between(5.0, 17.0);
    for _ in 0..count(scaled(strength, 1.0, 4.0)) {
        let at = site.anywhere(random, 0.75);
        site.lesion.scales.push(Scale {
            at,
            radius: site.radius * random.between(0.08, 0.3),
            colour: [random.between(79.0, 87.0), 8.0, yellow],
            opacity: scaled(strength, 0.4, 0.95) * random.between(0.6, 1.0),
            broken: random.between(0.2, 1.1),
            dry,
        });
    }
}

fn cysts(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    site.lesion.inclusions.push(Spots {
        count: count(strength * random.between(6.0, 36.0)),
        radius: random.between(1.4, 2.5),
        variety: 1.8,
        colour: [random.between(72.0, 82.0), 11.0, random.between(14.0, 22.0)],
        opacity: scaled(strength, 0.3, 0.85),
        soft: 0.9,
        oval: 1.15,
        placement: Placement::Within(0.88),
    });
}

fn comedos(site: &mut Site, c: &Clinical, strength: f32, random: &mut Random) {
    site.lesion.inclusions.push(Spots {
        count: count(strength * random.between(6.0, 26.0)),
        radius: random.between(1.9, 3.6),
        variety: 1.7,
        colour: [(58.0 - Site::darkness(c) - random.between(6.0, 20.0)).max(14.0), 18.0, 15.0],
        opacity: scaled(strength, 0.45, 0.9),
        soft: 0.5,
        oval: 1.35,
        placement: Placement::Within(0.85),
    });
}

fn blood_spots(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let at = site.anywhere(random, 0.3);
    site.lesion.inclusions.push(Spots {
        count: count(scaled(strength, 2.0, 10.0)),
        radius: random.between(1.4, 2.6),
        variety: 2.0,
        colour: [random.between(26.0, 36.0), 30.0, 15.0],
        opacity: scaled(strength, 0.4, 0.85),
        soft: 0.6,
        oval: 1.6,
        placement: Placement::Cluster(at, site.radius * 0.5),
    });
}

/// A bright ring and, in it, a yellow plug.
fn white_circles(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    for _ in 0..count(scaled(strength, 4.0, 14.0)) {
        let middle = site.anywhere(random, 0.7);
        for (size, colour) in [(3.8, [82.0, 9.0, 9.0]), (2.0, [66.0, 19.0, 28.0])] {
            site.lesion.inclusions.push(Spots {
                count: 1,
                radius: size,
                variety: 1.0,
                colour,
                opacity: scaled(strength, 0.25, 0.65),
                soft: 0.6,
                oval: 1.1,
                placement: Placement::Cluster(middle, 0.0),
            });
        }
    }
}

fn collarette(site: &mut Site, _: &Clinical, strength: f32, _: &mut Random) {
    site.lesion.inclusions.push(Spots {
        count: 60,
        radius: 3.2,
        variety: 1.3,
        colour: [77.0, 13.0, 11.0],
        opacity: scaled(strength, 0.15, 0.45),
        soft: 1.6,
        oval: 1.4,
        placement: Placement::Rim(0.97, 0.1),
    });
}

fn rosettes(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    site.lesion.rosettes = Some(Rosettes {
        count: count(scaled(strength, 3.0, 14.0)),
        size: random.between(4.0, 6.0),
        opacity: scaled(strength, 0.4, 0.9),
    });
}

fn shiny(site: &mut Site, _: &Clinical, strength: f32, random: &mut Random) {
    let at = site.anywhere(random, 0.35);
    site.lesion.shiny = Some(Shiny {
        count: count(scaled(strength, 4.0, 16.0)),
        at,
        reach: site.radius * 0.5,
        opacity: scaled(strength, 0.25, 0.65),
    });
}
