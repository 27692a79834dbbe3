//! Smooth random fields: a small table of random numbers, read with interpolation at any place.

use numerics::Random;

const SIDE: usize = 64;

/// Value noise that repeats after 64 lattice steps; values −1 to 1, standard deviation about 0.38.
pub(crate) struct Field(Vec<f32>);

impl Field {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self((0..SIDE * SIDE).map(|_| random.between(-1.0, 1.0)).collect())
    }

    /// The lattice value at whole coordinates.
    pub(crate) fn node(&self, x: i32, y: i32) -> f32 {
        self.0[(y as usize & (SIDE - 1)) * SIDE + (x as usize & (SIDE - 1))]
    }

    /// The field at a place; features are one unit wide.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (x.floor(), y.floor());
        let (ix, iy) = (fx as i32, fy as i32);
        let (tx, ty) = (x - fx, y - fy);
        let (sx, sy) = (tx * tx * (3.0 - 2.0 * tx), ty * ty * (3.0 - 2.0 * ty));
        let (a, b) = (self.node(ix, iy), self.node(ix + 1, iy));
        let (c, d) = (self.node(ix, iy + 1), self.node(ix + 1, iy + 1));
        let top = a + (b - a) * sx;
        let bottom = c + (d - c) * sx;
        top + (bottom - top) * sy
    }

    /// Three octaves, each half as strong and turned against the one before; about −1.5 to 1.5.
    pub(crate) fn cloud(&self, x: f32, y: f32) -> f32 {
        let (x2, y2) = (1.6 * x - 1.2 * y + 17.3, 1.2 * x + 1.6 * y + 5.9);
        let (x4, y4) = (1.1 * x2 - 1.7 * y2 + 3.1, 1.7 * x2 + 1.1 * y2 + 41.7);
        self.at(x, y) + 0.5 * self.at(x2, y2) + 0.25 * self.at(x4, y4)
    }
}
