//! Fine structure: bands of differences of Gaussians, orientation, lines and dots of the Hessian.

use crate::measures::Measures;
use crate::picture::Picture;
use crate::plane::Plane;
use crate::summary::{deviation, mean};

/// Deviations between which the bands lie, pixels; before them comes the unblurred plane, after them the rest.
const SIGMAS: [f32; 5] = [0.8, 1.6, 3.2, 6.4, 12.8];

const BANDS: [[[&str; 2]; 6]; 3] = [
    [
        ["band0_L_les", "band0_L_skin"],
        ["band1_L_les", "band1_L_skin"],
        ["band2_L_les", "band2_L_skin"],
        ["band3_L_les", "band3_L_skin"],
        ["band4_L_les", "band4_L_skin"],
        ["band5_L_les", "band5_L_skin"],
    ],
    [
        ["", ""],
        ["band1_a_les", "band1_a_skin"],
        ["band2_a_les", "band2_a_skin"],
        ["band3_a_les", "band3_a_skin"],
        ["band4_a_les", "band4_a_skin"],
        ["band5_a_les", "band5_a_skin"],
    ],
    [
        ["", ""],
        ["band1_b_les", "band1_b_skin"],
        ["band2_b_les", "band2_b_skin"],
        ["band3_b_les", "band3_b_skin"],
        ["band4_b_les", "band4_b_skin"],
        ["band5_b_les", "band5_b_skin"],
    ],
];

pub(crate) fn measure(picture: &Picture, measures: &mut Measures) {
    let (inner, outer) = (picture.inner(), picture.outer());
    for (plane, keys) in picture.lab.iter().zip(BANDS) {
        let mut finer = plane.clone();
        for (band, [lesion, skin]) in keys.into_iter().enumerate() {
            let coarser = SIGMAS.get(band).map(|&sigma| plane.blurred(sigma));
            let difference = coarser.as_ref().map_or_else(|| finer.clone(), |coarser| finer.minus(coarser));
            if !lesion.is_empty() {
                put_deviation(measures, lesion, &difference, &inner);
                put_deviation(measures, skin, &difference, &outer);
            }
            if let Some(coarser) = coarser {
                finer = coarser;
            }
        }
    }
    orientation(picture, &inner, &outer, measures);
    let [l, a, _] = &picture.lab;
    hessian(
        l,
        &inner,
        2.0,
        measures,
        &[
            ("darkline_share_s2.0", HessianTrace::DarkLine, 1.5),
            ("darkdot_dens_s2.0", HessianTrace::DarkDot, 1.5),
            ("brightdot_dens_s2.0", HessianTrace::BrightDot, 1.5),
        ],
    );
    hessian(
        l,
        &inner,
        3.2,
        measures,
        &[
            ("darkline_share_s3.2", HessianTrace::DarkLine, 1.5),
            ("brightline_share_s3.2", HessianTrace::BrightLine, 1.5),
            ("darkdot_dens_s3.2", HessianTrace::DarkDot, 1.5),
        ],
    );
    hessian(
        a,
        &inner,
        3.2,
        measures,
        &[
            ("redline_share_s3.2", HessianTrace::BrightLine, 1.0),
            ("reddot_dens_s3.2", HessianTrace::BrightDot, 1.0),
        ],
    );
}

/// Fewer pixels than this say nothing of texture.
const LEAST: usize = 60;

fn put_deviation(measures: &mut Measures, key: &'static str, plane: &Plane, pixels: &[usize]) {
    if pixels.len() >= LEAST {
        measures.put_some(key, deviation(&pixels.iter().map(|&i| plane.values[i]).collect::<Vec<_>>()));
    }
}

