//! How often deep networks fit with shortcuts and without, and what gradient reaches their layers.

use catalog::number::grouped;
use catalog::trials::{TrialDepth, TrialGroup, Trials};
use numerics::math;
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{
    Anchor, Area, BLUE, Frame, GREY, INK, VERMILLION, drawing, font, render, ruled, write_text,
};

/// Narrow, so that the words are large enough on a phone.
const SIZE: (u32, u32) = (440, 720);
const WORDS: u32 = 17;
/// Height of the words above a plot.
const LEGEND: i32 = 88;
const LINE: i32 = 24;
/// Powers of ten that the gradients' scale reaches over.
const POWERS: std::ops::Range<f64> = -7.0..1.0;

/// Draws the group `main`: shares that fitted by depth on top, the gradients of the deepest networks below.
///
/// # Errors
/// [`FigureError::Data`] if there is no such group or it has no depth.
pub fn draw(trials: &Trials) -> Result<String, FigureError> {
    let missing = |found: &str| FigureError::Data {
        figure: "shortcut-runs",
        expected: "a group main with at least one depth".to_owned(),
        found: found.to_owned(),
    };
    let group = trials.groups.get("main").ok_or_else(|| missing("no such group"))?;
    let (blocks, deepest) = group.depths.last_key_value().ok_or_else(|| missing("no depth"))?;
    let said: Vec<String> = group
        .depths
        .iter()
        .map(|(blocks, depth)| format!("{blocks}: {} and {}", depth.without.fitted, depth.with.fitted))
        .collect();
    let frame = Frame {
        title: "How often deep networks fit, with shortcuts and without",
        description: &format!(
            "How many of {} runs fitted, by number of blocks, without and with shortcuts: {}. With shortcuts but unscaled \
             branches, {} of the deepest fitted. In the deepest, the median gradient of the first block is {} times as large \
             with shortcuts as without.",
            trials.runs,
            said.join(", "),
            deepest.unscaled.as_ref().map_or(0, |outcome| outcome.fitted),
            grouped(deepest.gradient_ratio),
        ),
        size: SIZE,
    };
    render(&frame, &[], |area| {
        let (above, below) = area.split_vertically(SIZE.1 / 2 + 10);
        shares(&above, group, trials.runs)?;
        gradients(&below, *blocks, deepest)
    })
}

/// Without, with, and with branches as they are: colour, how the line's points look, and words.
const KINDS: [(RGBColor, &str); 3] = [
    (VERMILLION, "without shortcuts (squares)"),
    (BLUE, "with shortcuts (circles)"),
    (GREY, "with shortcuts, unscaled branches (crosses)"),
];

fn fitted(depth: &TrialDepth) -> [Option<usize>; 3] {
    [Some(depth.without.fitted), Some(depth.with.fitted), depth.unscaled.as_ref().map(|o| o.fitted)]
}

fn shares(area: &Area<'_>, group: &TrialGroup, runs: usize) -> Result<(), FigureError> {
    legend(area, &KINDS)?;
    let most = group.depths.keys().next_back().copied().unwrap_or(1) as f64;
    let mut chart = ChartBuilder::on(area)
        .margin_right(14)
        .margin_top(LEGEND)
        .x_label_area_size(46)
        .y_label_area_size(62)
        .build_cartesian_2d(0.0..most + 0.5, 0.0..104.0)
        .map_err(drawing)?;
    ruled(&mut chart.configure_mesh(), WORDS)
        .x_desc("blocks of two layers")
        .y_desc("runs that fitted, %")
        .x_labels(7)
        .y_labels(6)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()
        .map_err(drawing)?;
    for (which, (colour, _)) in KINDS.into_iter().enumerate() {
        let points: Vec<(f64, f64)> = group
            .depths
            .iter()
            .filter_map(|(&blocks, depth)| {
                Some((blocks as f64, 100.0 * fitted(depth)[which]? as f64 / runs.max(1) as f64))
            })
            .collect();
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))
            .map_err(drawing)?;
        for point in points {
            let at = EmptyElement::at(point);
            match which {
                0 => chart.draw_series([at + Rectangle::new([(-4, -4), (4, 4)], colour.filled())]),
                1 => chart.draw_series([at + Circle::new((0, 0), 5, colour.filled())]),
                _ => chart.draw_series([at + Cross::new((0, 0), 5, colour.stroke_width(2))]),
            }
            .map_err(drawing)?;
        }
    }
    Ok(())
}

