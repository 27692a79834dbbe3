//! Where a drawn lesion speaks for and against two diagnoses: class activation maps over the grey image.

use catalog::precomputed::{PrecomputedAnswer, PrecomputedAnswers};
use imaging::overlay::{CoarseMap, Interpolation, overlay};
use imaging::{Rgb8, encode_jpeg, encode_png, palette, resize};
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Anchor, Area, Frame, GREY, INK, Picture, drawing, font, number, render, write_text};

/// Narrow, so that the words are large enough on a phone.
const WIDTH: i32 = 440;
const GAP: i32 = 16;
/// Side of a picture, pixels.
const SIDE: i32 = (WIDTH - GAP) / 2;
const WORDS: u32 = 17;
const LINE: i32 = 24;
/// Height of what is above a picture, and below it.
const HEAD: i32 = LINE + 4;
const FOOT: i32 = 3 * LINE;
/// Height of the scale.
const SCALE: i32 = 16;
/// As for the other pictures of lesions.
const QUALITY: u8 = 74;
/// So much of the colours, so little of the image.
const OPACITY: f32 = 0.6;

/// Draws `image`, the sample of `answer`, and the maps of the two likeliest classes, once in squares and once smooth.
///
/// # Errors
/// [`FigureError::Data`] if a class lacks its map or there are less than two.
pub fn draw(
    image: &Rgb8,
    answers: &PrecomputedAnswers,
    answer: &PrecomputedAnswer,
) -> Result<String, FigureError> {
    let [rows, columns] = answers.size;
    let complete = answer.maps.iter().all(|map| map.len() == rows * columns);
    let counts = [answer.maps.len(), answer.logits.len(), answers.bias.len()];
    if answers.labels.len() < 2 || counts != [answers.labels.len(); 3] || !complete || rows * columns == 0 {
        return Err(FigureError::Data {
            figure: "class_activation",
            expected: format!("a map of {rows} × {columns} for each of two or more classes"),
            found: format!("{} labels, and maps, logits and biases {counts:?}", answers.labels.len()),
        });
    }
    let mut order: Vec<usize> = (0..answers.labels.len()).collect();
    order.sort_by(|&a, &b| answer.logits[b].total_cmp(&answer.logits[a]));
    let shown = [order[0], order[1]];
    // One scale for both, so that their colours can be compared.
    let numbers = || shown.iter().flat_map(|&class| &answer.maps[class]).copied();
    let (low, high) = (numbers().fold(f32::INFINITY, f32::min), numbers().fold(f32::NEG_INFINITY, f32::max));

    let small = resize(image, SIDE as u32, SIDE as u32);
    let left = |column: i32| column * (SIDE + GAP);
    let tops = [0, 1].map(|row| HEAD + row * (SIDE + GAP));
    let mut pictures = Vec::new();
    for (column, &class) in (0..).zip(&shown) {
        let map = CoarseMap { values: &answer.maps[class], size: answers.size, low, high };
        for (top, between) in tops.into_iter().zip([Interpolation::Nearest, Interpolation::Bilinear]) {
            let over = overlay(&small, &map, OPACITY, between);
            let jpeg = encode_jpeg(&over, QUALITY).map_err(drawing)?;
            pictures.push(Picture::photograph(jpeg, (left(column), top), [SIDE, SIDE]));
        }
    }
    let scale_top = tops[1] + SIDE + FOOT;
    let steps: Vec<u8> = (0..=255_u8).flat_map(|step| palette::cividis(f32::from(step) / 255.0)).collect();
    let steps = Rgb8::new(256, 1, steps).map_err(drawing)?;
    pictures.push(Picture::squares(encode_png(&steps).map_err(drawing)?, (0, scale_top), [WIDTH, SCALE]));

    let sums = shown.map(|class| sum(answers, answer, class));
    let frame = Frame {
        title: "Class activation maps of one drawn lesion",
        description: &format!(
            "A synthetic lesion, drawn as a {}, in grey, under colours from dark blue, {}, to yellow, {}: for {} and for \
             {}, above as {rows} × {columns} squares, below blurred. {}; {}.",
            answer.diagnosis.name(),
            number(f64::from(low), 1),
            number(f64::from(high), 1),
            answers.labels[shown[0]],
            answers.labels[shown[1]],
            sums[0].concat(),
            sums[1].concat(),
        ),
        size: (WIDTH as u32, (scale_top + SCALE + LINE + 4) as u32),
    };
    render(&frame, &pictures, |area| {
        for ((column, &class), lines) in (0..).zip(&shown).zip(&sums) {
            let words = format!("for {}", answers.labels[class]);
            write_text(area, &words, (left(column), LINE / 2), Anchor::Start, &font(WORDS, INK))?;
            for (line, words) in (0..).zip(lines) {
                let at = (left(column), tops[1] + SIDE + 8 + LINE / 2 + line * LINE);
                write_text(area, words, at, Anchor::Start, &font(WORDS, INK))?;
            }
        }
        scale(area, scale_top, low, high)
    })
}

