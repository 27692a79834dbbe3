//! Slowly changing numbers over a picture, worked out at every fourth reference pixel and interpolated between.

use crate::canvas::Canvas;

/// One number per place, smooth over at least a dozen reference pixels.
pub(crate) struct CoarseField {
    step: usize,
    columns: usize,
    values: Vec<f32>,
}

impl CoarseField {
    /// Several maps whose numbers are worked out together.
    pub(crate) fn many<const N: usize>(
        canvas: &Canvas,
        mut values: impl FnMut(f32, f32) -> [f32; N],
    ) -> [Self; N] {
        let mut others: [Vec<f32>; N] = [const { Vec::new() }; N];
        let first = Self::new(canvas, |x, y| {
            let found = values(x, y);
            others.iter_mut().zip(found).for_each(|(map, value)| map.push(value));
            0.0
        });
        others.map(|values| Self { step: first.step, columns: first.columns, values })
    }

    /// Works out `value(x, y)`, of places in the lesion's frame, at the nodes.
    pub(crate) fn new(canvas: &Canvas, mut value: impl FnMut(f32, f32) -> f32) -> Self {
        // The power of two nearest below: 4 for pictures of 224 to 400 pixels.
        let step = 1 << ((4.3 * canvas.unit).max(1.0) as usize).ilog2();
        let (columns, rows) = (canvas.width.div_ceil(step) + 1, canvas.height.div_ceil(step) + 1);
        let mut values = Vec::with_capacity(columns * rows);
        for y in 0..rows {
            for x in 0..columns {
                let (px, py) = canvas.place_at((x * step) as f32 + 0.5, (y * step) as f32 + 0.5);
                values.push(value(px, py));
            }
        }
        Self { step, columns, values }
    }

    /// The numbers at the nodes.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// Puts `change` of each number in its place.
    pub(crate) fn change(&mut self, change: impl Fn(f32) -> f32) {
        self.values.iter_mut().for_each(|value| *value = change(*value));
    }

    /// The rows, of `height`, on which a value may be above `limit`.
    pub(crate) fn rows_above(&self, limit: f32, height: usize) -> core::ops::Range<usize> {
        let any = |row: &[f32]| row.iter().any(|&value| value > limit);
        let mut rows = self.values.chunks_exact(self.columns);
        let Some(first) = rows.position(any) else { return 0..0 };
        let last = self.values.chunks_exact(self.columns).rposition(any).unwrap_or(first);
        (first.saturating_sub(1) * self.step).min(height)..((last + 1) * self.step).min(height)
    }

    /// The numbers along row `y`, one per pixel.
    pub(crate) fn row(&self, y: usize, out: &mut [f32]) {
        let (above, down) = (y / self.step, (y % self.step) as f32 / self.step as f32);
        let above = &self.values[above * self.columns..][..2 * self.columns];
        let (top, bottom) = above.split_at(self.columns);
        let across = 1.0 / self.step as f32;
        let mut left = top[0] + (bottom[0] - top[0]) * down;
        let nodes = top[1..].iter().zip(&bottom[1..]);
        let mut steps = nodes.map(|(high, low)| {
            let (from, to) = (left, high + (low - high) * down);
            left = to;
            (from, (to - from) * across)
        });
        if self.step == 4 {
            // The usual size of picture: four pixels at a time.
            let (fours, rest) = out.as_chunks_mut::<4>();
            for (four, (from, slope)) in fours.iter_mut().zip(&mut steps) {
                *four = [from, from + slope, from + slope * 2.0, from + slope * 3.0];
            }
            if let Some((from, slope)) = steps.next() {
                rest.iter_mut().enumerate().for_each(|(x, pixel)| *pixel = from + slope * x as f32);
            }
            return;
        }
        for (pixels, (from, slope)) in out.chunks_mut(self.step).zip(steps) {
            pixels.iter_mut().enumerate().for_each(|(x, pixel)| *pixel = from + slope * x as f32);
        }
    }
}
