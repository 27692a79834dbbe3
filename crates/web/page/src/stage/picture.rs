//! A picture on the stage: a canvas at a whole number of device pixels a pixel, its caption, a marker over it.

use std::fmt::Write;

use kit::{Failure, canvas, dom};
use numerics::decimal;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::append;

/// Largest width of a picture in the page, CSS pixels.
const WIDEST: f64 = 448.0;

/// One figure with a picture.
pub(crate) struct PictureView {
    figure: HtmlElement,
    /// As wide as the frame around it leaves.
    room: HtmlElement,
    holder: HtmlElement,
    pub(crate) canvas: HtmlCanvasElement,
    /// Over pixels that are not to be seen yet.
    veil: HtmlElement,
    marker: HtmlElement,
    caption: HtmlElement,
    /// Whether it is as wide as its frame, whatever that makes of its pixels.
    fills: bool,
}

impl PictureView {
    /// An empty figure; `class` tells it from its neighbours.
    pub(crate) fn new(class: &str) -> Self {
        let view = Self {
            figure: dom::create("figure", &format!("stage-figure {class}")),
            room: dom::create("div", "stage-room"),
            holder: dom::create("div", "stage-picture"),
            canvas: dom::create("canvas", ""),
            veil: dom::create("div", "stage-veil"),
            marker: dom::create("div", "stage-marker"),
            caption: dom::create("figcaption", "stage-caption"),
            fills: false,
        };
        dom::set(&view.marker, "aria-hidden", "true");
        append(&view.holder, view.canvas.unchecked_ref());
        view.veil_after(None);
        append(&view.holder, &view.veil);
        append(&view.holder, &view.marker);
        append(&view.room, &view.holder);
        let frame: HtmlElement = dom::create("div", "stage-frame");
        append(&frame, &view.room);
        append(&view.figure, &frame);
        append(&view.figure, &view.caption);
        view
    }

    /// The same, but the picture fills its frame: small maps side by side would differ too much in whole pixels.
    pub(crate) fn filling(class: &str) -> Self {
        let view = Self { fills: true, ..Self::new(class) };
        dom::set(&view.canvas, "data-scaling", "pixelated");
        view
    }

    /// The figure, to put somewhere and to add to.
    pub(crate) fn figure(&self) -> &HtmlElement {
        &self.figure
    }

    /// Draws RGBA bytes, `width` pixels a row.
    pub(crate) fn draw(&self, width: usize, rgba: &[u8]) -> Result<(), Failure> {
        let size = (self.canvas.width(), self.canvas.height());
        canvas::draw_rgba(&self.canvas, width as u32, rgba)?;
        if size != (self.canvas.width(), self.canvas.height()) {
            self.fit();
        }
        Ok(())
    }

    /// What the picture is.
    pub(crate) fn caption(&self, words: &str) {
        if self.caption.text_content().as_deref() != Some(words) {
            self.caption.set_text_content(Some(words));
        }
    }

    /// Makes the picture as large as its frame lets it, every pixel of it a whole number of device pixels; only an
    /// image with more pixels than the frame has is made smaller than that.
    pub(crate) fn fit(&self) {
        let room = f64::from(self.room.client_width()).min(WIDEST);
        if room <= 0.0 || self.fills {
            return;
        }
        let ratio = dom::window().device_pixel_ratio().max(0.1);
        let (width, height) = (f64::from(self.canvas.width()), f64::from(self.canvas.height()));
        // A tall picture must not be taller than it may be wide.
        let side = width.max(height);
        let times = (room * ratio / side).floor();
        let shown = if times >= 1.0 { times * width / ratio } else { room * width / side };
        let smooth = if times >= 1.0 { "pixelated" } else { "auto" };
        dom::set(
            &self.holder,
            "style",
            &format!(
                "width:{}px;aspect-ratio:{}/{}",
                decimal::fixed(shown, 4),
                self.canvas.width(),
                self.canvas.height()
            ),
        );
        dom::set(&self.canvas, "data-scaling", smooth);
    }

    /// Frames the square of `size` pixels that begins at `left` and `top`; it may reach beyond the picture. Where
    /// `apart` is above 1, only every so many of its pixels count.
    pub(crate) fn mark(&self, [left, top]: [isize; 2], size: usize, apart: usize) {
        let [x, width] = [left, size as isize].map(|at| percent(at, self.canvas.width()));
        let [y, height] = [top, size as isize].map(|at| percent(at, self.canvas.height()));
        let mut style = format!("left:{x};top:{y};width:{width};height:{height}");
        if apart > 1 {
            let _infallible = write!(style, ";--apart:{apart};--size:{size}");
        }
        dom::set(&self.marker, "style", &style);
    }

    /// Hides what comes after this pixel in reading order; `None` hides nothing.
    pub(crate) fn veil_after(&self, pixel: Option<[usize; 2]>) {
        let style = match pixel {
            None => "display:none".to_owned(),
            Some([column, row]) => {
                let x = percent(column as isize + 1, self.canvas.width());
                let [above, below] = [row, row + 1].map(|y| percent(y as isize, self.canvas.height()));
                format!(
                    "clip-path:polygon({x} {above},102% {above},102% 102%,-2% 102%,-2% {below},{x} {below})"
                )
            }
        };
        dom::set(&self.veil, "style", &style);
    }

    /// The pixel of the picture at a place in the window, which may lie outside.
    pub(crate) fn pixel(&self, x: i32, y: i32) -> [f32; 2] {
        let seen = self.canvas.get_bounding_client_rect();
        let along = |at: i32, start: f64, length: f64, pixels: u32| {
            ((f64::from(at) - start) / length.max(1.0) * f64::from(pixels)).floor() as f32
        };
        [
            along(x, seen.left(), seen.width(), self.canvas.width()),
            along(y, seen.top(), seen.height(), self.canvas.height()),
        ]
    }
}

/// A place among `of` pixels as CSS writes it.
fn percent(at: isize, of: u32) -> String {
    decimal::fixed(100.0 * at as f64 / f64::from(of.max(1)), 4) + "%"
}
