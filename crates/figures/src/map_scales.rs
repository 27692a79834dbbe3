//! The same feature maps twice: each on its own scale, and all on one scale.

use imaging::{encode_grey_png, palette};
use plotters::prelude::*;

use crate::activations::{Activations, FeatureMap, LayerMaps};
use crate::svg::{Anchor, Area, Frame, GREY, INK, Picture, drawing, font, render, write_text};
use crate::{FigureError, parts};

/// Narrow, so that the words are large enough on a phone.
const WIDTH: i32 = 440;
/// Maps side by side.
const MAPS: i32 = 5;
const GAP: i32 = 10;
/// Side of a map as it is shown, in pixels.
const SIDE: i32 = (WIDTH - (MAPS - 1) * GAP) / MAPS;
/// Height of a line of words.
const LINE: i32 = 30;
const WORDS: u32 = 17;

/// Draws the maps of the second layer of `activations`: the first one's are four times as large to fetch.
///
/// # Errors
/// [`FigureError::Data`] if there is no such layer with maps, or the drawing fails.
pub fn draw(activations: &Activations) -> Result<String, FigureError> {
    let missing = || FigureError::Data {
        figure: "map-scales",
        expected: "a second layer with at least one map".to_owned(),
        found: "none".to_owned(),
    };
    let layer = activations.layers.get(1).filter(|layer| !layer.maps.is_empty()).ok_or_else(missing)?;
    let maps: Vec<&FeatureMap> = layer.maps.iter().take(MAPS as usize).collect();
    let low = maps.iter().map(|map| map.minimum).fold(f32::INFINITY, f32::min);
    let high = maps.iter().map(|map| map.maximum).fold(f32::NEG_INFINITY, f32::max);
    let tops = [LINE, 2 * LINE + SIDE + LINE];
    let mut pictures = Vec::new();
    for (place, map) in (0..).zip(&maps) {
        for (top, [low, high]) in tops.into_iter().zip([[map.minimum, map.maximum], [low, high]]) {
            let png = encode_grey_png(map.width as u32, map.height as u32, &grey(map, low, high));
            let png = png.map_err(drawing)?;
            pictures.push(Picture::squares(png, (place * (SIDE + GAP), top), [SIDE, SIDE]));
        }
    }
    let frame = Frame {
        title: "The same feature maps on two scales",
        description: &description(layer, &maps, [low, high]),
        size: (WIDTH as u32, (tops[1] + SIDE + 4) as u32),
    };
    render(&frame, &pictures, |area| {
        let rows = [
            "one scale per map: white is its largest value".to_owned(),
            format!("one scale for all: black is {low:.1}, white is {high:.1}"),
        ];
        for (top, words) in tops.into_iter().zip(&rows) {
            write_text(area, words, (0, top - LINE / 2), Anchor::Start, &font(WORDS, INK))?;
            for place in (0..MAPS).take(maps.len()) {
                outline(area, (place * (SIDE + GAP), top))?;
            }
        }
        for (place, map) in (0..).zip(&maps) {
            let at = (place * (SIDE + GAP) + SIDE / 2, tops[0] + SIDE + LINE / 2);
            let words = format!("{:.1} to {:.1}", map.minimum, map.maximum);
            write_text(area, &words, at, Anchor::Middle, &font(WORDS, INK))?;
        }
        Ok(())
    })
}

fn description(layer: &LayerMaps, maps: &[&FeatureMap], [low, high]: [f32; 2]) -> String {
    let ranges: Vec<String> = maps
        .iter()
        .map(|map| format!("map {} from {:.1} to {:.1}", map.channel, map.minimum, map.maximum))
        .collect();
    format!(
        "{} of the {} maps after {}, twice, in grey. Above, each ranges from black to white: {}. Below, all have the \
         same scale, from {low:.1} to {high:.1}, and those with small values are nearly black.",
        maps.len(),
        layer.channels,
        parts::title(&layer.name),
        ranges.join(", ")
    )
}

/// A level per pixel.
fn grey(map: &FeatureMap, low: f32, high: f32) -> Vec<u8> {
    let span = (high - low).max(f32::MIN_POSITIVE);
    map.values().map(|value| palette::grey((value - low) / span)[0]).collect()
}

/// A grey line around a picture, so that black and white ones stay apart from the page.
fn outline(area: &Area<'_>, (x, y): (i32, i32)) -> Result<(), FigureError> {
    let corners = [(x - 1, y - 1), (x + SIDE, y + SIDE)];
    area.draw(&Rectangle::new(corners, GREY.stroke_width(1))).map_err(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activations::tests::example;

    #[test]
    fn every_map_is_drawn_on_both_scales() {
        let mut activations = example();
        // 2 × 2 numbers from 0 in steps of 0.25: to 0.75; and one of up to 3.
        let large = FeatureMap::new(9, [2, 2], &[0.0, 3.0, 0.0, 3.0]).unwrap();
        activations.layers[1].maps.push(large);
        let svg = draw(&activations).unwrap();
        let has = |word: &str| svg.lines().any(|line| line == word);
        assert!(has("0.0 to 0.8") && has("0.0 to 3.0"), "{svg}");
        assert!(has("one scale for all: black is 0.0, white is 3.0"), "{svg}");
        assert_eq!(svg.matches("<image ").count(), 4);
        assert!(svg.contains("map 9 from 0.0 to 3.0"));
    }

    #[test]
    fn a_number_is_darker_on_the_larger_scale() {
        let map = FeatureMap::new(0, [1, 2], &[0.0, 2.0]).unwrap();
        assert_eq!(grey(&map, 0.0, 2.0)[1], 255);
        // 2 of 8: 64 of 255.
        assert_eq!(grey(&map, 0.0, 8.0)[1], 64);
    }

    #[test]
    fn activations_without_maps_are_refused() {
        let mut wrong = example();
        wrong.layers.clear();
        assert_eq!(
            draw(&wrong).unwrap_err().to_string(),
            "map-scales expects a second layer with at least one map, found none"
        );
    }
}
