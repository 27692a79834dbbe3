//! A plot: a canvas with its scale beside it in the page's own words, which read in every theme.

use kit::{Failure, canvas, dom};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

use crate::stage::{append, text};

/// Size of the canvas, canvas pixels.
pub(crate) const WIDTH: f64 = 720.0;
pub(crate) const HEIGHT: f64 = 240.0;
/// Without and with: both stand out from light and dark pages, and from each other for everyone.
pub(crate) const COLOURS: [&str; 2] = ["#d55e00", "#2288cc"];
/// Lines of a scale.
const GRID: &str = "rgba(128, 128, 128, 0.55)";

/// A canvas, a scale on its left and words below.
pub(crate) struct Plot {
    pub(crate) figure: HtmlElement,
    canvas: HtmlCanvasElement,
    ends: [HtmlElement; 2],
}

impl Plot {
    /// `scale` has the words and how far down they are, 0 to 1; `axis` is what runs to the right.
    pub(crate) fn new(title: &str, scale: &[(&str, f64)], axis: &str, caption: &str) -> Self {
        let plot = Self {
            figure: dom::create("figure", "shortcut-plot"),
            canvas: dom::create("canvas", ""),
            ends: [(); 2].map(|()| dom::create("span", "")),
        };
        plot.canvas.set_width(WIDTH as u32);
        plot.canvas.set_height(HEIGHT as u32);
        dom::set(&plot.canvas, "role", "img");
        append(&plot.figure, &text("p", "shortcut-title", title));
        let area: HtmlElement = dom::create("div", "shortcut-area");
        let side: HtmlElement = dom::create("div", "shortcut-scale");
        dom::set(&side, "aria-hidden", "true");
        for (words, down) in scale {
            let mark = text("span", "", words);
            let percent = (100.0 * down) as i32;
            dom::set(&mark, "style", &format!("inset-block-start:{percent}%"));
            append(&side, &mark);
        }
        append(&area, &side);
        append(&area, &plot.canvas);
        append(&plot.figure, &area);
        let below: HtmlElement = dom::create("div", "shortcut-axis");
        append(&below, &plot.ends[0]);
        append(&below, &text("span", "", axis));
        append(&below, &plot.ends[1]);
        append(&plot.figure, &below);
        append(&plot.figure, &text("figcaption", "stage-caption", caption));
        plot
    }

    /// Clears the canvas, draws lines so far down, and writes the axis' ends and what a screen reader says.
    pub(crate) fn start(
        &self,
        lines: &[f64],
        ends: [&str; 2],
        spoken: &str,
    ) -> Result<CanvasRenderingContext2d, Failure> {
        let context = canvas::context(&self.canvas)?;
        context.clear_rect(0.0, 0.0, WIDTH, HEIGHT);
        context.set_fill_style_str(GRID);
        for down in lines {
            context.fill_rect(0.0, (down * (HEIGHT - 2.0)).round(), WIDTH, 2.0);
        }
        for (element, words) in self.ends.iter().zip(ends) {
            element.set_text_content(Some(words));
        }
        dom::set(&self.canvas, "aria-label", spoken);
        Ok(context)
    }
}
