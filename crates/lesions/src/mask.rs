//! Which pixels of a picture the lesion's outline encloses.

use crate::canvas::Canvas;
use crate::lesion::Lesion;
use crate::view::View;

/// The masks of HAM10000 are outside the visible edge by 0.08 diameters.
const MARGIN: f32 = 0.16;

/// True where the outline encloses the middle of the pixel; row-major, `width * height`.
///
/// A margin is added, since the masks of HAM10000 are outside the visible edge, which the outline is.
///
/// ```
/// # use catalog::Diagnosis;
/// # use lesions::{mask, Lesion, View};
/// let mask = mask(&Lesion::sample(Diagnosis::Nv, 7), &View::sample(7, 0), 64, 48);
/// assert_eq!(mask.len(), 64 * 48);
/// assert!(mask[24 * 64 + 32] && !mask[0]);
/// ```
pub fn mask(lesion: &Lesion, view: &View, width: u32, height: u32) -> Vec<bool> {
    let canvas = Canvas::new(width, height, view);
    let mut mask = Vec::with_capacity(canvas.lab.len());
    for y in 0..canvas.height {
        for x in 0..canvas.width {
            let (px, py) = canvas.place(x, y);
            mask.push(lesion.outline.depth(px, py) > -MARGIN);
        }
    }
    mask
}
