//! All kernels of a network's first convolution as colour pictures.

use imaging::{Rgb8, encode_png, palette};
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Anchor, Frame, INK, Picture, drawing, font, render, write_text};

/// Kernels in a row, as in the widget.
const COLUMNS: usize = 8;
/// Side of a kernel as it is shown, pixels; narrow enough for a phone.
const SIDE: i32 = 49;
/// Room for the numbers, left and above.
const LEFT: i32 = 40;
const TOP: i32 = 30;
const WORDS: u32 = 17;

/// Draws `kernels`, each three planes of `side` × `side` values: red, green, blue.
///
/// # Errors
/// [`FigureError::Data`] if there is none, or one has another size; [`FigureError::Drawing`] if the drawing fails.
pub fn draw(kernels: &[&[f32]], side: usize) -> Result<String, FigureError> {
    if kernels.is_empty() || side == 0 || kernels.iter().any(|kernel| kernel.len() != 3 * side * side) {
        return Err(FigureError::Data {
            figure: "first-kernels",
            expected: format!("kernels of 3 × {side} × {side} values"),
            found: format!("{:?} values", kernels.iter().map(|kernel| kernel.len()).collect::<Vec<_>>()),
        });
    }
    let rows = kernels.len().div_ceil(COLUMNS);
    let [width, height] = [COLUMNS, rows].map(|tiles| tiles as i32 * SIDE);
    let frame = Frame {
        title: "The kernels of the first convolution",
        description: &format!(
            "{} squares of {side} × {side} pixels in rows of {COLUMNS}. Each shows the three planes of a learned kernel as red, green \
             and blue around a middle grey, on its own scale. They are numbered from 0 to {}, row by row.",
            kernels.len(),
            kernels.len() - 1,
        ),
        size: ((LEFT + width + 2) as u32, (TOP + height + 2) as u32),
    };
    let png = encode_png(&mosaic(kernels, side)?).map_err(drawing)?;
    let picture = Picture::squares(png, (LEFT, TOP), [width, height]);
    render(&frame, &[picture], |area| {
        let style = font(WORDS, INK);
        for column in 0..COLUMNS as i32 {
            let at = (LEFT + column * SIDE + SIDE / 2, TOP / 2);
            write_text(area, &format!("+{column}"), at, Anchor::Middle, &style)?;
        }
        for row in 0..rows as i32 {
            let at = (LEFT - 8, TOP + row * SIDE + SIDE / 2);
            write_text(area, &(row * COLUMNS as i32).to_string(), at, Anchor::End, &style)?;
        }
        // In the page's own colour, which none of the pictures is.
        for (index, _) in kernels.iter().enumerate() {
            let left = LEFT + (index % COLUMNS) as i32 * SIDE;
            let top = TOP + (index / COLUMNS) as i32 * SIDE;
            let corners = [(left, top), (left + SIDE, top + SIDE)];
            area.draw(&Rectangle::new(corners, INK.stroke_width(2))).map_err(drawing)?;
        }
        Ok(())
    })
}

/// All kernels in one picture, one pixel per pixel; places without a kernel are grey.
fn mosaic(kernels: &[&[f32]], side: usize) -> Result<Rgb8, FigureError> {
    let (width, height) = (COLUMNS * side, kernels.len().div_ceil(COLUMNS) * side);
    let mut pixels = vec![128; width * height * 3];
    for (index, kernel) in kernels.iter().enumerate() {
        let (left, top) = (index % COLUMNS * side, index / COLUMNS * side);
        for (row, line) in palette::weights(kernel).chunks_exact(3 * side).enumerate() {
            let at = ((top + row) * width + left) * 3;
            pixels[at..at + line.len()].copy_from_slice(line);
        }
    }
    Rgb8::new(width as u32, height as u32, pixels).map_err(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_column_has_its_number() {
        let kernel = [1.0, 0.0, -1.0];
        let svg = draw(&[&kernel[..]; 17], 1).unwrap();
        let lines = |word: &str| svg.lines().filter(|line| *line == word).count();
        assert_eq!(["+0", "+7", "0", "8", "16", "24"].map(lines), [1, 1, 1, 1, 1, 0]);
        assert_eq!(svg.matches("<image ").count(), 1);
        assert!(svg.contains("17 squares of 1 × 1 pixels") && svg.contains("from 0 to 16"));
    }

    #[test]
    fn a_kernel_lies_where_its_number_says() {
        let mut kernels = vec![[0.0; 12]; 10];
        // The lower right pixel of kernel 9 is all the green there is.
        kernels[9][7] = 0.5;
        let kernels: Vec<&[f32]> = kernels.iter().map(|kernel| &kernel[..]).collect();
        let picture = mosaic(&kernels, 2).unwrap();
        assert_eq!((picture.width(), picture.height()), (16, 4));
        assert_eq!((picture.pixel(3, 3), picture.pixel(2, 3)), ([128, 255, 128], [128; 3]));
    }

    #[test]
    fn kernels_of_another_size_are_refused() {
        let error = draw(&[&[0.0; 3], &[0.0; 4]], 1).unwrap_err().to_string();
        assert_eq!(error, "first-kernels expects kernels of 3 × 1 × 1 values, found [3, 4] values");
    }
}