/// Coherence of the structure tensor, and how much of the gradient at the rim runs along the border.
fn orientation(picture: &Picture, inner: &[usize], outer: &[usize], measures: &mut Measures) {
    let smooth = picture.lab[0].blurred(1.0);
    let (gx, gy) = (smooth.slope(true), smooth.slope(false));
    let product = |a: &Plane, b: &Plane| {
        let values = a.values.iter().zip(&b.values).map(|(a, b)| a * b).collect();
        Plane::new(a.width, a.height, values).blurred(4.0)
    };
    let (xx, xy, yy) = (product(&gx, &gx), product(&gx, &gy), product(&gy, &gy));
    let coherence = |i: usize| {
        let (sum, difference) = (xx.values[i] + yy.values[i], xx.values[i] - yy.values[i]);
        let spread = (difference * difference + 4.0 * xy.values[i] * xy.values[i]).sqrt();
        if sum > 1e-9 { spread / sum } else { 0.0 }
    };
    for (key, pixels) in [("coh_les", inner), ("coh_skin", outer)] {
        if pixels.len() >= LEAST {
            measures.put_some(key, mean(pixels.iter().map(|&i| coherence(i))));
        }
    }
    let rho = picture.rho();
    let depth = Plane::new(picture.width, picture.height, picture.distance.clone()).blurred(2.0);
    let (dx, dy) = (depth.slope(true), depth.slope(false));
    let (mut along, mut total) = (0.0_f64, 0.0_f64);
    for &i in picture.lesion.iter().filter(|&&i| (0.45..0.9).contains(&rho[i])) {
        let (nx, ny) = (dx.values[i], dy.values[i]);
        let norm = (nx * nx + ny * ny).max(1e-9);
        let tangential = (gy.values[i] * nx - gx.values[i] * ny).powi(2) / norm;
        along += f64::from(tangential);
        total += f64::from(gx.values[i].powi(2) + gy.values[i].powi(2));
    }
    if total > 0.0 {
        measures.put("rim_tang_ratio", (along / total) as f32);
    }
}

/// What of the Hessian is counted.
#[derive(Clone, Copy)]
enum HessianTrace {
    DarkLine,
    BrightLine,
    DarkDot,
    BrightDot,
}

/// Shares of pixels on lines, and dots per 1000 pixels, above a threshold, at scale `sigma`.
fn hessian(
    plane: &Plane,
    pixels: &[usize],
    sigma: f32,
    measures: &mut Measures,
    wanted: &[(&'static str, HessianTrace, f32)],
) {
    if pixels.len() < LEAST {
        return;
    }
    let (low, high) = eigenvalues(plane, sigma);
    let negative =
        |plane: &Plane| Plane::new(plane.width, plane.height, plane.values.iter().map(|v| -v).collect());
    for &(key, trace, threshold) in wanted {
        let value = match trace {
            HessianTrace::DarkLine => share(&high, pixels, threshold),
            HessianTrace::BrightLine => share(&negative(&low), pixels, threshold),
            HessianTrace::DarkDot => dots(&low, pixels, threshold),
            HessianTrace::BrightDot => dots(&negative(&high), pixels, threshold),
        };
        measures.put(key, value);
    }
}

/// The smaller and the larger eigenvalue of sigma² times the second derivatives of the blurred plane.
fn eigenvalues(plane: &Plane, sigma: f32) -> (Plane, Plane) {
    let smooth = plane.blurred(sigma);
    let (w, h, v) = (plane.width, plane.height, &smooth.values);
    let (mut low, mut high) = (Vec::with_capacity(w * h), Vec::with_capacity(w * h));
    for y in 0..h {
        let (up, down) = (y.saturating_sub(1), (y + 1).min(h - 1));
        for x in 0..w {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(w - 1));
            let middle = 2.0 * v[y * w + x];
            let xx = v[y * w + left] + v[y * w + right] - middle;
            let yy = v[up * w + x] + v[down * w + x] - middle;
            let xy = 0.25 * (v[down * w + right] + v[up * w + left] - v[up * w + right] - v[down * w + left]);
            let (half, spread) = (0.5 * (xx + yy), (0.25 * (xx - yy) * (xx - yy) + xy * xy).sqrt());
            low.push(sigma * sigma * (half - spread));
            high.push(sigma * sigma * (half + spread));
        }
    }
    (Plane::new(w, h, low), Plane::new(w, h, high))
}

fn share(strength: &Plane, pixels: &[usize], threshold: f32) -> f32 {
    pixels.iter().filter(|&&i| strength.values[i] > threshold).count() as f32 / pixels.len() as f32
}

/// Local maxima above the threshold, per 1000 pixels; of equal neighbours the first counts.
fn dots(strength: &Plane, pixels: &[usize], threshold: f32) -> f32 {
    let (w, h, v) = (strength.width, strength.height, &strength.values);
    let is_peak = |i: usize| {
        let (x, y) = (i % w, i / w);
        let lower = |j: usize| if j < i { v[j] < v[i] } else { v[j] <= v[i] };
        v[i] > threshold
            && (y.saturating_sub(1)..(y + 2).min(h))
                .all(|ny| (x.saturating_sub(1)..(x + 2).min(w)).all(|nx| lower(ny * w + nx)))
    };
    1000.0 * pixels.iter().filter(|&&i| is_peak(i)).count() as f32 / pixels.len() as f32
}
