//! How a network learned: its loss, and how often it was right, on the training images and on those for validation.
//!
//! After Figure 3 of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>.

use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Anchor, Area, BLUE, Frame, INK, VERMILLION, drawing, font, render, ruled, write_text};

/// Narrow, so that the words are large enough on a phone.
const SIZE: (u32, u32) = (440, 690);
/// Height of the words above a plot.
const LEGEND: i32 = 56;
const LINE: i32 = 25;
const WORDS: u32 = 17;

/// Height of a plot in largest values; the image sizes are above the curves.
const HEADROOM: f64 = 1.15;

/// How many batches a filtered value is the mean of, as a share of an epoch.
const FILTER: f64 = 0.25;

/// Stretches in which the raw line keeps only its smallest and largest value: what 440 pixels can show.
const STRETCHES: usize = 300;

/// One epoch of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochLosses {
    /// From 1.
    pub epoch: u32,
    /// Side of the training images, in pixels; where it changes the network meets a new task, and the curves jump.
    pub image_size: u32,
    /// Mean cross-entropy over the training images, not negative.
    pub loss: f64,
    /// Mean cross-entropy over the validation images, not negative.
    pub validation_loss: f64,
    /// Share of the validation images that were classified correctly, 0 to 1.
    pub accuracy: f64,
    /// The mean of that share over the diagnoses, 0 to 1.
    pub balanced_accuracy: f64,
}

/// One batch of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchLoss {
    /// The epoch it belongs to, from 1.
    pub epoch: u32,
    /// Mean over the batch, not negative.
    pub loss: f64,
    /// Share of the batch that was classified correctly, 0 to 1, where it is known.
    pub accuracy: Option<f64>,
}

/// Draws the loss on top and the accuracy below; `chance` is 1 over the number of diagnoses.
///
/// With `steps` the training is a pale line through all batches and a strong one through their running mean; without,
/// a line through the mean of every epoch. All epochs have the same width; validation is at their end.
///
/// # Errors
/// [`FigureError::Data`] if there is no epoch, a value that is not finite, or a step outside all epochs.
pub fn draw(history: &[EpochLosses], steps: &[BatchLoss], chance: f64) -> Result<String, FigureError> {
    let finite = |e: &EpochLosses| {
        [e.loss, e.validation_loss, e.accuracy, e.balanced_accuracy].iter().all(|v| v.is_finite())
    };
    let known = |s: &BatchLoss| s.loss.is_finite() && history.iter().any(|epoch| epoch.epoch == s.epoch);
    let (Some(first), Some(last), true, true) =
        (history.first(), history.last(), history.iter().all(finite), steps.iter().all(known))
    else {
        return Err(FigureError::Data {
            figure: "learning_curve",
            expected: "at least one epoch, finite values, and only steps of these epochs".into(),
            found: format!("{} epochs and {} steps", history.len(), steps.len()),
        });
    };
    let frame = Frame {
        title: "How the network learned, epoch by epoch",
        description: &format!(
            "Over {} epochs the training loss goes from {:.2} to {:.2}, the validation loss from {:.2} to {:.2}, and \
             the balanced accuracy on the validation images from {:.2} to {:.2}; chance is {chance:.3}.",
            history.len(),
            first.loss,
            last.loss,
            first.validation_loss,
            last.validation_loss,
            first.balanced_accuracy,
            last.balanced_accuracy,
        ),
        size: SIZE,
    };
    let at_end =
        |value: fn(&EpochLosses) -> f64| history.iter().map(|e| (f64::from(e.epoch), value(e))).collect();
    let losses: Vec<(f64, f64)> = places(steps).zip(steps).map(|(x, step)| (x, step.loss)).collect();
    let epochs: Vec<(f64, f64)> = history.iter().map(|e| (f64::from(e.epoch) - 0.5, e.loss)).collect();
    let window = filter_window(steps);
    let accuracies: Vec<(f64, f64)> =
        places(steps).zip(steps).filter_map(|(x, step)| Some((x, step.accuracy?))).collect();
    let most = history.iter().map(|e| e.loss.max(e.validation_loss)).fold(f64::MIN_POSITIVE, f64::max);
    let raw_most = percentile_of(&losses).max(most);
    let loss = CurvePanel {
        name: "loss (cross-entropy)",
        history,
        top: if losses.is_empty() { most } else { raw_most } * HEADROOM,
        raw: envelope(&losses),
        line: if losses.is_empty() { epochs } else { filtered(&losses, window) },
        line_name: if losses.is_empty() { "training, mean per epoch" } else { "filtered" },
        line_colour: BLUE,
        points: at_end(|e| e.validation_loss),
        points_name: "validation",
        chance: None,
    };
    let accuracy = CurvePanel {
        name: if accuracies.is_empty() { "balanced accuracy" } else { "accuracy" },
        history,
        top: HEADROOM,
        raw: envelope(&accuracies),
        line: filtered(&accuracies, window),
        line_name: if accuracies.is_empty() { "" } else { "filtered" },
        line_colour: BLUE,
        // Beside the training's accuracy stands the same measure; guessing has a fixed value for the balanced one only.
        points: at_end(if accuracies.is_empty() { |e| e.balanced_accuracy } else { |e| e.accuracy }),
        points_name: "validation",
        chance: accuracies.is_empty().then_some(chance),
    };
    render(&frame, &[], |area| {
        let (above, below) = area.split_vertically(SIZE.1 / 2);
        loss.draw(&above)?;
        accuracy.draw(&below)
    })
}

