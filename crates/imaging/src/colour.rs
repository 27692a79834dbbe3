//! Changing light: brightness, contrast, saturation and hue, as torchvision defines them.

use crate::Rgb8;
use crate::channels::luma;
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

/// Applies brightness, then contrast, then saturation, then hue; every step is cut to 0 to 255, the last one rounded.
pub fn relight(image: &Rgb8, light: Light) -> Rgb8 {
    if light == Light::SAME {
        return image.clone();
    }
    let bright = |value: u8| (f32::from(value) * light.brightness).min(255.0);
    let pixels = image.data().as_chunks::<3>().0;
    let total = pixels.iter().fold(0.0, |sum, &pixel| sum + f64::from(luma(pixel.map(bright))));
    let mean = (total / pixels.len() as f64) as f32;
    let change = |&pixel: &[u8; 3]| {
        let contrasted =
            pixel.map(|value| (mean + (bright(value) - mean) * light.contrast).clamp(0.0, 255.0));
        let grey = luma(contrasted);
        let coloured = contrasted.map(|value| (grey + (value - grey) * light.saturation).clamp(0.0, 255.0));
        let turned = if light.hue == 0.0 { coloured } else { turn_hue(coloured, light.hue) };
        turned.map(|value| (value + 0.5) as u8)
    };
    Rgb8::new(image.width(), image.height(), pixels.iter().flat_map(change).collect())
        .expect("every pixel was changed")
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
