//! Size, place and outline of the mask.

use numerics::math;

use crate::measures::Measures;
use crate::picture::Picture;
use crate::plane::Plane;
use crate::summary::{line_slope, mean};

/// Rays from the centroid.
const RAYS: usize = 256;

/// Highest harmonic kept.
const HARMONICS: usize = 20;

/// Measures the mask; outlines cut off by the frame have size and place only.
pub(crate) fn measure(picture: &Picture, measures: &mut Measures) {
    let (w, h) = (picture.width as f32, picture.height as f32);
    let area = picture.lesion.len() as f32;
    let (cx, cy) = centroid(picture);
    measures.put("area_frac", area / (w * h));
    measures.put("diam_frac_w", picture.diameter / w);
    measures.put("offset", math::hypot(cx - 0.5 * w, cy - 0.5 * h) / w);
    let cut_off = touches_frame(picture);
    measures.put("touches_frame", f32::from(u8::from(cut_off)));
    if cut_off {
        return;
    }
    let axes = Axes::of(picture, (cx, cy));
    measures.put("aspect", axes.aspect);
    let contour = contour(picture.mask, picture.width);
    measures.put("solidity", area / hull_area(&contour));
    let perimeter = length(&smoothed(&contour, 1.5));
    measures.put("compactness", perimeter * perimeter / (4.0 * core::f32::consts::PI * area));
    let blurred = [0, 1, 2].map(|c| picture.lab[c].blurred(1.5));
    for (shape, colour, (ux, uy)) in [
        ("asym_major", "colasym_major", axes.major),
        ("asym_minor", "colasym_minor", (-axes.major.1, axes.major.0)),
    ] {
        let (uncovered, difference) = mirror(picture, &blurred, (cx, cy), (ux, uy));
        measures.put(shape, uncovered);
        measures.put_some(colour, difference);
    }
    harmonics(picture, (cx, cy), measures);
}

/// Whether the mask comes within a pixel of the frame on more than a twentieth of its own diameter.
fn touches_frame(picture: &Picture) -> bool {
    let (w, h) = (picture.width, picture.height);
    let at_frame =
        picture.lesion.iter().filter(|&&i| i % w == 0 || i % w == w - 1 || i / w == 0 || i / w == h - 1);
    at_frame.count() as f32 > 0.05 * picture.diameter
}

fn centroid(picture: &Picture) -> (f32, f32) {
    let w = picture.width;
    let x = mean(picture.lesion.iter().map(|&i| (i % w) as f32 + 0.5)).unwrap_or_default();
    let y = mean(picture.lesion.iter().map(|&i| (i / w) as f32 + 0.5)).unwrap_or_default();
    (x, y)
}

/// Directions of the second moments.
struct Axes {
    aspect: f32,
    major: (f32, f32),
}

