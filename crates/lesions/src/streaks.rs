//! Streaks and pseudopods: radial lines that leave the rim.

use crate::canvas::Canvas;
use crate::colour::melanin;
use crate::colour::mix;
use crate::outline::Outline;
use numerics::Random;

/// Streaks in a sector of the rim; all round they make a starburst.
/// 0.05 to 0.12 diameters long, 2 to 4 pixels wide, a bulb at the tip makes a pseudopod. Definition:
/// Argenziano 2003, JAAD 48:679; sizes chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Streaks {
    /// How many.
    pub count: u32,
    /// Middle of the sector, radians.
    pub towards: f32,
    /// Width of the sector, radians.
    pub sector: f32,
    /// Length, reference pixels.
    pub length: f32,
    /// How much darker than skin, L\*.
    pub darker: f32,
    /// With bulbs.
    pub bulbs: bool,
}

impl Streaks {
    pub(crate) fn draw(&self, canvas: &mut Canvas, outline: &Outline, mut random: Random) {
        let colour = melanin(self.darker);
        for i in 0..self.count {
            let step = (i as f32 + random.between(0.0, 1.0)) / self.count as f32 - 0.5;
            let mut angle = self.towards + self.sector * step;
            let length = self.length * random.between(0.4, 1.3) / outline.radius();
            let start = random.between(0.55, 0.8);
            let reach = 0.94 + length - start;
            let lean = random.between(-0.05, 0.05);
            let broad = random.between(2.8, 5.6);
            let points: Vec<_> = (0..6)
                .map(|k| {
                    let t = k as f32 / 5.0;
                    angle += lean + 0.015 * random.normal();
                    let width = broad * (1.0 - 0.65 * t) * random.between(0.8, 1.2);
                    (outline.at(angle, start + reach * t), width)
                })
                .collect();
            let opacity = random.between(0.3, 0.7);
            canvas.stroke(&points, 0.8, |lab, _, share| {
                *lab = mix(*lab, colour, share * opacity);
            });
            if self.bulbs {
                let r = random.between(0.55, 0.8) * broad;
                canvas.ellipse(points[5].0, (r, r), 0.0, 0.7, |lab, share, _| {
                    *lab = mix(*lab, colour, share * opacity);
                });
            }
        }
    }
}
