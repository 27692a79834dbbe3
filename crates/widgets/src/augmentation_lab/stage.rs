//! What stands on the stage: the original and its variations, to be looked through one by one.

use imaging::Rgb8;
use web_sys::{HtmlCanvasElement, HtmlElement};
use widget_kit::{Failure, Section, canvas, dom};

use crate::view::{append, text};

/// The original and the most variations there can be.
pub(crate) const MOST: usize = 25;

/// One picture with its name.
pub(crate) struct Tile {
    pub(crate) figure: HtmlElement,
    pub(crate) canvas: HtmlCanvasElement,
    caption: HtmlElement,
}

/// The elements of the stage.
pub(crate) struct Stage {
    pub(crate) list: HtmlElement,
    pub(crate) tiles: Vec<Tile>,
    note: HtmlElement,
    title: HtmlElement,
}

impl Stage {
    /// Puts the empty elements on the stage, in the place of the fallback.
    pub(crate) fn new(section: &Section) -> Self {
        let list: HtmlElement = dom::create("div", "augmentation-list");
        dom::set(&list, "role", "listbox");
        dom::set(&list, "tabindex", "0");
        dom::set(&list, "aria-label", "The original and its variations; arrow keys go from one to the next.");
        let tiles: Vec<_> =
            (0..MOST).map(|index| Tile::new(&[&section.id(), "-", &index.to_string()].concat())).collect();
        for tile in &tiles {
            append(&list, &tile.figure);
        }
        let stage =
            Self { list, tiles, note: text("p", "stage-caption", ""), title: text("p", "stage-caption", "") };
        let root: HtmlElement = dom::create("div", "augmentation-lab");
        for element in [&stage.title, &stage.list, &stage.note] {
            append(&root, element);
        }
        section.show(&root);
        stage
    }

    /// Shows only so many tiles.
    pub(crate) fn resize(&self, count: usize) {
        for (index, tile) in self.tiles.iter().enumerate() {
            tile.figure.set_hidden(index >= count);
        }
    }

    /// What stands above and below the pictures.
    pub(crate) fn write(&self, title: &str, note: &str) {
        self.title.set_text_content(Some(title));
        self.note.set_text_content(Some(note));
    }

    /// Frames the tile that the reader looks at.
    pub(crate) fn look(&self, looked_at: usize) {
        for (index, tile) in self.tiles.iter().enumerate() {
            dom::set(&tile.figure, "aria-selected", if index == looked_at { "true" } else { "false" });
        }
        dom::set(&self.list, "aria-activedescendant", &self.tiles[looked_at].figure.id());
    }

    /// Tiles side by side.
    pub(crate) fn columns(&self) -> usize {
        let top = self.tiles[0].figure.offset_top();
        self.tiles.iter().take_while(|tile| tile.figure.offset_top() == top).count().max(1)
    }

    /// The first `count` tiles in one picture, as they stand on the page.
    pub(crate) fn sheet(&self, count: usize) -> Option<HtmlCanvasElement> {
        let side = self.tiles[0].canvas.width();
        let columns = self.columns().min(count);
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
