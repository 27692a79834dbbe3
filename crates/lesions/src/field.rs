//! Smooth random fields: a small table of random numbers, read with interpolation at any place.

use numerics::Random;

/// The whole number at or below `x` (of a whole number, perhaps the one below it), for |x| < 2²¹.
/// Adding 1.5 × 2²³ leaves no bits for a fraction, so the sum's last bits are the nearest whole number: exact
/// arithmetic, the same everywhere, and cheaper than a conversion with its checks. Interpolation does not mind which
/// side of a lattice line it comes from.
pub(crate) fn whole(x: f32) -> i32 {
    nearest(x - 0.5)
}

/// 1.5 × 2²³.
const SHIFT: f32 = 12_582_912.0;

/// The nearest whole number, for |x| < 2²¹.
pub(crate) fn nearest(x: f32) -> i32 {
    ((x + SHIFT).to_bits() as i32).wrapping_sub(SHIFT.to_bits() as i32)
}

/// `x` without its fraction, for 0 ≤ x < 2²¹. WASM has an instruction for it; plain x86-64 would call a function.
pub(crate) fn floor(x: f32) -> f32 {
    if cfg!(target_arch = "wasm32") {
        return x.floor();
    }
    let near = (x + SHIFT) - SHIFT;
    if near > x { near - 1.0 } else { near }
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

    /// Three neighbours in a row of the table: three random numbers for the price of one look.
    pub(crate) fn three(&self, at: usize) -> [f32; 3] {
        let at = at % (SIDE * SIDE - 2);
        [self.0[at], self.0[at + 1], self.0[at + 2]]
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

    /// The field over a whole picture, features `size` pixels wide: row by row, at a tenth of the price of `at`.
    pub(crate) fn picture(&self, width: usize, height: usize, size: f32) -> Vec<f32> {
        let steps = |t: f32| {
            let below = whole(t);
            let t = t - below as f32;
            (below, t * t * (3.0 - 2.0 * t))
        };
        let across: Vec<(usize, f32)> = (0..width)
            .map(|x| {
                let (left, share) = steps(x as f32 / size);
                (column(left), share)
            })
            .collect();
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            let (above, down) = steps(y as f32 / size + 0.37);
            let (top, bottom) = (&self.0[row(above)..][..SIDE], &self.0[row(above + 1)..][..SIDE]);
            let nodes: [f32; SIDE] = core::array::from_fn(|i| top[i] + (bottom[i] - top[i]) * down);
            values.extend(across.iter().map(|&(left, share)| {
                let from = nodes[left & (SIDE - 1)];
                from + (nodes[(left + 1) & (SIDE - 1)] - from) * share
            }));
        }
        values
    }

    /// Three octaves, each half as strong and turned against the one before; −1.75 to 1.75, mostly within 1.
    pub(crate) fn cloud(&self, x: f32, y: f32) -> f32 {
        self.cloud_over(self.at(x, y), x, y)
    }

    /// As [`Self::cloud`], where the first octave, `at(x, y)`, is known; the others add −0.75 to 0.75.
    pub(crate) fn cloud_over(&self, first: f32, x: f32, y: f32) -> f32 {
        let (x2, y2) = (1.6 * x - 1.2 * y + 17.3, 1.2 * x + 1.6 * y + 5.9);
        let (x4, y4) = (1.1 * x2 - 1.7 * y2 + 3.1, 1.7 * x2 + 1.1 * y2 + 41.7);
        first + 0.5 * self.at(x2, y2) + 0.25 * self.at(x4, y4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_at_or_just_below() {
        for (x, expected) in [(0.25, 0), (-0.25, -1), (7.9, 7), (-7.1, -8), (1000.5, 1000)] {
            assert_eq!(whole(x), expected, "{x}");
        }
        for (x, expected) in [(0.4, 0), (0.6, 1), (-3.7, -4), (250.0, 250)] {
            assert_eq!(nearest(x), expected, "{x}");
        }
        for (x, expected) in [(0.0, 0), (0.5, 0), (0.99, 0), (1.0, 1), (1.5, 1), (63.75, 63), (64.0, 64)] {
            assert_eq!(nearest(floor(x)), expected, "{x}");
        }
    }

    #[test]
    fn the_field_meets_its_lattice() {
        let field = Field::new(&mut Random::new(3));
        for (x, y) in [(0, 0), (5, 9), (-4, 70)] {
            let difference = field.at(x as f32, y as f32) - field.node(x, y);
            assert!(difference.abs() < 1e-6, "{x} {y}: {difference}");
        }
    }
}
