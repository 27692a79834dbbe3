//! How often values occur: in the whole picture (upwards) and in the window (downwards), on one axis.

use imaging::spaces::Channel;
use kit::{Failure, canvas, dom};
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::words;
use crate::stage::{append, chart, number, text};

/// The chart with its axis.
pub(crate) struct Histogram {
    element: HtmlElement,
    canvas: HtmlCanvasElement,
    ends: [HtmlElement; 3],
}

impl Histogram {
    /// An empty chart.
    pub(crate) fn new() -> Self {
        let this = Self {
            element: dom::create("div", "pixel-histogram"),
            canvas: dom::create("canvas", ""),
            ends: [(); 3].map(|()| dom::create("span", "")),
        };
        dom::set(&this.canvas, "role", "img");
        append(&this.element, &this.canvas);
        for end in &this.ends {
            append(&this.element, end);
        }
        append(
            &this.element,
            &text(
                "p",
                "",
                "How often each value occurs: in the picture (grey, upwards) and in the window (blue, downwards).",
            ),
        );
        this
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Shows how many values of the picture and of the window fall into equal parts of the channel's range.
    pub(crate) fn show(&self, channel: Channel, picture: &[u32], window: &[u32]) -> Result<(), Failure> {
        canvas::draw_rgba(&self.canvas, picture.len() as u32, &chart::mirrored([picture, window], None))?;
        let [low, high] = channel.range();
        for (element, end) in self.ends.iter().zip([low, low.midpoint(high), high]) {
            element.set_text_content(Some(&number(end, 0)));
        }
        let part = (high - low) / picture.len() as f32;
        let most = |counts: &[u32]| {
            let first = (0..counts.len()).rev().max_by_key(|&bin| counts[bin]).unwrap_or_default() as f32;
            let [from, to] = [first, first + 1.0].map(|bin| number(low + bin * part, 1));
            format!("between {from} and {to}{}", words::unit(channel))
        };
        let words = format!(
            "Histogram. The commonest values of the picture are {}, of the window {}.",
            most(picture),
            most(window)
        );
        dom::set(&self.canvas, "aria-label", &words);
        Ok(())
    }
}
