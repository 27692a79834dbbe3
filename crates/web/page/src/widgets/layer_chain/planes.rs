//! The convolution at one place as pictures: pixels, kernel and products, each in red, green and blue, and the sums.

use kit::{Failure, canvas, colour, dom};
use nn::Tensor;
use nn::first_layers::PixelSteps;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::chain::strongest;
use super::words::short;
use crate::stage::{append, text};

/// Names of the columns.
pub(crate) const COLOURS: [&str; 3] = ["red", "green", "blue"];
/// Names of the rows.
const ROWS: [&str; 3] = ["pixels", "× kernel", "= products"];

/// The table.
pub(crate) struct PlaneTable {
    table: HtmlElement,
    rows: [PlaneRow; 3],
    sums: [HtmlElement; 3],
}

/// Three planes on one scale.
struct PlaneRow {
    canvases: [HtmlCanvasElement; 3],
    scale: HtmlElement,
}

impl PlaneTable {
    /// An empty table.
    pub(crate) fn new() -> Self {
        let this = Self {
            table: dom::create("table", "chain-planes"),
            rows: [(); 3].map(|()| PlaneRow {
                canvases: [(); 3].map(|()| dom::create("canvas", "")),
                scale: dom::create("td", "chain-ends"),
            }),
            sums: [(); 3].map(|()| dom::create("td", "chain-sum")),
        };
        let head: HtmlElement = dom::create("tr", "");
        append(&head, &text("td", "", ""));
        for name in COLOURS {
            append(&head, &heading(name));
        }
        append(&head, &heading("darkest"));
        append(&this.table, &head);
        for (name, row) in ROWS.iter().zip(&this.rows) {
            let line: HtmlElement = dom::create("tr", "");
            append(&line, &heading(name));
            for canvas in &row.canvases {
                dom::set(canvas, "role", "img");
                let cell: HtmlElement = dom::create("td", "");
                append(&cell, canvas);
                append(&line, &cell);
            }
            append(&line, &row.scale);
            append(&this.table, &line);
        }
        let line: HtmlElement = dom::create("tr", "");
        append(&line, &heading("sum"));
        for sum in &this.sums {
            append(&line, sum);
        }
        append(&this.table, &line);
        this
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.table
    }

    /// Shows the arithmetic at a place.
    pub(crate) fn show(&self, worked: &PixelSteps, kernel: &Tensor<3>) -> Result<(), Failure> {
        for ((row, name), numbers) in
            self.rows.iter().zip(ROWS).zip([&worked.patch, kernel, &worked.products])
        {
            row.show(name, numbers)?;
        }
        for (element, sum) in self.sums.iter().zip(worked.sums) {
            element.set_text_content(Some(&short(sum)));
        }
        Ok(())
    }
}

impl PlaneRow {
    fn show(&self, name: &str, numbers: &Tensor<3>) -> Result<(), Failure> {
        let [_, height, width] = numbers.shape();
        let end = strongest(numbers.data());
        let planes = numbers.data().chunks_exact((height * width).max(1));
        for ((canvas, colour), plane) in self.canvases.iter().zip(COLOURS).zip(planes) {
            canvas::draw_rgba(canvas, width as u32, &signed(plane, end))?;
            let smallest = plane.iter().copied().fold(f32::INFINITY, f32::min);
            let largest = plane.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let name = name.trim_start_matches(['×', '=', ' ']);
            let [smallest, largest] = [smallest, largest].map(short);
            let words = format!("{name} of {colour}, from {smallest} to {largest}");
            dom::set(canvas, "aria-label", &words);
        }
        self.scale.set_text_content(Some(&format!("±{}", short(end))));
        Ok(())
    }
}

/// Numbers as RGBA: blue below zero, white, red above, darkest at `end`.
pub(crate) fn signed(numbers: &[f32], end: f32) -> Vec<u8> {
    let pixel = |number: &f32| {
        let [r, g, b] = colour::signed(number / end.max(f32::MIN_POSITIVE));
        [r, g, b, 255]
    };
    numbers.iter().flat_map(pixel).collect()
}

fn heading(words: &str) -> HtmlElement {
    text("th", "", words)
}
