//! Shiny white lines: short bright strokes that cross at right angles, seen only in polarised light.

use crate::canvas::Canvas;
use crate::colour::mix;
use numerics::{Random, math};

/// White strokes 8 to 20 pixels long and 1 to 2 wide. Source: Arch Dermatol 2012;148:146.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shiny {
    /// How many.
    pub count: u32,
    /// Middle of the group, reference pixels.
    pub at: (f32, f32),
    /// Radius of the group.
    pub reach: f32,
    /// 0 to 1.
    pub opacity: f32,
}

impl Shiny {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let heading = random.between(0.0, core::f32::consts::PI);
        for _ in 0..self.count {
            let turn = random.between(0.0, core::f32::consts::TAU);
            let r = self.reach * math::sqrt(random.uniform());
            let at = (self.at.0 + r * math::cos(turn), self.at.1 + r * math::sin(turn));
            let across = if random.chance(0.5) { core::f32::consts::FRAC_PI_2 } else { 0.0 };
            let angle = heading + across + 0.12 * random.normal();
            let half = 0.5 * random.between(7.0, 16.0);
            let (dx, dy) = (half * math::cos(angle), half * math::sin(angle));
            let line = [((at.0 - dx, at.1 - dy), 0.8), (at, 1.5), ((at.0 + dx, at.1 + dy), 0.8)];
            let opacity = self.opacity * random.between(0.5, 1.0);
            canvas.stroke(&line, 0.6, |lab, _, share| {
                *lab = mix(*lab, [83.0, 9.0, 8.0], share * opacity);
            });
        }
    }
}
