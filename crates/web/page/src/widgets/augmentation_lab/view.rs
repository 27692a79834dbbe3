//! The widget's pictures: the original and its variations, to be looked through one by one.

use imaging::Rgb8;
use kit::{Failure, Section, canvas, dom};
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::stage::{append, text};

/// The original and the most variations there can be.
pub(crate) const MOST: usize = 25;

/// One picture with its name.
pub(crate) struct Tile {
    pub(crate) figure: HtmlElement,
    pub(crate) canvas: HtmlCanvasElement,
    caption: HtmlElement,
}

/// The elements of the stage.
pub(crate) struct AugmentationView {
    pub(crate) list: HtmlElement,
    pub(crate) tiles: Vec<Tile>,
    title: HtmlElement,
    /// What was done to the tile that the reader looks at; the readout says it, too.
    told: HtmlElement,
    note: HtmlElement,
}

impl AugmentationView {
    /// Shows the empty elements in place of the fallback.
    pub(crate) fn new(section: &Section) -> Self {
        let list: HtmlElement = dom::create("div", "augmentation-list");
        dom::set(&list, "role", "listbox");
        dom::set(&list, "tabindex", "0");
        dom::set(
            &list,
            "aria-label",
            "The original and its variations; arrow keys move from one to the next.",
        );
        let tiles: Vec<_> = (0..MOST).map(|index| Tile::new(&format!("{}-{index}", section.id()))).collect();
        for tile in &tiles {
            append(&list, &tile.figure);
        }
        let view = Self {
            list,
            tiles,
            title: text("p", "stage-caption", ""),
            told: text("p", "stage-caption augmentation-told", ""),
            note: text("p", "stage-caption", ""),
        };
        dom::set(&view.told, "aria-hidden", "true");
        let root: HtmlElement = dom::create("div", "augmentation-lab");
        dom::set(&root, "data-picture", "");
        append(&root, &view.list);
        section.show(&root);
        for element in [&view.told, &view.title, &view.note] {
            section.note(element);
        }
        view
    }

    /// Shows only so many tiles.
    pub(crate) fn resize(&self, count: usize) {
        for (index, tile) in self.tiles.iter().enumerate() {
            tile.figure.set_hidden(index >= count);
        }
    }

    /// What is above and below the pictures.
    pub(crate) fn write(&self, title: &str, note: &str) {
        self.title.set_text_content(Some(title));
        self.note.set_text_content(Some(note));
    }

    /// Frames the tile that the reader looks at, and says what was done to it.
    pub(crate) fn look(&self, looked_at: usize, told: &str) {
        self.told.set_text_content(Some(told));
        for (index, tile) in self.tiles.iter().enumerate() {
            dom::set(&tile.figure, "aria-selected", if index == looked_at { "true" } else { "false" });
        }
        dom::set(&self.list, "aria-activedescendant", &self.tiles[looked_at].figure.id());
    }

    /// The tile above or below one, the nearest by what the eye sees; itself at the edge.
    pub(crate) fn beyond(&self, from: usize, down: bool) -> usize {
        let place = |tile: &Tile| [tile.figure.offset_left(), tile.figure.offset_top()];
        let [left, top] = place(&self.tiles[from]);
        let distance = |tile: &Tile| {
            let [other_left, other_top] = place(tile);
            let upper = if down { &self.tiles[from] } else { tile };
            let away = (other_top - top).abs() * if (other_top > top) == down { 1 } else { -1 };
            let away = away - upper.figure.offset_height();
            (away >= 0 && !tile.figure.hidden()).then(|| away + (other_left - left).abs())
        };
        let near = self.tiles.iter().enumerate().filter_map(|(index, tile)| Some((distance(tile)?, index)));
        near.min().map_or(from, |(_, index)| index)
    }

    /// The first `count` tiles in one picture, five in a row, each `side` pixels wide and high.
    pub(crate) fn sheet(&self, count: usize, side: u32) -> Option<HtmlCanvasElement> {
        let columns = count.min(5);
        let sheet: HtmlCanvasElement = dom::create("canvas", "");
        sheet.set_width(side * columns as u32);
        sheet.set_height(side * count.div_ceil(columns) as u32);
        let context = canvas::context(&sheet).ok()?;
        for (index, tile) in self.tiles[..count].iter().enumerate() {
            let [x, y] = [index % columns, index / columns].map(|at| f64::from(side) * at as f64);
            let side = f64::from(side);
            context.draw_image_with_html_canvas_element_and_dw_and_dh(&tile.canvas, x, y, side, side).ok()?;
        }
        Some(sheet)
    }
}

impl Tile {
    fn new(id: &str) -> Self {
        let tile = Self {
            figure: dom::create("div", "augmentation-tile"),
            canvas: dom::create("canvas", ""),
            caption: text("span", "", ""),
        };
        tile.figure.set_id(id);
        dom::set(&tile.figure, "role", "option");
        append(&tile.figure, &tile.canvas);
        append(&tile.figure, &tile.caption);
        tile
    }

    /// Shows a picture, its name under it, and all that is to be said about it.
    pub(crate) fn show(&self, picture: &Rgb8, name: &str, spoken: &str) -> Result<(), Failure> {
        canvas::draw(&self.canvas, picture)?;
        self.caption.set_text_content(Some(name));
        dom::set(&self.figure, "aria-label", spoken);
        Ok(())
    }
}
