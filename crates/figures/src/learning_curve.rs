//! How a network learned, epoch by epoch: its loss, and how often it was right on images it does not train on.

use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Area, BLUE, Frame, INK, VERMILLION, drawing, font, render};

const SIZE: (u32, u32) = (720, 560);

/// Height of a plot in largest values; the image sizes stand above the curves.
const HEADROOM: f64 = 1.15;

/// One epoch of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub epoch: u32,
    /// Side of the training images, in pixels; where it changes the network meets a new task, and the curves jump.
    pub image_size: u32,
    /// Mean cross-entropy over the training images, not negative.
    pub loss: f64,
    /// Mean cross-entropy over the validation images, not negative.
    pub validation_loss: f64,
    /// On the validation images, 0 to 1.
    pub balanced_accuracy: f64,
}

/// Draws the loss on top and the balanced accuracy below, with `chance` as a line: 1 over the number of diagnoses.
///
/// # Errors
/// [`FigureError::Data`] if there is no epoch, or a number that is not finite.
pub fn draw(history: &[Epoch], chance: f64) -> Result<String, FigureError> {
    let finite = |e: &Epoch| [e.loss, e.validation_loss, e.balanced_accuracy].iter().all(|v| v.is_finite());
    let (Some(first), Some(last), true) = (history.first(), history.last(), history.iter().all(finite))
    else {
        return Err(FigureError::Data {
            figure: "learning_curve",
            expected: "at least one epoch, of finite numbers".into(),
            found: format!("{} epochs", history.len()),
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
    let steps: Vec<Step> = steps(history);
    let most = history.iter().map(|e| e.loss.max(e.validation_loss)).fold(f64::MIN_POSITIVE, f64::max);
    render(&frame, &[], |area| {
        let (above, below) = area.split_vertically(SIZE.1 / 2);
        panel(
            &above,
            &Panel {
                name: "loss (cross-entropy)",
                epochs: (first.epoch, last.epoch),
                top: most * HEADROOM,
                steps: &steps,
                line: history.iter().map(|e| (f64::from(e.epoch), e.loss)).collect(),
                line_name: "training",
                // A loss starts high and never ends below 0.
                legend: SeriesLabelPosition::LowerLeft,
                points: history.iter().map(|e| (f64::from(e.epoch), e.validation_loss)).collect(),
            },
        )?;
        let ends = [f64::from(first.epoch) - 0.5, f64::from(last.epoch) + 0.5];
        panel(
            &below,
            &Panel {
                name: "balanced accuracy",
                epochs: (first.epoch, last.epoch),
                top: HEADROOM,
                steps: &steps,
                line: ends.map(|x| (x, chance)).into(),
                line_name: "chance",
                // Between the line and the points, which end well above it.
                legend: SeriesLabelPosition::Coordinate(SIZE.0 as i32 - 220, SIZE.1 as i32 / 2 - 166),
                points: history.iter().map(|e| (f64::from(e.epoch), e.balanced_accuracy)).collect(),
            },
        )
    })
}

/// An image size and the epochs, halves included, that have it.
struct Step {
    from: f64,
    size: u32,
}

/// Where the image size changes, the start included; nothing if it never does.
fn steps(history: &[Epoch]) -> Vec<Step> {
    let starts = history.chunk_by(|a, b| a.image_size == b.image_size).map(|stage| &stage[0]);
    let steps: Vec<Step> =
        starts.map(|e| Step { from: f64::from(e.epoch) - 0.5, size: e.image_size }).collect();
    if steps.len() > 1 { steps } else { Vec::new() }
}

/// One plot: a line, and points of the validation images.
struct Panel<'a> {
    name: &'static str,
    epochs: (u32, u32),
    top: f64,
    steps: &'a [Step],
    line: Vec<(f64, f64)>,
    line_name: &'static str,
    legend: SeriesLabelPosition,
    points: Vec<(f64, f64)>,
}

fn panel(area: &Area<'_>, panel: &Panel<'_>) -> Result<(), FigureError> {
    let (first, last) = (f64::from(panel.epochs.0), f64::from(panel.epochs.1));
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(first - 0.5..last + 0.5, 0.0..panel.top)
        .map_err(drawing)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(INK.mix(0.2))
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style(font(14, INK))
        .axis_desc_style(font(15, INK))
        .x_desc("epoch")
        .y_desc(panel.name)
        .x_labels((last - first + 1.0).min(12.0) as usize)
        .y_labels(6)
        // Half an epoch is no epoch.
        .x_label_formatter(&|x| if (x - x.round()).abs() < 1e-9 { format!("{x:.0}") } else { String::new() })
        .y_label_formatter(&|y| format!("{y:.1}"))
        .draw()
        .map_err(drawing)?;
    for step in panel.steps {
        let line = PathElement::new([(step.from, 0.0), (step.from, panel.top)], INK.mix(0.5));
        let words = format!("{} px", step.size);
        // A little to the right of the line, above the curves.
        let place = (step.from + 0.1, panel.top * 0.99);
        chart.draw_series([line]).map_err(drawing)?;
        chart.draw_series([Text::new(words, place, font(13, INK))]).map_err(drawing)?;
    }
    chart
        .draw_series(LineSeries::new(panel.line.iter().copied(), BLUE.stroke_width(2)))
        .map_err(drawing)?
        .label(panel.line_name)
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], BLUE.stroke_width(2)));
    chart
        .draw_series(panel.points.iter().map(|&point| Circle::new(point, 4, VERMILLION.filled())))
        .map_err(drawing)?
        .label("validation")
        .legend(|(x, y)| Circle::new((x + 10, y), 4, VERMILLION.filled()));
    chart
        .configure_series_labels()
        .position(panel.legend.clone())
        .label_font(font(14, INK))
        .draw()
        .map_err(drawing)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(epoch: u32, loss: f64) -> Epoch {
        Epoch {
            epoch,
            image_size: 64,
            loss,
            validation_loss: loss * 1.1,
            balanced_accuracy: 1.0 / (1.0 + loss),
        }
    }

    #[test]
    fn every_epoch_has_its_points() {
        let svg = draw(&[epoch(1, 2.0), epoch(2, 1.0), epoch(3, 0.5)], 0.125).unwrap();
        // Three in each panel, and one in each legend.
        assert_eq!(svg.matches("<circle").count(), 2 * (3 + 1));
    }

    #[test]
    fn a_change_of_image_size_is_marked() {
        let larger = Epoch { image_size: 128, ..epoch(2, 1.0) };
        let svg = draw(&[epoch(1, 2.0), larger], 0.125).unwrap();
        assert!(svg.contains("64 px") && svg.contains("128 px"), "{svg}");
        assert!(!draw(&[epoch(1, 2.0), epoch(2, 1.0)], 0.125).unwrap().contains(" px"));
    }

    #[test]
    fn one_epoch_is_enough_and_none_is_not() {
        assert!(draw(&[epoch(1, 2.0)], 0.125).is_ok());
        let found = draw(&[], 0.125).unwrap_err().to_string();
        assert_eq!(found, "learning_curve expects at least one epoch, of finite numbers, found 0 epochs");
    }

    #[test]
    fn a_loss_that_ran_away_is_refused() {
        assert!(draw(&[epoch(1, f64::NAN)], 0.125).is_err());
    }
}