/// Where each step ends, in epochs: the steps of an epoch divide it evenly.
fn places(steps: &[BatchLoss]) -> impl Iterator<Item = f64> {
    steps.chunk_by(|a, b| a.epoch == b.epoch).flat_map(|epoch| {
        let count = epoch.len() as f64;
        (1..=epoch.len()).map(move |step| f64::from(epoch[0].epoch) - 1.0 + step as f64 / count)
    })
}

/// Steps in a quarter of the first epoch, at least 1.
fn filter_window(steps: &[BatchLoss]) -> usize {
    let first = steps.chunk_by(|a, b| a.epoch == b.epoch).next().map_or(0, <[BatchLoss]>::len);
    ((first as f64 * FILTER) as usize).max(1)
}

/// The mean of the last `window` values, fewer at the start.
fn filtered(points: &[(f64, f64)], window: usize) -> Vec<(f64, f64)> {
    let ends =
        (1..=points.len()).filter(|end| points.len() <= STRETCHES || end % (points.len() / STRETCHES) == 0);
    ends.map(|end| {
        let last = &points[end.saturating_sub(window)..end];
        let mean = last.iter().map(|(_, value)| value).sum::<f64>() / last.len() as f64;
        (points[end - 1].0, mean)
    })
    .collect()
}

/// The points, or of many the smallest and the largest of each stretch: the same band of ink from fewer bytes.
fn envelope(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if points.len() <= 2 * STRETCHES {
        return points.to_vec();
    }
    let of_stretch = |stretch: &[(f64, f64)]| {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let mut ends: Vec<(f64, f64)> = [stretch.iter().min_by(by_value), stretch.iter().max_by(by_value)]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        ends
    };
    points.chunks(points.len().div_ceil(STRETCHES)).flat_map(of_stretch).collect()
}

/// The value that 99 of 100 steps stay below; one batch that went wrong need not squeeze all others.
fn percentile_of(points: &[(f64, f64)]) -> f64 {
    let values: Vec<f64> = points.iter().map(|point| point.1).collect();
    numerics::statistics::percentile(&values, 99.0).unwrap_or_default()
}

/// One plot: training as lines, validation as points.
struct CurvePanel<'a> {
    name: &'static str,
    history: &'a [EpochLosses],
    top: f64,
    raw: Vec<(f64, f64)>,
    line: Vec<(f64, f64)>,
    line_name: &'static str,
    line_colour: RGBColor,
    points: Vec<(f64, f64)>,
    points_name: &'static str,
    chance: Option<f64>,
}