/// Mean, bias and logit of a class, in two lines.
fn sum(answers: &PrecomputedAnswers, answer: &PrecomputedAnswer, class: usize) -> [String; 2] {
    let map = &answer.maps[class];
    let mean = map.iter().copied().map(f64::from).sum::<f64>() / map.len() as f64;
    let [mean, bias, logit] = [mean, f64::from(answers.bias[class]), f64::from(answer.logits[class])];
    let sign = if bias < 0.0 { "−" } else { "+" };
    [format!("mean {} ", number(mean, 2)), format!("{sign} {} = {}", number(bias.abs(), 2), number(logit, 2))]
}

/// The values at the ends of the scale.
fn scale(area: &Area<'_>, top: i32, low: f32, high: f32) -> Result<(), FigureError> {
    let corners = [(0, top), (WIDTH - 1, top + SCALE)];
    area.draw(&Rectangle::new(corners, GREY.stroke_width(1))).map_err(drawing)?;
    let below = top + SCALE + LINE / 2 + 2;
    write_text(area, &number(f64::from(low), 1), (0, below), Anchor::Start, &font(WORDS, INK))?;
    write_text(area, &number(f64::from(high), 1), (WIDTH, below), Anchor::End, &font(WORDS, INK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::Diagnosis;

    fn answers() -> PrecomputedAnswers {
        let answer = PrecomputedAnswer {
            diagnosis: Diagnosis::Bcc,
            seed: 1,
            logits: vec![1.0, 0.25, 3.5],
            probabilities: vec![0.1, 0.1, 0.8],
            pooled: Vec::new(),
            maps: vec![vec![1.0, 1.5], vec![0.0, 0.0], vec![2.0, 6.0]],
            terms: Vec::new(),
        };
        PrecomputedAnswers {
            command: String::new(),
            model: "net".to_owned(),
            model_sha256: String::new(),
            drawn_size: 8,
            labels: ["MEL", "NV", "BCC"].map(str::to_owned).into(),
            bias: vec![-0.25, 0.25, -0.5],
            layer: "relu".to_owned(),
            size: [1, 2],
            samples: vec![answer],
        }
    }

    #[test]
    fn the_two_likeliest_classes_stand_side_by_side_with_their_sums() {
        let image = Rgb8::new(8, 8, vec![128; 192]).unwrap();
        let answers = answers();
        let svg = draw(&image, &answers, &answers.samples[0]).unwrap();
        let has = |word: &str| svg.lines().any(|line| line.trim() == word);
        assert!(has("for BCC") && has("for MEL") && !has("for NV"), "{svg}");
        // (2 + 6) / 2 - 0.5 and (1 + 1.5) / 2 - 0.25
        assert!(has("mean 4.00") && has("− 0.50 = 3.50") && has("mean 1.25") && has("− 0.25 = 1.00"));
        assert!(svg.contains("from dark blue, 1.0, to yellow, 6.0: for BCC and for MEL"), "{svg}");
    }

    #[test]
    fn a_map_with_a_number_too_few_is_refused() {
        let image = Rgb8::new(8, 8, vec![128; 192]).unwrap();
        let mut answers = answers();
        answers.samples[0].maps[1].pop();
        let error = draw(&image, &answers, &answers.samples[0]).unwrap_err().to_string();
        assert!(error.starts_with("class_activation expects a map of 1 × 2 for each"), "{error}");
    }
}
