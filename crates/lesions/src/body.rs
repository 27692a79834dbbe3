//! The lesion's body: its ground colour, how it fades into the skin, and its uneven pigment.

use crate::canvas::Canvas;
use crate::colour::{REFERENCE_SKIN, melanin, smooth};
use crate::field::Field;
use crate::outline::Outline;
use numerics::{Random, math};

/// The lesion without its structures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// How much darker than skin melanin makes the core, L\*.
    pub darker: f32,
    /// How red the brown is, as a share of a nevus's: 0.5 for benign keratosis, 1 for nevus.
    pub redness: f32,
    /// Colour added to that: blood, scar, keratin.
    pub tint: [f32; 3],
    /// Width of the edge, 10 to 90 %, in diameters: 0.05 is sharp, 0.23 a nevus.
    pub edge: f32,
    /// Share of the rim that is sharp whatever `edge` says, 0 to 1.
    pub sharp: f32,
    /// Depth of scalloped bites out of the rim, share of the radius.
    pub bites: f32,
    /// Deviation of coarse pigment, L\*.
    pub coarse: f32,
    /// Deviation of fine pigment, L\*.
    pub fine: f32,
    /// Where the darkest part lies, in radii from the centre.
    pub off_centre: (f32, f32),
    /// How much lighter the rim zone is than the core, as a share of `darker`.
    pub fade: f32,
}

impl Body {
    pub(crate) fn draw(&self, canvas: &mut Canvas, outline: &Outline, mut random: Random) {
        let field = Field::new(&mut random);
        let radius = outline.radius();
        let coarse = 2.4 / radius;
        // 10 to 90 % of a smooth step is 0.608 of it; an edge in diameters is twice that in radii.
        let wide = 2.0 * self.edge / 0.608;
        let limit = 0.75 * (1.0 - 2.0 * self.sharp);
        // Raggedness reaches 0.14 at most, so nothing beyond this depth can be covered.
        let outside = -0.15 - 0.22 * wide.max(0.09);
        for y in 0..canvas.height {
            for x in 0..canvas.width {
                let (px, py) = canvas.place(x, y);
                let depth = outline.depth(px, py);
                if depth < outside {
                    continue;
                }
                let i = y * canvas.width + x;
                let (nx, ny) = (px * coarse, py * coarse);
                let cloud = field.cloud(nx, ny);
                let sector = field.at(0.9 * nx + 13.0, 0.9 * ny + 29.0);
                let sharp = if self.sharp > 0.0 { smooth(limit - 0.1, limit + 0.15, sector) } else { 0.0 };
                let width = wide + (0.09 - wide) * sharp;
                let rag = 0.05 * field.cloud(px * 0.11, py * 0.11) + 0.03 * cloud;
                let bite = if self.bites > 0.0 {
                    self.bites * smooth(0.1, 0.55, field.at(px * 0.11 + 40.0, py * 0.11))
                } else {
                    0.0
                };
                let inner = depth + rag - bite;
                let start = -0.22 * width;
                let cover = smooth(start, start + width, inner);
                if cover <= 0.0 {
                    continue;
                }
                canvas.cover[i] = cover;
                let (cx, cy) = (px / radius - self.off_centre.0, py / radius - self.off_centre.1);
                let central = smooth(1.15, 0.15, math::sqrt(cx * cx + cy * cy));
                let grain = field.cloud(px * 0.28 + 7.0, py * 0.28);
                let amount = self.darker * (1.0 - self.fade * (1.0 - central))
                    + 1.9 * self.coarse * cloud
                    + 1.7 * self.fine * grain;
                let brown = melanin(cover * amount.max(0.0));
                let mut lab = canvas.lab[i];
                let red = 1.0 + 0.25 * field.at(nx * 0.8 + 5.0, ny * 0.8 + 51.0);
                lab[0] += brown[0] - REFERENCE_SKIN[0] + cover * self.tint[0];
                lab[1] += self.redness * (brown[1] - REFERENCE_SKIN[1]) + cover * red * self.tint[1];
                lab[2] += brown[2] - REFERENCE_SKIN[2] + cover * self.tint[2];
                // What is too light for melanin to explain stays as texture.
                lab[0] += 0.5 * cover * (-amount).max(0.0) - 0.35 * cover * self.fine * grain;
                canvas.lab[i] = lab;
            }
        }
    }
}
