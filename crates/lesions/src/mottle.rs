//! Uneven pigment at every scale from the lesion down to a few pixels, as nothing in skin is evenly coloured.

use crate::canvas::Canvas;
use crate::colour::REFERENCE_SKIN;
use crate::field::Field;
use numerics::Random;

/// Clouds that thin and thicken whatever colour the lesion has, and fray its rim.
/// The power of real lesions falls with the 2.4th to 3rd power of frequency: measured on HAM10000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mottle {
    /// Relative deviation of the colour's difference to skin, 0.05 to 0.4.
    pub strength: f32,
    /// Size of the largest clouds, reference pixels.
    pub scale: f32,
    /// Strength of each octave over that of the one before: 0.5 smooth, 0.85 grainy.
    pub rough: f32,
    /// How much stronger it is where the lesion fades: a frayed rim.
    pub rim: f32,
}

const OCTAVES: i32 = 5;

impl Mottle {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let mut power = 0.0;
        let mut weight = 1.0;
        for _ in 0..OCTAVES {
            power += weight * weight;
            weight *= self.rough;
        }
        // The field's own deviation is 0.38.
        let gain = self.strength / (0.38 * numerics::math::sqrt(power));
        canvas.inside(|lab, cover, (x, y)| {
            let (mut u, mut v) = (x / self.scale, y / self.scale);
            let mut weight = 1.0;
            let mut sum = 0.0;
            for _ in 0..OCTAVES {
                sum += weight * field.at(u, v);
                weight *= self.rough;
                // Twice as fine, turned by 37 degrees and moved, so that lattices do not line up.
                (u, v) = (1.6 * u - 1.2 * v + 7.3, 1.2 * u + 1.6 * v + 15.9);
            }
            let factor = (1.0 + gain * sum * (1.0 + self.rim * (1.0 - cover))).clamp(0.12, 1.8);
            // More pigment darkens and does not redden as fast: melanin turns from brown to black.
            let hue = factor.min(0.6 + 0.4 * factor);
            for (value, (skin, factor)) in
                lab.iter_mut().zip(REFERENCE_SKIN.into_iter().zip([factor, hue, hue]))
            {
                *value = skin + (*value - skin) * factor;
            }
        });
    }
}
