//! Smooth random fields: a small table of random numbers, read with interpolation at any place.

use numerics::Random;

/// The whole number at or below `x`, for places within a picture's reach (far below 2³¹).
/// x86-64's baseline has no instruction for `floor` and calls a function; this is the same number.
pub(crate) fn whole(x: f32) -> i32 {
    let cut = x as i32;
    cut - i32::from(x < cut as f32)
}

const SIDE: usize = 64;

fn column(x: i32) -> usize {
    x as usize & (SIDE - 1)
}

fn row(y: i32) -> usize {
    (y as usize & (SIDE - 1)) * SIDE
}

/// Value noise that repeats after 64 lattice steps; values −1 to 1, standard deviation about 0.38.
pub(crate) struct Field(Box<[f32; SIDE * SIDE]>);

impl Field {
    pub(crate) fn new(random: &mut Random) -> Self {
        let mut nodes = Box::new([0.0; SIDE * SIDE]);
        nodes.fill_with(|| random.between(-1.0, 1.0));
        Self(nodes)
    }

    /// The lattice value at whole coordinates.
    pub(crate) fn node(&self, x: i32, y: i32) -> f32 {
        self.0[row(y) + column(x)]
    }

    /// The field at a place; features are one unit wide.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (ix, iy) = (whole(x), whole(y));
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let (sx, sy) = (tx * tx * (3.0 - 2.0 * tx), ty * ty * (3.0 - 2.0 * ty));
        let (left, right) = (column(ix), column(ix + 1));
        let (above, below) = (row(iy), row(iy + 1));
        let (a, b) = (self.0[above + left], self.0[above + right]);
        let (c, d) = (self.0[below + left], self.0[below + right]);
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
