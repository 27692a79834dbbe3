//! A picture ready to be measured: CIELAB planes, the mask, distances, and which pixels are bare skin.

use imaging::Rgb8;
use imaging::spaces::{lab, linear};

use crate::distance;
use crate::plane::Plane;
use crate::summary::{mean, median};

/// The skin that lesions' colours are normalised to, CIELAB.
pub(crate) const REFERENCE_SKIN: [f32; 3] = [72.0, 13.0, 13.0];

/// Whose pixels fit whose mask is checked by [`crate::measure`].
pub(crate) struct Picture<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Linear red, green, blue, 0 to 1.
    pub(crate) light: Vec<[f32; 3]>,
    /// L\*, a\*, b\*.
    pub(crate) lab: [Plane; 3],
    pub(crate) mask: &'a [bool],
    /// Signed distance to the mask's edge, pixels, above 0 inside.
    pub(crate) distance: Vec<f32>,
    /// Skin without hair, ink, ruler or dark border, at any distance from the mask.
    pub(crate) bare: Vec<bool>,
    /// Median colour of bare skin 6 to 42 px outside the mask.
    pub(crate) skin: [f32; 3],
    /// Lesion pixels, by index.
    pub(crate) lesion: Vec<usize>,
    /// Bare skin 6 to 42 px outside the mask, by index.
    pub(crate) ring: Vec<usize>,
    /// Diameter of the circle with the mask's area, pixels.
    pub(crate) diameter: f32,
}

impl<'a> Picture<'a> {
    /// `None` where there is no lesion or hardly any skin beside it.
    pub(crate) fn new(image: &Rgb8, mask: &'a [bool]) -> Option<Self> {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let table: Vec<f32> = (0..=255).map(linear).collect();
        let light: Vec<[f32; 3]> =
            image.data().as_chunks::<3>().0.iter().map(|p| p.map(|v| table[usize::from(v)])).collect();
        let colours: Vec<[f32; 3]> = light.iter().map(|&l| lab(l)).collect();
        let planes =
            [0, 1, 2].map(|c| Plane::new(width, height, colours.iter().map(|colour| colour[c]).collect()));
        let distance = distance::signed(mask, width);
        let lesion: Vec<usize> = (0..mask.len()).filter(|&i| mask[i]).collect();
        if lesion.is_empty() {
            return None;
        }
        let bare = bare_skin(&planes, mask, &distance);
        let ring: Vec<usize> =
            (0..mask.len()).filter(|&i| bare[i] && (-42.0..=-6.0).contains(&distance[i])).collect();
        if ring.len() < 50 {
            return None;
        }
        let skin = [0, 1, 2].map(|c| median(ring.iter().map(|&i| planes[c].values[i])).unwrap_or_default());
        let diameter = 2.0 * (lesion.len() as f32 / core::f32::consts::PI).sqrt();
        Some(Self { width, height, light, lab: planes, mask, distance, bare, skin, lesion, ring, diameter })
    }

    /// Colours of these pixels.
    pub(crate) fn colours(&self, pixels: &[usize]) -> Vec<[f32; 3]> {
        pixels.iter().map(|&i| [0, 1, 2].map(|c| self.lab[c].values[i])).collect()
    }

    /// Colours of these pixels after the gain of linear red, green and blue that makes the skin the reference skin.
    pub(crate) fn normalised(&self, pixels: &[usize]) -> Vec<[f32; 3]> {
        let (from, to) = (light_of(self.skin), light_of(REFERENCE_SKIN));
        let gain = [0, 1, 2].map(|c| to[c] / from[c].max(1e-4));
        pixels.iter().map(|&i| lab([0, 1, 2].map(|c| self.light[i][c] * gain[c]))).collect()
    }

    /// Lesion pixels at least 4 px from the edge.
    pub(crate) fn inner(&self) -> Vec<usize> {
        self.lesion.iter().copied().filter(|&i| self.distance[i] >= 4.0).collect()
    }

    /// Bare skin at least 8 px outside.
    pub(crate) fn outer(&self) -> Vec<usize> {
        (0..self.mask.len()).filter(|&i| self.bare[i] && self.distance[i] <= -8.0).collect()
    }

