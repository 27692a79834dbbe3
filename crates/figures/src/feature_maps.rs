//! One lesion on its way through the network: maps of every part, then averages, then probabilities.
//!
//! After Figure 2A of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>.

use catalog::Diagnosis;
use imaging::{Rgb8, encode_grey_png, encode_jpeg, palette, resize};
use plotters::prelude::*;

use crate::activations::{Activations, FeatureMap, LayerMaps};
use crate::svg::{
    Anchor, Area, Frame, GREY, INK, Picture, diagnosis_colour, drawing, font, render, write_text,
};
use crate::{FigureError, parts};

/// Narrow, so that the words are large enough on a phone.
const WIDTH: i32 = 440;
/// Maps of a layer, side by side.
const MAPS: i32 = 5;
const GAP: i32 = 10;
/// Side of a map as it is shown, in pixels.
const SIDE: i32 = (WIDTH - (MAPS - 1) * GAP) / MAPS;
/// Side of the input as it is shown.
const INPUT: i32 = 128;
/// Height of a line of words.
const LINE: i32 = 34;
const WORDS: u32 = 17;
/// Rows of averages.
const ROWS: usize = 8;
/// Height of the averages and of the tallest bar.
const AVERAGES: i32 = 56;
const BARS: i32 = 90;
/// As for the kernels' results: structures stay, and the page stays light.
const QUALITY: u8 = 74;

/// Draws `image`, which went in, and what came of it.
///
/// # Errors
/// [`FigureError::Data`] if averages do not fill their rows, or the drawing fails.
pub fn draw(image: &Rgb8, activations: &Activations) -> Result<String, FigureError> {
    let layers = &activations.layers;
    let averages = averages(&activations.averages)?;
    let top_of = |layer: usize| INPUT + 16 + layer as i32 * (LINE + SIDE + 8);
    let after = top_of(layers.len());
    let size = (WIDTH as u32, (after + LINE + AVERAGES + 12 + 2 * LINE + BARS + 36) as u32);

    let mut pictures = vec![Picture::photograph(
        encode_jpeg(&resize(image, INPUT as u32, INPUT as u32), QUALITY).map_err(drawing)?,
        (0, 0),
        [INPUT, INPUT],
    )];
    for (index, layer) in layers.iter().enumerate() {
        for (place, map) in (0..MAPS).zip(&layer.maps) {
            let at = (place * (SIDE + GAP), top_of(index) + LINE);
            // Black is the map's smallest number, white its largest.
            let png = encode_grey_png(map.width as u32, map.height as u32, &map.levels).map_err(drawing)?;
            pictures.push(Picture::squares(png, at, [SIDE, SIDE]));
        }
    }
    pictures.push(Picture::squares(averages, (0, after + LINE), [WIDTH, AVERAGES]));
    let frame = Frame {
        title: "One lesion on its way through the network",
        description: &description(activations),
        size,
    };
    render(&frame, &pictures, |area| {
        input(area, activations)?;
        for (index, layer) in layers.iter().enumerate() {
            let middle = top_of(index) + LINE / 2;
            write_text(area, &title(layer), (0, middle), Anchor::Start, &font(WORDS, INK))?;
            for place in (0..MAPS).take(layer.maps.len()) {
                outline(area, (place * (SIDE + GAP), top_of(index) + LINE), [SIDE, SIDE])?;
            }
        }
        let words = format!("average: {} values, one per map", activations.averages.levels.len());
        write_text(area, &words, (0, after + LINE / 2), Anchor::Start, &font(WORDS, INK))?;
        outline(area, (0, after + LINE), [WIDTH, AVERAGES])?;
        answer(area, after + LINE + AVERAGES + 12, activations)
    })
}

/// The words of a layer, such as `stage 1: 64 maps of 32 × 32`.
fn title(layer: &LayerMaps) -> String {
    let FeatureMap { height, width, .. } = layer.maps[0];
    format!("{}: {} maps of {height} × {width}", parts::title(&layer.name), layer.channels)
}

fn description(activations: &Activations) -> String {
    let layers: Vec<String> = activations.layers.iter().map(title).collect();
    let answers: Vec<String> = activations
        .labels
        .iter()
        .zip(&activations.probabilities)
        .map(|(label, probability)| format!("{label} {:.1} %", f64::from(*probability) * 100.0))
        .collect();
    format!(
        "A synthetic lesion drawn as a {}, {size} × {size} pixels. Below it are grey feature maps, coarser from row to \
         row: {}. Then come {} averages as a grid of grey cells, and bars for the probabilities: {}.",
        activations.diagnosis.name(),
        layers.join("; "),
        activations.averages.levels.len(),
        answers.join(", "),
        size = activations.input_size,
    )
}

