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
            let step = (i as f32 + random.between(0.2, 0.8)) / self.count as f32 - 0.5;
            let angle = self.towards + self.sector * step;
            let length = self.length * random.between(0.6, 1.3) / outline.radius();
            let start = random.between(0.7, 0.8);
            let lean = random.between(-0.08, 0.08);
            let points: Vec<_> = (0..5)
                .map(|k| {
                    let t = k as f32 / 4.0;
                    (outline.at(angle + lean * t, start + (0.12 + length) * t), 3.2 - 1.6 * t)
                })
                .collect();
            let opacity = random.between(0.5, 0.85);
            canvas.stroke(&points, 0.7, |lab, _, share| *lab = mix(*lab, colour, share * opacity));
            if self.bulbs {
                let r = random.between(1.8, 3.0);
                canvas.ellipse(points[4].0, (r, r), 0.0, 0.7, |lab, share, _| {
                    *lab = mix(*lab, colour, share * opacity);
                });
            }
        }
    }
}
