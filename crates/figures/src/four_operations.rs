//! Convolution, batch normalisation, `ReLU` and max pooling, one after the other, on one feature map.
//!
//! After Figure 2C of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>.

use imaging::{Rgb8, encode_jpeg, encode_palette_png, levels, palette, resize};
use plotters::prelude::*;

use crate::FigureError;
use crate::activations::{Activations, FeatureMap, Operations, Pixel};
use crate::svg::{Anchor, Area, Frame, GREY, INK, Picture, drawing, font, number, render, write_text};

/// Narrow, so that the words are large enough on a phone.
const WIDTH: i32 = 440;
const GAP: i32 = 16;
/// Side of a picture as it is shown, in pixels.
const SIDE: i32 = (WIDTH - GAP) / 2;
/// Height of a line of words.
const LINE: i32 = 26;
const WORDS: u32 = 17;
/// Two lines, a picture, and some air.
const ROW: i32 = 2 * LINE + SIDE + 14;
const NAMES: [&str; 4] = ["1. convolution", "2. batch normalisation", "3. ReLU", "4. max pooling"];
const QUALITY: u8 = 74;

/// Draws `image`, which went in, and one map after each of the four operations.
///
/// The convolution has its own scale; the other three share one, so that a colour always means the same value.
///
/// # Errors
/// [`FigureError::Drawing`] if the drawing fails.
pub fn draw(image: &Rgb8, activations: &Activations) -> Result<String, FigureError> {
    let operations = &activations.operations;
    let scales = scales(operations);
    let [light, dark] = operations.pixels;
    let on_the_way = |pixel: Pixel| pixel.values.map(|value| number(f64::from(value), 2)).join(", ");
    let frame = Frame {
        title: "Four operations on one feature map",
        description: &format!(
            "A synthetic lesion, and map {} of {} of the first convolution, in signed colours, after each of the four operations. \
             After convolution and batch normalisation there is blue (negative) and red (positive). After ReLU the \
             blue has become white, which is 0. After max pooling the map has half the rows and columns, and its red \
             spots are wider. The values of one pixel are {}; those of another are {}.",
            operations.maps[0].channel + 1,
            activations.layers.first().map_or(0, |layer| layer.channels),
            on_the_way(light),
            on_the_way(dark),
        ),
        size: (WIDTH as u32, (SIDE + 18 + 2 * ROW) as u32),
    };
    let jpeg = encode_jpeg(&resize(image, SIDE as u32, SIDE as u32), QUALITY).map_err(drawing)?;
    let mut pictures = vec![Picture::photograph(jpeg, (0, 0), [SIDE, SIDE])];
    for ((map, scale), at) in operations.maps.iter().zip(scales).zip(CORNERS) {
        let colours = signed(map, scale);
        let png = encode_palette_png(map.width as u32, map.height as u32, &map.levels, &colours)
            .map_err(drawing)?;
        pictures.push(Picture::squares(png, (at.0, at.1 + 2 * LINE), [SIDE, SIDE]));
    }
    render(&frame, &pictures, |area| {
        legend(area, activations, scales)?;
        for (step, at) in CORNERS.into_iter().enumerate() {
            panel(area, at, step, operations)?;
        }
        Ok(())
    })
}

/// Top left of each operation's panel.
const CORNERS: [(i32, i32); 4] = {
    let (top, right) = (SIDE + 18, SIDE + GAP);
    [(0, top), (right, top), (0, top + ROW), (right, top + ROW)]
};

/// The value of the darkest colour in each map.
fn scales(operations: &Operations) -> [f32; 4] {
    let strongest = |map: &FeatureMap| map.maximum.abs().max(map.minimum.abs()).max(f32::MIN_POSITIVE);
    let [convolution, normalised, _, _] = &operations.maps;
    let [own, shared] = [strongest(convolution), strongest(normalised)];
    [own, shared, shared, shared]
}

/// The signed colour of each of the map's levels, the darkest at ± `scale`.
fn signed(map: &FeatureMap, scale: f32) -> [[u8; 3]; 256] {
    // Half a level away from 0 may be 0 itself; the rest is for rounding.
    let half_level = (map.maximum - map.minimum) / 255.0 * 0.501;
    std::array::from_fn(|level| {
        let value = levels::value(map.minimum, map.maximum, level as u8);
        palette::signed(if value.abs() < half_level { 0.0 } else { value / scale })
    })
}

