//! Which numbers are frequent: the whole picture's upwards, the window's downwards, over one axis.

use imaging::spaces::Channel;
use web_sys::{HtmlCanvasElement, HtmlElement};
use widget_kit::{Failure, canvas, dom};

use super::words;
use crate::view::{append, number, text};

/// Rows of the canvas above the axis, and below it.
const HALF: usize = 32;
/// Grey for the picture, blue for the window: both stand out from light and dark pages.
const COLOURS: [[u8; 4]; 2] = [[128, 128, 128, 255], [34, 136, 204, 255]];

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
                "How often each number occurs: grey, upwards, in the picture; blue, downwards, in the window.",
            ),
        );
        this
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Shows how many numbers of the picture and of the window fall into equal parts of the channel's range.
    pub(crate) fn show(&self, channel: Channel, picture: &[u32], window: &[u32]) -> Result<(), Failure> {
        canvas::draw_rgba(&self.canvas, picture.len() as u32, &chart([picture, window]))?;
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
            "Histogram. Most numbers of the picture are {}, of the window {}.",
            most(picture),
            most(window)
        );
        dom::set(&self.canvas, "aria-label", &words);
        Ok(())
    }
}

/// RGBA: a column a part, each half as high as its largest count.
fn chart(halves: [&[u32]; 2]) -> Vec<u8> {
    let columns = halves[0].len();
    let mut rgba = vec![0; columns * 2 * HALF * 4];
    for (half, (counts, colour)) in halves.into_iter().zip(COLOURS).enumerate() {
        let largest = counts.iter().copied().max().unwrap_or_default().max(1) as usize;
        for (column, &count) in counts.iter().enumerate() {
            // What occurs at all shows.
            let height = (count as usize * HALF).div_ceil(largest);
            for step in 0..height {
                let row = if half == 0 { HALF - 1 - step } else { HALF + step };
                let at = (row * columns + column) * 4;
                rgba[at..at + 4].copy_from_slice(&colour);
            }
        }
    }
    rgba
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_count_fills_its_half_and_a_single_one_shows() {
        let rgba = chart([&[1000, 1, 0], &[0, 0, 3]]);
        let height = |column: usize, colour: [u8; 4]| {
            (0..2 * HALF).filter(|row| rgba[(row * 3 + column) * 4..][..4] == colour).count()
        };
        assert_eq!([0, 1, 2].map(|c| height(c, COLOURS[0])), [HALF, 1, 0]);
        assert_eq!([0, 1, 2].map(|c| height(c, COLOURS[1])), [0, 0, HALF]);
    }
}
