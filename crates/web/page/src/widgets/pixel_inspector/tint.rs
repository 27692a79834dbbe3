//! The colour of a pixel in its plane: grey, or the colour of its value.

use imaging::spaces::Channel;
use kit::colour;

/// Neither dark nor light: a pixel whose hue is undefined.
const UNDEFINED: [u8; 3] = [128; 3];

/// The colour of `value`; in grey, the channel's range goes from black to white.
pub(crate) fn colour(channel: Channel, value: Option<f32>, tinted: bool) -> [u8; 3] {
    let Some(value) = value else { return UNDEFINED };
    let [low, high] = channel.range();
    let grey = colour::to_byte((value - low) / (high - low) * 255.0);
    match channel {
        _ if !tinted => [grey; 3],
        Channel::Red => [grey, 0, 0],
        Channel::Green => [0, grey, 0],
        Channel::Blue => [0, 0, grey],
        Channel::Hue => pure(value),
        // Skin stays within 50 of 110; full colour only beyond would leave it pale.
        Channel::GreenRed | Channel::BlueYellow => colour::signed(value / 50.0),
        _ => [grey; 3],
    }
}

/// The brightest, most saturated colour of a hue.
///
/// Source: A. R. Smith, Color gamut transform pairs, SIGGRAPH 1978, <https://doi.org/10.1145/800248.807361>.
fn pure(degrees: f32) -> [u8; 3] {
    [5.0, 3.0, 1.0].map(|shift: f32| {
        let place = (shift + degrees / 60.0) % 6.0;
        let missing = place.min(4.0 - place).clamp(0.0, 1.0);
        colour::to_byte(255.0 * (1.0 - missing))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pure_hue_keeps_its_hue() {
        for degrees in (0..360).step_by(30) {
            let back = Channel::Hue.of(pure(degrees as f32)).unwrap();
            // Half of a step of 255 in a sixth of the circle.
            assert!((back - degrees as f32).abs() < 0.2, "{degrees} {back}");
        }
    }

    #[test]
    fn a_plane_in_grey_goes_from_black_to_white() {
        assert_eq!(colour(Channel::Lightness, Some(100.0), false), [255; 3]);
        assert_eq!(colour(Channel::Red, Some(7.0), true), [7, 0, 0]);
        assert_eq!(colour(Channel::Hue, None, true), UNDEFINED);
    }
}