/// Beside the lesion: which map it is, and what the colours and marks mean.
fn legend(area: &Area<'_>, activations: &Activations, scales: [f32; 4]) -> Result<(), FigureError> {
    const STEPS: i32 = 44;
    let left = SIDE + GAP;
    let style = font(WORDS, INK);
    let map = &activations.operations.maps[0];
    let channels = activations.layers.first().map_or(0, |layer| layer.channels);
    let lines = [
        format!("map {} of {channels}", map.channel + 1),
        format!("steps 1 to 3: {} × {}", map.height, map.width),
        format!(
            "step 4: {} × {}",
            activations.operations.maps[3].height, activations.operations.maps[3].width
        ),
    ];
    for (line, words) in (0..).zip(&lines) {
        write_text(area, words, (left, 14 + LINE * line), Anchor::Start, &style)?;
    }
    let bar = 14 + 3 * LINE;
    for step in 0..STEPS {
        let [r, g, b] = palette::signed((step as f32 + 0.5) / STEPS as f32 * 2.0 - 1.0);
        let across = |step: i32| left + step * SIDE / STEPS;
        // To the end of the bar, under the next one, so that no seam shows.
        let corners = [(across(step), bar), (left + SIDE, bar + 18)];
        area.draw(&Rectangle::new(corners, RGBColor(r, g, b).filled())).map_err(drawing)?;
    }
    let frame = [(left, bar), (left + SIDE, bar + 18)];
    area.draw(&Rectangle::new(frame, GREY.stroke_width(1))).map_err(drawing)?;
    for (line, (words, scale)) in (0..).zip([("step 1", scales[0]), ("steps 2 to 4", scales[1])]) {
        let y = bar + 34 + LINE * line;
        let end = |value: f32| number(f64::from(value), 1);
        write_text(area, &end(-scale), (left, y), Anchor::Start, &style)?;
        write_text(area, words, (left + SIDE / 2, y), Anchor::Middle, &style)?;
        write_text(area, &end(scale), (left + SIDE, y), Anchor::End, &style)?;
    }
    Ok(())
}

/// One operation: its name, its values at the two pixels, and marks on the map.
fn panel(
    area: &Area<'_>,
    (left, top): (i32, i32),
    step: usize,
    operations: &Operations,
) -> Result<(), FigureError> {
    write_text(area, NAMES[step], (left, top + LINE / 2), Anchor::Start, &font(WORDS, INK))?;
    let map = &operations.maps[step];
    let first = &operations.maps[0];
    for ((index, mark), pixel) in (0..).zip([ring as Mark, square]).zip(operations.pixels) {
        let words = left + index * SIDE / 2;
        mark(area, (words + 8, top + LINE + LINE / 2), INK, 1)?;
        let value = number(f64::from(pixel.values[step]), 2);
        write_text(area, &value, (words + 22, top + LINE + LINE / 2), Anchor::Start, &font(WORDS, INK))?;
        // The middle of the pixel, or of the one that pooling made of it.
        let place = |at: usize, first: usize, now: usize| {
            let at = at * now / first;
            (2 * at as i32 + 1) * SIDE / (2 * now as i32)
        };
        let x = left + place(pixel.column, first.width, map.width);
        let y = top + 2 * LINE + place(pixel.row, first.height, map.height);
        // White around black shows on every colour.
        mark(area, (x, y), WHITE, 4)?;
        mark(area, (x, y), BLACK, 2)?;
    }
    let corners = [(left - 1, top + 2 * LINE - 1), (left + SIDE, top + 2 * LINE + SIDE)];
    area.draw(&Rectangle::new(corners, GREY.stroke_width(1))).map_err(drawing)
}

/// A mark around a point.
type Mark = fn(&Area<'_>, (i32, i32), RGBColor, u32) -> Result<(), FigureError>;

fn ring(area: &Area<'_>, at: (i32, i32), colour: RGBColor, width: u32) -> Result<(), FigureError> {
    area.draw(&Circle::new(at, 7, colour.stroke_width(width))).map_err(drawing)
}

fn square(area: &Area<'_>, (x, y): (i32, i32), colour: RGBColor, width: u32) -> Result<(), FigureError> {
    let corners = [(x - 7, y - 7), (x + 7, y + 7)];
    area.draw(&Rectangle::new(corners, colour.stroke_width(width))).map_err(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activations::tests::example;

    #[test]
    fn every_operation_has_its_name_its_map_and_two_numbers() {
        let image = Rgb8::new(32, 32, vec![128; 32 * 32 * 3]).unwrap();
        let svg = draw(&image, &example()).unwrap();
        let lines = |word: &str| svg.lines().filter(|line| *line == word).count();
        assert_eq!(NAMES.map(lines), [1; 4]);
        assert_eq!(["4.00", "2.50", "−4.00", "−1.50", "0.00", "0.25"].map(lines), [1, 3, 1, 1, 1, 1]);
        // The lesion and four maps; the channel is counted from 1 for a reader.
        assert_eq!((svg.matches("<image ").count(), lines("map 4 of 64")), (5, 1));
        assert_eq!(svg, draw(&image, &example()).unwrap());
    }

    #[test]
    fn zero_is_white_also_where_no_level_hits_it() {
        let map = FeatureMap::new(0, [1, 3], &[-1.0, 0.0, 1.0]).unwrap();
        // 0 lies half-way between levels 127 and 128.
        assert_eq!(signed(&map, 1.0)[usize::from(map.levels[1])], [255; 3]);
        assert_eq!(signed(&map, 1.0)[usize::from(map.levels[0])], palette::signed(-1.0));
    }
}
