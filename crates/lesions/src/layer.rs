//! One pass over the lesion's pixels, beside numbers that change slowly from place to place.

use crate::canvas::{Canvas, Place};
use crate::coarse::Coarse;
use crate::colour::Lab;

/// Calls `paint(colour, cover, place, numbers)` for every pixel the lesion covers at all, with each map's number there.
pub(crate) fn layer<const N: usize>(
    canvas: &mut Canvas,
    maps: &[Coarse; N],
    mut paint: impl FnMut(&mut Lab, f32, Place, [f32; N]),
) {
    let width = canvas.width;
    let mut rows = vec![0.0; N * width];
    for y in 0..canvas.height {
        let covers = &canvas.cover[y * width..][..width];
        let Some(first) = covers.iter().position(|&cover| cover > 0.01) else { continue };
        for (map, row) in maps.iter().zip(rows.chunks_mut(width)) {
            map.row(y, row);
        }
        for x in first..width {
            let i = y * width + x;
            let cover = canvas.cover[i];
            if cover > 0.01 {
                let place = canvas.place(x, y);
                let numbers = core::array::from_fn(|map| rows[map * width + x]);
                paint(&mut canvas.lab[i], cover, place, numbers);
            }
        }
    }
}
