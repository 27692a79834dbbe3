//! One lesion and eight variations of it: Figure 1B of the paper that the book follows, redrawn.

use imaging::{Rgb8, encode_jpeg, feed};
use recipe::activity;

use crate::FigureError;
use crate::svg::{Anchor, Frame, INK, Picture, drawing, font, render, write_text};

/// Of small pictures, side by side; the original takes the place of four of them.
const COLUMNS: i32 = 4;
const ROWS: i32 = 3;
/// Side of a variation, in pixels.
const SIDE: i32 = 104;
const GAP: i32 = 8;
const TITLE: i32 = 28;
/// Side of the original.
const LARGE: i32 = 2 * SIDE + GAP;
/// Places of the variations, row by row, the original's left out.
const PLACES: [(i32, i32); 8] = [(0, 2), (0, 3), (1, 2), (1, 3), (2, 0), (2, 1), (2, 2), (2, 3)];
/// As for the kernels' results: structures stay, and the page stays light.
const QUALITY: u8 = 68;

/// Draws `image` and what the first epochs of a training with this seed would make of it, by the activity's section 3.
///
/// # Errors
/// [`FigureError`] if the drawing fails.
pub fn draw(image: &Rgb8, seed: u64) -> Result<String, FigureError> {
    let mut pictures = vec![picture((0, TITLE), &feed::fed(image, None, LARGE as u32))?];
    for (index, (row, column)) in (0..).zip(PLACES) {
        let variation = activity::SHOWN.in_training(seed, index, 0);
        let varied = feed::fed(image, Some(&variation), SIDE as u32);
        pictures.push(picture((along(column), TITLE + along(row)), &varied)?);
    }
    let frame = Frame {
        title: "One synthetic lesion and eight variations of it",
        description: "The original is in the upper left corner. Beside and below it, smaller, are eight pictures of the same lesion, each rotated \
            by up to 45 degrees in either direction and shifted by up to an eighth of its width and height; some are flipped. \
            Areas that the image no longer covers are filled with stripes that continue its edge.",
        size: ((along(COLUMNS) - GAP) as u32, (TITLE + along(ROWS) - GAP) as u32),
    };
    render(&frame, &pictures, |area| {
        let middle = i32::midpoint(along(2), along(COLUMNS) - GAP);
        for (title, x) in [("the original", LARGE / 2), ("eight variations", middle)] {
            write_text(area, title, (x, TITLE / 2), Anchor::Middle, &font(17, INK))?;
        }
        Ok(())
    })
}

/// Where a row or column of small pictures begins.
fn along(index: i32) -> i32 {
    index * (SIDE + GAP)
}

fn picture(at: (i32, i32), image: &Rgb8) -> Result<Picture, FigureError> {
    let jpeg = encode_jpeg(image, QUALITY).map_err(drawing)?;
    Ok(Picture::photograph(jpeg, at, [image.width(), image.height()].map(|side| side as i32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_and_eight_variations_are_drawn_none_twice() {
        let image = Rgb8::new(40, 40, (0..40 * 40 * 3).map(|i| (i * 7 % 251) as u8).collect()).unwrap();
        let svg = draw(&image, 1).unwrap();
        let mut pictures: Vec<&str> = svg.split("href=\"data:image/jpeg;base64,").skip(1).collect();
        assert_eq!(pictures.len(), 9);
        pictures.sort_unstable();
        pictures.dedup_by_key(|rest| rest.split('"').next());
        assert_eq!(pictures.len(), 9);
        assert!(svg.contains("width=\"216\" height=\"216\"") && svg.contains("width=\"104\" height=\"104\""));
    }
}
