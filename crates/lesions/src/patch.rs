//! Irregular patches without inner structure: blotch, veil, regression, ulcer, scar, keratin, scale, tan zones.

use crate::canvas::Canvas;
use crate::colour::{Lab, mix, smooth};
use crate::field::Field;
use numerics::Random;

/// One patch of a colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    /// Its middle, reference pixels from the lesion's centre.
    pub at: (f32, f32),
    /// Mean radius, reference pixels.
    pub radius: f32,
    /// Colour at full opacity.
    pub colour: Lab,
    /// 0 to 1.
    pub opacity: f32,
    /// Width of the edge as a share of the radius: 0.1 is sharp, 0.8 a haze.
    pub soft: f32,
    /// How ragged the edge is: 0 a disc, 1 torn.
    pub ragged: f32,
    /// Deviation of lightness inside, L\*.
    pub grain: f32,
    /// Whether it ends where the lesion ends.
    pub within: bool,
}

impl Patch {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let coarse = 1.6 / self.radius;
        let fine = 1.0 / 3.2;
        canvas.around(self.at, self.radius * 1.9, |lab, cover, (x, y)| {
            if self.within && cover <= 0.1 {
                return;
            }
            let (dx, dy) = (x - self.at.0, y - self.at.1);
            let distance = numerics::math::hypot(dx, dy) / self.radius;
            // The outline breaks up at every scale, as pigment does.
            let end = 1.0 + 0.5 * self.soft;
            let first = field.at(dx * coarse, dy * coarse);
            if distance + self.ragged * (0.55 * (first - 0.76) - 0.3) > end {
                return;
            }
            let large = 0.55 * field.cloud_over(first, dx * coarse, dy * coarse);
            // The finer scales add 0.3 at most.
            if distance + self.ragged * (large - 0.3) > end {
                return;
            }
            let torn = large
                + 0.24 * field.at(dx * coarse * 5.0 + 9.0, dy * coarse * 5.0)
                + 0.06 * field.at(x * 0.4, y * 0.4);
            let edge = distance + self.ragged * torn;
            let mut share = self.opacity * smooth(end, 1.0 - 0.5 * self.soft, edge);
            if share <= 0.0 {
                return;
            }
            share *= 1.0 + 0.6 * self.soft * field.at(x * 0.16 + 5.0, y * 0.16);
            if self.within {
                share *= smooth(0.1, 0.75, cover);
            }
            let share = share.min(1.0);
            if share > 0.0 {
                let grain = 1.2 * self.grain * field.at(x * fine, y * fine);
                let shade = [self.colour[0] + grain, self.colour[1] - 0.3 * grain, self.colour[2]];
                *lab = mix(*lab, shade, share);
            }
        });
    }
}
