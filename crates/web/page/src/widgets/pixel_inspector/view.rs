//! The widget's pictures: the picture with the window's frame, the window's values, three planes, a small table.

use imaging::Rgb8;
use imaging::spaces::Channel;
use imaging::window::{self, Summary};
use kit::{Failure, Picture, Section, canvas, dom};
use web_sys::HtmlElement;

use super::histogram::Histogram;
use super::{SIDE, summary, tint, words};
use crate::stage::{CellText, Grid, PictureView, append, number, text};

/// Columns of the histogram: with values from 0 to 255, each counts four.
const BINS: usize = 64;

/// The values of a picture in one colour space.
pub(crate) struct ImagePlanes {
    pub(crate) channel: Channel,
    width: usize,
    /// The three of the channel's space.
    three: [Vec<Option<f32>>; 3],
    /// The channel's own; for grey none of the three.
    own: Vec<Option<f32>>,
    whole: Summary,
    counts: Vec<u32>,
}

impl ImagePlanes {
    /// Computes them.
    pub(crate) fn of(image: &Rgb8, channel: Channel) -> Self {
        let own = channel.plane(image);
        let whole = summary(channel, &own);
        let three = channel.space().map(|c| c.plane(image));
        let counts = window::histogram(&own, channel.range(), BINS);
        Self { channel, width: image.width() as usize, three, own, whole, counts }
    }

    fn window(&self, corner: [usize; 2]) -> Vec<Option<f32>> {
        window::cut(&self.own, self.width, corner, SIDE)
    }

    /// Smallest, largest and mean of the window that begins at this column and row.
    pub(crate) fn in_window(&self, corner: [usize; 2]) -> Summary {
        summary(self.channel, &self.window(corner))
    }
}

/// The elements of the stage.
pub(crate) struct InspectorView {
    pub(crate) input: PictureView,
    pub(crate) planes: [PictureView; 3],
    grid: Grid,
    grid_caption: HtmlElement,
    /// Smallest, largest, mean: of the window, of the picture.
    cells: [[HtmlElement; 3]; 2],
    histogram: Histogram,
}

impl InspectorView {
    /// Shows the empty elements in place of the fallback.
    pub(crate) fn new(section: &Section) -> Self {
        let view = Self {
            input: PictureView::new("pixel-input"),
            planes: [(); 3].map(|()| PictureView::new("pixel-plane")),
            grid: Grid::new("pixel-values"),
            grid_caption: dom::create("figcaption", "stage-caption"),
            histogram: Histogram::new(),
            cells: [(); 2].map(|()| [(); 3].map(|()| dom::create("td", ""))),
        };
        let root: HtmlElement = dom::create("div", "pixel-inspector");
        dom::set(&view.input.canvas, "tabindex", "0");
        dom::set(&view.input.canvas, "role", "application");
        dom::set(&root, "data-picture", "");
        append(&root, view.input.figure());
        let figure: HtmlElement = dom::create("figure", "stage-figure pixel-window");
        let mat: HtmlElement = dom::create("div", "stage-frame");
        dom::set(view.grid.element(), "role", "img");
        append(&mat, view.grid.element());
        append(&figure, &mat);
        append(&figure, &view.grid_caption);
        append(&root, &figure);
        let planes: HtmlElement = dom::create("div", "pixel-planes");
        for plane in &view.planes {
            dom::set(&plane.canvas, "role", "img");
            append(&planes, plane.figure());
        }
        append(&root, &planes);
        section.show(&root);
        section.note(view.histogram.element());
        section.note(&view.table());
        view
    }

    fn table(&self) -> HtmlElement {
        let table: HtmlElement = dom::create("table", "pixel-summary");
        let row = |title: &str| {
            let row: HtmlElement = dom::create("tr", "");
            append(&row, &heading(title));
            append(&table, &row);
            row
        };
        let head = row("");
        for title in ["smallest", "largest", "mean"] {
            append(&head, &heading(title));
        }
        for (title, cells) in ["window", "picture"].iter().zip(&self.cells) {
            let row = row(title);
            for cell in cells {
                append(&row, cell);
            }
        }
        table
    }

    /// Fits every picture to the room it has.
    pub(crate) fn fit(&self) {
        self.input.fit();
        self.planes.iter().for_each(PictureView::fit);
    }

