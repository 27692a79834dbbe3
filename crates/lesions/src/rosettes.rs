//! Rosettes: four white points in a square, seen in follicles under polarised light.

use crate::canvas::Canvas;
use crate::colour::mix;
use crate::outline::Outline;
use numerics::{Random, math};

/// Rosettes 4 to 6 pixels across, all rotated in the same way by the polariser.
/// Definition: dermoscopedia.org; sizes chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rosettes {
    /// How many.
    pub count: u32,
    /// Distance of opposite points, reference pixels.
    pub size: f32,
    /// 0 to 1.
    pub opacity: f32,
}

impl Rosettes {
    pub(crate) fn draw(&self, canvas: &mut Canvas, outline: &Outline, mut random: Random) {
        let turn = random.between(0.0, core::f32::consts::FRAC_PI_2);
        for _ in 0..self.count {
            let at = outline.place(&mut random, 0.85);
            let opacity = self.opacity * random.between(0.5, 1.0);
            let reach = 0.5 * self.size * random.between(0.8, 1.15);
            for quarter in 0..4 {
                let angle = turn + core::f32::consts::FRAC_PI_2 * quarter as f32;
                let point = (at.0 + reach * math::cos(angle), at.1 + reach * math::sin(angle));
                canvas.ellipse(point, (1.1, 0.9), angle, 0.7, |lab, share, _| {
                    *lab = mix(*lab, [88.0, 6.0, 6.0], share * opacity);
                });
            }
        }
    }
}
