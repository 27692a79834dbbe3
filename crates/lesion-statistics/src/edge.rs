//! How the lesion passes into the skin: the best sigmoid through the L\* profile across the border, in 16 sectors.

use numerics::math;

use crate::measures::Measures;
use crate::picture::Picture;
use crate::summary::{deviation, mean, median};

const SECTORS: usize = 16;
/// Profile from this far inside to that far outside the mask's edge, in diameters.
const RANGE: (f32, f32) = (-0.36, 0.24);
const BIN: f32 = 0.02;
const BINS: usize = 30;

/// Centre, width from 10 to 90 %, and step of one sector's profile.
#[derive(Clone, Copy, Debug)]
struct EdgeFit {
    centre: f32,
    width: f32,
    step: f32,
}

pub(crate) fn measure(picture: &Picture, measures: &mut Measures) {
    let fits: Vec<EdgeFit> = profiles(picture).iter().filter_map(fit).collect();
    if fits.len() < SECTORS / 2 {
        return;
    }
    let share = |holds: &dyn Fn(&EdgeFit) -> bool| {
        fits.iter().filter(|f| holds(f)).count() as f32 / fits.len() as f32
    };
    let steps: Vec<f32> = fits.iter().map(|f| f.step).collect();
    measures.put_some("edge_w", median(fits.iter().map(|f| f.width)));
    measures.put_some("edge_center", median(fits.iter().map(|f| f.centre)));
    measures.put_some("edge_contrast", mean(steps.iter().copied()));
    measures.put_some("edge_contrast_sd", deviation(&steps));
    measures.put("edge_contrast_min", steps.iter().copied().fold(f32::INFINITY, f32::min));
    measures.put("edge_sharp_share", share(&|f| f.width < 0.09));
    measures.put("edge_weak_share", share(&|f| f.step < 5.0));
}

/// Mean L\* by sector and distance from the mask's edge in diameters, above 0 outside.
fn profiles(picture: &Picture) -> Vec<[Option<f32>; BINS]> {
    let w = picture.width;
    let (cx, cy) = (
        mean(picture.lesion.iter().map(|&i| (i % w) as f32)).unwrap_or_default(),
        mean(picture.lesion.iter().map(|&i| (i / w) as f32)).unwrap_or_default(),
    );
    let mut sums = [[(0.0_f32, 0_u32); BINS]; SECTORS];
    for i in 0..picture.mask.len() {
        let across = -picture.distance[i] / picture.diameter;
        if across < RANGE.0 || across >= RANGE.1 || !(picture.mask[i] || picture.bare[i] || across < 0.08) {
            continue;
        }
        let angle = math::atan2((i / w) as f32 - cy, (i % w) as f32 - cx) / core::f32::consts::TAU + 0.5;
        let sector = ((angle * SECTORS as f32) as usize).min(SECTORS - 1);
        let bin = (((across - RANGE.0) / BIN) as usize).min(BINS - 1);
        sums[sector][bin].0 += picture.lab[0].values[i];
        sums[sector][bin].1 += 1;
    }
    sums.iter().map(|sector| sector.map(|(sum, n)| (n > 0).then(|| sum / n as f32))).collect()
}

/// The sigmoid of least squares over a grid of centres and widths; `None` where a third of the profile is missing.
fn fit(profile: &[Option<f32>; BINS]) -> Option<EdgeFit> {
    let points: Vec<(f32, f32)> = profile
        .iter()
        .enumerate()
        .filter_map(|(bin, value)| Some((RANGE.0 + (bin as f32 + 0.5) * BIN, (*value)?)))
        .collect();
    if points.len() < BINS * 2 / 3 {
        return None;
    }
    let mut best: Option<(f32, EdgeFit)> = None;
    for c in 0..20 {
        let centre = -0.24 + 0.02 * c as f32;
        for width in [0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.125, 0.15, 0.18, 0.22, 0.26, 0.3, 0.35, 0.4] {
            // A logistic curve goes from 10 to 90 % within 2 ln 9 of its scale.
            let scale = width / 4.394_449;
            let shape: Vec<f32> =
                points.iter().map(|(x, _)| 1.0 / (1.0 + math::exp((centre - x) / scale))).collect();
            let Some(error_and_step) = least_squares(&points, &shape) else { continue };
            let (error, step) = error_and_step;
            if best.is_none_or(|(least, _)| error < least) {
                best = Some((error, EdgeFit { centre, width, step }));
            }
        }
    }
    best.map(|(_, fit)| fit)
}

/// Squared error and slope of y = offset + step · shape.
fn least_squares(points: &[(f32, f32)], shape: &[f32]) -> Option<(f32, f32)> {
    let my = mean(points.iter().map(|p| p.1))?;
    let ms = mean(shape.iter().copied())?;
    let (mut cross, mut square, mut total) = (0.0, 0.0, 0.0);
    for ((_, y), s) in points.iter().zip(shape) {
        cross += (y - my) * (s - ms);
        square += (s - ms) * (s - ms);
        total += (y - my) * (y - my);
    }
    (square > 1e-6).then(|| (total - cross * cross / square, cross / square))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_sigmoid_is_found_again() {
        let mut profile = [None; BINS];
        for (bin, slot) in profile.iter_mut().enumerate() {
            let x = RANGE.0 + (bin as f32 + 0.5) * BIN;
            *slot = Some(40.0 + 25.0 / (1.0 + math::exp((-0.08 - x) / (0.15 / 4.394_449))));
        }
        let found = fit(&profile).unwrap();
        assert!((found.centre + 0.08).abs() < 1e-4 && (found.width - 0.15).abs() < 1e-4, "{found:?}");
        assert!((found.step - 25.0).abs() < 0.01, "{found:?}");
    }
}
