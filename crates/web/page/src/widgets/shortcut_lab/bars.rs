//! How large the gradient of every layer is before the first step.

use kit::Failure;
use shortcut_trials::{NetworkKind, Trial};
use web_sys::HtmlElement;

use super::plot::{COLOURS, HEIGHT, Plot, WIDTH};
use super::words;

/// Ends of the scale, powers of ten.
const LOW: f64 = -8.0;
const HIGH: f64 = 4.0;

/// The plot.
pub(crate) struct GradientBars {
    pub(crate) figure: HtmlElement,
    plot: Plot,
}

impl GradientBars {
    /// An empty plot.
    pub(crate) fn new() -> Self {
        let marks = [("10,000", HIGH), ("1", 0.0), ("1/10,000", -4.0), ("", LOW)];
        let scale = marks.map(|(words, power)| (words, down(power)));
        let caption = "Length of the gradient of each layer's weights before the first step; each line is 10,000 times the one \
                       below it. Left, orange: without shortcuts. Right, blue: with shortcuts.";
        let plot = Plot::new("Gradient of each layer before the first step", &scale, "layers", caption);
        Self { figure: plot.figure.clone(), plot }
    }

    /// Draws both, layer by layer.
    pub(crate) fn draw(&self, trials: &[Trial; 2], kinds: [NetworkKind; 2]) -> Result<(), Failure> {
        let layers = trials[0].first_gradients().len();
        let spoken = words::gradients(trials, kinds);
        let lines = [HIGH, 0.0, -4.0, LOW].map(down);
        let context = self.plot.start(&lines, ["first", "last"], &spoken)?;
        let step = WIDTH / layers as f64;
        for (which, trial) in trials.iter().enumerate() {
            context.set_fill_style_str(COLOURS[which]);
            for (layer, &size) in trial.first_gradients().iter().enumerate() {
                let height = height(size);
                let left = step * (layer as f64 + 0.1 + 0.4 * which as f64);
                context.fill_rect(left, HEIGHT - height, step * 0.36, height);
            }
        }
        Ok(())
    }
}

/// How far down a power of ten is, 0 to 1.
fn down(power: f64) -> f64 {
    (HIGH - power) / (HIGH - LOW)
}

/// Height of a bar, canvas pixels; nothing has none.
fn height(size: f32) -> f64 {
    if size <= 0.0 {
        return 0.0;
    }
    let power =
        if size.is_finite() { f64::from(numerics::math::ln(size)) / core::f64::consts::LN_10 } else { HIGH };
    (1.0 - down(power)).clamp(0.0, 1.0) * HEIGHT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows_with_the_power_of_ten() {
        // From 10^-8 to 10^4 on 240 pixels: 20 for each power.
        let sizes =
            [(0.0, 0.0), (1e-9, 0.0), (1e-4, 80.0), (1.0, 160.0), (1e5, 240.0), (f32::INFINITY, 240.0)];
        for (size, expected) in sizes {
            // A ten-thousandth of a power.
            assert!((height(size) - expected).abs() < 2e-3, "{size}: {}", height(size));
        }
    }
}
