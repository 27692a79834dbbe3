//! A picture of a widget: a canvas that fills its frame, its caption, a marker over it.

use std::fmt::Write;

use kit::{Failure, canvas, dom};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::append;

/// Device pixels from which on a pixel is drawn as a square: below, squares would be of two sizes.
const SQUARES: f64 = 3.0;

/// How far a part of a picture was read: column and row of its first pixel, its columns and rows, the pixel reached.
pub(crate) type Read = ([usize; 2], [usize; 2], [usize; 2]);

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
    /// Whether it is as wide as its frame, even if its pixels then have uneven sizes.
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

    /// Draws RGBA bytes, `width` pixels per row.
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

    /// Makes the picture fill its frame, in its own proportions; its pixels are squares once they are large enough to be
    /// seen.
    pub(crate) fn fit(&self) {
        if self.fills {
            return;
        }
        let (width, height) = (self.canvas.width(), self.canvas.height());
        // A tall picture must not be taller than it may be wide.
        let side = width.max(height).max(1);
        let share = percent(width as isize, side);
        dom::set(&self.holder, "style", &format!("width:{share};aspect-ratio:{width}/{height}"));
        let room = f64::from(self.room.client_width()) * dom::window().device_pixel_ratio();
        let scaling = if room / f64::from(side) >= SQUARES { "pixelated" } else { "auto" };
        dom::set(&self.canvas, "data-scaling", scaling);
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

    /// Hides all but what was read of a part of the picture: of the part that begins at `start` and has `size` columns and rows,
    /// what comes before `pixel` in reading order, and that pixel. `None` hides nothing.
    pub(crate) fn veil_after(&self, read: Option<Read>) {
        let style = read.map_or("display:none".to_owned(), |([left, top], [columns, _], [column, row])| {
            let x = |at: usize| percent(at as isize, self.canvas.width());
            let y = |at: usize| percent(at as isize, self.canvas.height());
            let (begin, end, here) = (x(left), x(left + columns), x(column + 1));
            let (above, at, below) = (y(top), y(row), y(row + 1));
            // The veil, and in it a hole of whole rows and the part of one.
            format!(
                "clip-path:polygon(evenodd,-2% -2%,102% -2%,102% 102%,-2% 102%,-2% -2%,{begin} {above},{end} {above},\
                 {end} {at},{here} {at},{here} {below},{begin} {below},{begin} {above},-2% -2%)"
            )
        });
        dom::set(&self.veil, "style", &style);
    }

    /// The pixel of the picture at a place in the window, which may be outside.
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
    format!("{:.4}%", 100.0 * at as f64 / f64::from(of.max(1)))
}
