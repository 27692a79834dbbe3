//! A small table of values on colours: a kernel, a patch, a window.

use kit::{colour, dom};
use web_sys::HtmlElement;

use crate::stage::{append, text};

/// A table of `side` × `side` cells.
pub(crate) struct Square {
    table: HtmlElement,
    cells: Vec<HtmlElement>,
}

impl Square {
    /// An empty one.
    pub(crate) fn new(side: usize, caption: &str) -> Self {
        let table: HtmlElement = dom::create("table", "chain-square");
        dom::set(&table, "data-side", &side.to_string());
        append(&table, &text("caption", "", caption));
        let mut cells = Vec::with_capacity(side * side);
        for _ in 0..side {
            let row: HtmlElement = dom::create("tr", "");
            for _ in 0..side {
                let cell: HtmlElement = dom::create("td", "");
                append(&row, &cell);
                cells.push(cell);
            }
            append(&table, &row);
        }
        Self { table, cells }
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.table
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Writes every cell: words and colour, row by row.
    pub(crate) fn show(&self, cell: impl Fn(usize) -> (String, [u8; 3])) {
        for (index, element) in self.cells.iter().enumerate() {
            let (words, colour) = cell(index);
            element.set_text_content(Some(&words));
            let ink = if colour::wants_white_text(colour) { "#fff" } else { "#000" };
            dom::set(element, "style", &format!("background:{};color:{ink}", colour::css(colour)));
        }
    }

    /// Frames one cell.
    pub(crate) fn mark(&self, chosen: Option<usize>) {
        for (index, element) in self.cells.iter().enumerate() {
            dom::set(element, "data-chosen", if chosen == Some(index) { "true" } else { "false" });
        }
    }
}
