//! The picture: a table with a row for each diagnosis, both tests on one axis; below it, what the images of one diagnosis were
//! taken for.

use std::rc::Rc;

use catalog::Diagnosis;
use evaluation::Estimate;
use kit::Section;
use kit::dom::{self, child};
use web_sys::{Event, HtmlElement};

use super::measured::{Measure, MeasuredTest};
use super::words;
use crate::stage::{append, text};

/// The classes that carry the colours of the two tests.
const TESTS: [&str; 2] = ["shift-first", "shift-second"];

/// The widget's elements.
pub(crate) struct ShiftView {
    names: [HtmlElement; 2],
    /// Of every diagnosis, and the mean last.
    rows: Vec<ShiftRow>,
    taken: [TakenFor; 2],
    title: HtmlElement,
}

/// One row of the table.
struct ShiftRow {
    element: HtmlElement,
    head: HtmlElement,
    plot: HtmlElement,
    numbers: [HtmlElement; 2],
}

/// A bar whose parts are what images were taken for, and the same in words.
struct TakenFor {
    bar: HtmlElement,
    words: HtmlElement,
}

impl ShiftView {
    /// Shows the empty elements in place of the fallback.
    pub(crate) fn new(section: &Section) -> Self {
        let root: HtmlElement = dom::create("div", "domain-shift");
        dom::set(&root, "data-picture", "");
        let legend = child(&root, "ul", "shift-legend");
        let names = TESTS.map(|class| child(&legend, "li", class));
        let table = child(&root, "table", "shift-table");
        head(&table);
        let body = child(&table, "tbody", "");
        let mut rows: Vec<ShiftRow> = Vec::new();
        for diagnosis in Diagnosis::ALL {
            let row = ShiftRow::new(&body, &diagnosis.abbreviation().to_ascii_lowercase());
            append(&row.head, &text("b", "", diagnosis.abbreviation()));
            append(&row.head, &text("span", "", diagnosis.name()));
            rows.push(row);
        }
        rows.push(ShiftRow::new(&body, "shift-mean"));
        let title = child(&root, "p", "shift-title");
        let taken = TESTS.map(|class| TakenFor::new(&root, class));
        section.show(&root);
        Self { names, rows, taken, title }
    }

    /// `choose` hears of the diagnosis whose row is clicked.
    pub(crate) fn on_click(&self, choose: impl Fn(Diagnosis) + 'static) {
        let choose = Rc::new(choose);
        for (diagnosis, row) in Diagnosis::ALL.into_iter().zip(&self.rows) {
            let choose = Rc::clone(&choose);
            dom::listen(&row.element, "click", move |_: Event| choose(diagnosis));
        }
    }

    /// Shows both tests.
    pub(crate) fn show(&self, measure: Measure, names: [&str; 2], tests: [&MeasuredTest; 2]) {
        for (element, name) in self.names.iter().zip(names) {
            element.set_text_content(Some(name));
        }
        for (class, row) in self.rows.iter().enumerate() {
            let of = |test: &MeasuredTest| test.classes.get(class).copied().unwrap_or(test.mean);
            row.show(tests.map(of));
        }
        if let Some(mean) = self.rows.last() {
            mean.head.set_text_content(Some(words::mean(measure)));
        }
    }

    /// Marks the row of a diagnosis and shows what its images were taken for.
    pub(crate) fn choose(&self, chosen: Diagnosis, tests: [&MeasuredTest; 2]) {
        for (diagnosis, row) in Diagnosis::ALL.into_iter().zip(&self.rows) {
            dom::set(&row.element, "data-chosen", if diagnosis == chosen { "true" } else { "false" });
        }
        let title = format!("What the images of {} were taken for", chosen.name());
        self.title.set_text_content(Some(&title));
        for (taken, test) in self.taken.iter().zip(tests) {
            taken.show(test, chosen.index());
        }
    }
}

/// The table's headings, and the axis.
fn head(table: &HtmlElement) {
    let row = child(&child(table, "thead", ""), "tr", "");
    append(&row, &heading("", "diagnosis"));
    let axis = child(&row, "td", "shift-axis");
    dom::set(&axis, "aria-hidden", "true");
    for tick in ["0", "0.5", "1"] {
        append(&axis, &text("span", "", tick));
    }
    for (class, words) in TESTS.into_iter().zip(["first test", "second test"]) {
        append(&row, &heading(class, words));
    }
}

fn heading(class: &str, words: &str) -> HtmlElement {
    let cell: HtmlElement = dom::create("th", class);
    dom::set(&cell, "scope", "col");
    append(&cell, &text("span", "", words));
    cell
}

impl ShiftRow {
    fn new(body: &HtmlElement, class: &str) -> Self {
        let element = child(body, "tr", class);
        let head = child(&element, "th", "");
        dom::set(&head, "scope", "row");
        let plot = child(&element, "td", "shift-plot");
        dom::set(&plot, "aria-hidden", "true");
        Self { head, plot, numbers: TESTS.map(|class| child(&element, "td", class)), element }
    }

    fn show(&self, found: [Option<Estimate>; 2]) {
        self.plot.set_text_content(None);
        for ((class, cell), found) in TESTS.into_iter().zip(&self.numbers).zip(found) {
            cell.set_text_content(None);
            append(cell, &text("span", "", &words::value(found)));
            let Some(Estimate { value, interval }) = found else { continue };
            append(cell, &text("span", "shift-range", &words::range(interval)));
            if let Some(interval) = interval {
                let line = child(&self.plot, "i", &format!("{class} shift-interval"));
                let (left, width) = (100.0 * interval.low, 100.0 * (interval.high - interval.low));
                dom::set(&line, "style", &format!("left:{left:.2}%;width:{width:.2}%"));
            }
            let dot = child(&self.plot, "i", &format!("{class} shift-value"));
            dom::set(&dot, "style", &format!("left:{:.2}%", 100.0 * value));
        }
    }
}

impl TakenFor {
    fn new(root: &HtmlElement, class: &str) -> Self {
        let figure = child(root, "figure", &format!("shift-taken {class}"));
        let bar = child(&figure, "div", "shift-bar");
        dom::set(&bar, "aria-hidden", "true");
        Self { bar, words: child(&figure, "figcaption", "") }
    }

    fn show(&self, test: &MeasuredTest, class: usize) {
        self.bar.set_text_content(None);
        for (taken, share) in test.taken_for(class) {
            let Some(diagnosis) = Diagnosis::ALL.get(taken) else { continue };
            let part = child(&self.bar, "span", &diagnosis.abbreviation().to_ascii_lowercase());
            dom::set(&part, "style", &format!("flex-grow:{share:.4}"));
            // A word where it has room.
            if share >= 0.08 {
                part.set_text_content(Some(diagnosis.abbreviation()));
            }
        }
        self.words.set_text_content(Some(&words::taken_for(test, class)));
    }
}
