//! The pigment network: a warped honeycomb of brown lines round paler holes.

use crate::canvas::Canvas;
use crate::cells::cell;
use crate::colour::{shifted, smooth};
use crate::field::Field;
use numerics::Random;

/// A pigment network.
/// Spacing 0.1 to 0.2 mm, 4 to 8 pixels of a 320 × 240 picture; lines a fifth to a third of it wide and
/// 3 to 8 L\* darker than the holes. Definition:
/// Argenziano 2003, JAAD 48:679; sizes and depth chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Network {
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

impl Network {
    pub(crate) fn draw(&self, canvas: &mut Canvas, depth_at: impl Fn(f32, f32) -> f32, mut random: Random) {
        let field = Field::new(&mut random);
        let warp = 0.5 + 2.2 * self.irregularity;
        let change =
            [-self.depth, self.depth * (0.35 - 0.6 * self.grey), self.depth * (0.1 - 0.9 * self.grey)];
        canvas.inside(|lab, cover, (x, y)| {
            let depth = depth_at(x, y);
            let here = smooth(self.zone.0, self.zone.0 + 0.14, depth)
                * smooth(self.zone.1 + 0.1, self.zone.1 - 0.1, depth)
                * smooth(0.08, 0.5, cover);
            if here < 0.02 {
                return;
            }
            let patchy = field.cloud(x * 0.022 + 9.0, y * 0.022);
            let gate = if self.gaps > 0.0 {
                let limit = 1.6 * (self.gaps - 0.5);
                smooth(limit - 0.12, limit + 0.22, patchy)
            } else {
                0.8 + 0.2 * patchy
            };
            if gate <= 0.0 {
                return;
            }
            let wx = x / self.spacing + warp * 0.45 * field.at(x * 0.06, y * 0.06 + 20.0);
            let wy = y / self.spacing + warp * 0.45 * field.at(x * 0.06 + 33.0, y * 0.06);
            let here_cell = cell(&field, wx, wy, 0.35 + 1.1 * self.irregularity);
            let thick =
                self.line * (1.0 + 1.3 * self.irregularity * field.at(x * 0.05 + 40.0, y * 0.05 + 11.0));
            let line = smooth(0.75 * thick + 0.07, 0.12 * thick, here_cell.wall);
            // Lines darken and holes lighten a little, so that the mean keeps the lesion's colour.
            *lab = shifted(*lab, change, here * gate * (line - 0.35) * (1.0 + 0.25 * here_cell.traits[0]));
        });
    }
}
