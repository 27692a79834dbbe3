//! How often values occur before a step (upwards) and after it (downwards).

use kit::{Failure, canvas, dom};
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::chain::BINS;
use super::words::short;
use crate::stage::chart;

/// The chart of one step.
pub(crate) struct Histogram {
    canvas: HtmlCanvasElement,
}

impl Histogram {
    /// An empty chart.
    pub(crate) fn new() -> Self {
        let this = Self { canvas: dom::create("canvas", "chain-histogram") };
        dom::set(&this.canvas, "role", "img");
        this
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.canvas
    }

    /// Shows what a step changes; the axis goes from minus `end` to `end`.
    pub(crate) fn show(&self, before: &[u32], after: &[u32], end: f32) -> Result<(), Failure> {
        canvas::draw_rgba(
            &self.canvas,
            before.len() as u32,
            &chart::mirrored([before, after], Some(BINS / 2)),
        )?;
        let most = |counts: &[u32]| {
            let bin = (0..counts.len()).rev().max_by_key(|&bin| counts[bin]).unwrap_or_default();
            let part = 2.0 * end / counts.len().max(1) as f32;
            let [from, to] = [bin, bin + 1].map(|bin| short(bin as f32 * part - end));
            format!("between {from} and {to}")
        };
        let words = format!(
            "Histogram. The commonest values before the step are {}, after it {}.",
            most(before),
            most(after)
        );
        dom::set(&self.canvas, "aria-label", &words);
        Ok(())
    }
}