    /// 0 in the lesion's centre, 1 at its edge.
    pub(crate) fn rho(&self) -> Vec<f32> {
        let most = self.lesion.iter().map(|&i| self.distance[i]).fold(1.0, f32::max);
        self.distance.iter().map(|d| 1.0 - d / most).collect()
    }

    /// Linear luminance of a pixel.
    pub(crate) fn luminance(&self, pixel: usize) -> f32 {
        let [r, g, b] = self.light[pixel];
        0.212_671 * r + 0.715_16 * g + 0.072_169 * b
    }
}

/// Linear light of a CIELAB colour (CIE 15:2004, IEC 61966-2-1).
fn light_of([l, a, b]: [f32; 3]) -> [f32; 3] {
    let inverse = |t: f32| if t > 6.0 / 29.0 { t * t * t } else { (t - 4.0 / 29.0) * (108.0 / 841.0) };
    let fy = (l + 16.0) / 116.0;
    let (x, y, z) = (0.950_47 * inverse(fy + a / 500.0), inverse(fy), 1.088_83 * inverse(fy - b / 200.0));
    [
        3.240_454_2 * x - 1.537_138_5 * y - 0.498_531_4 * z,
        -0.969_266 * x + 1.876_010_8 * y + 0.041_556 * z,
        0.055_643_4 * x - 0.204_025_9 * y + 1.057_225_2 * z,
    ]
}

/// Side of the square that closes thin dark lines, pixels.
const HAIR: usize = 9;

/// Outside the mask, without what is far darker (border), thin and dark (hair, ruler) or far bluer (ink) than the rest.
fn bare_skin([l, a, b]: &[Plane; 3], mask: &[bool], distance: &[f32]) -> Vec<bool> {
    let outside: Vec<usize> = (0..mask.len()).filter(|&i| !mask[i] && distance[i] <= -6.0).collect();
    let lit = outside.iter().map(|&i| l.values[i]).filter(|&l| l >= 12.0);
    let (Some(level), Some(tint)) = (median(lit), median(outside.iter().map(|&i| b.values[i]))) else {
        return vec![false; mask.len()];
    };
    let closed = extremes(&extremes(l, true), false);
    let is_bare = |i: usize| {
        let hair = closed.values[i] - l.values[i] > 9.0;
        let border = l.values[i] < (level - 28.0).max(0.45 * level);
        let chroma = a.values[i] * a.values[i] + b.values[i] * b.values[i];
        let ink = b.values[i] < tint - 16.0 && chroma > 14.0 * 14.0;
        !mask[i] && !hair && !border && !ink
    };
    (0..mask.len()).map(is_bare).collect()
}

/// The largest (or smallest) value in the square of [`HAIR`] pixels around every pixel.
fn extremes(plane: &Plane, largest: bool) -> Plane {
    let pick = |a: f32, b: f32| if largest { a.max(b) } else { a.min(b) };
    let (w, h, reach) = (plane.width, plane.height, HAIR / 2);
    let mut rows = plane.clone();
    for y in 0..h {
        let row = &plane.values[y * w..(y + 1) * w];
        for x in 0..w {
            let window = &row[x.saturating_sub(reach)..(x + reach + 1).min(w)];
            rows.values[y * w + x] = window.iter().copied().fold(row[x], pick);
        }
    }
    let mut out = rows.clone();
    for y in 0..h {
        for near in y.saturating_sub(reach)..(y + reach + 1).min(h) {
            for x in 0..w {
                out.values[y * w + x] = pick(out.values[y * w + x], rows.values[near * w + x]);
            }
        }
    }
    out
}

/// Mean colour.
pub(crate) fn mean_colour(colours: &[[f32; 3]]) -> [f32; 3] {
    [0, 1, 2].map(|c| mean(colours.iter().map(|colour| colour[c])).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_of_a_colour_is_the_inverse_of_its_lab() {
        for light in [[0.2, 0.5, 0.7], [0.9, 0.4, 0.3], [0.01, 0.02, 0.001]] {
            for (found, expected) in light_of(lab(light)).into_iter().zip(light) {
                assert!((found - expected).abs() < 1e-4, "{light:?}");
            }
        }
    }
}