impl CurvePanel<'_> {
    fn draw(&self, area: &Area<'_>) -> Result<(), FigureError> {
        let (first, last) = self.ends();
        self.legend(area)?;
        let mut chart = ChartBuilder::on(area)
            .margin_right(12)
            .margin_top(LEGEND)
            .margin_bottom(8)
            .x_label_area_size(46)
            .y_label_area_size(58)
            // The last validation is at the very end of its epoch.
            .build_cartesian_2d(first - 1.0..last + 0.2, 0.0..self.top)
            .map_err(drawing)?;
        for epoch in self.history.iter().skip(1).step_by(2) {
            let end = f64::from(epoch.epoch);
            let band = Rectangle::new([(end - 1.0, 0.0), (end, self.top)], INK.mix(0.09).filled());
            chart.draw_series([band]).map_err(drawing)?;
        }
        ruled(&mut chart.configure_mesh(), WORDS)
            .x_desc("epoch (every second one shaded)")
            .y_desc(self.name)
            .x_labels(0)
            .y_labels(6)
            .y_label_formatter(&|y| format!("{y:.1}"))
            .draw()
            .map_err(drawing)?;
        self.numbers(area, &chart)?;
        self.sizes(&mut chart)?;
        if let Some(chance) = self.chance {
            let line = LineSeries::new([(first - 1.0, chance), (last + 0.2, chance)], INK.stroke_width(1));
            chart.draw_series(line).map_err(drawing)?;
            let words = Text::new(
                "chance",
                (last - (last - first) * 0.22, chance + self.top * 0.06),
                font(WORDS, INK),
            );
            chart.draw_series([words]).map_err(drawing)?;
        }
        let inside = |point: &&(f64, f64)| point.1 <= self.top;
        let raw = self.raw.iter().filter(inside).copied();
        chart
            .draw_series(LineSeries::new(raw, self.line_colour.mix(0.4).stroke_width(1)))
            .map_err(drawing)?;
        chart
            .draw_series(LineSeries::new(self.line.iter().copied(), self.line_colour.stroke_width(3)))
            .map_err(drawing)?;
        chart
            .draw_series(self.points.iter().map(|&point| Circle::new(point, 5, VERMILLION.filled())))
            .map_err(drawing)?;
        Ok(())
    }

    /// The first and the last epoch.
    fn ends(&self) -> (f64, f64) {
        let number = |epoch: Option<&EpochLosses>| f64::from(epoch.map_or(1, |epoch| epoch.epoch));
        (number(self.history.first()), number(self.history.last()))
    }

    /// The number of each epoch below its middle, of many only some.
    fn numbers(&self, area: &Area<'_>, chart: &Chart<'_>) -> Result<(), FigureError> {
        let every = self.history.len().div_ceil(13);
        for epoch in self.history.iter().filter(|epoch| (epoch.epoch as usize).is_multiple_of(every)) {
            let (x, y) = chart.backend_coord(&(f64::from(epoch.epoch) - 0.5, 0.0));
            let (_, top) = area.get_base_pixel();
            let at = (x, y - top + 12);
            write_text(area, &epoch.epoch.to_string(), at, Anchor::Middle, &font(WORDS, INK))?;
        }
        Ok(())
    }

    /// The side of the training images where it changes, above the curves.
    fn sizes(&self, chart: &mut Chart<'_>) -> Result<(), FigureError> {
        let stages: Vec<&EpochLosses> =
            self.history.chunk_by(|a, b| a.image_size == b.image_size).map(|stage| &stage[0]).collect();
        if stages.len() < 2 {
            return Ok(());
        }
        for stage in stages {
            let from = f64::from(stage.epoch) - 1.0;
            let line = PathElement::new([(from, 0.0), (from, self.top)], INK.mix(0.5));
            let words = Text::new(
                format!("{} px", stage.image_size),
                (from + 0.12, self.top * 0.99),
                font(WORDS, INK),
            );
            chart.draw_series([line]).map_err(drawing)?;
            chart.draw_series([words]).map_err(drawing)?;
        }
        Ok(())
    }

    /// What line and points are, above the plot.
    fn legend(&self, area: &Area<'_>) -> Result<(), FigureError> {
        let style = font(WORDS, INK);
        let sample = |x: i32, y: i32, style: ShapeStyle| {
            area.draw(&PathElement::new([(x, y), (x + 26, y)], style)).map_err(drawing)
        };
        // The last line stands just above the plot.
        let lines = if self.raw.is_empty() && self.line.is_empty() { 1 } else { 2 };
        let (left, mut y) = (58, LEGEND - LINE * lines + LINE / 2 - 4);
        if !self.raw.is_empty() {
            sample(left, y, self.line_colour.mix(0.4).stroke_width(1))?;
            write_text(area, "training, each batch", (left + 34, y), Anchor::Start, &style)?;
            sample(left + 230, y, self.line_colour.stroke_width(3))?;
            write_text(area, self.line_name, (left + 264, y), Anchor::Start, &style)?;
            y += LINE;
        } else if !self.line.is_empty() {
            sample(left, y, self.line_colour.stroke_width(3))?;
            write_text(area, self.line_name, (left + 34, y), Anchor::Start, &style)?;
            y += LINE;
        }
        area.draw(&Circle::new((left + 13, y), 5, VERMILLION.filled())).map_err(drawing)?;
        write_text(area, self.points_name, (left + 34, y), Anchor::Start, &style)
    }
}