impl Axes {
    fn of(picture: &Picture, (cx, cy): (f32, f32)) -> Self {
        let (mut xx, mut xy, mut yy) = (0.0_f64, 0.0_f64, 0.0_f64);
        for &i in &picture.lesion {
            let dx = f64::from((i % picture.width) as f32 + 0.5 - cx);
            let dy = f64::from((i / picture.width) as f32 + 0.5 - cy);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        let (middle, spread) = (0.5 * (xx + yy), (0.25 * (xx - yy) * (xx - yy) + xy * xy).sqrt());
        let aspect = ((middle + spread) / (middle - spread).max(1e-6)).sqrt() as f32;
        let angle = 0.5 * math::atan2(2.0 * xy as f32, (xx - yy) as f32);
        Self { aspect, major: (math::cos(angle), math::sin(angle)) }
    }
}

/// Share of the mask that its mirror image about the axis does not cover, and the mean colour difference of the rest.
fn mirror(
    picture: &Picture,
    blurred: &[Plane; 3],
    (cx, cy): (f32, f32),
    (ux, uy): (f32, f32),
) -> (f32, Option<f32>) {
    let (w, h) = (picture.width, picture.height);
    let mut uncovered = 0_u32;
    let mut differences = Vec::with_capacity(picture.lesion.len());
    for &i in &picture.lesion {
        let (dx, dy) = ((i % w) as f32 + 0.5 - cx, (i / w) as f32 + 0.5 - cy);
        let along = dx * ux + dy * uy;
        let (mx, my) = (cx + 2.0 * along * ux - dx, cy + 2.0 * along * uy - dy);
        let inside = mx >= 0.0 && my >= 0.0 && mx < w as f32 && my < h as f32;
        let other = if inside { my as usize * w + mx as usize } else { usize::MAX };
        if !inside || !picture.mask[other] {
            uncovered += 1;
            continue;
        }
        let square: f32 = blurred
            .iter()
            .map(|plane| (plane.values[i] - plane.values[other]) * (plane.values[i] - plane.values[other]))
            .sum();
        differences.push(square.sqrt());
    }
    (uncovered as f32 / picture.lesion.len() as f32, mean(differences))
}

/// Amplitudes of the radius's harmonics, as shares of the mean radius.
fn harmonics(picture: &Picture, centre: (f32, f32), measures: &mut Measures) {
    let radii: Vec<f32> = (0..RAYS)
        .map(|ray| radius(picture, centre, core::f32::consts::TAU * ray as f32 / RAYS as f32))
        .collect();
    let Some(middle) = mean(radii.iter().copied()).filter(|&m| m > 1.0) else { return };
    let amplitudes: Vec<f32> = (0..=HARMONICS)
        .map(|k| {
            let (mut re, mut im) = (0.0, 0.0);
            for (ray, r) in radii.iter().enumerate() {
                let angle = core::f32::consts::TAU * ((k * ray) % RAYS) as f32 / RAYS as f32;
                re += r * math::cos(angle);
                im += r * math::sin(angle);
            }
            2.0 * math::hypot(re, im) / (RAYS as f32 * middle)
        })
        .collect();
    for (key, k) in [
        ("harmonic_2", 2),
        ("harmonic_3", 3),
        ("harmonic_4", 4),
        ("harmonic_6", 6),
        ("harmonic_8", 8),
        ("harmonic_12", 12),
        ("harmonic_16", 16),
        ("harmonic_20", 20),
    ] {
        measures.put(key, amplitudes[k]);
    }
    let rms =
        |from: usize, to: usize| (0.5 * amplitudes[from..=to].iter().map(|a| a * a).sum::<f32>()).sqrt();
    measures.put("irr_3_16", rms(3, 16));
    measures.put("irr_8_16", rms(8, 16));
    let points: Vec<(f32, f32)> =
        (3..=16).map(|k| (math::ln(k as f32), math::ln(amplitudes[k].max(1e-6)))).collect();
    measures.put_some("harm_slope", line_slope(&points));
}

/// Distance from the centre to the last lesion pixel in this direction.
fn radius(picture: &Picture, (cx, cy): (f32, f32), angle: f32) -> f32 {
    const STEP: f32 = 0.125;
    let (dx, dy) = (math::cos(angle), math::sin(angle));
    let (w, h) = (picture.width as f32, picture.height as f32);
    let (mut last, mut r) = (0.0, 0.0);
    loop {
        let (x, y) = (cx + r * dx, cy + r * dy);
        if !(x >= 0.0 && y >= 0.0 && x < w && y < h) {
            return last;
        }
        if picture.mask[y as usize * picture.width + x as usize] {
            last = r;
        }
        r += STEP;
    }
}

/// Middles of the pixels along the outer edge of the largest piece, in order (Moore's neighbourhood tracing).
fn contour(mask: &[bool], width: usize) -> Vec<(f32, f32)> {
    const AROUND: [(isize, isize); 8] =
        [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
    let height = mask.len() / width;
    let set = |x: isize, y: isize| {
        x >= 0 && y >= 0 && x < width as isize && y < height as isize && mask[y as usize * width + x as usize]
    };
    let mut longest = Vec::new();
    // The largest piece is met by the row through its middle; a few rows find it.
    for part in 1..8 {
        let row = part * height / 8;
        let Some(start) = (0..width).find(|&x| mask[row * width + x]) else { continue };
        let start = (start as isize, row as isize);
        let (mut at, mut came, mut points) = (start, 4_usize, Vec::new());
        for _ in 0..8 * mask.len() {
            points.push((at.0 as f32 + 0.5, at.1 as f32 + 0.5));
            let next =
                (1..=8).map(|turn| (came + turn) % 8).find(|&d| set(at.0 + AROUND[d].0, at.1 + AROUND[d].1));
            let Some(direction) = next else { break };
            at = (at.0 + AROUND[direction].0, at.1 + AROUND[direction].1);
            // Look next from just after where it came from.
            came = (direction + 4) % 8;
            if at == start {
                break;
            }
        }
        if points.len() > longest.len() {
            longest = points;
        }
    }
    longest
}

/// The closed curve blurred by a Gaussian of `sigma` steps.
fn smoothed(points: &[(f32, f32)], sigma: f32) -> Vec<(f32, f32)> {
    let (n, reach) = (points.len() as isize, (3.0 * sigma + 0.5) as isize);
    let weights: Vec<f32> =
        (-reach..=reach).map(|k| math::exp(-0.5 * (k as f32 / sigma) * (k as f32 / sigma))).collect();
    let sum: f32 = weights.iter().sum();
    (0..n)
        .map(|i| {
            let mut out = (0.0, 0.0);
            for (k, weight) in (-reach..=reach).zip(&weights) {
                let (x, y) = points[(i + k).rem_euclid(n) as usize];
                out = (out.0 + x * weight / sum, out.1 + y * weight / sum);
            }
            out
        })
        .collect()
}

/// Length of the closed curve.
fn length(points: &[(f32, f32)]) -> f32 {
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(a, b)| math::hypot(a.0 - b.0, a.1 - b.1)).sum()
}

/// Area of the convex hull of the pixels around these middles.
fn hull_area(contour: &[(f32, f32)]) -> f32 {
    let mut corners: Vec<(f32, f32)> =
        contour.iter().flat_map(|&(x, y)| [(x - 0.5, y), (x + 0.5, y), (x, y - 0.5), (x, y + 0.5)]).collect();
    corners.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    corners.dedup();
    let cross =
        |o: (f32, f32), a: (f32, f32), b: (f32, f32)| (a.0 - o.0) * (b.1 - o.1) - (a.1 - o.1) * (b.0 - o.0);
    // Andrew's monotone chain, lower then upper.
    let chain = |points: &mut dyn Iterator<Item = (f32, f32)>| {
        let mut hull: Vec<(f32, f32)> = Vec::new();
        for point in points {
            while hull.len() >= 2 && cross(hull[hull.len() - 2], hull[hull.len() - 1], point) <= 0.0 {
                hull.pop();
            }
            hull.push(point);
        }
        hull.pop();
        hull
    };
    let mut hull = chain(&mut corners.iter().copied());
    hull.extend(chain(&mut corners.iter().rev().copied()));
    let next = hull.iter().cycle().skip(1);
    0.5 * hull.iter().zip(next).map(|(a, b)| a.0 * b.1 - a.1 * b.0).sum::<f32>().abs()
}
