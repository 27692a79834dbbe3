//! Blood vessels: arborising, linear, dotted, glomerular, hairpin and comma.

use crate::canvas::{Canvas, FramePoint};
use crate::colour::shifted;
use crate::outline::Outline;
use crate::spots::Placement;
use numerics::{Random, math};

/// The form of a vessel. Source: Argenziano 2004, Arch Dermatol 140:1485.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VesselForm {
    /// A tree from a stem, each branch 0.7 times as wide; 3 to 5 levels.
    Arborising,
    /// A short fine wandering line.
    Linear,
    /// A red dot.
    Dotted,
    /// A coil of 3 to 6 pixels.
    Glomerular,
    /// A loop of 6 to 15 pixels.
    Hairpin,
    /// A thick short curve.
    Comma,
}

/// A group of vessels of one form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vessels {
    /// The form.
    pub form: VesselForm,
    /// How many.
    pub count: u32,
    /// Width at the thickest, reference pixels.
    pub width: f32,
    /// Length or size, reference pixels.
    pub size: f32,
    /// Strength; 1 is Δa\* +20, ΔL\* −12.
    pub strength: f32,
    /// Where they are.
    pub placement: Placement,
}

/// Full-strength change of blood in a vessel near the surface.
const BLOOD: [f32; 3] = [-15.0, 19.0, 4.0];

impl Vessels {
    pub(crate) fn draw(&self, canvas: &mut Canvas, outline: &Outline, mut random: Random) {
        for _ in 0..self.count {
            let turn = random.between(0.0, core::f32::consts::TAU);
            let at = match self.placement {
                Placement::Within(reach) => outline.place(&mut random, reach),
                Placement::Rim(middle, width) => outline.at(turn, middle + width * random.between(-0.5, 0.5)),
                Placement::Cluster(middle, reach) => {
                    let r = reach * math::sqrt(random.uniform());
                    (middle.0 + r * math::cos(turn), middle.1 + r * math::sin(turn))
                }
            };
            let strength = self.strength * random.between(0.6, 1.0);
            let heading = random.between(0.0, core::f32::consts::TAU);
            let mut lines: Vec<Vec<(FramePoint, f32)>> = Vec::new();
            match self.form {
                VesselForm::Arborising => {
                    // The stem enters from the rim and heads inwards.
                    let inward = math::atan2(-at.1, -at.0) + random.between(-0.6, 0.6);
                    branch(&mut lines, at, inward, self.width, self.size, 4, &mut random);
                }
                VesselForm::Linear => {
                    lines.push(wander(at, heading, self.width, self.size, 0.35, &mut random));
                }
                VesselForm::Comma => lines.push(arc(at, heading, self.width, self.size, 1.6)),
                VesselForm::Hairpin => lines.push(hairpin(at, heading, self.width, self.size)),
                VesselForm::Glomerular => lines.push(coil(at, heading, self.width, self.size, &mut random)),
                VesselForm::Dotted => {
                    let r = 0.5 * self.size * random.between(0.7, 1.3);
                    canvas.ellipse(at, (r, r), 0.0, 0.6, |lab, share, _| {
                        *lab = shifted(*lab, BLOOD, share * strength);
                    });
                }
            }
            for line in lines {
                // Thin branches lie deeper and show less.
                let seen = strength * (0.5 + 0.5 * line[0].1 / self.width).min(1.0);
                canvas.stroke(&line, 0.5, |lab, _, share| *lab = shifted(*lab, BLOOD, share * seen));
            }
        }
    }
}

fn wander(
    from: FramePoint,
    heading: f32,
    width: f32,
    length: f32,
    bend: f32,
    random: &mut Random,
) -> Vec<(FramePoint, f32)> {
    const PIECES: usize = 9;
    let (mut at, mut heading) = (from, heading);
    let mut points = vec![(at, width)];
    // A vessel meanders: each turn takes back half of the one before.
    let mut turn = 0.0;
    for i in 1..=PIECES {
        turn = bend * random.normal() - 0.5 * turn;
        heading += turn;
        let step = length / PIECES as f32 * random.between(0.7, 1.3);
        at = (at.0 + step * math::cos(heading), at.1 + step * math::sin(heading));
        points.push((at, width * (1.0 - 0.4 * i as f32 / PIECES as f32)));
    }
    points
}

fn branch(
    lines: &mut Vec<Vec<(FramePoint, f32)>>,
    at: FramePoint,
    heading: f32,
    width: f32,
    length: f32,
    levels: u32,
    random: &mut Random,
) {
    let line = wander(at, heading, width, length, 0.4, random);
    let tip = line[line.len() - 1].0;
    let middle = line[2 + random.below(4) as usize].0;
    lines.push(line);
    if levels == 0 {
        return;
    }
    let side = if random.chance(0.5) { 1.0 } else { -1.0 };
    for (from, turn) in [(tip, 0.5 * side), (tip, -0.6 * side), (middle, 0.9 * side)] {
        if random.chance(0.68) {
            let heading = heading + turn * random.between(0.6, 1.4);
            branch(
                lines,
                from,
                heading,
                0.62 * width,
                length * random.between(0.55, 0.85),
                levels - 1,
                random,
            );
        }
    }
}

fn arc(at: FramePoint, heading: f32, width: f32, size: f32, sweep: f32) -> Vec<(FramePoint, f32)> {
    let radius = size / sweep;
    (0..=6)
        .map(|i| {
            let angle = heading + sweep * i as f32 / 6.0;
            (
                (at.0 + radius * math::cos(angle), at.1 + radius * math::sin(angle)),
                width * (1.0 - 0.07 * i as f32),
            )
        })
        .collect()
}

fn hairpin(at: FramePoint, heading: f32, width: f32, size: f32) -> Vec<(FramePoint, f32)> {
    let (cos, sin) = (math::cos(heading), math::sin(heading));
    let w = 0.22 * size;
    [(0.0, -w), (0.6, -w * 0.9), (0.92, -w * 0.6), (1.0, 0.0), (0.92, w * 0.6), (0.6, w * 0.9), (0.0, w)]
        .map(|(along, across)| {
            let u = along * size;
            ((at.0 + cos * u - sin * across, at.1 + sin * u + cos * across), width)
        })
        .to_vec()
}

fn coil(at: FramePoint, heading: f32, width: f32, size: f32, random: &mut Random) -> Vec<(FramePoint, f32)> {
    let radius = 0.5 * size * random.between(0.75, 1.25);
    (0..=10)
        .map(|i| {
            let t = i as f32 / 10.0;
            let angle = heading + 9.5 * t;
            let r = radius * (0.15 + 0.85 * t);
            ((at.0 + r * math::cos(angle), at.1 + r * math::sin(angle)), width)
        })
        .collect()
}