/// Median and middle half of the runs, layer by layer, on a scale of powers of ten.
fn gradients(area: &Area<'_>, blocks: usize, depth: &TrialDepth) -> Result<(), FigureError> {
    let last = depth.without.gradients.len() as f64;
    write_text(
        area,
        &format!("gradients before the first step, {blocks} blocks"),
        (4, LINE / 2),
        Anchor::Start,
        &font(WORDS, INK),
    )?;
    let mut chart = ChartBuilder::on(area)
        .margin_right(14)
        .margin_top(LINE + 8)
        .x_label_area_size(46)
        .y_label_area_size(104)
        .build_cartesian_2d(1.0..last, POWERS)
        .map_err(drawing)?;
    ruled(&mut chart.configure_mesh(), WORDS)
        .x_desc("layer")
        .y_desc("median length")
        .x_labels(6)
        .y_labels(8)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|power| label(*power))
        .draw()
        .map_err(drawing)?;
    for (outcome, (colour, _)) in [&depth.without, &depth.with].into_iter().zip(KINDS) {
        let at = |quarter: usize| {
            (1..).zip(&outcome.gradients).map(move |(layer, sizes)| (f64::from(layer), power(sizes[quarter])))
        };
        let band: Vec<(f64, f64)> = at(0).chain(at(2).collect::<Vec<_>>().into_iter().rev()).collect();
        chart.draw_series([Polygon::new(band, colour.mix(0.22).filled())]).map_err(drawing)?;
        chart.draw_series(LineSeries::new(at(1), colour.stroke_width(3))).map_err(drawing)?;
    }
    Ok(())
}

/// A power of ten in full: `10`, `1`, `0.0001`.
fn label(power: f64) -> String {
    match power.round() as i32 {
        power @ 0.. => format!("1{}", "0".repeat(power as usize)),
        power => format!("0.{}1", "0".repeat((-power - 1) as usize)),
    }
}

/// Which power of ten; held on the scale.
fn power(size: f32) -> f64 {
    if size <= 0.0 {
        return POWERS.start;
    }
    (f64::from(math::ln(size)) / core::f64::consts::LN_10).clamp(POWERS.start, POWERS.end)
}

fn legend(area: &Area<'_>, kinds: &[(RGBColor, &str)]) -> Result<(), FigureError> {
    for (line, (colour, words)) in (0..).zip(kinds) {
        let y = LINE / 2 + line * LINE;
        area.draw(&PathElement::new([(8, y), (34, y)], colour.stroke_width(3))).map_err(drawing)?;
        write_text(area, words, (42, y), Anchor::Start, &font(WORDS, INK))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::trials::TrialOutcome;

    fn outcome(fitted: usize) -> TrialOutcome {
        TrialOutcome { fitted, stuck: 0, median_steps: None, gradients: vec![[1e-5, 1e-4, 1e-3]; 4] }
    }

    fn trials() -> Trials {
        let depth = TrialDepth {
            layers: 4,
            parameters: 10,
            gradient_ratio: 70,
            without: outcome(3),
            with: outcome(9),
            unscaled: Some(outcome(0)),
        };
        let group = TrialGroup { width: 8, rate: 0.05, depths: [(1, depth)].into() };
        Trials {
            command: String::new(),
            runs: 10,
            steps: 500,
            fitted_below: 0.1,
            groups: [("main".to_owned(), group)].into(),
        }
    }

    #[test]
    fn the_description_has_the_numbers() {
        let svg = draw(&trials()).unwrap();
        assert!(
            svg.contains("1: 3 and 9.") && svg.contains("0 of the deepest") && svg.contains("70 times"),
            "{svg}"
        );
    }

    #[test]
    fn trials_without_the_texts_group_are_refused() {
        let mut wrong = trials();
        wrong.groups.clear();
        assert_eq!(
            draw(&wrong).unwrap_err().to_string(),
            "shortcut-runs expects a group main with at least one depth, found no such group"
        );
    }

    #[test]
    fn a_gradient_of_nothing_stays_on_the_scale() {
        assert_eq!([0.0, 1e-20, 1.0].map(|size| label(power(size))), ["0.0000001", "0.0000001", "1"]);
        assert_eq!([1.0, 0.0, -3.0].map(label), ["10", "1", "0.001"]);
    }
}
