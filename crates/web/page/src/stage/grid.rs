//! A square of values as small coloured cells: the kernel, the patch under it, their products.

use imaging::Kernel;
use kit::{colour, dom};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::coefficient::{self, CellText};

/// Strength of the colour of a kernel's largest number, of 1.
const PALE: f32 = 0.6;

/// A grid in the page; its cells are made again only when its size changes.
pub(crate) struct Grid {
    element: HtmlElement,
    cells: Vec<HtmlElement>,
}

impl Grid {
    /// An empty grid.
    pub(crate) fn new(class: &str) -> Self {
        Self { element: dom::create("div", &format!("kernel-grid {class}")), cells: Vec::new() }
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Shows `size` × `size` cells, each with what `cell` says about its index: writing and colour.
    pub(crate) fn show(&mut self, size: usize, cell: impl Fn(usize) -> (CellText, Option<[u8; 3]>)) {
        self.resize(size);
        for (index, element) in self.cells.iter().enumerate() {
            let (written, colour) = cell(index);
            match written {
                CellText::Line(text) => element.set_text_content(Some(&text)),
                CellText::Fraction(above, below) => {
                    element.set_text_content(None);
                    let fraction: Element = dom::create("span", "fraction");
                    for (class, text) in [("above", above), ("below", below)] {
                        let part: Element = dom::create("span", class);
                        part.set_text_content(Some(&text));
                        let _never_refused = fraction.append_child(&part);
                    }
                    let _never_refused = element.append_child(&fraction);
                }
            }
            let style = match colour {
                Some(colour) => {
                    let ink = if colour::wants_white_text(colour) { "#fff" } else { "#000" };
                    format!("background:{};color:{ink}", colour::css(colour))
                }
                None => String::new(),
            };
            dom::set(element, "style", &style);
        }
    }

    /// Shows a kernel's coefficients as a heat map: blue below zero, white, red above, pale enough to read the numbers.
    pub(crate) fn show_weights(&mut self, kernel: &Kernel) {
        let largest = kernel.coefficients().iter().fold(f32::MIN_POSITIVE, |m, c| m.max(c.abs()));
        self.show(kernel.size(), |i| {
            let weight = kernel.coefficients()[i];
            (coefficient::write(weight), Some(colour::signed(PALE * weight / largest)))
        });
    }

    fn resize(&mut self, size: usize) {
        if self.cells.len() == size * size {
            return;
        }
        self.element.set_text_content(None);
        dom::set(&self.element, "style", &format!("--size:{size}"));
        self.cells = (0..size * size)
            .map(|_| {
                let cell: HtmlElement = dom::create("span", "kernel-cell");
                let _never_refused = self.element.append_child(cell.unchecked_ref());
                cell
            })
            .collect();
    }
}
