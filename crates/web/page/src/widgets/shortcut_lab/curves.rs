//! The loss of both networks, step by step.

use kit::Failure;
use shortcut_trials::{NetworkKind, Trial};
use web_sys::HtmlElement;

use super::plot::{COLOURS, HEIGHT, Plot, WIDTH};
use super::words;

/// The largest loss on the scale; larger ones are drawn at the edge.
const TOP: f32 = 1.0;
/// What guessing between two answers costs: ln 2.
const GUESS: f32 = core::f32::consts::LN_2;

/// The plot.
pub(crate) struct LossCurves {
    pub(crate) figure: HtmlElement,
    plot: Plot,
}

impl LossCurves {
    /// An empty plot.
    pub(crate) fn new() -> Self {
        let scale = [("1", 0.0), ("guess", f64::from(1.0 - GUESS)), ("0", 1.0)];
        let caption = "Mean loss over all 200 points; guessing gives 0.69. Orange, dashed: without shortcuts. Blue: with \
                       shortcuts.";
        let plot = Plot::new("Loss", &scale, "steps", caption);
        Self { figure: plot.figure.clone(), plot }
    }

    /// Draws both.
    pub(crate) fn draw(
        &self,
        trials: &[Trial; 2],
        kinds: [NetworkKind; 2],
        last: usize,
    ) -> Result<(), Failure> {
        let last = trials.iter().map(Trial::steps).fold(last, usize::max);
        let spoken = words::losses(trials, kinds);
        let lines = [0.0, f64::from(1.0 - GUESS), 1.0];
        let context = self.plot.start(&lines, ["0", &last.to_string()], &spoken)?;
        context.set_line_width(4.0);
        for (which, trial) in trials.iter().enumerate() {
            context.set_stroke_style_str(COLOURS[which]);
            context.begin_path();
            let points = points(trial.losses(), last);
            for (index, [x, y]) in points.iter().enumerate() {
                // The first one is without shortcuts: dashes that follow the steps.
                if which == 0 && index % 12 > 8 {
                    context.move_to(*x, *y);
                } else {
                    context.line_to(*x, *y);
                }
            }
            context.stroke();
        }
        Ok(())
    }
}

/// Where the losses are on the canvas, about one for every two pixels.
fn points(losses: &[f32], last: usize) -> Vec<[f64; 2]> {
    let place = |step: usize| {
        let down = 1.0 - losses[step].clamp(0.0, TOP) / TOP;
        let down = if down.is_nan() { 0.0 } else { f64::from(down) };
        [step as f64 / last.max(1) as f64 * WIDTH, 2.0 + down * (HEIGHT - 4.0)]
    };
    let every = (2 * last).div_ceil(WIDTH as usize).max(1);
    let end = losses.len() - 1;
    (0..end).step_by(every).chain([end]).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_runs_from_its_first_loss_to_its_last() {
        let points = points(&[2.0, 0.5, f32::NAN, 0.0], 6);
        // Six steps over 720 pixels; 240 pixels less two at both edges; above 1 stays at the edge.
        assert_eq!(points, [[0.0, 2.0], [120.0, 120.0], [240.0, 2.0], [360.0, 238.0]]);
        assert_eq!(super::points(&[0.0; 1001], 1000).len(), 335);
    }
}
