//! A picture, its red, green and blue plane, and a window of each with the number on every pixel.

use imaging::spaces::Channel;
use imaging::{Rgb8, encode_jpeg, resize, window};

use crate::FigureError;
use crate::svg::{Anchor, Frame, INK, Picture, cell, drawing, font, render, write_text};

/// Side of the picture and of a plane, in their own pixels.
const SIDE: usize = 224;
/// The same as it is shown, and as it is in the file: finer, for screens that can show it.
const SMALL: i32 = 102;
const KEPT: u32 = 168;
/// Columns and rows of the window.
const WINDOW: usize = 6;
/// Side of a pixel of the window: with room for three digits that are large enough on a phone.
const CELL: i32 = 35;
const LARGE: i32 = CELL * WINDOW as i32;
const WIDTH: i32 = 2 * LARGE + 20;
const TITLE: i32 = 28;
const GAP: i32 = 14;
/// Top of the two rows of windows.
const ROWS: [i32; 2] = {
    let first = TITLE + SMALL + GAP + TITLE;
    [first, first + LARGE + GAP + TITLE]
};
/// As for the kernels' results: structures stay, and the page stays light.
const QUALITY: u8 = 68;

/// Draws `image`, 224 × 224 pixels, its planes, and the window that begins at this column and row.
///
/// # Errors
/// [`FigureError`] if the image has another size, the window leaves it, or the drawing fails.
pub fn draw(image: &Rgb8, [left, top]: [usize; 2]) -> Result<String, FigureError> {
    let size = [image.width() as usize, image.height() as usize];
    if size != [SIDE; 2] || left.max(top) + WINDOW > SIDE {
        return Err(FigureError::Data {
            figure: "pixel-values",
            expected: format!("{SIDE} × {SIDE} pixels around the window at {left}, {top}"),
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
        title: "A synthetic lesion as three tables of values",
        description: "Above, the picture and its red, green and blue planes, each in its colour; on skin, the red plane is the \
            brightest, the blue one the darkest. Below, the same six by six pixels of each plane, with \
            the value from 0 to 255 on each pixel: light skin on the left, the darker lesion on the right.",
        size: (WIDTH as u32, (ROWS[1] + LARGE + 2) as u32),
    };
    render(&frame, &pictures, |area| {
        let titles = ["the picture", "red", "green", "blue"];
        for (index, title) in (0..).zip(titles) {
            let place = (across(index) + SMALL / 2, TITLE / 2);
            write_text(area, title, place, Anchor::Middle, &font(17, INK))?;
        }
        let right = WIDTH - LARGE;
        let corners = [(0, ROWS[0]), (right, ROWS[0]), (0, ROWS[1])];
        for ((index, plane), (x, y)) in (0..).zip(&planes).zip(corners) {
            let title = format!("{}, enlarged", titles[index + 1]);
            write_text(area, &title, (x + LARGE / 2, y - TITLE / 2), Anchor::Middle, &font(17, INK))?;
            for (at, value) in (0..).zip(window::cut(plane, SIDE, [left, top], WINDOW)) {
                let (row, column) = (at / WINDOW as i32, at % WINDOW as i32);
                let corner = (x + column * CELL, y + row * CELL);
                let word = value.unwrap_or_default().to_string();
                cell(area, corner, CELL, tint(index, value), Some((&word, 17)))?;
            }
        }
        let words = [
            "the same window".to_owned(),
            "in every plane:".to_owned(),
            format!("columns {left} to {}", left + WINDOW - 1),
            format!("rows {top} to {}", top + WINDOW - 1),
        ];
        for (line, words) in (0..).zip(&words) {
            let place = (right + 10, ROWS[1] + LARGE / 2 - 39 + 26 * line);
            write_text(area, words, place, Anchor::Start, &font(17, INK))?;
        }
        Ok(())
    })
}

/// Left of the picture of this number.
fn across(index: i32) -> i32 {
    index * (WIDTH - SMALL) / 3
}

/// A number in the colour of its plane.
fn tint(plane: usize, value: Option<f32>) -> [u8; 3] {
    let mut pixel = [0; 3];
    pixel[plane] = value.unwrap_or_default() as u8;
    pixel
}

fn picture(index: i32, image: &Rgb8) -> Result<Picture, FigureError> {
    let jpeg = encode_jpeg(&resize(image, KEPT, KEPT), QUALITY).map_err(drawing)?;
    Ok(Picture::photograph(jpeg, (across(index), TITLE), [SMALL; 2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_window_is_written() {
        let pixel = |i: usize| if i % 224 < 103 { [201, 102, 53] } else { [11, 12, 13] };
        let image = Rgb8::new(224, 224, (0..224 * 224).flat_map(pixel).collect()).unwrap();
        let svg = draw(&image, [100, 50]).unwrap();
        let lines = |word: &str| svg.lines().filter(|line| *line == word).count();
        // Three of six columns on each side of the edge, six rows.
        assert_eq!(["201", "102", "53", "11", "12", "13"].map(lines), [18; 6]);
        assert_eq!(svg.matches("href=\"data:image/jpeg;base64,").count(), 4);
    }

    #[test]
    fn a_window_outside_the_picture_is_refused() {
        let image = Rgb8::new(224, 224, vec![0; 224 * 224 * 3]).unwrap();
        assert!(matches!(draw(&image, [220, 0]), Err(FigureError::Data { figure: "pixel-values", .. })));
    }
}
