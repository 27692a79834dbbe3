//! The six kernels as squares of colour with their coefficients.

use imaging::{Kernel, palette};

use crate::FigureError;
use crate::svg::{Anchor, Area, Frame, INK, cell, font, render, write_text};

/// Two, so that the words are large enough on a phone.
const COLUMNS: usize = 2;
/// Side of a kernel, in pixels: a multiple of 3, 7 and 15.
const SIDE: i32 = 210;
const GAP: i32 = 20;
const TITLE: i32 = 30;
const CAPTION: i32 = 34;

/// The name of a kernel for a reader.
pub(crate) fn title(name: &str) -> &'static str {
    match name {
        "mean-7" => "mean 7 × 7",
        "mean-15" => "mean 15 × 15",
        "sharpen" => "sharpen 3 × 3",
        "laplacian" => "Laplacian 3 × 3",
        "sobel-x" => "Sobel x 3 × 3",
        "sobel-y" => "Sobel y 3 × 3",
        _ => "kernel",
    }
}

/// Draws all of [`Kernel::NAMES`].
///
/// # Errors
/// [`FigureError`] if the drawing fails.
pub fn draw() -> Result<String, FigureError> {
    let rows = Kernel::NAMES.len().div_ceil(COLUMNS) as i32;
    let columns = COLUMNS as i32;
    let frame = Frame {
        title: "The six kernels and their coefficients",
        description: "Mean 7 × 7: every coefficient is 1/49. Mean 15 × 15: every coefficient is 1/225. \
            Sharpen: 0 −1 0, −1 5 −1, 0 −1 0. Laplacian: 0 1 0, 1 −4 1, 0 1 0. \
            Sobel x: −1 0 1, −2 0 2, −1 0 1. Sobel y: −1 −2 −1, 0 0 0, 1 2 1. \
            Blue is negative, white is zero, red is positive; the darkest colour is each kernel's largest coefficient.",
        size: (
            (columns * SIDE + (columns - 1) * GAP + 2) as u32,
            (rows * (TITLE + SIDE + CAPTION) + 2) as u32,
        ),
    };
    render(&frame, &[], |area| {
        for (index, name) in Kernel::NAMES.iter().enumerate() {
            let Some(kernel) = Kernel::named(name) else { continue };
            let (row, column) = ((index / COLUMNS) as i32, (index % COLUMNS) as i32);
            let corner = (1 + column * (SIDE + GAP), 1 + row * (TITLE + SIDE + CAPTION));
            panel(area, corner, title(name), &kernel)?;
        }
        Ok(())
    })
}

/// One kernel under its name.
fn panel(area: &Area<'_>, (left, top): (i32, i32), title: &str, kernel: &Kernel) -> Result<(), FigureError> {
    let middle = left + SIDE / 2;
    write_text(area, title, (middle, top + TITLE / 2), Anchor::Middle, &font(17, INK))?;
    let size = kernel.size() as i32;
    let side = SIDE / size;
    let largest = kernel.coefficients().iter().fold(0.0_f32, |most, c| most.max(c.abs()));
    let even = kernel.coefficients().iter().all(|c| c.to_bits() == largest.to_bits());
    for (at, &coefficient) in (0..).zip(kernel.coefficients()) {
        let corner = (left + at % size * side, top + TITLE + at / size * side);
        let word = coefficient.to_string().replace('-', "−");
        // The means have no room for words; the line below says them.
        let word = (size <= 3).then_some((word.as_str(), 26));
        // An even kernel is no stronger than the others: half the colour, so that its words read.
        let strength = if even { 0.35 } else { coefficient / largest };
        cell(area, corner, side, palette::signed(strength), word)?;
    }
    if even {
        let words = format!("{0} × 1/{0}", size * size);
        let place = (middle, top + TITLE + SIDE + CAPTION / 2 - 2);
        write_text(area, &words, place, Anchor::Middle, &font(17, INK))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coefficient_of_the_small_kernels_is_written() {
        let svg = draw().unwrap();
        let lines = |word: &str| svg.lines().filter(|line| *line == word).count();
        // Sharpen has one 5, the Laplacian one −4; the means say how often; both Sobel kernels one 2 and one −2 each.
        assert_eq!(["5", "−4", "49 × 1/49", "225 × 1/225", "2", "−2"].map(lines), [1, 1, 1, 1, 2, 2]);
    }

    #[test]
    fn the_same_figure_has_the_same_bytes() {
        assert_eq!(draw().unwrap(), draw().unwrap());
    }
}
