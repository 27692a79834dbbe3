//! Follicles of facial skin in a red mesh: the strawberry of actinic keratosis.

use crate::canvas::Canvas;
use crate::cells::cell;
use crate::colour::{mix, shifted, smooth};
use crate::field::Field;
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
        canvas.inside(|lab, cover, (x, y)| {
            let wx = x / self.spacing + 0.5 * field.at(x * 0.03, y * 0.03);
            let wy = y / self.spacing + 0.5 * field.at(x * 0.03 + 20.0, y * 0.03 + 50.0);
            let cell = cell(&field, wx, wy, 0.9);
            let r = cell.centre * self.spacing / (self.radius * (1.0 + 0.25 * cell.traits[0]));
            let cover = smooth(0.05, 0.6, cover);
            // Wavy vessels of the mesh: a fine red web between the follicles.
            let web =
                smooth(0.32, 0.05, (field.at(x * 0.22, y * 0.22) + 0.4 * field.at(y * 0.45, x * 0.45)).abs());
            let mesh = smooth(0.9, 1.5, r) * (0.55 + 0.45 * web);
            *lab = shifted(*lab, [-0.62 * self.red, self.red, 0.25 * self.red], cover * mesh);
            let ring = smooth(1.25, 0.85, r);
            let white = [(lab[0] + self.halo).min(86.0), lab[1] - 0.55 * self.halo, lab[2] - 0.1 * self.halo];
            *lab = mix(*lab, white, cover * ring);
            if 0.5 + 0.5 * cell.traits[1] < self.plugs {
                let plug = smooth(0.55, 0.3, r);
                *lab = mix(*lab, [66.0, 15.0, 27.0], 0.6 * cover * plug);
            }
        });
    }
}
