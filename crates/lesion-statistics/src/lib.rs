//! Measures a dermoscopic picture and its mask the way HAM10000 was measured, and holds drawn lesions against that.
//!
//! [`measure`] turns pixels and a mask into named quantities, [`Reference`] has those of 10,015 pictures of
//! HAM10000 (Tschandl, Rosendahl, Kittler 2018, Sci Data 5:180161), [`report`](mod@report) sets the two side by side, and
//! [`overlap`] trains a linear classifier on the quantities, to see whether classes overlap as the real ones do.
//!
//! Lengths are pixels of a frame whose shorter side has 240; `D` is the diameter of the circle with the mask's area.
//! Colours are CIELAB, D65. Skin is the area 6 to 42 px outside the mask, without hair, ink and dark border.
//!
//! # Quantities
//!
//! | name | what |
//! |---|---|
//! | `skin_L` … `skin_sd_b` | median and deviation of the skin beside the lesion |
//! | `area_frac`, `diam_frac_w`, `offset` | area over the frame's; D and the centroid's distance from the middle, over its width |
//! | `aspect`, `solidity`, `compactness` | ratio of the second moments' axes; area over convex hull; perimeter² / 4πA |
//! | `asym_*`, `colasym_*` | share not covered by its mirror image about that axis; mean colour difference to it |
//! | `harmonic_k`, `irr_a_b` | amplitude of the radius's harmonic, root mean square of harmonics a to b; of the mean radius |
//! | `edge_w`, `edge_center` | 10 to 90 % width of the sigmoid across the border, and its place (below 0 inside); of D |
//! | `edge_contrast`, `_min`, `_sd` | its step in L\*; mean, least, and deviation of 16 sectors |
//! | `edge_sharp_share`, `edge_weak_share` | sectors narrower than 0.09 D; with a step below 5 |
//! | `les_*`, `d*`, `nles_*` | lesion's mean colour, the difference to the skin, the colour on a skin of (72, 13, 13) |
//! | `corr_*`, `nC_sd` | correlations of L\*, a\*, b\* within the lesion; root of the summed variances, normalised |
//! | `dark10_L`, `bright90_L` | 10th and 90th percentile of L\* minus the skin's |
//! | `ctr_rim_*` | rim (rho 0.7 to 0.9) minus centre (rho below 0.3) |
//! | `share_*`, `present_*`, `n_colours` | the six colours: share of the area, at least 5 % of it, how many |
//! | `bandJ_*` | deviation of the difference of Gaussians between 0, 0.8, 1.6, 3.2, 6.4, 12.8 px, and the rest; `les` at least 4 px inside, `skin` at least 8 px outside |
//! | `slope_*`, `spectrum_*_period` | power spectrum of L\* in windows of 48 px: log-log slope, log10 of the power at a period in px |
//! | `coh_*`, `rim_tang_ratio` | coherence of the structure tensor; share of the gradient along the border (rho 0.45 to 0.9) |
//! | `darkline_share_sS` and the like | share of pixels on dark lines, dark dots per 1000 px, … of the Hessian at scale S |
//! | `dL_0` … `dL_out3` | difference to the skin, ring by ring from the centre; the last three outside the mask |
//! | `light_r` | luminance of bare skin at a share r of the way to the corner, over that beside the lesion |
//!
//! # Where ours differs, and how far the measures agree
//!
//! The masks of HAM10000 come from a network checked by hand and are smooth; ours is the lesion's own outline. Both lie
//! outside the visible edge. Hair, ruler, ink and bubbles are counted as drawn, not found. How the published Hessian
//! counts told lines from dots is not known: here any pixel over the threshold is on a line.
//!
//! Compared with 445 pictures of HAM10000 with rough masks (Otsu's threshold, widened), medians by diagnosis are within
//! 0.1 interquartile ranges of the published ones for skin colour, texture bands, power spectra and dots, within 0.3 for
//! edges and lines and 0.4 for lesion colour, where the choice of contrasty lesions shows; border roughness, which is the
//! mask's, is not comparable. The classifier of [`overlap`] has a balanced accuracy of 0.54 on those 445.

mod colour;
mod distance;
mod edge;
mod measures;
pub mod overlap;
mod picture;
mod plane;
mod radial;
pub mod reference;
pub mod report;
mod shape;
mod spectrum;
mod summary;
mod texture;

pub use colour::{COLOURS, PRESENT, six_colours};
pub use measures::Measures;
pub use reference::Reference;

use imaging::Rgb8;
use picture::Picture;

/// A mask that does not go with its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mask of a {width} × {height} picture needs {expected} pixels, but has {found}")]
pub struct MaskError {
    width: u32,
    height: u32,
    expected: usize,
    found: usize,
}

/// Measures a picture; the mask is true on the lesion, row-major.
///
/// What cannot be measured is absent: everything where the mask is empty or leaves no skin, the outline where the frame
/// cuts it off, textures of what is too small.
///
/// # Errors
/// [`MaskError`] if the mask does not have as many pixels as the picture.
pub fn measure(image: &Rgb8, mask: &[bool]) -> Result<Measures, MaskError> {
    let (width, height) = (image.width(), image.height());
    let expected = width as usize * height as usize;
    if mask.len() != expected {
        return Err(MaskError { width, height, expected, found: mask.len() });
    }
    let mut measures = Measures::default();
    if let Some(picture) = Picture::new(image, mask) {
        shape::measure(&picture, &mut measures);
        edge::measure(&picture, &mut measures);
        colour::measure(&picture, &mut measures);
        texture::measure(&picture, &mut measures);
        spectrum::measure(&picture, &mut measures);
        radial::measure(&picture, &mut measures);
    }
    Ok(measures)
}
