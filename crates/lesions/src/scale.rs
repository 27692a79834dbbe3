//! Scale, crust and keratin: broken plates with torn edges and bright flecks.

use crate::canvas::Canvas;
use crate::colour::{Lab, mix, smooth};
use crate::field::Field;
use numerics::Random;

/// A plate of scale: matt white to yellow, jagged, crumbling. Lightness 5 to 20 above skin, low chroma: chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Its middle, reference pixels from the lesion's centre.
    pub at: (f32, f32),
    /// Mean radius, reference pixels.
    pub radius: f32,
    /// Colour of the plate.
    pub colour: Lab,
    /// Opacity of the plate, 0 to 1.
    pub opacity: f32,
    /// Share of the plate that has crumbled away, 0 a solid mass, 1 only flecks.
    pub broken: f32,
    /// How bright the edges of its flakes are: 0 a wet crust, 1 dry scale.
    pub dry: f32,
}

/// The glint of a flake's edge.
const FLECK: Lab = [88.0, 4.0, 5.0];

impl Scale {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let coarse = 1.3 / self.radius;
        canvas.around(self.at, self.radius * 1.7, |lab, _, (x, y)| {
            let (dx, dy) = (x - self.at.0, y - self.at.1);
            let away = numerics::math::sqrt(dx * dx + dy * dy) / self.radius;
            if away > 1.7 {
                return;
            }
            let torn = field.cloud(dx * coarse, dy * coarse);
            // Flakes add 0.44 at most.
            if 1.0 - away + 0.4 * torn < -0.45 {
                return;
            }
            let flakes = field.cloud(x * 0.17 + 20.0, y * 0.17);
            let inner = 1.0 - away + 0.4 * torn + 0.25 * flakes;
            let plate = smooth(0.0, 0.3, inner);
            if plate <= 0.0 {
                return;
            }
            let crumbs = field.at(x * 0.33, y * 0.33 + 30.0) + 0.7 * field.at(x * 0.71 + 5.0, y * 0.71);
            let whole = smooth(1.4 * self.broken - 0.9, 1.4 * self.broken - 0.3, 0.6 * flakes + 0.5 * crumbs);
            let shade = 4.0 * flakes + 3.0 * crumbs;
            let colour = [self.colour[0] + shade, self.colour[1] - 0.2 * shade, self.colour[2] - 0.4 * shade];
            *lab = mix(*lab, colour, self.opacity * plate * (0.25 + 0.75 * whole));
            // Flakes lift at their edges: thin bright lines along a slope of the crumbs.
            let rim = smooth(0.11, 0.0, (crumbs - 0.1 + 0.35 * torn).abs()) * smooth(0.0, 0.5, flakes + 0.3);
            *lab = mix(*lab, FLECK, 0.75 * self.dry * self.opacity * plate * rim);
        });
    }
}
