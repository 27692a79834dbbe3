//! Lacunae: packed lakes of blood, red to purple, between pale septa.

use crate::canvas::Canvas;
use crate::cells::Cells;
use crate::coarse::CoarseField;
use crate::colour::{Lab, greater, lesser, mix, smooth};
use crate::field::Field;
use crate::layer::layer;
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
    /// Colours of the lakes; each lake is between the two.
    pub blood: [Lab; 2],
    /// Share of lakes that are thrombosed, nearly black.
    pub thrombosed: f32,
    /// How much shows of it against a structureless disc, 0 to 1.
    pub contrast: f32,
    /// How much of the lesion is blood at all, 0 to 1.
    pub opacity: f32,
}

/// Source: palette of vascular lesions, skin-normalised, HAM10000.
const THROMBUS: Lab = [15.0, 8.0, -2.0];

impl Lacunae {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let mean = mix(self.blood[0], self.blood[1], 0.5);
        let reach = 0.5 / self.spacing;
        // The limit of slow clouds above which blood has clotted: the clouds' deviation is about 0.4.
        let clotted = 0.75 - 1.5 * self.thrombosed;
        let step = 1.0 / self.spacing;
        let maps = [
            CoarseField::new(canvas, |x, y| x * step + 0.5 * field.at(x * reach, y * reach + 3.0)),
            CoarseField::new(canvas, |x, y| y * step + 0.5 * field.at(x * reach + 30.0, y * reach + 10.0)),
            CoarseField::new(canvas, |x, y| field.cloud(x * reach * 0.7 + 11.0, y * reach * 0.7)),
            // Here and there a septum is missing and lakes run together.
            CoarseField::new(canvas, |x, y| {
                smooth(-0.9, 0.5, field.cloud(x * reach + 17.0, y * reach + 40.0))
            }),
        ];
        let mut cells = Cells::new(&field, 1.0);
        layer(canvas, &maps, |lab, cover, (x, y), [u, v, cloud, septum]| {
            let cell = cells.at(u, v);
            let grain = field.at(x * 0.45, y * 0.45) + field.at(x * 0.21, y * 0.21 + 9.0);
            // Round where there is room, flattened where neighbours press: the nearer of wall and circle counts.
            let round = 0.6 + 0.14 * cell.traits[1] - cell.centre;
            let wall = cell.wall - 0.5 * self.septa + 0.02 * grain;
            let inner = lesser(wall, round) - 0.3 * greater(0.15 - (wall - round).abs(), 0.0);
            let full = 1.0 - smooth(0.1, -0.08, inner) * septum;
            let mut lake = mix(self.blood[0], self.blood[1], 0.5 + 0.35 * cell.traits[0] + 0.3 * cloud);
            if self.thrombosed > 0.0 {
                let clot = smooth(clotted - 0.15, clotted + 0.15, cloud + 0.3 * cell.traits[1]);
                lake = mix(lake, THROMBUS, 0.9 * clot);
            }
            // A lake is darker in its middle, where the blood is deepest.
            lake[0] += 1.2 * grain - 4.0 * smooth(0.0, 0.4, inner);
            let tissue = mix(self.between, mean, 0.4 + 0.35 * cloud);
            let blurred = [mean[0] + 3.0 * cloud + grain, mean[1] - 1.5 * cloud, mean[2]];
            let seen = mix(blurred, mix(tissue, lake, full), self.contrast);
            // Lakes end where they end: at the rim the tissue between them has faded before.
            let edge = cover + 0.45 * self.contrast * (full - 0.7);
            *lab = mix(*lab, seen, self.opacity * smooth(0.1, 1.0, edge) * smooth(0.0, 0.5, cover));
        });
    }
}
