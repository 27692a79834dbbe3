//! A jittered hexagonal lattice of cells: the pigment network's holes, lacunae, follicles.

use crate::field::{Field, whole};
use numerics::math;

/// Where a place lies among the cells.
pub(crate) struct Cell {
    /// Distance to the nearest centre, in spacings.
    pub(crate) centre: f32,
    /// Distance to the line between the two nearest cells, in spacings, about 0 to 0.5.
    pub(crate) wall: f32,
    /// The cell's own random numbers, −1 to 1.
    pub(crate) traits: [f32; 2],
}

/// The cell at (x, y), given in spacings; `jitter` 0 is a honeycomb, 1 is disorder.
pub(crate) fn cell(field: &Field, x: f32, y: f32, jitter: f32) -> Cell {
    const ROW: f32 = 0.866_025_4;
    let row = whole(y / ROW);
    let (mut first, mut second) = (f32::MAX, f32::MAX);
    let mut home = (0, 0);
    // The two rows around the place first: then the outer ones are mostly too far to matter.
    for j in [row, row + 1, row - 1, row + 2] {
        let apart = ((j as f32 * ROW - y).abs() - 0.5 * jitter).max(0.0);
        if apart * apart >= second {
            continue;
        }
        let offset = if j & 1 == 0 { 0.0 } else { 0.5 };
        let column = whole(x - offset);
        for i in column - 1..=column + 2 {
            let dx = i as f32 + offset + 0.5 * jitter * field.node(i, j) - x;
            let dy = j as f32 * ROW + 0.5 * jitter * field.node(i + 31, j + 17) - y;
            let distance = dx * dx + dy * dy;
            if distance < first {
                second = first;
                first = distance;
                home = (i, j);
            } else if distance < second {
                second = distance;
            }
        }
    }
    let (first, second) = (math::sqrt(first), math::sqrt(second));
    Cell {
        centre: first,
        wall: 0.5 * (second - first),
        traits: [field.node(home.0 + 7, home.1 + 43), field.node(home.0 + 53, home.1 + 11)],
    }
}
