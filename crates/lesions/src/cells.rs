//! A jittered hexagonal lattice of cells: the pigment network's holes, lacunae, follicles.

use crate::colour::greater;
use crate::field::{Field, whole};
use numerics::math;

/// The position of a point among the cells.
pub(crate) struct Cell {
    /// Distance to the nearest centre, in spacings.
    pub(crate) centre: f32,
    /// Distance to the line between the two nearest cells, in spacings, about 0 to 0.5.
    pub(crate) wall: f32,
    /// The cell's own random numbers, −1 to 1.
    pub(crate) traits: [f32; 2],
}

/// A lattice of cells: the same as long as field and jitter are.
pub(crate) struct Cells<'a> {
    field: &'a Field,
    /// The largest distance of a centre from its place in the honeycomb, in spacings.
    stray: f32,
    /// The centres looked at last, by row modulo 4: neighbouring pixels have most of them in common.
    near: [FourCentres; 4],
}

/// Four neighbouring centres of row `at.1` from column `at.0` on.
#[derive(Clone, Copy)]
struct FourCentres {
    at: (i32, i32),
    x: [f32; 4],
    y: [f32; 4],
}

/// Distance between rows, in spacings.
const ROW: f32 = 0.866_025_4;

impl<'a> Cells<'a> {
    /// `jitter` 0 is a honeycomb, 1 is disorder.
    pub(crate) fn new(field: &'a Field, jitter: f32) -> Self {
        Self {
            field,
            stray: 0.5 * jitter,
            near: [FourCentres { at: (i32::MIN, 0), x: [0.0; 4], y: [0.0; 4] }; 4],
        }
    }

    /// The four centres of row `j` around `x`.
    fn four(&mut self, j: i32, x: f32) -> &FourCentres {
        let offset = if j & 1 == 0 { 0.0 } else { 0.5 };
        let at = (whole(x - offset) - 1, j);
        let four = &mut self.near[j as usize & 3];
        if four.at != at {
            let (field, stray) = (self.field, self.stray);
            four.at = at;
            let columns = [at.0, at.0 + 1, at.0 + 2, at.0 + 3];
            four.x = columns.map(|i| i as f32 + offset + stray * field.node(i, j));
            four.y = columns.map(|i| j as f32 * ROW + stray * field.node(i + 31, j + 17));
        }
        four
    }

    /// The cell at (x, y), given in spacings.
    pub(crate) fn at(&mut self, x: f32, y: f32) -> Cell {
        let row = whole(y / ROW);
        let (mut first, mut second) = (f32::MAX, f32::MAX);
        let mut home = (0, 0);
        // The two rows around the place first: then the outer ones are mostly too far to matter.
        for j in [row, row + 1, row - 1, row + 2] {
            let apart = greater((j as f32 * ROW - y).abs() - self.stray, 0.0);
            if apart * apart >= second {
                continue;
            }
            let four = self.four(j, x);
            for (i, (cx, cy)) in four.x.into_iter().zip(four.y).enumerate() {
                let (dx, dy) = (cx - x, cy - y);
                let distance = dx * dx + dy * dy;
                if distance < first {
                    second = first;
                    first = distance;
                    home = (four.at.0 + i as i32, j);
                } else if distance < second {
                    second = distance;
                }
            }
        }
        let (first, second) = (math::sqrt(first), math::sqrt(second));
        let field = self.field;
        Cell {
            centre: first,
            wall: 0.5 * (second - first),
            traits: [field.node(home.0 + 7, home.1 + 43), field.node(home.0 + 53, home.1 + 11)],
        }
    }
}
