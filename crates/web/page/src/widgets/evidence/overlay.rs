//! The class activation map over the image, its colours, and the number under the cursor.

use std::cell::{Cell, RefCell};

use imaging::overlay::{CoarseMap, Interpolation, overlay};
use imaging::palette::cividis;
use kit::canvas;
use kit::dom::{self, child};
use kit::failure::Failure;
use kit::picture::Picture;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::class_evidence::EvidenceClass;
use crate::stage::significant::{number, signed};

/// Colours in the colour bar.
const BAR: usize = 128;

/// How the map is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OverlayDisplay {
    /// 0 is the grey image alone, 1 the map alone.
    pub(super) opacity: f32,
    pub(super) between: Interpolation,
    /// The values at the two ends of the colours.
    pub(super) ends: [f32; 2],
}

/// Image, map, colour bar and cursor.
pub(super) struct EvidencePicture {
    pub(super) canvas: HtmlCanvasElement,
    mark: HtmlElement,
    caption: HtmlElement,
    scale: HtmlElement,
    bar: HtmlCanvasElement,
    ends: [HtmlElement; 2],
    value: HtmlElement,
    /// The map on show, its rows and columns.
    shown: RefCell<Option<(Vec<f32>, [usize; 2])>>,
    /// Row and column, and whether the reader put the cursor there.
    cursor: Cell<([usize; 2], bool)>,
}

impl EvidencePicture {
    pub(super) fn new(parent: &HtmlElement) -> Self {
        let figure = child(parent, "figure", "evidence-picture");
        let mat = child(&figure, "div", "mat");
        dom::set(&mat, "data-picture", "");
        let holder = child(&mat, "div", "evidence-holder");
        let canvas: HtmlCanvasElement = child(&holder, "canvas", "").unchecked_into();
        dom::set(&canvas, "tabindex", "0");
        dom::set(&canvas, "role", "application");
        let mark = child(&holder, "div", "evidence-mark");
        dom::set(&mark, "aria-hidden", "true");
        let scale = child(&figure, "div", "evidence-scale");
        let bar: HtmlCanvasElement = child(&scale, "canvas", "evidence-bar").unchecked_into();
        dom::set(&bar, "role", "img");
        let ends = [(); 2].map(|()| child(&scale, "span", "evidence-end"));
        let value = child(&figure, "p", "evidence-value");
        let caption = child(&figure, "figcaption", "evidence-caption");
        Self {
            canvas,
            mark,
            caption,
            scale,
            bar,
            ends,
            value,
            shown: RefCell::default(),
            cursor: Cell::default(),
        }
    }

    /// The image alone, as long as nothing is known of it.
    pub(super) fn show_picture(&self, picture: &Picture) -> Result<(), Failure> {
        self.shown.replace(None);
        self.mark.set_hidden(true);
        self.scale.set_hidden(true);
        self.value.set_text_content(None);
        self.describe(&picture.caption());
        canvas::draw(&self.canvas, &picture.pixels)
    }

    /// The image with a class's map over it; `name` is the class in words.
    pub(super) fn show(
        &self,
        picture: &Picture,
        class: &EvidenceClass,
        size: [usize; 2],
        name: &str,
        manner: OverlayDisplay,
    ) -> Result<(), Failure> {
        let [low, high] = manner.ends;
        let map = CoarseMap { values: &class.map, size, low, high };
        canvas::draw(&self.canvas, &overlay(&picture.pixels, &map, manner.opacity, manner.between))?;
        let colours = (0..BAR).flat_map(|at| {
            let [r, g, b] = cividis(at as f32 / (BAR - 1) as f32);
            [r, g, b, 255]
        });
        canvas::draw_rgba(&self.bar, BAR as u32, &colours.collect::<Vec<u8>>())?;
        let [low, high] = [low, high].map(number);
        dom::set(&self.bar, "aria-label", &format!("Colours from {low}, dark blue, to {high}, yellow"));
        for (element, words) in self.ends.iter().zip([&low, &high]) {
            element.set_text_content(Some(words));
        }
        self.scale.set_hidden(false);
        self.mark.set_hidden(false);
        self.describe(&format!(
            "Class activation map for {name}, {} × {} values, over: {}. Arrow keys move the cursor.",
            size[0],
            size[1],
            picture.caption()
        ));
        self.caption.set_text_content(Some(&picture.caption()));
        self.shown.replace(Some((class.map.clone(), size)));
        let (at, by_reader) = self.cursor.get();
        self.point(if by_reader { at } else { largest(&class.map, size) }, by_reader);
        Ok(())
    }

    fn describe(&self, words: &str) {
        dom::set(&self.canvas, "aria-label", words);
        self.caption.set_text_content(Some(words));
    }

    /// Puts the cursor on a square; returns a description of it.
    pub(super) fn point(&self, [row, column]: [usize; 2], by_reader: bool) -> String {
        let shown = self.shown.borrow();
        let Some((map, [rows, columns])) = &*shown else { return String::new() };
        let at = [row.min(rows.saturating_sub(1)), column.min(columns.saturating_sub(1))];
        self.cursor.set((at, by_reader));
        let value = map.get(at[0] * columns + at[1]).copied().unwrap_or_default();
        let words = format!(
            "Row {}, column {}: {}; averaged over {} squares, it adds {} to the score",
            at[0] + 1,
            at[1] + 1,
            signed(value),
            map.len(),
            signed(value / map.len() as f32),
        );
        self.value.set_text_content(Some(&words));
        let percent = |part: usize, of: &usize| format!("{:.4}", 100.0 * part as f64 / (*of).max(1) as f64);
        let style = format!(
            "left:{}%;top:{}%;width:{}%;height:{}%",
            percent(at[1], columns),
            percent(at[0], rows),
            percent(1, columns),
            percent(1, rows)
        );
        dom::set(&self.mark, "style", &style);
        for (name, value) in [
            ("data-row", at[0].to_string()),
            ("data-column", at[1].to_string()),
            ("data-value", value.to_string()),
        ] {
            dom::set(&self.canvas, name, &value);
        }
        words
    }

    /// Moves the cursor by so many rows and columns; words about the place.
    pub(super) fn step(&self, [down, across]: [isize; 2]) -> String {
        let ([row, column], _) = self.cursor.get();
        self.point([row.saturating_add_signed(down), column.saturating_add_signed(across)], true)
    }

    /// Row and column at a place in the window.
    pub(super) fn at(&self, x: i32, y: i32) -> [usize; 2] {
        let shown = self.shown.borrow();
        let Some((_, [rows, columns])) = &*shown else { return [0; 2] };
        let seen = self.canvas.get_bounding_client_rect();
        let along = |at: i32, start: f64, length: f64, count: usize| {
            // A conversion stops at 0; `clamp` would bring the words for its own mistakes into the page.
            let place = (f64::from(at) - start) / length.max(1.0) * count as f64;
            (place as usize).min(count.saturating_sub(1))
        };
        [along(y, seen.top(), seen.height(), *rows), along(x, seen.left(), seen.width(), *columns)]
    }

    /// The cursor goes to the largest number again.
    pub(super) fn forget_cursor(&self) {
        self.cursor.set(([0; 2], false));
    }
}

/// Row and column of the largest number, the first of equal ones.
fn largest(map: &[f32], [_, columns]: [usize; 2]) -> [usize; 2] {
    let most = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let at = map.iter().position(|number| *number >= most).unwrap_or_default();
    [at / columns.max(1), at % columns.max(1)]
}
