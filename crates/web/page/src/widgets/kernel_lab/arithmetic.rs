//! The arithmetic at one pixel of the result: patch × kernel, and the sum.
//!
//! Small kernels are written out as three squares of values. Large ones show the patch with a sum at the end of each
//! row, because 225 products are too many to read; the kernel itself is shown above.

use kit::{colour, dom};
use web_sys::HtmlElement;

use super::outcome::{KernelResult, products};
use super::words;
use crate::stage::{CellText, Grid, append, fixed, number, text};

/// Largest kernel that is written out.
const WRITTEN_OUT: usize = 5;
/// Names of the channels of a colour picture.
const COLOURS: [&str; 3] = ["Red", "Green", "Blue"];

/// The panel under the pictures.
pub(crate) struct Arithmetic {
    element: HtmlElement,
    title: HtmlElement,
    hint: HtmlElement,
    body: HtmlElement,
    lines: Vec<ChannelLine>,
    /// Size of the kernel and number of channels that `lines` is made for.
    made_for: (usize, usize),
}

/// One channel: its squares, and the sum.
struct ChannelLine {
    patch: Grid,
    kernel: Grid,
    products: Grid,
    row_sums: Vec<HtmlElement>,
    sum: HtmlElement,
}

impl Arithmetic {
    /// An empty panel.
    pub(crate) fn new() -> Self {
        let this = Self {
            element: dom::create("div", "arithmetic"),
            title: dom::create("p", "arithmetic-title"),
            hint: dom::create("p", "arithmetic-hint"),
            body: dom::create("div", "arithmetic-body"),
            lines: Vec::new(),
            made_for: (0, 0),
        };
        append(&this.element, &this.title);
        append(&this.element, &this.hint);
        append(&this.element, &this.body);
        this
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Says how to look at another pixel.
    pub(crate) fn hint(&self, held: bool) {
        self.hint.set_text_content(Some(if held {
            "This pixel is fixed. Click again, or press Enter, to release it; arrow keys move it."
        } else {
            "Point at any pixel of the result, or use the arrow keys there. A click fixes the pixel."
        }));
    }

    /// Shows the arithmetic at a pixel of the result.
    pub(crate) fn show(&mut self, outcome: &KernelResult, [column, row]: [usize; 2]) {
        let Some(patch) = outcome.patch(column, row) else { return };
        let kernel = &outcome.settings.kernel;
        let size = kernel.size();
        let [channels, ..] = outcome.result.shape();
        self.make(size, channels);
        let results = outcome.at(column, row);
        let written_out = size <= WRITTEN_OUT;
        let which = if outcome.settings.turned { "rotated kernel" } else { "kernel" };
        let how = if written_out { "added up" } else { "added up row by row" };
        let values = words::values(&results);
        self.title.set_text_content(Some(&format!(
            "At column {column}, row {row}: {values} = patch × {which}, {how}"
        )));
        for (channel, line) in self.lines.iter_mut().enumerate() {
            let pixels = &patch.data()[channel * size * size..(channel + 1) * size * size];
            let products = products(pixels, kernel.coefficients());
            line.patch.show(size, |i| {
                (CellText::Line(number(pixels[i], 0)), Some([colour::to_byte(pixels[i]); 3]))
            });
            if written_out {
                line.kernel.show_weights(kernel);
                line.products.show(size, |i| (CellText::Line(number(products[i], 1)), None));
            }
            for (element, row) in line.row_sums.iter().zip(products.chunks(size)) {
                element.set_text_content(Some(&fixed(row.iter().sum(), 2)));
            }
            line.sum.set_text_content(Some(&number(results[channel], 2)));
        }
    }

    fn make(&mut self, size: usize, channels: usize) {
        if self.made_for == (size, channels) {
            return;
        }
        self.made_for = (size, channels);
        self.body.set_text_content(None);
        self.lines = (0..channels)
            .map(|channel| {
                let name = (channels == COLOURS.len()).then_some(COLOURS[channel.min(2)]);
                let (line, element) = ChannelLine::make(size, name);
                append(&self.body, &element);
                line
            })
            .collect();
    }
}

impl ChannelLine {
    fn make(size: usize, name: Option<&str>) -> (Self, HtmlElement) {
        let element: HtmlElement = dom::create("div", "arithmetic-line");
        dom::set(&element, "data-size", &size.to_string());
        let line = Self {
            patch: Grid::new("patch"),
            kernel: Grid::new("weights"),
            products: Grid::new("products"),
            row_sums: if size <= WRITTEN_OUT {
                Vec::new()
            } else {
                (0..size).map(|_| dom::create("span", "")).collect()
            },
            sum: dom::create("strong", "arithmetic-sum"),
        };
        if let Some(name) = name {
            append(&element, &text("p", "arithmetic-channel", name));
        }
        let equation: HtmlElement = dom::create("div", "arithmetic-equation");
        // Wide squares scroll inside their own box, never the page.
        dom::set(&equation, "tabindex", "0");
        dom::set(&equation, "role", "group");
        dom::set(&equation, "aria-label", "Patch times kernel, value by value");
        append(&equation, &titled("patch", line.patch.element()));
        if size <= WRITTEN_OUT {
            append(&equation, &signed("×", &titled("kernel", line.kernel.element())));
            append(&equation, &signed("=", &titled("products", line.products.element())));
        } else {
            let sums: HtmlElement = dom::create("div", "row-sums");
            line.row_sums.iter().for_each(|sum| append(&sums, sum));
            append(&equation, &titled("× kernel", &sums));
        }
        append(&equation, &signed("sum:", &line.sum));
        append(&element, &equation);
        (line, element)
    }
}

/// `content` behind a sign, from which no line parts it.
fn signed(sign: &str, content: &HtmlElement) -> HtmlElement {
    let element: HtmlElement = dom::create("div", "arithmetic-signed");
    append(&element, &text("span", "arithmetic-sign", sign));
    append(&element, content);
    element
}

/// `content` with a word above it.
fn titled(word: &str, content: &HtmlElement) -> HtmlElement {
    let element: HtmlElement = dom::create("div", "arithmetic-part");
    append(&element, &text("p", "arithmetic-word", word));
    append(&element, content);
    element
}
