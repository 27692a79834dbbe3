//! One drawn lesion and the network's eight probabilities: the classifier for a reader without JavaScript.

use catalog::Diagnosis;
use imaging::{Rgb8, encode_jpeg, resize};
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{
    Anchor, Area, Frame, GREY, INK, Picture, diagnosis_colour, drawing, font, render, write_text,
};

/// Side of the picture, in pixels.
const SIDE: i32 = 224;
/// Narrow, so that the words are large enough on a phone.
const WIDTH: i32 = 440;
/// Where the rows begin.
const TOP: i32 = SIDE + 16;
/// Height of a row: a line of words, a bar below it.
const ROW: i32 = 46;
/// Where the names of the diagnoses start, beside their abbreviations.
const NAMES: i32 = 66;
/// Height of a bar.
const THICK: i32 = 14;
/// Size of the words.
const WORDS: u32 = 20;
/// The file comes with the page; at this quality the structures of a lesion stay.
const QUALITY: u8 = 74;

/// Draws `image`, a lesion with `diagnosis`, and `probabilities` in the order of [`Diagnosis::ALL`], each 0 to 1.
///
/// # Errors
/// [`FigureError::Data`] unless there are eight probabilities.
pub fn draw(diagnosis: Diagnosis, image: &Rgb8, probabilities: &[f32]) -> Result<String, FigureError> {
    let in_order = probabilities.iter().all(|probability| (0.0..=1.0).contains(probability));
    if probabilities.len() != Diagnosis::ALL.len() || !in_order {
        return Err(FigureError::Data {
            figure: "network_answer",
            expected: "eight probabilities, each 0 to 1".to_owned(),
            found: format!("{probabilities:?}"),
        });
    }
    let rows: Vec<(Diagnosis, f32)> = Diagnosis::ALL.into_iter().zip(probabilities.iter().copied()).collect();
    let words: Vec<String> = rows
        .iter()
        .map(|&(row, probability)| {
            format!("{} ({}) {}", row.name(), row.abbreviation(), percent(probability))
        })
        .collect();
    let frame = Frame {
        title: "What the network says about one drawn lesion",
        description: &format!(
            "A synthetic lesion drawn as a {}, above eight bars that show the network's answer: {}.",
            diagnosis.name(),
            words.join(", ")
        ),
        size: (WIDTH as u32, (TOP + 8 * ROW) as u32),
    };
    let jpeg = encode_jpeg(&resize(image, SIDE as u32, SIDE as u32), QUALITY).map_err(drawing)?;
    let picture = Picture::photograph(jpeg, ((WIDTH - SIDE) / 2, 0), [SIDE; 2]);
    render(&frame, &[picture], |area| {
        for (index, &(row, probability)) in (0..).zip(&rows) {
            bar(area, TOP + index * ROW, row, probability)?;
        }
        Ok(())
    })
}

/// A row, its upper end at this height.
fn bar(area: &Area<'_>, top: i32, row: Diagnosis, probability: f32) -> Result<(), FigureError> {
    let middle = top + WORDS as i32 / 2;
    write_text(area, row.abbreviation(), (0, middle), Anchor::Start, &font(WORDS, INK))?;
    write_text(area, row.name(), (NAMES, middle), Anchor::Start, &font(WORDS, INK))?;
    write_text(area, &percent(probability), (WIDTH, middle), Anchor::End, &font(WORDS, INK))?;
    let bar = top + WORDS as i32 + 3;
    let track = |end: i32| [(0, bar), (end, bar + THICK)];
    // At least a line, so that the smallest probability shows where it stands.
    let end = ((probability * WIDTH as f32).round() as i32).max(1);
    area.draw(&Rectangle::new(track(end), diagnosis_colour(row).filled())).map_err(drawing)?;
    // The outline keeps the palest colour apart from a white page.
    area.draw(&Rectangle::new(track(WIDTH), GREY.stroke_width(1))).map_err(drawing)
}

/// As the classifier writes it, a tenth of a percent: `12.3 %`.
fn percent(probability: f32) -> String {
    match f64::from(probability) * 100.0 {
        p if p > 0.0 && p < 0.1 => "< 0.1 %".to_owned(),
        p if p < 100.0 && p > 99.9 => "> 99.9 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey() -> Rgb8 {
        Rgb8::new(8, 8, vec![128; 192]).unwrap()
    }

    #[test]
    fn every_diagnosis_stands_with_its_percent_for_eyes_and_screen_readers() {
        let probabilities = [0.125, 0.0004, 0.5, 0.25, 0.1, 0.02, 0.0046, 0.0];
        let svg = draw(Diagnosis::Bcc, &grey(), &probabilities).unwrap();
        let has = |word: &str| svg.lines().any(|line| line == word);
        for diagnosis in Diagnosis::ALL {
            assert!(has(diagnosis.abbreviation()) && has(diagnosis.name()), "{svg}");
        }
        assert!(has("12.5 %") && has("&lt; 0.1 %") && has("50.0 %") && has("0.5 %"), "{svg}");
        assert!(svg.contains("<desc>A synthetic lesion drawn as a basal cell carcinoma, above eight bars"));
        assert!(svg.contains("melanoma (MEL) 12.5 %, melanocytic nevus (NV) &lt; 0.1 %, "));
        assert_eq!(svg, draw(Diagnosis::Bcc, &grey(), &probabilities).unwrap());
    }

    #[test]
    fn a_half_fills_half_of_the_bar() {
        let svg = draw(Diagnosis::Nv, &grey(), &[0.0, 0.5, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]).unwrap();
        let nv = svg.lines().find(|line| line.contains("fill=\"#E69F00\"")).unwrap();
        assert!(nv.contains(&format!("width=\"{}\"", WIDTH / 2)), "{nv}");
    }

    #[test]
    fn seven_probabilities_or_one_above_1_are_refused() {
        for wrong in [vec![0.1; 7], vec![2.0; 8]] {
            let error = draw(Diagnosis::Nv, &grey(), &wrong).unwrap_err().to_string();
            assert!(error.starts_with("network_answer expects eight probabilities, each 0 to 1, found ["));
        }
    }
}
