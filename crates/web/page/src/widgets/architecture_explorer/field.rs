//! The image with the square that one value sees: everything around it is darker, and what is beyond the image is padding.

use std::ops::Range;

use architecture::ReceptiveField;
use imaging::{Rgb8, resize};
use kit::{Failure, canvas, dom};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

use crate::stage::{append, text};

/// Side of the canvas, canvas pixels.
const SIDE: f64 = 896.0;
/// Of a map with more values along an axis the places are not dotted.
const MOST_DOTS: usize = 28;

/// The figure.
pub(crate) struct FieldView {
    figure: HtmlElement,
    pub(crate) canvas: HtmlCanvasElement,
    caption: HtmlElement,
    /// The image as the network receives it, one canvas pixel per pixel.
    image: HtmlCanvasElement,
}

/// One value of a layer, by its place in its map, and what is drawn of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FieldLook {
    pub(crate) field: ReceptiveField,
    /// Values along an axis.
    pub(crate) count: usize,
    /// Column and row of the value.
    pub(crate) at: [usize; 2],
    /// Side of the image, pixels.
    pub(crate) side: usize,
}

impl FieldLook {
    /// Columns and rows that the value sees.
    pub(crate) fn seen(&self) -> [Range<isize>; 2] {
        self.at.map(|index| self.field.along(index))
    }

    /// First pixel and number of pixels of what is drawn: the image and every field of the layer.
    fn scene(&self) -> (isize, isize) {
        let first = self.field.along(0).start.min(0);
        let end = self.field.along(self.count - 1).end.max(self.side as isize);
        (first, end - first)
    }
}

impl FieldView {
    /// An empty figure.
    pub(crate) fn new() -> Self {
        let view = Self {
            figure: dom::create("figure", "arch-field"),
            canvas: dom::create("canvas", ""),
            caption: text("figcaption", "stage-caption", ""),
            image: dom::create("canvas", ""),
        };
        view.canvas.set_width(SIDE as u32);
        view.canvas.set_height(SIDE as u32);
        dom::set(&view.canvas, "tabindex", "0");
        dom::set(&view.canvas, "role", "application");
        dom::set(&view.canvas, "aria-label", "The image, and the part of it that one value sees.");
        dom::set(&view.canvas, "data-picture", "image draw-new own-image use-camera seed column row");
        append(&view.figure, &view.canvas);
        append(&view.figure, &view.caption);
        view
    }

    /// The figure to put somewhere.
    pub(crate) fn figure(&self) -> &HtmlElement {
        &self.figure
    }

    /// Stretches the picture to the network's input.
    pub(crate) fn set_image(&self, pixels: &Rgb8, side: usize) -> Result<(), Failure> {
        canvas::draw(&self.image, &resize(pixels, side as u32, side as u32))
    }

    /// Draws what the value sees.
    pub(crate) fn draw(&self, look: &FieldLook, caption: &str) -> Result<(), Failure> {
        let context = canvas::context(&self.canvas)?;
        let (first, length) = look.scene();
        let scale = SIDE / length as f64;
        let place = |pixel: isize| (pixel - first) as f64 * scale;
        context.set_fill_style_str("#8c8c8c");
        context.fill_rect(0.0, 0.0, SIDE, SIDE);
        let (left, size) = (place(0), look.side as f64 * scale);
        // An image larger than its place is averaged, a smaller one keeps its pixels.
        context.set_image_smoothing_enabled(scale < 2.0);
        let drawn =
            context.draw_image_with_html_canvas_element_and_dw_and_dh(&self.image, left, left, size, size);
        drawn.map_err(|e| Failure::thrown("The browser could not draw the picture", &e))?;
        let [columns, rows] =
            look.seen().map(|seen| (place(seen.start), (seen.end - seen.start) as f64 * scale));
        // Dark enough to lead the eye to the field, and light enough that the lesion around it stays one.
        context.set_fill_style_str("rgba(0, 0, 0, 0.28)");
        let ((x, width), (y, height)) = (columns, rows);
        context.fill_rect(0.0, 0.0, SIDE, y);
        context.fill_rect(0.0, y + height, SIDE, SIDE - y - height);
        context.fill_rect(0.0, y, x, height);
        context.fill_rect(x + width, y, SIDE - x - width, height);
        // The image's own edge, where the field reaches beyond.
        context.set_line_width(2.0);
        context.set_stroke_style_str("#000000");
        context.stroke_rect(left, left, size, size);
        Self::draw_dots(&context, look, &place, scale);
        for (line, colour) in [(8.0, "#000000"), (4.0, "#ffffff")] {
            context.set_line_width(line);
            context.set_stroke_style_str(colour);
            context.stroke_rect(x, y, width, height);
        }
        if self.caption.text_content().as_deref() != Some(caption) {
            self.caption.set_text_content(Some(caption));
            let keys = " Arrow keys move to the next value of the map, with Shift by four values.";
            dom::set(&self.canvas, "aria-label", &format!("{caption}{keys}"));
        }
        Ok(())
    }

    /// Where the values of the map look at, while they are few; the one looked at is larger.
    fn draw_dots(
        context: &CanvasRenderingContext2d,
        look: &FieldLook,
        place: &impl Fn(isize) -> f64,
        scale: f64,
    ) {
        let dot = |[column, row]: [usize; 2], side: f64| {
            let [x, y] = [column, row].map(|index| {
                let seen = look.field.along(index);
                // The middle of a pixel lies half a pixel from its edge.
                place(seen.start) + (seen.end - seen.start) as f64 * scale / 2.0
            });
            context.set_fill_style_str("#000000");
            context.fill_rect(x - side / 2.0 - 2.0, y - side / 2.0 - 2.0, side + 4.0, side + 4.0);
            context.set_fill_style_str("#ffffff");
            context.fill_rect(x - side / 2.0, y - side / 2.0, side, side);
        };
        if look.count <= MOST_DOTS && look.count > 1 {
            for row in 0..look.count {
                for column in 0..look.count {
                    dot([column, row], 4.0);
                }
            }
        }
        dot(look.at, 10.0);
    }

    /// The pixel of the image at a place in the window, held inside the image.
    pub(crate) fn pixel(&self, look: &FieldLook, x: i32, y: i32) -> [usize; 2] {
        let seen = self.canvas.get_bounding_client_rect();
        let (first, length) = look.scene();
        let along = |at: i32, start: f64, width: f64| {
            let pixel = (f64::from(at) - start) / width.max(1.0) * length as f64;
            (pixel.floor() as isize + first).clamp(0, look.side as isize - 1) as usize
        };
        [along(x, seen.left(), seen.width()), along(y, seen.top(), seen.height())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scene_holds_the_image_and_every_field() {
        let field = ReceptiveField { size: 427, stride: 32, start: -213 };
        let look = FieldLook { field, count: 7, at: [3, 0], side: 224 };
        // From -213 to 192 + 213.
        assert_eq!(look.scene(), (-213, 619));
        assert_eq!(look.seen(), [-117..310, -213..214]);
        let pixel = FieldLook { field: ReceptiveField::PIXEL, count: 224, at: [0, 0], side: 224 };
        assert_eq!(pixel.scene(), (0, 224));
    }
}
