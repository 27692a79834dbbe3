//! Lacunae: packed lakes of blood, red to purple, between pale septa.

use crate::canvas::Canvas;
use crate::cells::cell;
use crate::colour::{Lab, mix, smooth};
use crate::field::Field;
use numerics::Random;

/// Lakes of blood. 5 to 40 of them, 0.05 to 0.2 diameters wide, septa of 1 to 3 pixels.
/// Source: colours measured on HAM10000's vascular lesions; sizes chosen after them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lacunae {
    /// Distance between lakes, reference pixels.
    pub spacing: f32,
    /// Width of the septa as a share of the spacing.
    pub septa: f32,
    /// Colour of the pale tissue between.
    pub between: Lab,
    /// Colours of the lakes; each lake lies somewhere between the two.
    pub blood: [Lab; 2],
    /// Share of lakes that are thrombosed, nearly black.
    pub thrombosed: f32,
    /// How much shows of it against a structureless disc, 0 to 1.
    pub contrast: f32,
}

/// Source: palette of vascular lesions, skin-normalised, HAM10000.
const THROMBUS: Lab = [17.0, 9.0, -2.0];

impl Lacunae {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        canvas.inside(|lab, cover, (x, y)| {
            let wx = x / self.spacing + 0.25 * field.at(x * 0.07, y * 0.07);
            let wy = y / self.spacing + 0.25 * field.at(x * 0.07 + 30.0, y * 0.07 + 10.0);
            let cell = cell(&field, wx, wy, 0.75);
            let full = smooth(0.4 * self.septa, 1.3 * self.septa + 0.09, cell.wall)
                * smooth(0.80 + 0.12 * cell.traits[1], 0.5, cell.centre);
            let mean = mix(self.blood[0], self.blood[1], 0.5);
            let mut lake = mix(self.blood[0], self.blood[1], 0.5 + 0.5 * cell.traits[0]);
            if 0.5 + 0.5 * cell.traits[1] < self.thrombosed {
                lake = mix(lake, THROMBUS, 0.8);
            }
            // A lake is darker in its middle, where the blood is deepest.
            lake[0] -= 5.0 * smooth(0.5, 0.0, cell.centre) - 2.0 * field.cloud(x * 0.2, y * 0.2);
            let seen = mix(mean, mix(self.between, lake, full), self.contrast);
            *lab = mix(*lab, seen, smooth(0.0, 0.85, cover));
        });
    }
}
