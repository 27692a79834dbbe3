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
        let step = ((4.0 * canvas.unit) as usize + usize::from(canvas.unit >= 0.25)).clamp(1, 64);
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

    /// The numbers along row `y`, one a pixel.
    pub(crate) fn row(&self, y: usize, out: &mut [f32]) {
        let (above, down) = (y / self.step, (y % self.step) as f32 / self.step as f32);
        let above = &self.values[above * self.columns..][..2 * self.columns];
        let (top, bottom) = above.split_at(self.columns);
        let across = 1.0 / self.step as f32;
        let mut left = top[0] + (bottom[0] - top[0]) * down;
        for (i, pixels) in out.chunks_mut(self.step).enumerate() {
            let right = top[i + 1] + (bottom[i + 1] - top[i + 1]) * down;
            let slope = (right - left) * across;
            for (x, pixel) in pixels.iter_mut().enumerate() {
                *pixel = left + slope * x as f32;
            }
            left = right;
        }
    }
}
