//! Fissures between swollen ridges, and the thin parallel lines of a fingerprint.

use crate::canvas::Canvas;
use crate::coarse::CoarseField;
use crate::colour::{shifted, smooth};
use crate::field::{Field, whole};
use crate::layer::layer;
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

const WAVES: usize = 5;

/// A sine of period 1 drawn with parabolas, within 6 %.
fn wave(turns: f32) -> f32 {
    let t = turns - whole(turns) as f32 - 0.5;
    t * (8.0 - 16.0 * t.abs())
}

impl Ridges {
    /// Waves of one length in several directions add up to a labyrinth: few directions give parallel lines that
    /// fork, as in a fingerprint, all directions the folds of a brain.
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let waves: [[f32; 3]; WAVES] = core::array::from_fn(|i| {
            let apart = 2.0 * (i as f32 + random.uniform()) / WAVES as f32 - 1.0;
            let angle = self.towards + 1.2 * self.winding * apart;
            let pitch = random.between(0.8, 1.2) / self.spacing;
            [pitch * math::cos(angle), pitch * math::sin(angle), random.uniform()]
        });
        let reach = 0.22 / self.spacing;
        let bend = (0.6 + 0.9 * self.winding) * self.spacing;
        // A sum of waves is below this in about `line` of its area.
        let limit = 2.2 * self.line - 1.3;
        let maps = [
            CoarseField::new(canvas, |x, y| x + bend * field.cloud(x * reach, y * reach)),
            CoarseField::new(canvas, |x, y| y + bend * field.cloud(x * reach + 31.0, y * reach + 9.0)),
            CoarseField::new(canvas, |x, y| {
                smooth(-0.5, 0.6, field.cloud(x * reach + 21.0, y * reach + 40.0))
            }),
        ];
        layer(canvas, &maps, |lab, cover, (x, y), [px, py, patchy]| {
            let sum: f32 = waves.iter().map(|w| wave(w[0] * px + w[1] * py + w[2])).sum();
            let fine = field.at(x * 0.4, y * 0.4);
            let height = 0.63 * sum + 0.4 * fine;
            let line = smooth(limit + 0.55, limit - 0.35, height);
            let swell = 0.35 * smooth(0.0, 1.0, height);
            *lab = shifted(
                *lab,
                [-self.depth, 0.25 * self.depth, 0.1 * self.depth],
                (0.35 + 0.65 * smooth(0.0, 14.0, 72.0 - lab[0]))
                    * smooth(0.2, 0.9, cover)
                    * (0.15 + 0.85 * patchy)
                    * (line - swell),
            );
        });
    }
}
