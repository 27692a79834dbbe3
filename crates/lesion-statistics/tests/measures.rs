//! The measures on pictures whose numbers can be worked out on paper.

use core::f32::consts::PI;

use imaging::Rgb8;
use lesion_statistics::{Measures, measure};
use numerics::math;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// Skin of about L\* 72.
const SKIN: [u8; 3] = [209, 168, 152];
const BROWN: [u8; 3] = [120, 70, 50];
const RED: [u8; 3] = [190, 60, 70];

/// Measures the picture with `colour` inside the ellipse of these radii, or wherever `mask` says.
fn measured(mask: impl Fn(f32, f32) -> bool, colour: impl Fn(f32, f32) -> [u8; 3]) -> Measures {
    let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    let middle = |(x, y): (u32, u32)| (x as f32 + 0.5 - 160.0, y as f32 + 0.5 - 120.0);
    let places: Vec<(f32, f32)> = places.map(middle).collect();
    let data = places.iter().flat_map(|&(x, y)| if mask(x, y) { colour(x, y) } else { SKIN }).collect();
    let mask: Vec<bool> = places.iter().map(|&(x, y)| mask(x, y)).collect();
    let image = Rgb8::new(WIDTH, HEIGHT, data).expect("three bytes a pixel");
    measure(&image, &mask).expect("one a pixel")
}

fn disc(radius: f32) -> impl Fn(f32, f32) -> bool {
    move |x, y| x * x + y * y < radius * radius
}

fn check(measures: &Measures, key: &str, expected: f32, tolerance: f32) {
    let found = measures.get(key).unwrap_or_else(|| panic!("{key} is missing"));
    assert!((found - expected).abs() <= tolerance, "{key}: expected {expected} ± {tolerance}, found {found}");
}

#[test]
fn a_disc_has_the_area_and_the_shape_of_a_disc() {
    let measures = measured(disc(60.0), |_, _| BROWN);
    // π · 60² / (320 · 240) = 0.1473; 120 / 320 = 0.375.
    check(&measures, "area_frac", PI * 3600.0 / 76_800.0, 2e-4);
    check(&measures, "diam_frac_w", 0.375, 5e-4);
    check(&measures, "offset", 0.0, 1e-4);
    check(&measures, "aspect", 1.0, 1e-3);
    check(&measures, "solidity", 0.99, 0.01);
    // The contour runs through the middles of the outermost pixels, half a pixel in: (59.5 / 60)² = 0.98.
    check(&measures, "compactness", 0.99, 0.02);
    check(&measures, "asym_major", 0.0, 2e-3);
    check(&measures, "colasym_major", 0.0, 0.05);
    check(&measures, "irr_3_16", 0.0, 4e-3);
    check(&measures, "touches_frame", 0.0, 0.0);
}

#[test]
fn an_ellipse_has_its_aspect_and_a_second_harmonic() {
    let measures = measured(|x, y| (x / 80.0).powi(2) + (y / 40.0).powi(2) < 1.0, |_, _| BROWN);
    check(&measures, "aspect", 2.0, 5e-3);
    check(&measures, "asym_major", 0.0, 2e-3);
    // The radius is largest twice a turn.
    assert!(measures.get("harmonic_2").unwrap() > 0.25 && measures.get("harmonic_3").unwrap() < 3e-3);
}

#[test]
fn a_lesion_cut_off_by_the_frame_has_no_outline() {
    let measures = measured(disc(150.0), |_, _| BROWN);
    check(&measures, "touches_frame", 1.0, 0.0);
    assert_eq!(measures.get("aspect"), None);
}

#[test]
fn a_half_red_lesion_is_half_red_and_asymmetric_about_one_axis() {
    // Twice as wide as high, so that the axes are known: the colours mirror about the long one only.
    let measures = measured(
        |x, y| (x / 100.0).powi(2) + (y / 50.0).powi(2) < 1.0,
        |x, _| if x < 0.0 { RED } else { BROWN },
    );
    check(&measures, "share_red", 0.5, 0.01);
    check(&measures, "share_dark_brown", 0.5, 0.01);
    check(&measures, "n_colours", 2.0, 0.0);
    check(&measures, "colasym_major", 0.0, 0.05);
    // L*, a*, b* of the two: (45.1, 52.4, 23.9) and (35.2, 19.3, 21.1), apart by 34.7. The blur takes 1.2 px of a row of
    // 157 in the middle, and about half a pixel all round where both halves turn into skin: 3.5 per cent.
    check(&measures, "colasym_minor", 33.5, 0.4);
}

