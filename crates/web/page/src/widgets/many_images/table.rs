//! The table of images and answers.

use std::cell::RefCell;

use imaging::resize::resize;
use kit::canvas;
use kit::dom::{self, child};
use kit::picture::{Picture, fit};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::entry::{EntryState, ImageEntry};
use crate::network::words::{self, percent};

/// Longer side of a row's picture, pixels.
const THUMB: u32 = 64;

/// More labels than this get no columns of their own.
const MOST_COLUMNS: usize = 20;

/// A table with a row per image.
pub(super) struct ImageTable {
    scroll: HtmlElement,
    head: HtmlElement,
    body: HtmlElement,
    rows: RefCell<Vec<ImageRow>>,
    labels: RefCell<Vec<String>>,
}

struct ImageRow {
    id: u32,
    element: HtmlElement,
    thumb: HtmlCanvasElement,
    answer: HtmlElement,
    numbers: Vec<HtmlElement>,
}

impl ImageTable {
    pub(super) fn new(parent: &HtmlElement) -> Self {
        let scroll = child(parent, "div", "many-scroll");
        dom::set(&scroll, "tabindex", "0");
        dom::set(&scroll, "role", "region");
        dom::set(&scroll, "aria-label", "Table of results; scroll it with the arrow keys");
        let table = child(&scroll, "table", "many-table");
        let head = child(&child(&table, "thead", ""), "tr", "");
        let body = child(&table, "tbody", "");
        scroll.set_hidden(true);
        Self { scroll, head, body, rows: RefCell::default(), labels: RefCell::default() }
    }

    /// A column per label; the rows begin again.
    pub(super) fn set_labels(&self, labels: &[String]) {
        self.head.set_text_content(None);
        // A thousand columns would be no table.
        let columns = if labels.len() > MOST_COLUMNS { &[][..] } else { labels };
        let titles = ["Image", "Most probable"].into_iter().chain(columns.iter().map(String::as_str));
        for words in titles {
            let cell = child(&self.head, "th", "");
            dom::set(&cell, "scope", "col");
            cell.set_text_content(Some(words));
        }
        self.labels.replace(labels.to_vec());
        self.clear();
    }

    pub(super) fn clear(&self) {
        self.body.set_text_content(None);
        self.rows.borrow_mut().clear();
        self.scroll.set_hidden(true);
    }

    /// Shows these entries in this order.
    pub(super) fn show(&self, entries: &[&ImageEntry]) {
        self.scroll.set_hidden(entries.is_empty());
        let labels = self.labels.borrow();
        for entry in entries {
            if !self.rows.borrow().iter().any(|row| row.id == entry.id) {
                let row = ImageRow::new(&self.body, entry, &labels);
                self.rows.borrow_mut().push(row);
            }
        }
        for entry in entries {
            let rows = self.rows.borrow();
            let Some(row) = rows.iter().find(|row| row.id == entry.id) else { continue };
            row.fill(entry, &labels);
            // What is there already moves to the end, so that all of them are in this order.
            let _never_refused = self.body.append_child(&row.element);
        }
    }

    /// Draws an entry's picture; words about what failed.
    pub(super) fn show_picture(&self, id: u32, picture: &Picture) {
        let (width, height) = fit(picture.pixels.width(), picture.pixels.height(), THUMB);
        let small = resize(&picture.pixels, width, height);
        let rows = self.rows.borrow();
        if let Some(row) = rows.iter().find(|row| row.id == id) {
            // A row without its picture still has its name and its answer.
            let _drawn = canvas::draw(&row.thumb, &small);
        }
    }
}

impl ImageRow {
    fn new(body: &HtmlElement, entry: &ImageEntry, labels: &[String]) -> Self {
        let element = child(body, "tr", "");
        dom::set(&element, "data-name", &entry.name);
        let name = child(&element, "th", "many-name");
        dom::set(&name, "scope", "row");
        let thumb: HtmlCanvasElement = child(&name, "canvas", "many-thumb").unchecked_into();
        thumb.set_width(0);
        dom::set(&thumb, "aria-hidden", "true");
        let words = child(&name, "span", "");
        words.set_text_content(Some(&entry.name));
        let answer = child(&element, "td", "many-answer");
        let columns = if labels.len() > MOST_COLUMNS { 0 } else { labels.len() };
        let numbers = (0..columns).map(|_| child(&element, "td", "many-number")).collect();
        Self { id: entry.id, element, thumb, answer, numbers }
    }

    fn fill(&self, entry: &ImageEntry, labels: &[String]) {
        let truth = entry.truth(labels);
        let state = match &entry.state {
            EntryState::Waiting => {
                self.answer.set_text_content(Some("waiting for the network"));
                "waiting"
            }
            EntryState::Refused(words) => {
                self.answer.set_text_content(Some(words));
                "refused"
            }
            EntryState::Answered(_) => {
                let top = entry.top().unwrap_or_default();
                let name = labels.get(top).map(|label| words::diagnosis(label)).unwrap_or_default();
                let chance = entry.largest().map(percent).unwrap_or_default();
                let verdict = match truth {
                    Some(truth) if truth == top => ", as drawn",
                    Some(_) => ", not as drawn",
                    None => "",
                };
                self.answer.set_text_content(Some(&format!("{name}, {chance}{verdict}")));
                dom::set(&self.element, "data-top", labels.get(top).map_or("", String::as_str));
                "answered"
            }
        };
        dom::set(&self.element, "data-state", state);
        for (at, cell) in self.numbers.iter().enumerate() {
            let probability = entry.probabilities().and_then(|all| all.get(at)).copied();
            cell.set_text_content(Some(&probability.map_or_else(|| "–".to_owned(), percent)));
            dom::set(
                cell,
                "data-probability",
                &probability.map(|number| number.to_string()).unwrap_or_default(),
            );
            dom::set(cell, "data-truth", if truth == Some(at) { "true" } else { "false" });
        }
    }
}
