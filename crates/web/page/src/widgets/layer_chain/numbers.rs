//! All products of the convolution at one pixel as numbers, on request.

use kit::{colour, dom};
use nn::Tensor;
use nn::first_layers::PixelSteps;
use web_sys::{Element, Event, HtmlElement};

use super::chain::strongest;
use super::planes::COLOURS;
use super::square::Square;
use super::words::short;
use crate::stage::{append, number, text};

/// Strength of the colour of the largest number, of 1: pale enough to read the digits.
const PALE: f32 = 0.6;

/// Three lines of patch × kernel = products, below a summary that opens them.
pub(crate) struct ProductNumbers {
    element: HtmlElement,
    summary: HtmlElement,
    body: HtmlElement,
    /// Patch, kernel and products of each colour, and its sum; none before they are first shown.
    lines: Vec<([Square; 3], HtmlElement)>,
}

impl ProductNumbers {
    /// A closed one.
    pub(crate) fn new() -> Self {
        let this = Self {
            element: dom::create("details", "chain-numbers"),
            summary: dom::create("summary", ""),
            body: dom::create("div", "chain-lines"),
            lines: Vec::new(),
        };
        // What scrolls must be reached by keyboard.
        dom::set(&this.body, "tabindex", "0");
        dom::set(&this.body, "role", "group");
        dom::set(&this.body, "aria-label", "Pixels times kernel, value by value");
        append(&this.element, &this.summary);
        append(&this.element, &this.body);
        this
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Calls `opened` when the reader opens or closes it.
    pub(crate) fn bind(&self, mut opened: impl FnMut() + 'static) {
        dom::listen(&self.element, "toggle", move |_: Event| opened());
    }

    /// Writes the numbers of a pixel, if the reader asked for them.
    pub(crate) fn show(&mut self, worked: &PixelSteps, kernel: &Tensor<3>) {
        let [colours, side, _] = kernel.shape();
        let count = colours * side * side;
        self.summary.set_text_content(Some(&format!("All {count} products as numbers")));
        let element: &Element = &self.element;
        if !element.has_attribute("open") {
            return;
        }
        if self.lines.first().is_none_or(|(squares, _)| squares[0].len() != side * side) {
            self.make(side);
        }
        let plane = side * side;
        let three = [&worked.patch, kernel, &worked.products];
        for (colour, ((squares, sum), total)) in self.lines.iter().zip(worked.sums).enumerate() {
            for (square, numbers) in squares.iter().zip(three) {
                let end = strongest(numbers.data()).max(f32::MIN_POSITIVE);
                square.show(|index| {
                    let value = numbers.data().get(colour * plane + index).copied().unwrap_or_default();
                    (number(value, 3), colour::signed(PALE * value / end))
                });
            }
            sum.set_text_content(Some(&format!("sum {}", short(total))));
        }
    }

    fn make(&mut self, side: usize) {
        self.body.set_text_content(None);
        self.lines.clear();
        for colour in COLOURS {
            let line: HtmlElement = dom::create("div", "chain-line");
            let squares =
                ["pixels", "kernel", "products"].map(|name| Square::new(side, &format!("{colour}: {name}")));
            // A sign and what follows it stay in one line.
            for (sign, square) in ["", "×", "="].iter().zip(&squares) {
                let part: HtmlElement = dom::create("div", "chain-part");
                append(&part, &text("span", "", sign));
                append(&part, square.element());
                append(&line, &part);
            }
            let sum = text("strong", "", "");
            append(&line, &sum);
            append(&self.body, &line);
            self.lines.push((squares, sum));
        }
    }
}
