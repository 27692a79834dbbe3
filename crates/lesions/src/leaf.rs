//! Lobed clods on one base: leaf-like areas, spoke-wheel areas, ovoid nests and the arms of a stellate scar.

use crate::canvas::Canvas;
use crate::colour::{Lab, greater, mix, smooth};
use crate::field::Field;
use numerics::{Random, math};

/// Lobes that leave one base and end in bulbs. Sizes (3 to 8 bulbs on a base, 6 to 12 spokes round a hub of 10 to
/// 25 pixels, nests of 0.08 to 0.25 diameters) are chosen after Argenziano 2003, JAAD 48:679.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaf {
    /// The base, reference pixels from the lesion's centre.
    pub at: (f32, f32),
    /// How many lobes.
    pub lobes: u32,
    /// Middle of the lobes' directions, radians.
    pub towards: f32,
    /// Fan of the lobes, radians: a third of a circle for a leaf, the whole for a spoke wheel.
    pub fan: f32,
    /// Length of a lobe, reference pixels.
    pub length: f32,
    /// Width of the bulb at its end, reference pixels.
    pub bulb: f32,
    /// Width at the base.
    pub base: f32,
    /// Colour at full opacity.
    pub colour: Lab,
    /// 0 to 1.
    pub opacity: f32,
    /// Edge width as a share of the half width.
    pub soft: f32,
}

impl Leaf {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        // Each lobe is two straight pieces that taper or swell: from, by, squared length, half width there and its change.
        let mut pieces = Vec::new();
        for i in 0..self.lobes {
            let place = (i as f32 + random.between(0.1, 0.9)) / self.lobes as f32 - 0.5;
            let mut heading = self.towards + self.fan * place;
            let length = 0.5 * self.length * random.between(0.5, 1.25);
            let bulb = 0.5 * self.bulb * random.between(0.6, 1.3);
            let base = 0.5 * self.base;
            let mut at = self.at;
            for (from, to) in [(base, 0.5 * (base + bulb)), (0.5 * (base + bulb), bulb)] {
                heading += 0.3 * random.normal();
                let by = (length * math::cos(heading), length * math::sin(heading));
                pieces.push((at, by, by.0 * by.0 + by.1 * by.1 + 1e-6, from, to - from));
                at = (at.0 + by.0, at.1 + by.1);
            }
        }
        let size = self.bulb.max(self.base);
        let edge = 0.25 * self.soft * size + 0.4;
        let (coarse, fray) = (2.2 / size, 0.24 * size);
        canvas.around(self.at, 1.3 * self.length + size, |lab, _, (x, y)| {
            let mut inner = f32::MIN;
            for &(from, by, length, half, more) in &pieces {
                let (dx, dy) = (x - from.0, y - from.1);
                let t = ((dx * by.0 + dy * by.1) / length).clamp(0.0, 1.0);
                let (ex, ey) = (dx - t * by.0, dy - t * by.1);
                inner = greater(inner, half + more * t - math::sqrt(ex * ex + ey * ey));
            }
            // Clouds are below 1.75.
            if inner + 1.76 * fray < -edge {
                return;
            }
            let bend = field.cloud(x * coarse, y * coarse);
            let share = smooth(-edge, edge, inner + fray * bend);
            if share > 0.0 {
                let dark = 3.0 * bend + 2.0 * field.at(x * 0.4, y * 0.4);
                let shade = [self.colour[0] + dark, self.colour[1], self.colour[2] + 0.5 * dark];
                *lab = mix(*lab, shade, share * self.opacity * (0.85 + 0.15 * bend));
            }
        });
    }
}