    /// Shows the picture itself.
    pub(crate) fn show_picture(&self, picture: &Picture) -> Result<(), Failure> {
        self.input.draw(picture.pixels.width() as usize, &canvas::rgba(&picture.pixels))?;
        let caption = picture.caption();
        self.input.caption(&caption);
        let keys = "Arrow keys move the window, with Shift by 10.";
        dom::set(&self.input.canvas, "aria-label", &format!("{caption}. {keys}"));
        Ok(())
    }

    /// Shows the three planes.
    pub(crate) fn show_planes(&self, planes: &ImagePlanes, tinted: bool) -> Result<(), Failure> {
        for ((view, channel), plane) in self.planes.iter().zip(planes.channel.space()).zip(&planes.three) {
            let pixel = |&value: &Option<f32>| {
                let [r, g, b] = tint::colour(channel, value, tinted);
                [r, g, b, 255]
            };
            view.draw(planes.width, &plane.iter().flat_map(pixel).collect::<Vec<u8>>())?;
            let [low, high] = channel.range().map(|end| number(end, 0));
            let caption = format!("{}, {low} to {high}{}", words::name(channel), words::unit(channel));
            view.caption(&caption);
            dom::set(&view.canvas, "aria-label", &caption);
            dom::set(view.figure(), "data-chosen", if channel == planes.channel { "true" } else { "false" });
        }
        Ok(())
    }

    /// Shows the values of the window that begins at `left` and `top`, and its frame on every picture.
    pub(crate) fn look(
        &mut self,
        planes: &ImagePlanes,
        [left, top]: [usize; 2],
        tinted: bool,
    ) -> Result<(), Failure> {
        let corner = [left as isize, top as isize];
        self.input.mark(corner, SIDE, 1);
        self.planes.iter().for_each(|view| view.mark(corner, SIDE, 1));
        let values = planes.window([left, top]);
        // A picture may be narrower than the window.
        let columns = SIDE.min(planes.width.saturating_sub(left));
        let channel = planes.channel;
        self.grid.show(SIDE, |index| {
            let (row, column) = (index / SIDE, index % SIDE);
            let inside = (column < columns).then(|| values.get(row * columns + column)).flatten();
            let Some(&value) = inside else { return (CellText::Line(String::new()), None) };
            let text = value.map_or("–".to_owned(), |value| number(value, 0));
            (CellText::Line(text), Some(tint::colour(channel, value, tinted)))
        });
        let caption = caption(planes, [left, top], columns, values.len() / columns.max(1));
        self.grid_caption.set_text_content(Some(&caption));
        dom::set(self.grid.element(), "aria-label", &spoken(&caption, &values, columns));
        let counts = window::histogram(&values, channel.range(), BINS);
        self.histogram.show(channel, &planes.counts, &counts)?;
        for (cells, summary) in self.cells.iter().zip([planes.in_window([left, top]), planes.whole]) {
            let numbers = [(summary.smallest, 0), (summary.largest, 0), (summary.mean, 1)];
            for (cell, (value, digits)) in cells.iter().zip(numbers) {
                cell.set_text_content(Some(&words::value(channel, value, digits)));
            }
        }
        Ok(())
    }
}

fn caption(planes: &ImagePlanes, [left, top]: [usize; 2], columns: usize, rows: usize) -> String {
    let name = words::name(planes.channel);
    let unit = match words::unit(planes.channel) {
        "" => String::new(),
        unit => format!(" in {}", unit.trim()),
    };
    let [right, bottom] = [left + columns, top + rows].map(|end| end.saturating_sub(1));
    format!("{name}{unit} at columns {left} to {right} and rows {top} to {bottom}.")
}

/// The caption and every row of values, for a screen reader.
fn spoken(caption: &str, values: &[Option<f32>], columns: usize) -> String {
    let mut text = caption.to_owned();
    for row in values.chunks(columns.max(1)) {
        for (index, value) in row.iter().enumerate() {
            text.push_str(if index == 0 { "; " } else { " " });
            text.push_str(&value.map_or("undefined".to_owned(), |value| number(value, 0)));
        }
    }
    text
}

fn heading(words: &str) -> HtmlElement {
    text(if words.is_empty() { "td" } else { "th" }, "", words)
}
