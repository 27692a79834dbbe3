//! One pass over the lesion's pixels, with values that change slowly from place to place.

use crate::canvas::{Canvas, FramePoint};
use crate::coarse::CoarseField;
use crate::colour::Lab;

/// Calls `paint(colour, cover, place, numbers)` for every pixel the lesion covers at all, with each map's number there.
pub(crate) fn layer<const N: usize>(
    canvas: &mut Canvas,
    maps: &[CoarseField; N],
    mut paint: impl FnMut(&mut Lab, f32, FramePoint, [f32; N]),
) {
    let width = canvas.width;
    let mut rows = vec![0.0; N * width];
    for y in 0..canvas.height {
        let covers = &canvas.cover[y * width..][..width];
        let seen = |&cover: &f32| cover > 0.01;
        let Some(first) = covers.iter().position(seen) else { continue };
        let last = covers.iter().rposition(seen).unwrap_or(first);
        for (map, row) in maps.iter().zip(rows.chunks_mut(width)) {
            map.row(y, row);
        }
        for x in first..=last {
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
