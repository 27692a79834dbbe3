//! Round things in numbers: dots, globules, milia-like cysts, comedo-like openings, pepper, blood spots, nests.

use crate::canvas::Canvas;
use crate::colour::{Lab, mix};
use crate::outline::Outline;
use numerics::Random;

/// Where spots are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Placement {
    /// Anywhere within this share of the radius.
    Within(f32),
    /// On a band along the rim: middle and width as shares of the radius.
    Rim(f32, f32),
    /// Around a place, reference pixels, within a radius.
    Cluster((f32, f32), f32),
}

/// A group of spots that look alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spots {
    /// How many.
    pub count: u32,
    /// Mean radius, reference pixels.
    pub radius: f32,
    /// Radii vary by up to this factor: 1 all equal, 2 from half to double.
    pub variety: f32,
    /// Colour at full opacity.
    pub colour: Lab,
    /// 0 to 1.
    pub opacity: f32,
    /// Edge width as a share of the radius.
    pub soft: f32,
    /// Long over short axis at most.
    pub oval: f32,
    /// Where they are.
    pub placement: Placement,
}

impl Spots {
    pub(crate) fn draw(&self, canvas: &mut Canvas, outline: &Outline, mut random: Random) {
        let mut taken: Vec<(f32, f32, f32)> = Vec::new();
        for i in 0..self.count {
            let size = random.between(-1.0, 1.0);
            let factor = if size < 0.0 {
                1.0 + size * (1.0 - 1.0 / self.variety)
            } else {
                1.0 + size * (self.variety - 1.0)
            };
            let radius = self.radius * factor;
            // A few tries keep spots from lying on one another.
            let mut at = (0.0, 0.0);
            for _ in 0..6 {
                at = match self.placement {
                    Placement::Within(reach) => outline.place(&mut random, reach),
                    Placement::Rim(middle, width) => {
                        let turn = core::f32::consts::TAU * (i as f32 + random.between(-0.3, 0.3))
                            / self.count as f32;
                        outline.at(turn, middle + 0.5 * width * random.between(-1.0, 1.0))
                    }
                    Placement::Cluster(middle, reach) => {
                        let turn = random.between(0.0, core::f32::consts::TAU);
                        let r = reach * numerics::math::sqrt(random.uniform());
                        (middle.0 + r * numerics::math::cos(turn), middle.1 + r * numerics::math::sin(turn))
                    }
                };
                let free = taken.iter().all(|t| {
                    let (dx, dy, gap) = (t.0 - at.0, t.1 - at.1, 1.1 * (t.2 + radius));
                    dx * dx + dy * dy > gap * gap
                });
                if free {
                    break;
                }
            }
            taken.push((at.0, at.1, radius));
            let oval = random.between(1.0, self.oval);
            let angle = random.between(0.0, core::f32::consts::PI);
            let opacity = self.opacity * random.between(0.5, 1.0);
            let shade = random.between(-4.0, 4.0);
            let colour = [self.colour[0] + shade, self.colour[1], self.colour[2]];
            canvas.ellipse(at, (radius * oval, radius / oval), angle, self.soft, |lab, share, _| {
                *lab = mix(*lab, colour, share * opacity);
            });
            // Nothing that grows is an ellipse: a second, smaller lobe leans out of the first.
            if radius > 1.6 && self.oval > 1.1 {
                let lean = random.between(0.0, core::f32::consts::TAU);
                let reach = radius * random.between(0.35, 0.7);
                let lobe =
                    (at.0 + reach * numerics::math::cos(lean), at.1 + reach * numerics::math::sin(lean));
                let size = radius * random.between(0.5, 0.75);
                canvas.ellipse(lobe, (size, size / oval), lean, self.soft + 0.2, |lab, share, _| {
                    *lab = mix(*lab, colour, 0.8 * share * opacity);
                });
            }
        }
    }
}
