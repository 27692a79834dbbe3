//! What the notebooks of the activity that the book carries over do to an image.
//!
//! Source: M. Cullell-Dalmau et al., <https://doi.org/10.3389/fmed.2021.644327>, cells 3.1 and 4.1 of its notebooks.

use imaging::Augmentation;

/// Section 3 shows this.
pub const SHOWN: Augmentation = varied(45.0);

/// Section 4 trains with this.
pub const TRAINED: Augmentation = varied(90.0);

const fn varied(rotation: f32) -> Augmentation {
    // The notebooks shift by up to 30 of 224 pixels, and repeat the edge.
    let shift = 30.0 / 224.0;
    Augmentation { flip_horizontal: true, flip_vertical: true, rotation, shift, ..Augmentation::NONE }
}
