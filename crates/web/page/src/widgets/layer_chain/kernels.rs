//! All kernels of the layer as colour pictures, to choose a channel from.

use imaging::palette;
use kit::{Failure, canvas, dom};
use nn::FirstLayers;
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::stage::{append, text};

/// Kernels in a row.
pub(crate) const COLUMNS: usize = 8;
/// Pixels between two kernels.
const GAP: usize = 1;

/// The mosaic with the frame around the chosen one.
pub(crate) struct Kernels {
    figure: HtmlElement,
    pub(crate) canvas: HtmlCanvasElement,
    mark: HtmlElement,
    caption: HtmlElement,
}

impl Kernels {
    /// An empty mosaic.
    pub(crate) fn new() -> Self {
        let this = Self {
            figure: dom::create("figure", "stage-figure chain-kernels"),
            canvas: dom::create("canvas", ""),
            mark: dom::create("div", "chain-mark"),
            caption: text("figcaption", "stage-caption", ""),
        };
        dom::set(&this.canvas, "tabindex", "0");
        dom::set(&this.canvas, "role", "application");
        dom::set(&this.mark, "aria-hidden", "true");
        let holder: HtmlElement = dom::create("div", "chain-holder");
        append(&holder, &this.canvas);
        append(&holder, &this.mark);
        let frame: HtmlElement = dom::create("div", "stage-frame");
        append(&frame, &holder);
        append(&this.figure, &frame);
        append(&this.figure, &this.caption);
        this
    }

    /// The figure, to put somewhere.
    pub(crate) fn figure(&self) -> &HtmlElement {
        &self.figure
    }

    /// Draws the kernels of a layer.
    pub(crate) fn draw(&self, first: &FirstLayers) -> Result<(), Failure> {
        let count = first.kernels.len();
        let side = first.kernels.first().map_or(1, |kernel| kernel.shape()[1]);
        let pictures: Vec<_> = first.kernels.iter().map(|kernel| palette::weights(kernel.data())).collect();
        let (width, rgba) = mosaic(&pictures, side);
        canvas::draw_rgba(&self.canvas, width as u32, &rgba)?;
        let keys = "Arrow keys move from one to the next, Home and End to the first and the last.";
        dom::set(&self.canvas, "aria-label", &format!("The {count} kernels as colour pictures. {keys}"));
        let words = format!("All {count} kernels, each on its own scale. Press one to choose it.");
        self.caption.set_text_content(Some(&words));
        Ok(())
    }

    /// Frames a kernel.
    pub(crate) fn choose(&self, channel: usize, side: usize) {
        let step = (side + GAP) as f64;
        let percent = |pixels: f64, of: u32| {
            let share = 100.0 * pixels / f64::from(of.max(1));
            format!("{share:.3}%")
        };
        let (width, height) = (self.canvas.width(), self.canvas.height());
        let place = |index: usize| GAP as f64 + index as f64 * step;
        let style = format!(
            "left:{};top:{};width:{};height:{}",
            percent(place(channel % COLUMNS), width),
            percent(place(channel / COLUMNS), height),
            percent(side as f64, width),
            percent(side as f64, height),
        );
        dom::set(&self.mark, "style", &style);
    }

    /// The kernel at a place in the window, nearest to it.
    pub(crate) fn at(&self, x: i32, y: i32, count: usize) -> usize {
        let seen = self.canvas.get_bounding_client_rect();
        let rows = count.div_ceil(COLUMNS);
        let along = |at: i32, start: f64, length: f64, tiles: usize| {
            let tile = (f64::from(at) - start) / length.max(1.0) * tiles as f64;
            (tile.max(0.0) as usize).min(tiles.saturating_sub(1))
        };
        let row = along(y, seen.top(), seen.height(), rows);
        (row * COLUMNS + along(x, seen.left(), seen.width(), COLUMNS)).min(count.saturating_sub(1))
    }
}

/// Where a key leads among `count` kernels; `None` for other keys.
pub(crate) fn step(key: &str, at: usize, count: usize) -> Option<usize> {
    let last = count.saturating_sub(1);
    Some(match key {
        "ArrowLeft" => at.saturating_sub(1),
        "ArrowRight" => (at + 1).min(last),
        "ArrowUp" if at >= COLUMNS => at - COLUMNS,
        "ArrowDown" if at + COLUMNS <= last => at + COLUMNS,
        "ArrowUp" | "ArrowDown" => at,
        "Home" => 0,
        "End" => last,
        _ => return None,
    })
}

/// Pictures of `side` × `side` pixels, three bytes each, in rows of [`COLUMNS`]: width and RGBA, transparent in between.
fn mosaic(pictures: &[Vec<u8>], side: usize) -> (usize, Vec<u8>) {
    let along = |tiles: usize| tiles * (side + GAP) + GAP;
    let (width, height) = (along(COLUMNS), along(pictures.len().div_ceil(COLUMNS)));
    let mut rgba = vec![0; width * height * 4];
    for (index, picture) in pictures.iter().enumerate() {
        let (left, top) = (along(index % COLUMNS), along(index / COLUMNS));
        for (pixel, colour) in picture.chunks_exact(3).enumerate() {
            let at = ((top + pixel / side) * width + left + pixel % side) * 4;
            if let Some(target) = rgba.get_mut(at..at + 4) {
                target.copy_from_slice(&[colour[0], colour[1], colour[2], 255]);
            }
        }
    }
    (width, rgba)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_among_the_kernels() {
        let keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
        assert_eq!(keys.map(|key| step(key, 0, 64)), [0, 1, 0, 8, 0, 63].map(Some));
        assert_eq!(keys.map(|key| step(key, 63, 64)), [62, 63, 55, 63, 0, 63].map(Some));
        assert_eq!(step("Enter", 3, 64), None);
    }

    #[test]
    fn kernels_lie_in_rows_of_eight_with_a_gap() {
        let pictures: Vec<_> = (0..9).map(|i| vec![i as u8 + 1; 2 * 2 * 3]).collect();
        let (width, rgba) = mosaic(&pictures, 2);
        // 8 * 3 + 1 wide, 2 * 3 + 1 high.
        assert_eq!((width, rgba.len()), (25, 25 * 7 * 4));
        let pixel = |x: usize, y: usize| &rgba[(y * width + x) * 4..][..4];
        assert_eq!(
            (pixel(0, 0), pixel(1, 1), pixel(4, 2)),
            (&[0; 4][..], &[1, 1, 1, 255][..], &[2, 2, 2, 255][..])
        );
        assert_eq!((pixel(2, 5), pixel(3, 5)), (&[9, 9, 9, 255][..], &[0; 4][..]));
    }
}
