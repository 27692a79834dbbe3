//! One value per pixel, and the Gaussian blur that the measures are made of.

use numerics::math;

/// `width * height` values, row-major.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

impl Plane {
    pub(crate) fn new(width: usize, height: usize, values: Vec<f32>) -> Self {
        debug_assert_eq!(values.len(), width * height);
        Self { width, height, values }
    }

    /// Blurred by a Gaussian of this deviation in pixels; edges are mirrored. Cut off at three deviations.
    pub(crate) fn blurred(&self, sigma: f32) -> Self {
        let taps = gaussian(sigma);
        let rows = self.convolved_rows(&taps);
        rows.transposed().convolved_rows(&taps).transposed()
    }

    /// This minus the other, pixel by pixel.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| a - b).collect();
        Self::new(self.width, self.height, values)
    }

    /// Half the difference of the right and the left neighbour (`along_x`), or of the lower and the upper one.
    pub(crate) fn slope(&self, along_x: bool) -> Self {
        let (w, h) = (self.width, self.height);
        let mut values = Vec::with_capacity(w * h);
        for y in 0..h {
            for x in 0..w {
                let (before, after) = if along_x {
                    (y * w + x.saturating_sub(1), y * w + (x + 1).min(w - 1))
                } else {
                    (y.saturating_sub(1) * w + x, (y + 1).min(h - 1) * w + x)
                };
                values.push(0.5 * (self.values[after] - self.values[before]));
            }
        }
        Self::new(w, h, values)
    }

    fn transposed(&self) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for x in 0..self.width {
            values.extend(self.values.iter().skip(x).step_by(self.width));
        }
        Self::new(self.height, self.width, values)
    }

    /// Every row convolved with symmetric taps, the middle one first.
    fn convolved_rows(&self, taps: &[f32]) -> Self {
        let (w, reach) = (self.width, taps.len() - 1);
        let mut padded = vec![0.0_f32; w + 2 * reach];
        let mut values = vec![0.0_f32; self.values.len()];
        for (row, out) in self.values.chunks(w).zip(values.chunks_mut(w)) {
            for (i, slot) in padded.iter_mut().enumerate() {
                *slot = row[mirrored(i as isize - reach as isize, w)];
            }
            for (o, v) in out.iter_mut().zip(&padded[reach..]) {
                *o = taps[0] * v;
            }
            for (k, &tap) in taps.iter().enumerate().skip(1) {
                let (left, right) = (&padded[reach - k..][..w], &padded[reach + k..][..w]);
                for ((o, a), b) in out.iter_mut().zip(left).zip(right) {
                    *o += tap * (a + b);
                }
            }
        }
        Self::new(w, self.height, values)
    }
}

/// Right half of a Gaussian with sum 1, its middle first.
fn gaussian(sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma + 0.5) as usize;
    let mut taps: Vec<f32> =
        (0..=reach).map(|k| math::exp(-0.5 * (k as f32 / sigma) * (k as f32 / sigma))).collect();
    let sum = taps[0] + 2.0 * taps[1..].iter().sum::<f32>();
    for tap in &mut taps {
        *tap /= sum;
    }
    taps
}

/// Index `i` mirrored into 0..n, the edge pixel repeated.
fn mirrored(i: isize, n: usize) -> usize {
    let n = n as isize;
    let i = i.rem_euclid(2 * n);
    (if i < n { i } else { 2 * n - 1 - i }) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_keeps_a_constant_and_spreads_a_point_by_sigma() {
        let flat = Plane::new(30, 20, vec![7.0; 600]).blurred(4.0);
        assert!(flat.values.iter().all(|v| (v - 7.0).abs() < 1e-4));
        let mut point = vec![0.0; 81 * 81];
        point[40 * 81 + 40] = 1.0;
        let blurred = Plane::new(81, 81, point).blurred(3.0);
        let variance: f32 = (0..81 * 81)
            .map(|i| blurred.values[i] * ((i % 81) as f32 - 40.0) * ((i % 81) as f32 - 40.0))
            .sum();
        // 9 for a whole Gaussian; three deviations hold 97 % of its second moment.
        assert!((8.6..9.05).contains(&variance), "{variance}");
    }

    #[test]
    fn the_slope_of_a_ramp_is_its_step() {
        let ramp = Plane::new(5, 3, (0..15).map(|i| 2.0 * (i % 5) as f32).collect());
        assert!((ramp.slope(true).values[5 + 2] - 2.0).abs() < 1e-6);
        assert!(ramp.slope(false).values[5 + 2].abs() < 1e-6);
    }
}
