//! The pigment network: a warped honeycomb of brown lines round paler holes.

use crate::canvas::Canvas;
use crate::cells::Cells;
use crate::coarse::CoarseField;
use crate::colour::{REFERENCE_SKIN, lesser, mix, shifted, smooth};
use crate::field::Field;
use crate::layer::layer;
use numerics::Random;

/// A pigment network.
/// Spacing 0.1 to 0.2 mm, 4 to 8 pixels of a 320 × 240 picture; lines a fifth to a third of it wide and
/// 3 to 8 L\* darker than the holes. Definition:
/// Argenziano 2003, JAAD 48:679; sizes and depth chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PigmentNetwork {
    /// Distance between holes, reference pixels.
    pub spacing: f32,
    /// Lines' width as a share of the spacing.
    pub line: f32,
    /// How much darker the lines are, L\*; negative draws a white (negative) network.
    pub depth: f32,
    /// 0 a honeycomb; up to 0.15 typical, 0.3 to 0.6 and more atypical.
    pub irregularity: f32,
    /// Where it lives, by depth from the rim (0) to the centre (1).
    pub zone: (f32, f32),
    /// Grey or black lines instead of brown ones, 0 to 1.
    pub grey: f32,
    /// Share of the lesion where it is missing, in patches.
    pub gaps: f32,
}

impl PigmentNetwork {
    pub(crate) fn draw(&self, canvas: &mut Canvas, depth_at: impl Fn(f32, f32) -> f32, mut random: Random) {
        let field = Field::new(&mut random);
        let warp = 0.5 * (0.6 + 1.6 * self.irregularity);
        let change =
            [-self.depth, self.depth * (0.4 - 0.7 * self.grey), self.depth * (0.15 - 0.8 * self.grey)];
        let limit = 1.6 * (self.gaps - 0.5);
        // Where there is any of it, the mesh's slow bending, and how thick its lines are.
        let maps = [
            CoarseField::new(canvas, |x, y| {
                let depth = depth_at(x, y);
                let patchy = field.cloud(x * 0.03 + 9.0, y * 0.03);
                let gate = if self.gaps > 0.0 {
                    smooth(limit - 0.2, limit + 0.35, patchy)
                } else {
                    smooth(-1.5, 0.4, patchy)
                };
                gate * smooth(self.zone.0, self.zone.0 + 0.2, depth)
                    * smooth(self.zone.1 + 0.15, self.zone.1 - 0.15, depth)
            }),
            CoarseField::new(canvas, |x, y| x / self.spacing + warp * field.at(x * 0.06, y * 0.06 + 20.0)),
            CoarseField::new(canvas, |x, y| y / self.spacing + warp * field.at(x * 0.06 + 33.0, y * 0.06)),
            CoarseField::new(canvas, |x, y| {
                1.0 + 1.2 * self.irregularity * field.at(x * 0.07 + 40.0, y * 0.07 + 11.0)
            }),
        ];
        let mut cells = Cells::new(&field, 0.4 + 0.9 * self.irregularity);
        layer(canvas, &maps, |lab, cover, (x, y), [here, u, v, thick]| {
            let here = here * smooth(0.03, 0.4, cover);
            if here < 0.02 {
                return;
            }
            // A quick warp makes each line waver.
            let cell =
                cells.at(u + 0.2 * field.at(x * 0.3, y * 0.3), v + 0.2 * field.at(x * 0.3 + 50.0, y * 0.3));
            // Lines swell where three of them meet, so holes are round rather than six-sided.
            let wall = lesser(cell.wall, 0.66 - cell.centre);
            let thick = self.line * thick * (1.0 + 0.45 * cell.traits[0]);
            let line = smooth(0.8 * thick + 0.1, 0.1 * thick, wall);
            // There is little of it where there is little pigment.
            let here = here * (0.3 + 0.7 * smooth(0.0, 16.0, REFERENCE_SKIN[0] - lab[0]));
            // Lines darken and holes lighten a little, so that the mean keeps the lesion's colour.
            *lab = shifted(*lab, change, here * (0.8 + 0.6 * cell.traits[1]) * (line - 0.38));
            // Towards the rim the holes are skin already and only the lines go on.
            if self.depth > 0.0 {
                *lab = mix(*lab, REFERENCE_SKIN, 0.3 * here * (1.0 - line) * (1.0 - cover));
            }
        });
    }
}
