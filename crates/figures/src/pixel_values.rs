//! A picture, its red, green and blue plane, and a window of each with the number on every pixel.

use imaging::spaces::Channel;
use imaging::{Rgb8, encode_jpeg, window};

use crate::FigureError;
use crate::svg::{Anchor, Frame, INK, Picture, cell, drawing, font, render, write_text};

/// Side of the picture and of a plane, in pixels.
const SIDE: i32 = 224;
const GAP: i32 = 16;
const TITLE: i32 = 28;
/// Columns and rows of the window.
const WINDOW: usize = 8;
/// Side of a pixel of the window.
const CELL: i32 = SIDE / WINDOW as i32;
/// As for the kernels' results: structures stay, and the page stays light.
const QUALITY: u8 = 68;

/// Draws `image`, 224 × 224 pixels, its planes, and the window that begins at this column and row.
///
/// # Errors
/// [`FigureError`] if the image has another size, the window leaves it, or the drawing fails.
pub fn draw(image: &Rgb8, [left, top]: [usize; 2]) -> Result<String, FigureError> {
    let side = SIDE as usize;
    let size = [image.width() as usize, image.height() as usize];
    if size != [side; 2] || left.max(top) + WINDOW > side {
        return Err(FigureError::Data {
            figure: "pixel-values",
            expected: format!("{side} × {side} pixels around the window at {left}, {top}"),
            found: format!("{} × {} pixels", size[0], size[1]),
        });
    }
    let planes = Channel::Red.space().map(|channel| channel.plane(image));
    let mut pictures = vec![picture(0, image)?];
    for (index, plane) in (0..).zip(&planes) {
        let pixels = plane.iter().flat_map(|&value| tint(index, value)).collect();
        pictures
            .push(picture(index as i32 + 1, &Rgb8::new(SIDE as u32, SIDE as u32, pixels).map_err(drawing)?)?);
    }
    let frame = Frame {
        title: "A synthetic lesion as three tables of numbers",
        description: "Above, the picture and its red, green and blue plane, each in its colour; the red plane is the \
            brightest on skin, the blue one the darkest. Below, the same eight by eight pixels of every plane, with \
            the number from 0 to 255 on each pixel: on the left light skin, on the right the darker lesion.",
        size: ((4 * SIDE + 3 * GAP) as u32, (2 * (TITLE + SIDE) + GAP + 2) as u32),
    };
    render(&frame, &pictures, |area| {
        let titles = ["the picture", "red", "green", "blue"];
        for (index, title) in (0..).zip(titles) {
            let place = (across(index) + SIDE / 2, TITLE / 2);
            write_text(area, title, place, Anchor::Middle, &font(16, INK))?;
        }
        let below = 2 * TITLE + SIDE + GAP;
        let caption = [
            format!("columns {left} to {}", left + WINDOW - 1),
            format!("rows {top} to {}", top + WINDOW - 1),
        ];
        for (line, words) in (0..).zip(&caption) {
            let place = (SIDE / 2, below + SIDE / 2 - 12 + 24 * line);
            write_text(area, words, place, Anchor::Middle, &font(16, INK))?;
        }
        for (index, plane) in (0..).zip(&planes) {
            for (at, value) in (0..).zip(window::cut(plane, side, [left, top], WINDOW)) {
                let (row, column) = (at / WINDOW as i32, at % WINDOW as i32);
                let corner = (across(index as i32 + 1) + column * CELL, below + row * CELL);
                let word = value.unwrap_or_default().to_string();
                cell(area, corner, CELL, tint(index, value), Some((&word, 12)))?;
            }
        }
        Ok(())
    })
}

/// Left of the picture of this number.
fn across(index: i32) -> i32 {
    index * (SIDE + GAP)
}

/// A number in the colour of its plane.
fn tint(plane: usize, value: Option<f32>) -> [u8; 3] {
    let mut pixel = [0; 3];
    pixel[plane] = value.unwrap_or_default() as u8;
    pixel
}

fn picture(index: i32, image: &Rgb8) -> Result<Picture, FigureError> {
    let bytes = encode_jpeg(image, QUALITY).map_err(drawing)?;
    Ok(Picture { media_type: "image/jpeg", bytes, at: (across(index), TITLE), side: SIDE as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_window_is_written() {
        let pixel = |i: usize| if i % 224 < 104 { [201, 102, 53] } else { [11, 12, 13] };
        let image = Rgb8::new(224, 224, (0..224 * 224).flat_map(pixel).collect()).unwrap();
        let svg = draw(&image, [100, 50]).unwrap();
        let lines = |word: &str| svg.lines().filter(|line| *line == word).count();
        // Four of eight columns on each side of the edge, eight rows.
        assert_eq!(["201", "102", "53", "11", "12", "13"].map(lines), [32; 6]);
        assert_eq!(svg.matches("href=\"data:image/jpeg;base64,").count(), 4);
    }

    #[test]
    fn a_window_outside_the_picture_is_refused() {
        let image = Rgb8::new(224, 224, vec![0; 224 * 224 * 3]).unwrap();
        assert!(matches!(draw(&image, [220, 0]), Err(FigureError::Data { figure: "pixel-values", .. })));
    }
}
