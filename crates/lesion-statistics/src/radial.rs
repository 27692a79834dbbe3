//! Colour from the lesion's centre to the skin, and light across the frame.

use crate::measures::Measures;
use crate::picture::Picture;
use crate::summary::{mean, median};

const PROFILE: [[&str; 13]; 3] = [
    [
        "dL_0", "dL_1", "dL_2", "dL_3", "dL_4", "dL_5", "dL_6", "dL_7", "dL_8", "dL_9", "dL_out1", "dL_out2",
        "dL_out3",
    ],
    [
        "da_0", "da_1", "da_2", "da_3", "da_4", "da_5", "da_6", "da_7", "da_8", "da_9", "da_out1", "da_out2",
        "da_out3",
    ],
    [
        "db_0", "db_1", "db_2", "db_3", "db_4", "db_5", "db_6", "db_7", "db_8", "db_9", "db_out1", "db_out2",
        "db_out3",
    ],
];

const LIGHT: [&str; 10] = [
    "light_0.05",
    "light_0.15",
    "light_0.25",
    "light_0.35",
    "light_0.45",
    "light_0.55",
    "light_0.65",
    "light_0.75",
    "light_0.85",
    "light_0.95",
];

pub(crate) fn measure(picture: &Picture, measures: &mut Measures) {
    profile(picture, measures);
    light(picture, measures);
    corners(picture, measures);
}

/// Mean difference to the skin in ten rings inside the mask and three outside.
fn profile(picture: &Picture, measures: &mut Measures) {
    let rho = picture.rho();
    let ring = |i: usize| {
        let outside = -picture.distance[i] / picture.diameter;
        match () {
            () if picture.mask[i] => Some((10.0 * rho[i]).clamp(0.0, 9.0) as usize),
            () if !picture.bare[i] || outside >= 0.2 => None,
            () if outside < 0.05 => Some(10),
            () if outside < 0.1 => Some(11),
            () => Some(12),
        }
    };
    let mut rings: [Vec<usize>; 13] = Default::default();
    for i in 0..picture.mask.len() {
        if let Some(which) = ring(i) {
            rings[which].push(i);
        }
    }
    for (c, keys) in PROFILE.into_iter().enumerate() {
        for (key, pixels) in keys.into_iter().zip(&rings) {
            let level = mean(pixels.iter().map(|&i| picture.lab[c].values[i]));
            measures.put_some(key, level.map(|level| level - picture.skin[c]));
        }
    }
}

/// Luminance of bare skin by distance from the frame's centre, over that of the skin beside the lesion.
fn light(picture: &Picture, measures: &mut Measures) {
    let Some(beside) = skin_luminance(picture) else { return };
    let (w, h) = (picture.width as f32, picture.height as f32);
    let corner = 0.5 * (w * w + h * h).sqrt();
    let mut rings: [Vec<f32>; 10] = Default::default();
    for i in (0..picture.mask.len()).filter(|&i| picture.bare[i] && picture.distance[i] <= -6.0) {
        let (dx, dy) =
            ((i % picture.width) as f32 + 0.5 - 0.5 * w, (i / picture.width) as f32 + 0.5 - 0.5 * h);
        let ring = (10.0 * (dx * dx + dy * dy).sqrt() / corner) as usize;
        rings[ring.min(9)].push(picture.luminance(i));
    }
    for (key, ring) in LIGHT.into_iter().zip(rings) {
        if ring.len() >= 30 {
            measures.put_some(key, median(ring).map(|y| y / beside));
        }
    }
}

fn skin_luminance(picture: &Picture) -> Option<f32> {
    median(picture.ring.iter().map(|&i| picture.luminance(i))).filter(|&y| y > 1e-4)
}

/// A corner below this share of the skin's luminance is part of a dark border.
const BLACK: f32 = 0.12;

/// Corners of 20 × 16 pixels: how bright, and how many of them black.
fn corners(picture: &Picture, measures: &mut Measures) {
    let (w, h) = (picture.width, picture.height);
    let Some(beside) = skin_luminance(picture).filter(|_| w >= 40 && h >= 32) else { return };
    let corner = |left: usize, top: usize| {
        let pixels = (0..20 * 16).map(|i| (top + i / 20) * w + left + i % 20);
        mean(pixels.map(|i| picture.luminance(i))).unwrap_or_default() / beside
    };
    let ratios = [corner(0, 0), corner(w - 20, 0), corner(0, h - 16), corner(w - 20, h - 16)];
    measures.put("corner_ratio_Y", 0.25 * ratios.iter().sum::<f32>());
    measures.put("corner_min_ratio_Y", ratios.into_iter().fold(f32::INFINITY, f32::min));
    let black = ratios.iter().filter(|&&ratio| ratio < BLACK).count();
    measures.put("dark_corners", f32::from(u8::from(black >= 3)));
    measures.put("corner_below_half", f32::from(u8::from(ratios.iter().sum::<f32>() < 2.0)));
}