/// The text beside the picture.
fn input(area: &Area<'_>, activations: &Activations) -> Result<(), FigureError> {
    let size = activations.input_size;
    let lines = [
        "the image:".to_owned(),
        "red, green and blue,".to_owned(),
        format!("3 planes of {size} × {size}"),
        format!("= {} values", catalog::number::grouped(3 * size * size)),
    ];
    for (line, words) in (0..).zip(&lines) {
        let at = (INPUT + 16, INPUT / 2 + 24 * line - 36);
        write_text(area, words, at, Anchor::Start, &font(WORDS, INK))?;
    }
    Ok(())
}

/// A picture of the averages in rows, from 0, black, to the largest, white.
fn averages(map: &FeatureMap) -> Result<Vec<u8>, FigureError> {
    let count = map.levels.len();
    if count == 0 || !count.is_multiple_of(ROWS) {
        return Err(FigureError::Data {
            figure: "feature-maps",
            expected: format!("averages in {ROWS} rows of the same length"),
            found: count.to_string(),
        });
    }
    let largest = map.maximum.max(f32::MIN_POSITIVE);
    let levels: Vec<u8> = map.values().map(|value| palette::to_byte(value / largest * 255.0)).collect();
    encode_grey_png((count / ROWS) as u32, ROWS as u32, &levels).map_err(drawing)
}

/// A grey line around a picture, so that black and white ones stay apart from the page.
fn outline(area: &Area<'_>, (x, y): (i32, i32), [width, height]: [i32; 2]) -> Result<(), FigureError> {
    let corners = [(x - 1, y - 1), (x + width, y + height)];
    area.draw(&Rectangle::new(corners, GREY.stroke_width(1))).map_err(drawing)
}

/// The probabilities as bars side by side.
fn answer(area: &Area<'_>, top: i32, activations: &Activations) -> Result<(), FigureError> {
    let count = activations.labels.len() as i32;
    let words = format!("weighted sums, softmax: {count} probabilities, in %");
    write_text(area, &words, (0, top + LINE / 2), Anchor::Start, &font(WORDS, INK))?;
    let column = WIDTH / count;
    let floor = top + 2 * LINE + BARS;
    for (index, (label, &probability)) in (0..).zip(activations.labels.iter().zip(&activations.probabilities))
    {
        let middle = index * column + column / 2;
        // At least a line, so that the smallest probability shows where it stands.
        let height = ((probability * BARS as f32).round() as i32).max(1);
        let diagnosis = Diagnosis::ALL.into_iter().find(|diagnosis| diagnosis.abbreviation() == label);
        let colour = diagnosis.map_or(GREY, diagnosis_colour);
        let half = column / 2 - 6;
        let corners = [(middle - half, floor - height), (middle + half, floor)];
        area.draw(&Rectangle::new(corners, colour.filled())).map_err(drawing)?;
        area.draw(&Rectangle::new(corners, GREY.stroke_width(1))).map_err(drawing)?;
        let percent = format!("{:.0}", f64::from(probability) * 100.0);
        write_text(area, &percent, (middle, floor - height - 12), Anchor::Middle, &font(WORDS, INK))?;
        write_text(area, label, (middle, floor + 16), Anchor::Middle, &font(WORDS, INK))?;
    }
    area.draw(&PathElement::new([(0, floor), (WIDTH, floor)], GREY.stroke_width(1))).map_err(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activations::tests::example;

    fn image() -> Rgb8 {
        Rgb8::new(32, 32, vec![128; 32 * 32 * 3]).unwrap()
    }

    #[test]
    fn every_layer_is_named_with_how_many_maps_of_which_size() {
        let svg = draw(&image(), &example()).unwrap();
        let has = |word: &str| svg.lines().any(|line| line == word);
        assert!(has("first convolution: 64 maps of 4 × 4") && has("stage 1: 64 maps of 2 × 2"), "{svg}");
        assert!(has("average: 64 values, one per map") && has("75") && has("BCC"), "{svg}");
        // The input, a map of each of two layers, the averages.
        assert_eq!(svg.matches("<image ").count(), 4);
        assert!(svg.contains("MEL 75.0 %, NV 12.5 %, BCC 12.5 %."));
        assert_eq!(svg, draw(&image(), &example()).unwrap());
    }

    #[test]
    fn averages_that_fill_no_rows_are_refused() {
        let mut wrong = example();
        wrong.averages.levels.pop();
        let error = draw(&image(), &wrong).unwrap_err().to_string();
        assert_eq!(error, "feature-maps expects averages in 8 rows of the same length, found 63");
    }
}
