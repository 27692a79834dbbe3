//! Changing light: brightness, contrast, saturation and hue, as torchvision defines them.

use crate::Rgb8;
use crate::channels::luma;
use crate::packed::{self, BLOCK, whole};
use crate::spaces;

/// Three factors, of which 1 changes nothing and 0 gives black, even grey and grey; and an angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// Every value times this.
    pub brightness: f32,
    /// Distance from the image's mean brightness times this.
    pub contrast: f32,
    /// Distance from the pixel's own grey times this.
    pub saturation: f32,
    /// Degrees on the circle of hues, from red towards green; 0 changes nothing. At least −360.
    pub hue: f32,
}

impl Light {
    /// Changes nothing.
    pub const SAME: Self = Self { brightness: 1.0, contrast: 1.0, saturation: 1.0, hue: 0.0 };
}

/// Red, green and blue of some pixels.
type ColourPlanes = [[f32; BLOCK]; 3];

/// Black pixels.
const NO_LIGHT: ColourPlanes = [[0.0; BLOCK]; 3];

/// Applies brightness, then contrast, then saturation, then hue; every step is cut to 0 to 255, the last one rounded.
pub fn relight(image: &Rgb8, light: Light) -> Rgb8 {
    if light == Light::SAME {
        return image.clone();
    }
    // What becomes of a value before its pixel's other values matter: there are 256 only.
    let bright: [f32; 256] = std::array::from_fn(|value| (value as f32 * light.brightness).min(255.0));
    let pixels = image.data().as_chunks::<3>().0;
    let mean = mean_luma(pixels, &bright);
    let contrasted = bright.map(|value| (mean + (value - mean) * light.contrast).clamp(0.0, 255.0));
    let mut data = vec![0; image.data().len() + 1];
    let mut planes = NO_LIGHT;
    for (index, pixels) in pixels.chunks(BLOCK).enumerate() {
        look_up(pixels, &contrasted, &mut planes);
        saturate(&mut planes, light.saturation);
        if light.hue != 0.0 {
            turn_hues(&mut planes, light.hue);
        }
        packed::write(&round(&planes), &mut data[index * BLOCK * 3..][..=pixels.len() * 3]);
    }
    data.pop();
    Rgb8::new(image.width(), image.height(), data).expect("every pixel was changed")
}

/// What `table` says for every value of up to [`BLOCK`] pixels.
fn look_up(pixels: &[[u8; 3]], table: &[f32; 256], [reds, greens, blues]: &mut ColourPlanes) {
    for (((red, green), blue), pixel) in reds.iter_mut().zip(greens).zip(blues).zip(pixels) {
        [*red, *green, *blue] = pixel.map(|value| table[value as usize]);
    }
}

/// The mean brightness of an image whose values a table replaces.
fn mean_luma(pixels: &[[u8; 3]], table: &[f32; 256]) -> f32 {
    // Single precision leaves double enough bits for the sum of an image's to be exact, in any order.
    let mut sums = [0.0; BLOCK];
    let mut planes = NO_LIGHT;
    for pixels in pixels.chunks(BLOCK) {
        if pixels.len() < BLOCK {
            planes = NO_LIGHT;
        }
        look_up(pixels, table, &mut planes);
        let [red, green, blue] = &planes;
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum += f64::from(luma([red[i], green[i], blue[i]]));
        }
    }
    (sums.iter().sum::<f64>() / pixels.len() as f64) as f32
}

/// Multiplies every pixel's distance from its own grey.
fn saturate([red, green, blue]: &mut ColourPlanes, factor: f32) {
    for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
        let grey = luma([*red, *green, *blue]);
        for value in [red, green, blue] {
            *value = (grey + (*value - grey) * factor).clamp(0.0, 255.0);
        }
    }
}

/// Rounds and packs every pixel.
fn round([red, green, blue]: &ColourPlanes) -> [u32; BLOCK] {
    let mut pixels = [0; BLOCK];
    for (i, pixel) in pixels.iter_mut().enumerate() {
        let [red, green, blue] = [red[i], green[i], blue[i]].map(|value| whole(value + 0.5) as u32);
        *pixel = red | green << 8 | blue << 16;
    }
    pixels
}

