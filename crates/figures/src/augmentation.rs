//! One lesion and ten variations of it: Figure 1B of the paper that the book follows, redrawn.

use catalog::widget::ACTIVITY;
use imaging::{Augmentation, Rgb8, encode_jpeg, feed};

use crate::FigureError;
use crate::svg::{Anchor, Frame, INK, Picture, drawing, font, render, write_text};

/// Rows and columns of variations.
const ROWS: i32 = 2;
const COLUMNS: i32 = 5;
/// Side of a variation, in pixels.
const SIDE: i32 = 112;
const GAP: i32 = 10;
const TITLE: i32 = 28;
/// Side of the original.
const LARGE: i32 = ROWS * SIDE + (ROWS - 1) * GAP;
/// As for the kernels' results: structures stay, and the page stays light.
const QUALITY: u8 = 68;

/// Draws `image` and what the first epochs of a training with this seed would make of it, by the activity's section 3.
///
/// # Errors
/// [`FigureError`] if the drawing fails.
pub fn draw(image: &Rgb8, seed: u64) -> Result<String, FigureError> {
    let (name, words) = ACTIVITY[0];
    let Some(augmentation) = Augmentation::from_words(words) else {
        let (expected, found) = ("words of an augmentation".to_owned(), format!("{name}: {words}"));
        return Err(FigureError::Data { figure: "augmentation", expected, found });
    };
    let mut pictures = vec![picture((0, TITLE), &feed::fed(image, None, LARGE as u32))?];
    for index in 0..ROWS * COLUMNS {
        let variation = augmentation.in_training(seed, index as u64, 0);
        let varied = feed::fed(image, Some(&variation), SIDE as u32);
        let (row, column) = (index / COLUMNS, index % COLUMNS);
        pictures.push(picture((across(column), TITLE + row * (SIDE + GAP)), &varied)?);
    }
    let frame = Frame {
        title: "One synthetic lesion and ten variations of it",
        description: "On the left the original. Beside it, smaller, ten pictures of the same lesion, each rotated by \
            up to 45 degrees either way, shifted by up to an eighth of its width and height, and some of them \
            reflected. Where the image was moved away, its edge is drawn out into stripes.",
        size: ((across(COLUMNS) - GAP) as u32, (TITLE + LARGE) as u32),
    };
    render(&frame, &pictures, |area| {
        let middle = i32::midpoint(across(0), across(COLUMNS) - GAP);
        for (title, x) in [("the original", LARGE / 2), ("ten variations", middle)] {
            write_text(area, title, (x, TITLE / 2), Anchor::Middle, &font(16, INK))?;
        }
        Ok(())
    })
}

/// Left of a column of variations.
fn across(column: i32) -> i32 {
    LARGE + 2 * GAP + column * (SIDE + GAP)
}

fn picture(at: (i32, i32), image: &Rgb8) -> Result<Picture, FigureError> {
    let bytes = encode_jpeg(image, QUALITY).map_err(drawing)?;
    Ok(Picture { media_type: "image/jpeg", bytes, at, side: image.width() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_and_ten_variations_are_drawn_none_twice() {
        let image = Rgb8::new(40, 40, (0..40 * 40 * 3).map(|i| (i * 7 % 251) as u8).collect()).unwrap();
        let svg = draw(&image, 1).unwrap();
        let mut pictures: Vec<&str> = svg.split("href=\"data:image/jpeg;base64,").skip(1).collect();
        assert_eq!(pictures.len(), 11);
        pictures.sort_unstable();
        pictures.dedup_by_key(|rest| rest.split('"').next());
        assert_eq!(pictures.len(), 11);
        assert!(svg.contains("width=\"234\" height=\"234\"") && svg.contains("width=\"112\" height=\"112\""));
    }
}
