//! Slowly changing numbers over a picture, worked out at every fourth reference pixel and interpolated between.

use crate::canvas::Canvas;

/// One number per place, smooth over at least a dozen reference pixels.
pub(crate) struct Coarse {
    step: usize,
    columns: usize,
    values: Vec<f32>,
}

impl Coarse {
    /// Works out `value(x, y)`, of places in the lesion's frame, at the nodes.
    pub(crate) fn new(canvas: &Canvas, mut value: impl FnMut(f32, f32) -> f32) -> Self {
        // The power of two nearest below: 4 for pictures of 224 to 400 pixels.
        let step = 1 << ((4.3 * canvas.unit).max(1.0) as usize).ilog2();
        let (columns, rows) = (canvas.width.div_ceil(step) + 1, canvas.height.div_ceil(step) + 1);
        let mut values = Vec::with_capacity(columns * rows);
        for y in 0..rows {
            for x in 0..columns {
                let (px, py) = canvas.place(x * step, y * step);
                values.push(value(px, py));
            }
        }
        Self { step, columns, values }
    }

    /// The numbers at the nodes.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The rows, of `height`, on which a number may lie above `limit`.
    pub(crate) fn rows_above(&self, limit: f32, height: usize) -> core::ops::Range<usize> {
        let any = |row: &[f32]| row.iter().any(|&value| value > limit);
        let mut rows = self.values.chunks_exact(self.columns);
        let Some(first) = rows.position(any) else { return 0..0 };
        let last = self.values.chunks_exact(self.columns).rposition(any).unwrap_or(first);
        (first.saturating_sub(1) * self.step).min(height)..((last + 1) * self.step).min(height)
    }

    /// The numbers along row `y`, one a pixel.
    pub(crate) fn row(&self, y: usize, out: &mut [f32]) {
        let (above, down) = (y / self.step, (y % self.step) as f32 / self.step as f32);
        let above = &self.values[above * self.columns..][..2 * self.columns];
        let (top, bottom) = above.split_at(self.columns);
        let across = 1.0 / self.step as f32;
        let mut left = top[0] + (bottom[0] - top[0]) * down;
        for ((pixels, high), low) in out.chunks_mut(self.step).zip(&top[1..]).zip(&bottom[1..]) {
            let right = high + (low - high) * down;
            let slope = (right - left) * across;
            if let Ok(four) = <&mut [f32; 4]>::try_from(&mut *pixels) {
                *four = [left, left + slope, left + slope * 2.0, left + slope * 3.0];
            } else {
                for (x, pixel) in pixels.iter_mut().enumerate() {
                    *pixel = left + slope * x as f32;
                }
            }
            left = right;
        }
    }
}