/// Turns every pixel's hue.
fn turn_hues([red, green, blue]: &mut ColourPlanes, degrees: f32) {
    for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
        [*red, *green, *blue] = turn_hue([*red, *green, *blue], degrees);
    }
}

/// A colour of the same value and saturation, its hue turned by `degrees`; grey has none and stays.
///
/// Source: A. R. Smith, Color gamut transform pairs, SIGGRAPH 1978, <https://doi.org/10.1145/800248.807361>.
fn turn_hue(pixel: [f32; 3], degrees: f32) -> [f32; 3] {
    let Some(hue) = spaces::hue(pixel) else { return pixel };
    let [red, green, blue] = pixel;
    let most = red.max(green).max(blue);
    let span = most - red.min(green).min(blue);
    let sixths = (hue + degrees + 360.0) / 60.0;
    [5.0, 3.0, 1.0].map(|shift: f32| {
        let place = (shift + sixths) % 6.0;
        most - span * place.min(4.0 - place).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [`relight`] pixel by pixel, as it was before it took many at once.
    fn by_definition(image: &Rgb8, light: Light) -> Vec<u8> {
        let bright = |value: u8| (f32::from(value) * light.brightness).min(255.0);
        let pixels = image.data().as_chunks::<3>().0;
        let total: f64 = pixels.iter().map(|&pixel| f64::from(luma(pixel.map(bright)))).sum();
        let mean = (total / pixels.len() as f64) as f32;
        let change = |&pixel: &[u8; 3]| {
            let contrasted =
                pixel.map(|value| (mean + (bright(value) - mean) * light.contrast).clamp(0.0, 255.0));
            let grey = luma(contrasted);
            let coloured =
                contrasted.map(|value| (grey + (value - grey) * light.saturation).clamp(0.0, 255.0));
            let turned = if light.hue == 0.0 { coloured } else { turn_hue(coloured, light.hue) };
            turned.map(|value| (value + 0.5) as u8)
        };
        pixels.iter().flat_map(change).collect()
    }

    #[test]
    fn many_pixels_at_once_are_the_definition_to_the_last_bit() {
        let mut random = numerics::Random::new(11);
        for (width, height) in [(1, 1), (31, 1), (32, 2), (33, 3), (224, 150)] {
            let bytes = (0..width * height * 3).map(|_| random.below(256) as u8).collect();
            let image = Rgb8::new(width, height, bytes).unwrap();
            for hue in [0.0, 20.0] {
                let [brightness, contrast, saturation] = [(); 3].map(|()| random.between(0.3, 1.7));
                let light = Light { brightness, contrast, saturation, hue };
                assert_eq!(relight(&image, light).data(), by_definition(&image, light), "{light:?}");
            }
        }
    }

    fn check(light: Light, expected: [u8; 6]) {
        let image = Rgb8::new(2, 1, vec![100, 100, 100, 200, 100, 0]).unwrap();
        assert_eq!(relight(&image, light).data(), expected);
    }

    #[test]
    fn brightness_multiplies_and_stops_at_white() {
        check(Light { brightness: 1.5, ..Light::SAME }, [150, 150, 150, 255, 150, 0]);
        check(Light { brightness: 0.0, ..Light::SAME }, [0; 6]);
    }

    #[test]
    fn no_contrast_leaves_the_mean() {
        // Grey of the second pixel: 0.299 * 200 + 0.587 * 100 = 118.5; mean with 100: 109.25.
        check(Light { contrast: 0.0, ..Light::SAME }, [109; 6]);
    }

    #[test]
    fn no_saturation_leaves_the_grey_of_every_pixel() {
        check(Light { saturation: 0.0, ..Light::SAME }, [100, 100, 100, 119, 119, 119]);
    }

    #[test]
    fn a_third_of_the_circle_makes_red_green_and_grey_stays_grey() {
        // 200, 100, 0 is the hue 30° of value 200: at 60° yellow, at 150° a green with half as much blue.
        check(Light { hue: 30.0, ..Light::SAME }, [100, 100, 100, 200, 200, 0]);
        check(Light { hue: 120.0, ..Light::SAME }, [100, 100, 100, 0, 200, 100]);
        // At −15°, that is 345°, red with a quarter of the way to magenta.
        check(Light { hue: -45.0, ..Light::SAME }, [100, 100, 100, 200, 0, 50]);
    }
}
