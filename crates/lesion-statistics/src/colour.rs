//! Colour of skin and lesion, and the shares of the six colours that clinicians count.

use imaging::spaces::{lab, linear};

use crate::measures::Measures;
use crate::picture::{Picture, mean_colour};
use crate::summary::{correlation, deviation, mean, quantile};

/// The six colours in words, in the order in which a pixel is asked.
pub const COLOURS: [&str; 6] = ["black", "blue-grey", "white", "red", "dark brown", "light brown"];

/// A colour counts from this share of the lesion's area on.
pub const PRESENT: f32 = 0.05;

/// Shares of the [`COLOURS`] in the mask of a picture whose skin is CIELAB (72, 13, 13) already; all 0 where the mask is
/// empty. `pixels` are 8-bit RGB, interleaved, and the mask has one value for each.
///
/// ```
/// let shares = lesion_statistics::six_colours(&[20, 12, 8, 209, 168, 152], &[true, false]);
/// assert_eq!(shares, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
/// ```
pub fn six_colours(pixels: &[u8], mask: &[bool]) -> [f32; 6] {
    let table: Vec<f32> = (0..=255).map(linear).collect();
    let light = |pixel: &[u8; 3]| pixel.map(|value| table[usize::from(value)]);
    let lesion = pixels.as_chunks::<3>().0.iter().zip(mask).filter(|(_, inside)| **inside);
    shares(lesion.map(|(pixel, _)| lab(light(pixel))))
}

/// Names of their measures.
const SIX: [(&str, &str); 6] = [
    ("share_black", "present_black"),
    ("share_blue_grey", "present_blue_grey"),
    ("share_white", "present_white"),
    ("share_red", "present_red"),
    ("share_dark_brown", "present_dark_brown"),
    ("share_light_brown", "present_light_brown"),
];

pub(crate) fn measure(picture: &Picture, measures: &mut Measures) {
    skin(picture, measures);
    let raw = picture.colours(&picture.lesion);
    let middle = mean_colour(&raw);
    let channel = |c: usize| raw.iter().map(|colour| colour[c]).collect::<Vec<_>>();
    let names = [("les_L", "les_sd_L", "dL"), ("les_a", "les_sd_a", "da"), ("les_b", "les_sd_b", "db")];
    for (c, (value, spread, difference)) in names.into_iter().enumerate() {
        measures.put(value, middle[c]);
        measures.put_some(spread, deviation(&channel(c)));
        measures.put(difference, middle[c] - picture.skin[c]);
    }
    let square: f32 = (0..3).map(|c| (middle[c] - picture.skin[c]) * (middle[c] - picture.skin[c])).sum();
    measures.put("dE", square.sqrt());
    for (key, c, d) in [("corr_La", 0, 1), ("corr_Lb", 0, 2), ("corr_ab", 1, 2)] {
        measures.put_some(key, correlation(&raw.iter().map(|p| (p[c], p[d])).collect::<Vec<_>>()));
    }
    let lightness = channel(0);
    measures.put_some("dark10_L", quantile(lightness.iter().copied(), 0.1).map(|l| l - picture.skin[0]));
    measures.put_some("bright90_L", quantile(lightness.iter().copied(), 0.9).map(|l| l - picture.skin[0]));
    rim_and_centre(picture, measures);
    normalised(picture, measures);
}

fn skin(picture: &Picture, measures: &mut Measures) {
    let ring = picture.colours(&picture.ring);
    let names = [("skin_L", "skin_sd_L"), ("skin_a", "skin_sd_a"), ("skin_b", "skin_sd_b")];
    for (c, (value, spread)) in names.into_iter().enumerate() {
        measures.put(value, picture.skin[c]);
        measures.put_some(spread, deviation(&ring.iter().map(|p| p[c]).collect::<Vec<_>>()));
    }
}

fn rim_and_centre(picture: &Picture, measures: &mut Measures) {
    let rho = picture.rho();
    for (c, key) in ["ctr_rim_L", "ctr_rim_a", "ctr_rim_b"].into_iter().enumerate() {
        let zone = |from: f32, to: f32| {
            mean(
                picture
                    .lesion
                    .iter()
                    .filter(|&&i| (from..to).contains(&rho[i]))
                    .map(|&i| picture.lab[c].values[i]),
            )
        };
        if let (Some(rim), Some(centre)) = (zone(0.7, 0.9), zone(0.0, 0.3)) {
            measures.put(key, rim - centre);
        }
    }
}

/// What the colours are on the reference skin.
fn normalised(picture: &Picture, measures: &mut Measures) {
    let colours = picture.normalised(&picture.lesion);
    let middle = mean_colour(&colours);
    for (c, key) in ["nles_L", "nles_a", "nles_b"].into_iter().enumerate() {
        measures.put(key, middle[c]);
    }
    let spread: f32 =
        (0..3).filter_map(|c| mean(colours.iter().map(|p| (p[c] - middle[c]) * (p[c] - middle[c])))).sum();
    measures.put("nC_sd", spread.sqrt());
    let shares = shares(colours.iter().copied());
    for ((share_key, present_key), share) in SIX.into_iter().zip(shares) {
        measures.put(share_key, share);
        measures.put(present_key, f32::from(u8::from(share >= PRESENT)));
    }
    measures.put("n_colours", shares.iter().filter(|&&share| share >= PRESENT).count() as f32);
}

/// Shares of the six colours.
fn shares(colours: impl Iterator<Item = [f32; 3]>) -> [f32; 6] {
    let (mut counts, mut all) = ([0_u32; 6], 0_u32);
    for colour in colours {
        all += 1;
        if let Some(which) = named(colour) {
            counts[which] += 1;
        }
    }
    counts.map(|n| n as f32 / all.max(1) as f32)
}

/// Index into [`COLOURS`]; `None` for what looks like skin.
fn named([l, a, b]: [f32; 3]) -> Option<usize> {
    match () {
        () if l < 25.0 => Some(0),
        () if l < 62.0 && a < 16.0 && b < 8.0 => Some(1),
        () if l >= 77.0 && a * a + b * b <= 400.0 => Some(2),
        () if a >= 22.0 && b < 0.75 * a => Some(3),
        () if l < 45.0 => Some(4),
        () if l < 65.0 => Some(5),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_colour_is_told_by_its_thresholds() {
        let cases = [
            ([20.0, 5.0, 3.0], Some(0)),
            ([50.0, 5.0, -3.0], Some(1)),
            ([85.0, 5.0, 8.0], Some(2)),
            ([55.0, 35.0, 15.0], Some(3)),
            ([40.0, 25.0, 25.0], Some(4)),
            ([58.0, 20.0, 22.0], Some(5)),
            ([70.0, 14.0, 14.0], None),
        ];
        for (colour, expected) in cases {
            assert_eq!(named(colour), expected, "{colour:?}");
        }
    }
}
