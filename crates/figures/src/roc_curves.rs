//! For every diagnosis, what finding more of it costs in false alarms.
//!
//! After Figure 4B of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>.

use catalog::Diagnosis;
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Anchor, Area, Frame, GREY, INK, diagnosis_colour, drawing, font, render, write_text};

const COLUMNS: i32 = 2;
/// Side of a plot, in pixels.
const SIDE: i32 = 170;
/// Left of a plot, for its numbers; above it, for its name; below it, for its numbers.
const MARGIN: i32 = 36;
const NAME: i32 = 30;
const BELOW: i32 = 30;
/// Left of all plots, for the name of the axis, and below all.
const AXIS: i32 = 24;
const WIDTH: i32 = AXIS + COLUMNS * (MARGIN + SIDE) + 10;
const ROW: i32 = NAME + SIDE + BELOW;
const WORDS: u32 = 17;

/// One class against the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its abbreviation.
    pub label: String,
    /// Share of the other images called positive and share of its own, both 0 to 1, from (0, 0) to (1, 1).
    pub points: Vec<[f64; 2]>,
    /// Area under the curve, and the ends of its 95 % interval if there is one.
    pub auc: (f64, Option<[f64; 2]>),
}

/// Draws a plot for each class.
///
/// # Errors
/// [`FigureError::Data`] if there is no curve, or one that leaves 0 to 1.
pub fn draw(curves: &[Curve]) -> Result<String, FigureError> {
    let is_share = |point: &[f64; 2]| point.iter().all(|rate| (0.0..=1.0).contains(rate));
    if curves.is_empty() || !curves.iter().all(|curve| curve.points.iter().all(is_share)) {
        return Err(FigureError::Data {
            figure: "roc-curves",
            expected: "at least one curve, with rates from 0 to 1".into(),
            found: format!("{} curves", curves.len()),
        });
    }
    let rows = (curves.len() as i32 + COLUMNS - 1) / COLUMNS;
    let areas: Vec<String> =
        curves.iter().map(|curve| format!("{} {:.3}", curve.label, curve.auc.0)).collect();
    let frame = Frame {
        title: "ROC curves: sensitivity against 1 − specificity, each diagnosis against the rest",
        description: &format!(
            "One plot per diagnosis. Each curve climbs from 0, 0 at the lower left to 1, 1 at the upper right, above the \
             dashed diagonal of guessing. Area under the curve: {}.",
            areas.join(", ")
        ),
        size: (WIDTH as u32, (rows * ROW + AXIS) as u32),
    };
    render(&frame, &[], |area| {
        for (index, curve) in (0..).zip(curves) {
            let corner = (AXIS + index % COLUMNS * (MARGIN + SIDE), index / COLUMNS * ROW);
            panel(area, corner, curve)?;
        }
        let below = (WIDTH / 2, rows * ROW + AXIS / 2);
        write_text(area, "1 − specificity (false alarms)", below, Anchor::Middle, &font(WORDS + 1, INK))?;
        let upwards = font(WORDS + 1, INK).transform(FontTransform::Rotate270);
        write_text(area, "sensitivity", (AXIS / 2, rows * ROW / 2), Anchor::Middle, &upwards)
    })
}

fn panel(area: &Area<'_>, (left, top): (i32, i32), curve: &Curve) -> Result<(), FigureError> {
    let (left, floor) = (left + MARGIN, top + NAME + SIDE);
    let place = |[x, y]: [f64; 2]| {
        let along = |rate: f64| (rate * f64::from(SIDE)).round() as i32;
        (left + along(x), floor - along(y))
    };
    let style = font(WORDS, INK);
    write_text(area, &curve.label, (left, top + NAME / 2), Anchor::Start, &font(WORDS + 2, INK))?;
    for (rate, word) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
        let line = |from: [f64; 2], to: [f64; 2]| {
            area.draw(&PathElement::new([place(from), place(to)], INK.mix(0.2))).map_err(drawing)
        };
        line([0.0, rate], [1.0, rate])?;
        line([rate, 0.0], [rate, 1.0])?;
        let (x, y) = place([rate, rate]);
        write_text(area, word, (x, floor + 14), Anchor::Middle, &style)?;
        write_text(area, word, (left - 7, y), Anchor::End, &style)?;
    }
    for dash in 0..10 {
        let ends = [0.1, 0.16].map(|end| f64::from(dash) * 0.1 + end - 0.1).map(|rate| place([rate, rate]));
        area.draw(&PathElement::new(ends, GREY.stroke_width(2))).map_err(drawing)?;
    }
    let diagnosis = Diagnosis::ALL.into_iter().find(|diagnosis| diagnosis.abbreviation() == curve.label);
    let colour = diagnosis.map_or(INK, diagnosis_colour);
    let mut points: Vec<(i32, i32)> = curve.points.iter().map(|&point| place(point)).collect();
    points.dedup();
    // A darker line below keeps the palest colour apart from a white page.
    area.draw(&PathElement::new(points.clone(), GREY.stroke_width(5))).map_err(drawing)?;
    area.draw(&PathElement::new(points, colour.stroke_width(3))).map_err(drawing)?;

    let (auc, interval) = curve.auc;
    let right = left + SIDE - 8;
    write_text(area, &format!("AUC {auc:.3}"), (right, floor - 44), Anchor::End, &style)?;
    if let Some([low, high]) = interval {
        let words = format!("{low:.3} to {high:.3}");
        write_text(area, &words, (right, floor - 20), Anchor::End, &style)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(label: &str, points: &[[f64; 2]]) -> Curve {
        Curve { label: label.into(), points: points.to_vec(), auc: (0.75, Some([0.5, 0.875])) }
    }

    #[test]
    fn every_class_has_its_name_its_area_and_its_interval() {
        let points = [[0.0, 0.0], [0.0, 0.5], [1.0, 1.0]];
        let svg = draw(&[curve("MEL", &points), curve("NV", &points), curve("BCC", &points)]).unwrap();
        let lines = |word: &str| svg.lines().filter(|line| *line == word).count();
        assert_eq!(["MEL", "NV", "AUC 0.750", "0.500 to 0.875"].map(lines), [1, 1, 3, 3]);
        assert!(svg.contains("Area under the curve: MEL 0.750, NV 0.750, BCC 0.750.</desc>"));
        // From the lower left half-way up, then to the upper right.
        let (left, floor) = (AXIS + MARGIN, NAME + SIDE);
        let path = format!("points=\"{left},{floor} {left},{} {},{NAME} \"", floor - SIDE / 2, left + SIDE);
        assert!(svg.contains(&path), "{path}\n{svg}");
    }

    #[test]
    fn no_curve_and_one_that_leaves_the_plot_are_refused() {
        assert!(draw(&[]).is_err() && draw(&[curve("MEL", &[[0.0, 1.5]])]).is_err());
    }
}
