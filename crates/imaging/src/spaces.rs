//! One value per pixel, in the colour space of your choice: red, green, blue, grey, HSV or CIELAB.
//!
//! Pixels are sRGB, 8 bits. Hue is in degrees, saturation and value in per cent, L\* from 0 to 100, a\* and b\* from
//! about −110 to 110.

use numerics::math;

use crate::Rgb8;
use crate::channels::luma;

/// One channel of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// 0 to 255.
    Red,
    /// 0 to 255.
    Green,
    /// 0 to 255.
    Blue,
    /// Brightness as in [`luma`], 0 to 255.
    Grey,
    /// The angle on the colour circle, 0 to 360 degrees: red 0, green 120, blue 240. Grey has none.
    Hue,
    /// How far from grey, 0 to 100 per cent.
    Saturation,
    /// The largest of red, green and blue, 0 to 100 per cent.
    Value,
    /// L\*: how light the eye finds it, 0 to 100.
    Lightness,
    /// a\*: green below 0, red above.
    GreenRed,
    /// b\*: blue below 0, yellow above.
    BlueYellow,
}

impl Channel {
    /// All of them, those of one space next to each other.
    pub const ALL: [Self; 10] = [
        Self::Red,
        Self::Green,
        Self::Blue,
        Self::Grey,
        Self::Hue,
        Self::Saturation,
        Self::Value,
        Self::Lightness,
        Self::GreenRed,
        Self::BlueYellow,
    ];

    /// The three channels of the colour space that this one belongs to; for grey, red, green and blue.
    pub const fn space(self) -> [Self; 3] {
        match self {
            Self::Red | Self::Green | Self::Blue | Self::Grey => [Self::Red, Self::Green, Self::Blue],
            Self::Hue | Self::Saturation | Self::Value => [Self::Hue, Self::Saturation, Self::Value],
            Self::Lightness | Self::GreenRed | Self::BlueYellow => {
                [Self::Lightness, Self::GreenRed, Self::BlueYellow]
            }
        }
    }

    /// The values shown as black and white; a\* and b\* of sRGB stay between −108 and 99.
    pub const fn range(self) -> [f32; 2] {
        match self {
            Self::Red | Self::Green | Self::Blue | Self::Grey => [0.0, 255.0],
            Self::Hue => [0.0, 360.0],
            Self::Saturation | Self::Value | Self::Lightness => [0.0, 100.0],
            Self::GreenRed | Self::BlueYellow => [-110.0, 110.0],
        }
    }

    /// This number of one pixel; `None` for the hue of a grey one.
    ///
    /// ```
    /// # use imaging::spaces::Channel;
    /// assert_eq!(Channel::Hue.of([0, 255, 0]), Some(120.0));
    /// assert_eq!(Channel::Hue.of([7, 7, 7]), None);
    /// ```
    pub fn of(self, pixel: [u8; 3]) -> Option<f32> {
        let [red, green, blue] = pixel.map(f32::from);
        Some(match self {
            Self::Red => red,
            Self::Green => green,
            Self::Blue => blue,
            Self::Grey => luma([red, green, blue]),
            Self::Hue => return hue([red, green, blue]),
            Self::Saturation => {
                let most = red.max(green).max(blue);
                let least = red.min(green).min(blue);
                if most == 0.0 { 0.0 } else { 100.0 * (most - least) / most }
            }
            Self::Value => red.max(green).max(blue) / 2.55,
            Self::Lightness => lab(pixel.map(linear))[0],
            Self::GreenRed => lab(pixel.map(linear))[1],
            Self::BlueYellow => lab(pixel.map(linear))[2],
        })
    }

    /// This number of every pixel, row-major.
    pub fn plane(self, image: &Rgb8) -> Vec<Option<f32>> {
        let pixels = image.data().as_chunks::<3>().0;
        let place = match self {
            Self::Lightness => 0,
            Self::GreenRed => 1,
            Self::BlueYellow => 2,
            _ => return pixels.iter().map(|&pixel| self.of(pixel)).collect(),
        };
        // A power for each of 256 numbers instead of for each of the picture's.
        let light: Vec<f32> = (0..=255).map(linear).collect();
        let lab = |pixel: &[u8; 3]| lab(pixel.map(|value| light[usize::from(value)]));
        pixels.iter().map(|pixel| Some(lab(pixel)[place])).collect()
    }
}

