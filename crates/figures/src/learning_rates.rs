//! How the loss changes while the learning rate rises from step to step.
//!
//! After Smith 2017, <https://arxiv.org/abs/1506.01186>, Figure 3, with the loss for the accuracy and a logarithmic axis.

use plotters::prelude::*;
use recipe::rates::RateRow;

use crate::FigureError;
use crate::svg::{BLUE, Frame, INK, VERMILLION, drawing, font, render, ruled};

const SIZE: (u32, u32) = (640, 420);
const WORDS: u32 = 16;

/// Draws the loss of every step over its learning rate, the smoothed loss on top, and a line at each of the `marked` learning rates.
///
/// # Errors
/// [`FigureError::Data`] for fewer than two steps, or values that are not finite or do not rise.
pub fn draw(steps: &[RateRow], marked: &[f64]) -> Result<String, FigureError> {
    let usable =
        |step: &RateRow| step.learning_rate > 0.0 && step.loss.is_finite() && step.smoothed_loss.is_finite();
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return Err(refusal(steps)) };
    if !steps.iter().all(usable)
        || !steps.is_sorted_by(|a, b| a.learning_rate < b.learning_rate)
        || steps.len() < 2
    {
        return Err(refusal(steps));
    }
    let lowest = steps.iter().map(|step| step.smoothed_loss).fold(f64::INFINITY, f64::min);
    // The diverging end would otherwise squeeze the rest.
    let top =
        steps.iter().map(|step| step.smoothed_loss).fold(0.0, f64::max).min(2.0 * first.smoothed_loss) * 1.1;
    let frame = Frame {
        title: "The loss while the learning rate rises",
        description: &format!(
            "Over {} steps the learning rate rises from {:.1e} to {:.1e}; the smoothed loss begins at {:.2}, is {lowest:.2} at \
             its lowest, and ends at {:.2}.",
            steps.len(),
            first.learning_rate,
            last.learning_rate,
            first.smoothed_loss,
            last.smoothed_loss
        ),
        size: SIZE,
    };
    let line = |value: fn(&RateRow) -> f64| {
        steps.iter().map(move |step| (step.learning_rate, value(step))).filter(move |point| point.1 <= top)
    };
    render(&frame, &[], |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .x_label_area_size(46)
            .y_label_area_size(58)
            .build_cartesian_2d((first.learning_rate..last.learning_rate).log_scale(), 0.0..top)
            .map_err(drawing)?;
        ruled(&mut chart.configure_mesh(), WORDS)
            .x_desc("learning rate")
            .y_desc("loss")
            .x_label_formatter(&|rate| format!("{rate:.0e}"))
            .y_label_formatter(&|loss| format!("{loss:.1}"))
            .draw()
            .map_err(drawing)?;
        for &rate in marked {
            let mark = PathElement::new([(rate, 0.0), (rate, top)], VERMILLION.stroke_width(2));
            chart.draw_series([mark]).map_err(drawing)?;
            let words = Text::new(format!(" {rate:.1e}"), (rate, top * 0.99), font(WORDS, INK));
            chart.draw_series([words]).map_err(drawing)?;
        }
        chart
            .draw_series(LineSeries::new(line(|step| step.loss), BLUE.mix(0.4).stroke_width(1)))
            .map_err(drawing)?;
        chart
            .draw_series(LineSeries::new(line(|step| step.smoothed_loss), BLUE.stroke_width(3)))
            .map_err(drawing)?;
        Ok(())
    })
}

fn refusal(steps: &[RateRow]) -> FigureError {
    FigureError::Data {
        figure: "learning_rates",
        expected: "at least two steps with finite losses and rising learning rates above 0".into(),
        found: format!("{} steps", steps.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(losses: &[f64]) -> Vec<RateRow> {
        let step = |(index, &loss): (usize, &f64)| RateRow {
            step: index + 1,
            learning_rate: 1e-5 * (index + 1) as f64,
            loss,
            smoothed_loss: loss,
        };
        losses.iter().enumerate().map(step).collect()
    }

    #[test]
    fn the_marked_rates_are_named_and_the_words_tell_the_course() {
        let svg = draw(&steps(&[2.0, 1.0, 0.5, 3.0]), &[2e-5]).unwrap();
        assert!(
            svg.contains("2.0e-5") && svg.contains("begins at 2.00, is 0.50 at its lowest, and ends at 3.00")
        );
    }

    #[test]
    fn a_single_step_a_falling_rate_and_a_loss_that_is_no_number_are_refused() {
        assert!(draw(&steps(&[1.0]), &[]).is_err());
        assert!(draw(&steps(&[1.0, f64::NAN]), &[]).is_err());
        let mut falling = steps(&[1.0, 2.0]);
        falling.reverse();
        assert!(draw(&falling, &[]).is_err());
    }
}
