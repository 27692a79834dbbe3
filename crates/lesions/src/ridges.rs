//! Fissures between swollen ridges, and the thin parallel lines of a fingerprint.

use crate::canvas::Canvas;
use crate::colour::{shifted, smooth};
use crate::field::{Field, whole};
use numerics::{Random, math};

/// Dark curved bands at even distance: 6 to 14 pixels as on a brain, 4 to 7 pixels and faint as a fingerprint.
/// Source: Braun 2002, Arch Dermatol 138:1556.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ridges {
    /// Distance between lines, reference pixels.
    pub spacing: f32,
    /// How much darker the lines are, L\*.
    pub depth: f32,
    /// Lines' width as a share of the spacing.
    pub line: f32,
    /// How strongly they wind: 0.3 a fingerprint, 1 and more a brain.
    pub winding: f32,
    /// Direction, radians.
    pub towards: f32,
}

impl Ridges {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let (cos, sin) = (math::cos(self.towards), math::sin(self.towards));
        let reach = 1.0 / (3.0 * self.spacing);
        canvas.inside(|lab, cover, (x, y)| {
            let bend = 2.2
                * self.winding
                * (field.at(x * reach, y * reach) + 0.3 * field.at(2.1 * x * reach, 2.1 * y * reach + 9.0));
            let phase = (cos * x + sin * y) / self.spacing + bend;
            let away = (phase - whole(phase) as f32 - 0.5).abs();
            let broken = smooth(-0.45, 0.15, field.at(x * reach * 1.3 + 21.0, y * reach * 1.3 + 40.0));
            let line = smooth(self.line, 0.25 * self.line, away) * broken;
            let swell = smooth(0.2, 0.5, away) * 0.3;
            *lab = shifted(
                *lab,
                [-self.depth, 0.25 * self.depth, 0.15 * self.depth],
                smooth(0.3, 0.9, cover) * (line - swell),
            );
        });
    }
}