/// The angle on the colour wheel; `None` if all three are equal.
///
/// Source: A. R. Smith, Color gamut transform pairs, SIGGRAPH 1978, <https://doi.org/10.1145/800248.807361>.
pub(crate) fn hue([red, green, blue]: [f32; 3]) -> Option<f32> {
    let most = red.max(green).max(blue);
    let span = most - red.min(green).min(blue);
    if span == 0.0 {
        return None;
    }
    // Which third of the circle, and how far from its middle.
    let sixths = if red >= most {
        (green - blue) / span
    } else if green >= most {
        2.0 + (blue - red) / span
    } else {
        4.0 + (red - green) / span
    };
    Some(if sixths < 0.0 { 60.0 * sixths + 360.0 } else { 60.0 * sixths })
}

/// L\*, a\*, b\* of linear light from 0 to 1, under daylight (D65).
///
/// Source: IEC 61966-2-1 for the light behind the numbers, CIE 15:2004 for the rest.
pub fn lab([r, g, b]: [f32; 3]) -> [f32; 3] {
    let x = f((0.412_453 * r + 0.357_58 * g + 0.180_423 * b) / 0.950_47);
    let y = f(0.212_671 * r + 0.715_16 * g + 0.072_169 * b);
    let z = f((0.019_334 * r + 0.119_193 * g + 0.950_227 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The light, 0 to 1, that an 8-bit sRGB number asks of the screen.
pub fn linear(value: u8) -> f32 {
    let value = f32::from(value) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { math::pow((value + 0.055) / 1.055, 2.4) }
}

/// The cube root, straight near 0.
fn f(t: f32) -> f32 {
    if t > 0.008_856 { math::cbrt(t) } else { 7.787 * t + 16.0 / 116.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn rows(golden: &Value, name: &str) -> Vec<[f64; 3]> {
        let row = |row: &Value| [0, 1, 2].map(|i| row[i].as_f64().unwrap());
        golden[name].as_array().unwrap().iter().map(row).collect()
    }

    #[test]
    fn the_numbers_are_those_of_scikit_image() {
        let golden = include_str!("../../../tests/golden/colour_spaces_skimage.json");
        let golden: Value = serde_json::from_str(golden).unwrap();
        let (pixels, hsv, lab) = (rows(&golden, "pixels"), rows(&golden, "hsv"), rows(&golden, "lab"));
        assert_eq!(pixels.len(), 52);
        for ((pixel, hsv), lab) in pixels.into_iter().zip(hsv).zip(lab) {
            let pixel = pixel.map(|v| v as u8);
            // scikit-image gives grey the hue of red.
            let ours = |channel: Channel| f64::from(channel.of(pixel).unwrap_or(0.0));
            let expected = [hsv[0] * 360.0, hsv[1] * 100.0, hsv[2] * 100.0];
            for (channel, expected) in Channel::Hue.space().into_iter().zip(expected) {
                // Six digits in the file, of 360.
                assert!((ours(channel) - expected).abs() < 4e-4, "{pixel:?} {channel:?}: {expected}");
            }
            for (channel, expected) in Channel::Lightness.space().into_iter().zip(lab) {
                // 500 × the difference of two single-precision cube roots, each off by 2⁻²³ at most a few times.
                assert!((ours(channel) - expected).abs() < 1e-3, "{pixel:?} {channel:?}: {expected}");
            }
        }
    }

    #[test]
    fn every_colour_lies_within_the_range_of_its_channel() {
        for pixel in (0..=255).step_by(15).flat_map(|r| [0, 128, 255].map(|g| [r, g, 255 - g])) {
            for channel in Channel::ALL {
                let [low, high] = channel.range();
                assert!(channel.of(pixel).is_none_or(|v| (low..=high).contains(&v)), "{pixel:?} {channel:?}");
            }
        }
    }
}