type Chart<'a> = ChartContext<
    'a,
    SVGBackend<'a>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(epoch: u32, loss: f64) -> EpochLosses {
        EpochLosses {
            epoch,
            image_size: 64,
            loss,
            validation_loss: loss * 1.1,
            accuracy: 1.0 / (1.0 + loss),
            balanced_accuracy: 1.0 / (1.0 + loss),
        }
    }

    fn step(epoch: u32, loss: f64) -> BatchLoss {
        BatchLoss { epoch, loss, accuracy: None }
    }

    #[test]
    fn every_epoch_has_its_points_and_every_second_is_shaded() {
        let svg = draw(&[epoch(1, 2.0), epoch(2, 1.0), epoch(3, 0.5)], &[], 0.125).unwrap();
        // Three in each panel, and one in each legend; the second of three epochs in each panel.
        assert_eq!(svg.matches("<circle").count(), 2 * (3 + 1));
        assert_eq!(svg.matches("<rect").count(), 2);
    }

    #[test]
    fn a_change_of_image_size_is_marked() {
        let larger = EpochLosses { image_size: 128, ..epoch(2, 1.0) };
        let svg = draw(&[epoch(1, 2.0), larger], &[], 0.125).unwrap();
        assert!(svg.contains("64 px") && svg.contains("128 px"), "{svg}");
        assert!(!draw(&[epoch(1, 2.0), epoch(2, 1.0)], &[], 0.125).unwrap().contains(" px"));
    }

    #[test]
    fn with_steps_the_training_is_a_raw_and_a_filtered_line() {
        let history = [epoch(1, 2.0), epoch(2, 1.0)];
        let steps = [step(1, 3.0), step(1, 1.0), step(2, 1.5), step(2, 0.5)];
        let svg = draw(&history, &steps, 0.125).unwrap();
        assert!(svg.contains("training, each batch") && !svg.contains("mean per epoch"), "{svg}");
        let svg = draw(&history, &[], 0.125).unwrap();
        assert!(!svg.contains("training, each batch") && svg.contains("training, mean per epoch"));
    }

    #[test]
    fn beside_the_trainings_accuracy_stands_the_same_measure() {
        let counted = BatchLoss { accuracy: Some(0.25), ..step(1, 2.0) };
        let words = |steps: &[BatchLoss]| {
            let svg = draw(&[epoch(1, 2.0)], steps, 0.125).unwrap();
            ["balanced accuracy", "accuracy", "chance"].map(|word| svg.lines().any(|line| line == word))
        };
        assert_eq!(words(&[counted]), [false, true, false]);
        assert_eq!(words(&[step(1, 2.0)]), [true, false, true]);
    }

    #[test]
    fn the_steps_of_an_epoch_divide_it_evenly() {
        let steps = [step(1, 0.0), step(1, 0.0), step(2, 0.0)];
        assert!(places(&steps).eq([0.5, 1.0, 2.0]));
    }

    #[test]
    fn a_filtered_value_is_the_mean_of_the_last_few() {
        let points = [(1.0, 4.0), (2.0, 2.0), (3.0, 0.0)];
        assert_eq!(filtered(&points, 2), [(1.0, 4.0), (2.0, 3.0), (3.0, 1.0)]);
        // A quarter of eight steps.
        assert_eq!(filter_window(&[step(1, 0.0); 8]), 2);
    }

    #[test]
    fn an_envelope_keeps_the_smallest_and_the_largest() {
        let mut points: Vec<(f64, f64)> = (0..2000).map(|at| (f64::from(at), 1.0)).collect();
        points[1234].1 = 9.0;
        points[77].1 = 0.25;
        let kept = envelope(&points);
        assert!(kept.len() <= 2 * STRETCHES && kept.is_sorted_by_key(|point| point.0));
        assert!(kept.contains(&(1234.0, 9.0)) && kept.contains(&(77.0, 0.25)));
    }

    #[test]
    fn one_epoch_is_enough_and_none_is_not() {
        assert!(draw(&[epoch(1, 2.0)], &[], 0.125).is_ok());
        assert_eq!(
            draw(&[], &[], 0.125).unwrap_err().to_string(),
            "learning_curve expects at least one epoch, finite values, and only steps of these epochs, found 0 epochs \
             and 0 steps"
        );
    }

    #[test]
    fn a_loss_that_ran_away_and_a_step_of_no_epoch_are_refused() {
        assert!(draw(&[epoch(1, f64::NAN)], &[], 0.125).is_err());
        assert!(draw(&[epoch(1, 1.0)], &[step(2, 1.0)], 0.125).is_err());
    }
}