#[test]
fn a_lesion_of_one_colour_differs_from_the_skin_by_that_colour() {
    let measures = measured(disc(50.0), |_, _| BROWN);
    check(&measures, "skin_L", 72.1, 0.3);
    check(&measures, "skin_sd_L", 0.0, 1e-3);
    check(&measures, "les_L", 35.1, 0.2);
    check(&measures, "dL", measures.get("les_L").unwrap() - measures.get("skin_L").unwrap(), 1e-4);
    check(&measures, "les_sd_L", 0.0, 1e-2);
    // The step is at the mask's edge, and the narrowest sigmoid fits it best.
    check(&measures, "edge_contrast", 37.0, 0.6);
    check(&measures, "edge_center", 0.0, 0.011);
    check(&measures, "edge_w", 0.02, 0.011);
    check(&measures, "edge_sharp_share", 1.0, 0.0);
    for ring in ["dL_0", "dL_5", "dL_9"] {
        check(&measures, ring, -37.0, 0.6);
    }
    check(&measures, "dL_out1", 0.0, 1e-3);
}

#[test]
fn stripes_lie_in_the_band_of_their_period() {
    // Period 16 px: angular frequency 0.393; a Gaussian of σ leaves exp(−σ² ω² / 2) of it.
    let stripes = |x: f32, _: f32| {
        let wave = (40.0 * math::sin(x * 2.0 * PI / 16.0)) as i16;
        [128, 128, 128].map(|v: i16| (v + wave) as u8)
    };
    let measures = measured(disc(100.0), stripes);
    let left = |sigma: f32| math::exp(-0.5 * (sigma * 2.0 * PI / 16.0).powi(2));
    let whole = measures.get("band3_L_les").unwrap() / (left(3.2) - left(6.4));
    for (key, from, to) in [("band1_L_les", 0.8, 1.6), ("band2_L_les", 1.6, 3.2)] {
        // The Gaussians end at three deviations, which is worth up to 2 per cent.
        check(&measures, key, whole * (left(from) - left(to)), 0.03 * whole);
    }
    // All gradients run one way, but for those of the rim; and the power is at the period.
    check(&measures, "coh_les", 0.98, 0.02);
    let power = |key: &str| measures.get(key).unwrap();
    // Hann's window leaves a quarter (0.6 in log10) one cycle aside, in fewer directions.
    assert!(power("spectrum_les_16.0") > power("spectrum_les_24.0") + 0.3);
    assert!(power("spectrum_les_16.0") > power("spectrum_les_9.6") + 2.0);
    // Nothing of it is in the skin, beyond the reach of the Gaussians.
    check(&measures, "band1_L_skin", 0.0, 0.02);
}

#[test]
fn dark_dots_are_counted() {
    let dots = |x: f32, y: f32| {
        // One every 20 pixels, of 2 pixels' radius: at scale 2 each is one dot.
        let (u, v) = ((x + 1000.0).rem_euclid(20.0) - 10.0, (y + 1000.0).rem_euclid(20.0) - 10.0);
        if u * u + v * v < 4.5 { [60, 35, 25] } else { BROWN }
    };
    let measures = measured(disc(80.0), dots);
    // 1000 / 400 = 2.5 per 1000 pixels; the count along the rim varies.
    check(&measures, "darkdot_dens_s2.0", 2.5, 0.25);
    check(&measures, "brightdot_dens_s2.0", 0.0, 0.3);
}

#[test]
fn dark_corners_are_seen_and_even_light_is_one() {
    let even = measured(disc(40.0), |_, _| BROWN);
    check(&even, "corner_ratio_Y", 1.0, 1e-4);
    check(&even, "light_0.75", 1.0, 1e-4);
    check(&even, "dark_corners", 0.0, 0.0);
}

#[test]
fn nothing_is_measured_where_there_is_no_lesion_or_no_skin() {
    let grey = Rgb8::new(8, 8, vec![128; 192]).unwrap();
    assert_eq!(measure(&grey, &[false; 64]).unwrap(), Measures::default());
    assert_eq!(measure(&grey, &[true; 64]).unwrap(), Measures::default());
    let error = measure(&grey, &[true; 63]).unwrap_err();
    assert_eq!(error.to_string(), "the mask of a 8 × 8 picture needs 64 pixels, but has 63");
}
