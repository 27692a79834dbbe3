//! How often and how strongly each diagnosis shows each sign; one file a diagnosis.

mod ak;
mod bcc;
mod bkl;
mod df;
mod mel;
mod nv;
mod scc;
pub(crate) mod structures;
mod vasc;

use crate::clinical::{Clinical, Difficulty};
use catalog::Diagnosis;
use numerics::{Random, math};

/// What each diagnosis is taken for, in per cent of its pictures: MEL, NV, BCC, AK, BKL, DF, VASC, SCC by row.
/// Source: confusion of a linear model on measured features of HAM10000, folds by lesion.
const TAKEN_FOR: [[f32; 8]; 8] = [
    [0.0, 13.0, 3.0, 2.0, 15.0, 2.0, 1.0, 4.0],
    [12.0, 0.0, 2.0, 0.0, 7.0, 2.0, 1.0, 2.0],
    [3.0, 2.0, 0.0, 4.0, 5.0, 4.0, 2.0, 10.0],
    [1.0, 0.0, 8.0, 0.0, 14.0, 2.0, 0.0, 23.0],
    [15.0, 8.0, 5.0, 6.0, 0.0, 3.0, 0.0, 5.0],
    [3.0, 5.0, 8.0, 3.0, 7.0, 0.0, 1.0, 9.0],
    [2.0, 5.0, 6.0, 0.0, 2.0, 1.0, 0.0, 0.0],
    [9.0, 3.0, 12.0, 18.0, 5.0, 6.0, 0.0, 0.0],
];

/// Samples the signs of a lesion: by its own diagnosis, and for some part of the way another's.
pub(crate) fn sample(diagnosis: Diagnosis, difficulty: Difficulty, random: &mut Random) -> Clinical {
    let own = pure(diagnosis, difficulty, &mut random.part(1));
    let taken_for = TAKEN_FOR[diagnosis.index()];
    let confused: f32 = taken_for.iter().sum::<f32>() / 100.0;
    let mut choice = random.part(2);
    if !choice.chance(LOOKALIKES * difficulty.amount() * confused) {
        return own;
    }
    let other = Diagnosis::ALL[choice.weighted(&taken_for)];
    let other = pure(other, difficulty, &mut random.part(3));
    own.towards(&other, choice.between(0.25, 0.25 + difficulty.amount()))
}

/// Lookalikes as a share of the real confusions, at difficulty 1. Chosen.
const LOOKALIKES: f32 = 1.3;

fn pure(diagnosis: Diagnosis, difficulty: Difficulty, random: &mut Random) -> Clinical {
    let draw = &mut Draw { random, difficulty: difficulty.amount() };
    match diagnosis {
        Diagnosis::Mel => mel::sample(draw),
        Diagnosis::Nv => nv::sample(draw),
        Diagnosis::Bcc => bcc::sample(draw),
        Diagnosis::Ak => ak::sample(draw),
        Diagnosis::Bkl => bkl::sample(draw),
        Diagnosis::Df => df::sample(draw),
        Diagnosis::Vasc => vasc::sample(draw),
        Diagnosis::Scc => scc::sample(draw),
    }
}

/// Draws numbers, wider and fainter with growing difficulty.
struct Draw<'a> {
    random: &'a mut Random,
    difficulty: f32,
}

impl Draw<'_> {
    /// A normal number held within 2.2 deviations; at the usual difficulty with this deviation, in a textbook with
    /// four tenths of it.
    fn about(&mut self, middle: f32, deviation: f32) -> f32 {
        middle + deviation * (0.4 + 1.2 * self.difficulty) * self.random.normal().clamp(-2.2, 2.2)
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        self.random.between(low, high)
    }

    fn chance(&mut self, probability: f32) -> bool {
        self.random.chance(probability)
    }

    /// The strength of a sign that this share of lesions shows: 0 if it is absent. A textbook shows signs clearly.
    fn sign(&mut self, share: f32) -> f32 {
        let strength = self.random.between(0.8 - 1.1 * self.difficulty, 1.0).max(0.12);
        if self.random.chance(share) { strength } else { 0.0 }
    }

    /// The strength of a sign that the diagnosis is known by: a textbook shows it more often than it is met with.
    fn hallmark(&mut self, share: f32) -> f32 {
        let textbook = 1.0 - (2.0 * self.difficulty).min(1.0);
        self.sign(share + (1.0 - share) * 0.7 * textbook)
    }

    /// A faint sign that is nothing of the diagnosis's own.
    fn stray(&mut self, share: f32) -> f32 {
        let strength = self.random.between(0.1, 0.45);
        if self.random.chance(share * (2.0 * self.difficulty).min(1.5)) { strength } else { 0.0 }
    }
}

/// Size, elongation and outline of a class: medians of diameter over frame width (of 4:3 frames), aspect and roughness
/// in per cent, measured on the masks of HAM10000; spreads follow the 5 and 95 % columns.
fn shape(draw: &mut Draw, diameter: f32, aspect: f32, roughness: f32) -> Clinical {
    // The frame's shorter side is three quarters of its width, and the masks lie 0.08 diameters outside the visible edge.
    let size = (1.333 * 0.86 * diameter * math::exp(draw.about(0.0, 0.36))).clamp(0.16, 1.05);
    Clinical {
        diameter: size,
        elongation: (1.0 + (aspect - 1.0) * math::exp(draw.about(0.0, 0.5))).min(2.2),
        border_irregularity: (roughness * math::exp(draw.about(0.0, 0.4)) / 16.0).min(1.0),
        ..Clinical::NOTHING
    }
}

/// Mean and deviation over lesions of the mean colour, skin-normalised CIELAB, and of the deviation of L\* inside.
struct Ground {
    lightness: (f32, f32),
    a: (f32, f32),
    b: (f32, f32),
    inside: f32,
}

/// The ground's colour by a class's measured distribution.
fn ground(draw: &mut Draw, clinical: &mut Clinical, measured: &Ground) {
    let mean = draw.about(measured.lightness.0, measured.lightness.1);
    let inside = measured.inside * math::exp(draw.about(0.0, 0.3));
    let a = draw.about(measured.a.0, measured.a.1);
    // Red lesions are yellow too: b\* rises by about a third of what a\* does, measured.
    let b = draw.about(measured.b.0 + 0.35 * (a - measured.a.0), 0.9 * measured.b.1);
    // The measured mean counts the rim, where a dark lesion fades; so its middle is darker than that.
    let mean = mean - 0.42 * (62.0 - mean).max(0.0);
    clinical.set_lightness(mean, inside);
    // The mean colour of browns of this lightness, which is not the colour of the mean lightness.
    let mut brown = [0.0; 2];
    for (weight, away) in [(0.25, -1.2), (0.5, 0.0), (0.25, 1.2)] {
        let [_, a, b] = crate::colour::melanin(crate::colour::REFERENCE_SKIN[0] - mean - away * inside);
        brown = [brown[0] + weight * a, brown[1] + weight * b];
    }
    clinical.red = (1.08 * (a - brown[0]) / crate::ground::RED).clamp(0.0, 1.0);
    clinical.warmth = (1.08 * (b - brown[1]) / crate::ground::WARM).clamp(-1.0, 0.42);
}
