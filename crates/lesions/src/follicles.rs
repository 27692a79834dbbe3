//! Follicles of facial skin in a red mesh: the strawberry of actinic keratosis.

use crate::canvas::Canvas;
use crate::cells::Cells;
use crate::coarse::CoarseField;
use crate::colour::{greater, lesser, mix, shifted, smooth};
use crate::field::Field;
use crate::layer::layer;
use numerics::Random;

/// Pale follicles, plugged with keratin, 10 to 18 pixels apart in a red pseudonetwork.
/// Source: Zalaudek 2006, Br J Dermatol 155:951 (red pseudonetwork 95 %, white halo 100 %, yellow plugs 66 %).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Follicles {
    /// Distance between follicles, reference pixels.
    pub spacing: f32,
    /// Radius of the pale ring, reference pixels.
    pub radius: f32,
    /// Redness of the mesh between, Δa\*.
    pub red: f32,
    /// How much lighter the ring is, L\*.
    pub halo: f32,
    /// Share of follicles with a yellow plug.
    pub plugs: f32,
}

impl Follicles {
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let step = 1.0 / self.spacing;
        let maps = [
            CoarseField::new(canvas, |x, y| x * step + 0.22 * field.at(x * 0.05, y * 0.05)),
            CoarseField::new(canvas, |x, y| y * step + 0.22 * field.at(x * 0.05 + 20.0, y * 0.05 + 50.0)),
            CoarseField::new(canvas, |x, y| smooth(-1.0, 0.6, field.cloud(x * 0.035 + 3.0, y * 0.035))),
        ];
        let mut cells = Cells::new(&field, 0.95);
        layer(canvas, &maps, |lab, cover, (x, y), [u, v, dense]| {
            let cell = cells.at(u, v);
            // Each follicle has its own size, and some do not show.
            let size = self.radius * (1.0 + 0.3 * cell.traits[0]);
            let r = cell.centre * self.spacing / size;
            let seen = smooth(-0.9, 0.3, cell.traits[1]);
            let cover = smooth(0.02, 0.7, cover);
            // The mesh: fine wavy vessels between the follicles, denser here and thinner there.
            let web = field.at(x * 0.11, y * 0.11) + 0.5 * field.at(y * 0.23, x * 0.23 + 9.0);
            let vessel = greater(smooth(0.35, 0.0, web.abs()), 0.8 * smooth(0.35, 0.0, cell.wall));
            let mesh = (0.35 + 0.65 * dense) * smooth(0.7, 1.7, r) * (0.35 + 0.65 * vessel);
            *lab = shifted(*lab, [-0.75 * self.red, self.red, 0.35 * self.red], cover * mesh);
            let ring = smooth(1.35, 0.45, r) * seen * (0.4 + 0.6 * dense);
            let white =
                [lesser(lab[0] + self.halo, 84.0), lab[1] - 0.5 * self.halo, lab[2] - 0.05 * self.halo];
            *lab = mix(*lab, white, cover * ring);
            if 0.5 + 0.5 * cell.traits[0] < self.plugs {
                let plug = smooth(0.6, 0.15, r);
                *lab = mix(*lab, [64.0, 18.0, 27.0], 0.55 * cover * plug * seen);
            }
        });
    }
}
