//! The skin around: furrows, fine grain, mottling, and the tones of people.

use crate::canvas::Canvas;
use crate::colour::{Lab, shifted, smooth};
use crate::field::Field;
use numerics::Random;

/// One person's skin, drawn without regard to the diagnosis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Skin {
    /// Colour under neutral light. Individual typology angles from "very light" to "dark": the pictures people
    /// train on hold almost only light skin (85 % above 55° in HAM10000); these hold all.
    pub tone: Lab,
    /// Depth of the furrow net, L\*, 0.3 to 1.
    pub furrows: f32,
    /// Deviation of coarse mottling by sun and blood, L\*, 0.3 to 0.9.
    pub mottling: f32,
}

/// One colour for each of six groups by individual typology angle, and its share. The groups are those of Chardon
/// 1991, Int J Cosmet Sci 13:191; colours and shares are chosen.
const TONES: [(f32, Lab); 6] = [
    (0.34, [75.0, 11.0, 9.0]),
    (0.28, [70.0, 14.0, 12.0]),
    (0.16, [64.0, 15.0, 15.0]),
    (0.10, [57.0, 15.0, 18.0]),
    (0.07, [47.0, 14.0, 18.0]),
    (0.05, [36.0, 12.0, 14.0]),
];

impl Skin {
    pub(crate) fn sample(random: &mut Random) -> Self {
        let tone = TONES[random.weighted(&TONES.map(|t| t.0))].1;
        Self {
            tone: [
                tone[0] + 2.2 * random.normal().clamp(-2.0, 2.0),
                tone[1] + 2.0 * random.normal().clamp(-2.0, 2.0),
                tone[2] + 2.0 * random.normal().clamp(-2.0, 2.0),
            ],
            furrows: random.between(0.3, 1.0),
            mottling: random.between(0.3, 0.9),
        }
    }

    /// Fills the canvas; standard deviations follow the bands measured on skin (0.4 to 0.9 L\*).
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let towards = random.between(0.0, core::f32::consts::TAU);
        let (cos, sin) = (numerics::math::cos(towards), numerics::math::sin(towards));
        for y in 0..canvas.height {
            for x in 0..canvas.width {
                let (px, py) = canvas.place(x, y);
                // Furrows: thin valleys of two crossing fields, longer than wide.
                let (u, v) = (cos * px + sin * py, cos * py - sin * px);
                let a = field.at(u * 0.055, v * 0.13);
                let b = field.at(v * 0.06 + 31.0, u * 0.12 + 7.0);
                let furrow = smooth(0.16, 0.0, a.abs()) + 0.7 * smooth(0.16, 0.0, b.abs());
                let grain = field.at(px * 0.45 + 3.0, py * 0.45) + 0.7 * field.at(px * 0.21, py * 0.21 + 8.0);
                let cloud = field.cloud(px * 0.022 + 50.0, py * 0.022);
                let red = field.cloud(px * 0.045, py * 0.045 + 25.0);
                let light = -1.1 * self.furrows * furrow + 0.7 * grain + 1.7 * self.mottling * cloud;
                let i = y * canvas.width + x;
                canvas.lab[i] = shifted(
                    canvas.lab[i],
                    [light - 0.9 * self.mottling * red, 1.7 * self.mottling * red, 0.35 * light],
                    1.0,
                );
            }
        }
    }
}
