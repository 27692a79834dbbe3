//! Power spectrum of L\* in windows of 48 pixels.

use numerics::math;

use crate::measures::Measures;
use crate::picture::Picture;
use crate::summary::line_slope;

const SIDE: usize = 48;
/// Windows a region, at most.
const WINDOWS: usize = 5;

/// First and last cycles per window of each bin, with its keys; middles are 0.042 to 0.46 cycles per pixel.
const BINS: [(f32, f32, &str, &str); 11] = [
    (1.5, 2.5, "spectrum_les_24.0", "spectrum_skin_24.0"),
    (2.5, 3.5, "spectrum_les_16.0", "spectrum_skin_16.0"),
    (3.5, 4.5, "spectrum_les_12.0", "spectrum_skin_12.0"),
    (4.5, 5.5, "spectrum_les_9.6", "spectrum_skin_9.6"),
    (5.5, 7.0, "spectrum_les_7.7", "spectrum_skin_7.7"),
    (7.0, 9.0, "spectrum_les_6.0", "spectrum_skin_6.0"),
    (9.0, 11.0, "spectrum_les_4.8", "spectrum_skin_4.8"),
    (11.0, 13.5, "spectrum_les_3.9", "spectrum_skin_3.9"),
    (13.5, 16.5, "spectrum_les_3.2", "spectrum_skin_3.2"),
    (16.5, 20.0, "spectrum_les_2.6", "spectrum_skin_2.6"),
    (20.0, 24.0, "spectrum_les_2.2", "spectrum_skin_2.2"),
];

pub(crate) fn measure(picture: &Picture, measures: &mut Measures) {
    let waves = Waves::new();
    let bare: Vec<bool> = (0..picture.mask.len()).map(|i| !picture.mask[i]).collect();
    for (region, slope, lesion) in [(picture.mask, "slope_les", true), (&bare, "slope_skin", false)] {
        let windows = windows(region, picture.width);
        if windows.is_empty() {
            continue;
        }
        let mut power = [0.0_f32; BINS.len()];
        for &corner in &windows {
            for (sum, p) in power.iter_mut().zip(waves.power(picture, corner)) {
                *sum += p / windows.len() as f32;
            }
        }
        let mut points = Vec::new();
        for (p, (from, to, in_lesion, in_skin)) in power.into_iter().zip(BINS) {
            let level = math::ln(p.max(1e-9)) / core::f32::consts::LN_10;
            measures.put(if lesion { in_lesion } else { in_skin }, level);
            let frequency = 0.5 * (from + to) / SIDE as f32;
            if (0.04..0.32).contains(&frequency) {
                points.push((math::ln(frequency) / core::f32::consts::LN_10, level));
            }
        }
        measures.put_some(slope, line_slope(&points));
    }
}

/// Upper left corners of up to [`WINDOWS`] windows wholly inside the region, spread over those on a grid of 8 pixels.
fn windows(region: &[bool], width: usize) -> Vec<(usize, usize)> {
    let height = region.len() / width;
    if width < SIDE || height < SIDE {
        return Vec::new();
    }
    let mut found = Vec::new();
    for y in (0..=height - SIDE).step_by(8) {
        for x in (0..=width - SIDE).step_by(8) {
            let whole =
                (y..y + SIDE).all(|row| region[row * width + x..][..SIDE].iter().all(|&inside| inside));
            if whole {
                found.push((x, y));
            }
        }
    }
    let keep = found.len().min(WINDOWS);
    (0..keep).map(|k| found[(2 * k + 1) * found.len() / (2 * keep)]).collect()
}

/// Cosine and sine over a window, and Hann's window.
struct Waves {
    turns: Vec<(f32, f32)>,
    hann: Vec<f32>,
    /// Sum of the squared window.
    weight: f32,
}

impl Waves {
    fn new() -> Self {
        let angle = |i: usize| core::f32::consts::TAU * i as f32 / SIDE as f32;
        let turns = (0..SIDE).map(|i| (math::cos(angle(i)), math::sin(angle(i)))).collect();
        let hann: Vec<f32> = (0..SIDE)
            .map(|i| 0.5 - 0.5 * math::cos(core::f32::consts::TAU * i as f32 / (SIDE - 1) as f32))
            .collect();
        let square: f32 = hann.iter().map(|h| h * h).sum();
        Self { turns, hann, weight: square * square }
    }

    /// Radial mean of |DFT|² / Σ window², the window's plane removed, by bin.
    fn power(&self, picture: &Picture, (left, top): (usize, usize)) -> [f32; BINS.len()] {
        let tile = self.tile(picture, (left, top));
        // Rows first, then columns; the picture is real, so half of the row frequencies do.
        let mut rows = vec![(0.0_f32, 0.0_f32); SIDE * (SIDE / 2 + 1)];
        for y in 0..SIDE {
            for u in 0..=SIDE / 2 {
                let mut sum = (0.0, 0.0);
                for x in 0..SIDE {
                    let (cos, sin) = self.turns[(u * x) % SIDE];
                    sum = (sum.0 + tile[y * SIDE + x] * cos, sum.1 - tile[y * SIDE + x] * sin);
                }
                rows[u * SIDE + y] = sum;
            }
        }
        let mut bins = [(0.0_f32, 0_u32); BINS.len()];
        for u in 0..=SIDE / 2 {
            let column = &rows[u * SIDE..(u + 1) * SIDE];
            for v in 0..SIDE {
                let high = if v > SIDE / 2 { SIDE - v } else { v };
                let frequency = math::hypot(u as f32, high as f32);
                let Some(bin) = BINS.iter().position(|b| (b.0..b.1).contains(&frequency)) else { continue };
                let mut sum = (0.0, 0.0);
                for (y, (re, im)) in column.iter().enumerate() {
                    let (cos, sin) = self.turns[(v * y) % SIDE];
                    sum = (sum.0 + re * cos + im * sin, sum.1 + im * cos - re * sin);
                }
                bins[bin].0 += sum.0 * sum.0 + sum.1 * sum.1;
                bins[bin].1 += 1;
            }
        }
        bins.map(|(sum, n)| sum / (n.max(1) as f32 * self.weight))
    }

    /// L\* without its plane of least squares, windowed.
    fn tile(&self, picture: &Picture, (left, top): (usize, usize)) -> Vec<f32> {
        let at = |x: usize, y: usize| picture.lab[0].values[(top + y) * picture.width + left + x];
        let middle = 0.5 * (SIDE - 1) as f32;
        let (mut sum, mut sum_x, mut sum_y, mut square) = (0.0, 0.0, 0.0, 0.0);
        for y in 0..SIDE {
            for x in 0..SIDE {
                let (dx, dy) = (x as f32 - middle, y as f32 - middle);
                sum += at(x, y);
                sum_x += dx * at(x, y);
                sum_y += dy * at(x, y);
                square += dx * dx;
            }
        }
        let (level, tilt_x, tilt_y) = (sum / (SIDE * SIDE) as f32, sum_x / square, sum_y / square);
        let mut tile = Vec::with_capacity(SIDE * SIDE);
        for y in 0..SIDE {
            for x in 0..SIDE {
                let plane = level + tilt_x * (x as f32 - middle) + tilt_y * (y as f32 - middle);
                tile.push((at(x, y) - plane) * self.hann[x] * self.hann[y]);
            }
        }
        tile
    }
}
