//! Which diagnosis is mistaken for which: true diagnoses in rows, answers in columns.

use catalog::number::grouped;
use imaging::palette;
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Anchor, Area, Frame, INK, cell, drawing, font, render, write_text};

/// No larger, so that the words are large enough on a phone.
const CELL: i32 = 42;
const LEFT: i32 = 78;
const TOP: i32 = 58;
const RIGHT: i32 = 66;
const BOTTOM: i32 = 52;
const WORDS: u32 = 18;

/// Draws `counts[truth][answer]` with the labels' order; the colour is the share of the row.
///
/// # Errors
/// [`FigureError::Data`] if the counts are not as many rows and columns as labels.
pub fn draw(labels: &[String], counts: &[Vec<u64>]) -> Result<String, FigureError> {
    let classes = labels.len();
    if classes == 0 || counts.len() != classes || counts.iter().any(|row| row.len() != classes) {
        return Err(FigureError::Data {
            figure: "confusion_matrix",
            expected: format!("{classes} rows and columns, one for each label, and at least one"),
            found: format!("rows of {:?}", counts.iter().map(Vec::len).collect::<Vec<_>>()),
        });
    }
    let total: u64 = counts.iter().flatten().sum();
    let correct: u64 = (0..classes).map(|class| counts[class][class]).sum();
    let rows: Vec<String> = (0..classes)
        .map(|class| {
            let images = counts[class].iter().sum::<u64>();
            format!("{} {} of {}", labels[class], grouped(counts[class][class]), grouped(images))
        })
        .collect();
    let side = CELL * classes as i32;
    let frame = Frame {
        title: "Confusion matrix: true diagnosis in rows, the network's answer in columns",
        description: &format!(
            "{} of {} answers are correct. Correct answers by true diagnosis: {}.",
            grouped(correct),
            grouped(total),
            rows.join(", ")
        ),
        size: ((LEFT + side + RIGHT) as u32, (TOP + side + BOTTOM) as u32),
    };
    render(&frame, &[], |area| {
        axes(area, labels, side)?;
        for (row, line) in (0..).zip(counts) {
            let images: u64 = line.iter().sum();
            for (column, &count) in (0..).zip(line) {
                // A row without images has no shares: it stays white.
                let share = if images == 0 { 0.0 } else { count as f32 / images as f32 };
                let at = (LEFT + column * CELL, TOP + row * CELL);
                cell(area, at, CELL, palette::share(share), Some((&grouped(count), WORDS)))?;
            }
            let at = (LEFT + side + 8, TOP + row * CELL + CELL / 2);
            write_text(area, &format!("of {}", grouped(images)), at, Anchor::Start, &font(WORDS, INK))?;
        }
        for class in 0..classes as i32 {
            // The diagonal is framed, so that it shows without colour as well.
            let at = LEFT + class * CELL;
            let corners = [(at + 1, TOP + class * CELL + 1), (at + CELL - 1, TOP + (class + 1) * CELL - 1)];
            area.draw(&Rectangle::new(corners, BLACK.stroke_width(2))).map_err(drawing)?;
        }
        scale(area, TOP + side + 22)
    })
}

/// Names of rows, columns and axes.
fn axes(area: &Area<'_>, labels: &[String], side: i32) -> Result<(), FigureError> {
    let style = font(WORDS, INK);
    for (index, label) in (0..).zip(labels) {
        let middle = index * CELL + CELL / 2;
        write_text(area, label, (LEFT - 10, TOP + middle), Anchor::End, &style)?;
        write_text(area, label, (LEFT + middle, TOP - 14), Anchor::Middle, &style)?;
    }
    write_text(area, "the network's answer", (LEFT + side / 2, 16), Anchor::Middle, &font(WORDS, INK))?;
    let upwards = font(WORDS, INK).transform(FontTransform::Rotate270);
    write_text(area, "true diagnosis", (14, TOP + side / 2), Anchor::Middle, &upwards)
}

/// What the colours mean.
fn scale(area: &Area<'_>, top: i32) -> Result<(), FigureError> {
    const STEPS: i32 = 20;
    const STEP: i32 = 9;
    let start = LEFT + 160;
    let end = start + STEPS * STEP;
    write_text(area, "share of the row", (LEFT, top + 8), Anchor::Start, &font(WORDS, INK))?;
    write_text(area, "0", (start - 10, top + 8), Anchor::End, &font(WORDS, INK))?;
    for index in 0..STEPS {
        let [r, g, b] = palette::share((index as f32 + 0.5) / STEPS as f32);
        let x = start + index * STEP;
        // To the end of the bar, under the next one, so that no seam shows.
        let corners = [(x, top), (end, top + 16)];
        area.draw(&Rectangle::new(corners, RGBColor(r, g, b).filled())).map_err(drawing)?;
    }
    let frame = [(start, top), (end, top + 16)];
    area.draw(&Rectangle::new(frame, RGBColor(150, 150, 150).stroke_width(1))).map_err(drawing)?;
    write_text(area, "1", (end + 10, top + 8), Anchor::Start, &font(WORDS, INK))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn counts_and_row_totals_are_written() {
        let svg = draw(&labels(&["MEL", "NV"]), &[vec![31, 9], vec![0, 0]]).unwrap();
        let has = |word: &str| svg.lines().any(|line| line == word);
        assert!(has("31") && has("9") && has("of 40") && has("of 0"));
        assert!(svg.contains("<desc>31 of 40 answers are correct. Correct answers by true diagnosis: MEL 31 of 40, NV 0 of 0.</desc>"));
    }

    #[test]
    fn a_row_too_short_is_refused() {
        let error = draw(&labels(&["MEL", "NV"]), &[vec![1, 2], vec![3]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "confusion_matrix expects 2 rows and columns, one for each label, and at least one, found rows of [2, 1]"
        );
    }
}
