//! One layer: its mosaic, the colour bar, the enlarged map, the value under the cursor.

use std::cell::{Cell, RefCell};

use catalog::Diagnosis;
use kit::dom::child;
use kit::{Failure, canvas, dom};
use nn::strength::Strength;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::colours::{ColourScale, Palette, Tiles};
use super::content::{self, LayerContent, LayerDrawing};
use super::words;

/// Colours in the colour bar.
const BAR: usize = 128;

/// How the maps are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MapDisplay<'a> {
    /// The order of the maps.
    pub(super) measure: Strength,
    /// Maps of a page.
    pub(super) count: usize,
    /// The page, from 1.
    pub(super) page: usize,
    /// Whether each map has a scale of its own.
    pub(super) scale_each: bool,
    /// Value of the control `colours`.
    pub(super) colours: &'a str,
}

/// What a panel shows.
#[derive(Clone, Debug, PartialEq)]
struct ShownMaps {
    /// Places of the maps of the page, in their order.
    places: Vec<usize>,
    tiles: Tiles,
    /// Place of the enlarged map.
    place: usize,
}

/// The elements of a panel.
pub(super) struct LayerPanel {
    root: HtmlElement,
    /// What there is to read about the layer.
    words: HtmlElement,
    title: HtmlElement,
    what: HtmlElement,
    source: HtmlElement,
    absent: HtmlElement,
    /// Which layer is coming, over what the panel shows of another one.
    waiting_words: HtmlElement,
    maps: HtmlElement,
    pub(super) mosaic: HtmlCanvasElement,
    chosen: HtmlElement,
    caption: HtmlElement,
    scale: HtmlElement,
    bar: HtmlCanvasElement,
    ends: [HtmlElement; 3],
    single: HtmlElement,
    pub(super) map: HtmlCanvasElement,
    cursor_mark: HtmlElement,
    map_caption: HtmlElement,
    value: HtmlElement,
    bars: HtmlElement,
    shown: RefCell<Option<ShownMaps>>,
    /// Row and column of the cursor, and whether the reader put it there.
    cursor: Cell<([usize; 2], bool)>,
}

impl LayerPanel {
    /// Empty; `name` tells it from the other one.
    pub(super) fn new(name: &str) -> Self {
        let root: HtmlElement = dom::create("section", "maps-panel");
        dom::set(&root, "data-panel", name);
        let title = child(&root, "h4", "maps-title");
        let absent = child(&root, "p", "maps-absent");
        let waiting = child(&root, "p", "maps-waiting");
        let progress = child(&waiting, "progress", "");
        dom::set(&progress, "aria-hidden", "true");
        let waiting_words = child(&waiting, "span", "");
        let words: HtmlElement = dom::create("div", "maps-words");
        dom::set(&words, "data-panel", name);
        let what = child(&words, "p", "maps-what");
        let source = child(&words, "p", "maps-source");

        let maps = child(&root, "figure", "maps-figure");
        let (mosaic, chosen) = mat(&maps, "maps-mosaic");
        let caption = child(&maps, "figcaption", "maps-caption");
        dom::set(&mosaic, "tabindex", "0");
        dom::set(&mosaic, "role", "application");

        let scale = child(&root, "div", "maps-scale");
        let bar: HtmlCanvasElement = child(&scale, "canvas", "maps-bar").unchecked_into();
        dom::set(&bar, "role", "img");
        let ends = [(); 3].map(|()| child(&scale, "span", "maps-end"));

        let single = child(&root, "figure", "maps-figure");
        let (map, cursor_mark) = mat(&single, "maps-single");
        let value = child(&single, "p", "maps-value");
        let map_caption = child(&single, "figcaption", "maps-caption");
        dom::set(&map, "tabindex", "0");
        dom::set(&map, "role", "application");

        let bars = child(&root, "ol", "maps-bars");
        Self {
            root,
            words,
            title,
            what,
            source,
            absent,
            waiting_words,
            maps,
            mosaic,
            chosen,
            caption,
            scale,
            bar,
            ends,
            single,
            map,
            cursor_mark,
            map_caption,
            value,
            bars,
            shown: RefCell::default(),
            cursor: Cell::default(),
        }
    }

    pub(super) fn root(&self) -> &HtmlElement {
        &self.root
    }

    pub(super) fn words(&self) -> &HtmlElement {
        &self.words
    }

    /// Names the layer, whether its values are there or not.
    pub(super) fn name(&self, layer: &str, what: &str) {
        self.title.set_text_content(Some(layer));
        self.what.set_text_content(Some(what));
        dom::set(&self.root, "aria-label", &format!("Layer {layer}"));
        dom::set(&self.root, "data-layer", layer);
    }

    /// Another layer is being computed: the maps shown do not belong to the layer that the panel names.
    pub(super) fn wait(&self, words: &str) {
        self.waiting_words.set_text_content(Some(words));
        dom::set(&self.root, "data-waiting", "true");
    }

    /// Stops waiting for a layer that could not be computed.
    pub(super) fn give_up(&self) {
        if self.root.has_attribute("data-waiting") {
            self.empty(words::NOT_COMPUTED);
        }
    }

    /// Shows why there is nothing to see.
    pub(super) fn empty(&self, words: &str) {
        self.stop_waiting();
        self.shown.replace(None);
        self.absent.set_text_content(Some(words));
        self.source.set_text_content(None);
        for element in [&self.maps, &self.scale, &self.single, &self.bars] {
            element.set_hidden(true);
        }
        self.absent.set_hidden(false);
        for name in ["data-source", "data-channels", "data-channel", "data-value", "data-mean"] {
            let _may_be_missing = self.root.remove_attribute(name);
        }
    }

    /// Shows a layer's values and enlarges the map `channel`, or the first in order if there is no such map. Returns the
    /// enlarged one.
    pub(super) fn show(
        &self,
        content: &LayerContent,
        manner: MapDisplay<'_>,
        channel: Option<usize>,
        labels: &[String],
    ) -> Result<usize, Failure> {
        let order = content.order(manner.measure);
        let (page, _) = content::page(order.len(), manner.count, manner.page);
        let first = order.get(page.start).copied().unwrap_or_default();
        let place = channel.and_then(|channel| content.place(channel)).unwrap_or(first);
        let places: Vec<usize> = order.get(page).unwrap_or_default().to_vec();
        let tiles = Tiles::new(places.len().max(1), manner.count, content.size);
        let palette = Palette::from_value(manner.colours, content.range);
        let scale_of = |place: usize| {
            let each = manner.scale_each.then(|| content::ends(content.map(place)));
            ColourScale::new(palette, each.unwrap_or(content.range))
        };

        self.stop_waiting();
        self.absent.set_hidden(true);
        self.maps.set_hidden(content.look != LayerDrawing::Maps);
        self.scale.set_hidden(content.look == LayerDrawing::Bars);
        self.single.set_hidden(content.look == LayerDrawing::Bars);
        self.bars.set_hidden(content.look != LayerDrawing::Bars);
        self.source.set_text_content(Some(&words::source(content)));

        if content.look == LayerDrawing::Maps {
            let rgba = tiles.draw(places.iter().map(|place| (content.map(*place), scale_of(*place))));
            canvas::draw_rgba(&self.mosaic, tiles.size()[0] as u32, &rgba)?;
            let caption = words::mosaic(content, places.len(), manner.measure);
            self.caption.set_text_content(Some(&caption));
            let keys = "Arrow keys choose a map, Page Up and Page Down another layer.";
            dom::set(&self.mosaic, "aria-label", &format!("Maps of {}. {caption} {keys}", content.layer));
        }
        if content.look == LayerDrawing::Bars {
            self.show_bars(content, labels);
        } else {
            self.show_scale(scale_of(place), manner.scale_each && content.look == LayerDrawing::Maps)?;
            let picture = scale_of(place).picture(content.map(place), content.size[1]);
            canvas::draw_rgba(&self.map, content.size[1] as u32, &picture)?;
            let caption = words::map(content, place);
            self.map_caption.set_text_content(Some(&caption));
            let keys = "Arrow keys move the cursor, with Shift by 8 values.";
            dom::set(&self.map, "aria-label", &format!("{caption} {keys}"));
        }
        self.mark_tile(&places, tiles, place);
        self.describe(content, &places, place);
        let moved = self.shown.borrow().as_ref().is_none_or(|before| before.place != place);
        self.shown.replace(Some(ShownMaps { places, tiles, place }));
        let (at, by_reader) = self.cursor.get();
        let begin = content::largest(content.map(place));
        let at = if by_reader || !moved { at } else { [begin / content.size[1], begin % content.size[1]] };
        self.point(content, at, by_reader);
        Ok(content.channel(place).unwrap_or_default())
    }

    fn stop_waiting(&self) {
        let _may_be_missing = self.root.remove_attribute("data-waiting");
    }

    /// Attributes for the tests.
    fn describe(&self, content: &LayerContent, places: &[usize], place: usize) {
        let values = content.map(place);
        let mut channels = String::new();
        for channel in places.iter().filter_map(|place| content.channel(*place)) {
            if !channels.is_empty() {
                channels.push(',');
            }
            channels.push_str(&channel.to_string());
        }
        let mean = values.iter().copied().map(f64::from).sum::<f64>() / values.len().max(1) as f64;
        let [low, high] = content::ends(values);
        let source = match content.source {
            content::ValueSource::Beforehand => "precomputed",
            content::ValueSource::Computed(_) => "computed",
        };
        for (name, value) in [
            ("data-source", source.to_owned()),
            ("data-channels", channels),
            ("data-channel", content.channel(place).unwrap_or_default().to_string()),
            ("data-mean", (mean as f32).to_string()),
            ("data-low", low.to_string()),
            ("data-high", high.to_string()),
        ] {
            dom::set(&self.root, name, &value);
        }
    }

    fn show_scale(&self, scale: ColourScale, each: bool) -> Result<(), Failure> {
        canvas::draw_rgba(&self.bar, BAR as u32, &scale.bar(BAR))?;
        let [low, high] = scale.ends().map(words::number);
        let middle = if scale.is_signed() { "0" } else { "" };
        let of = if each {
            " in the enlarged map; each other map from its own smallest to its own largest value"
        } else {
            ""
        };
        for (element, words) in self.ends.iter().zip([&low, middle, &high]) {
            element.set_text_content(Some(words));
        }
        dom::set(&self.bar, "aria-label", &format!("Colours from {low} to {high}{of}"));
        let note = if each { "each" } else { "layer" };
        dom::set(&self.scale, "data-scale", note);
        Ok(())
    }

    fn show_bars(&self, content: &LayerContent, labels: &[String]) {
        self.bars.set_text_content(None);
        let values = content.map(0);
        let largest = values.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
        for (at, value) in values.iter().enumerate() {
            let label = labels.get(at).filter(|_| labels.len() == values.len());
            let label = label.cloned().unwrap_or_else(|| at.to_string());
            let row = child(&self.bars, "li", "maps-row");
            dom::set(&row, "data-label", &label);
            dom::set(&row, "data-value", &value.to_string());
            let name = child(&row, "span", "maps-name");
            let words = Diagnosis::from_abbreviation(&label).map(Diagnosis::name).unwrap_or_default();
            child(&name, "b", "").set_text_content(Some(&label));
            let _never_refused = name.append_with_str_1(&format!(" {words}"));
            child(&row, "span", "maps-number").set_text_content(Some(&words::number(*value)));
            let track = child(&row, "span", "maps-track");
            dom::set(&track, "aria-hidden", "true");
            let fill = child(&track, "span", "maps-fill");
            let share = format!("{:.4}", value.abs() / largest);
            let side = if *value < 0.0 { "negative" } else { "positive" };
            dom::set(&fill, "data-sign", side);
            dom::set(&fill, "style", &format!("--share:{share}"));
        }
        dom::set(&self.bars, "aria-label", &format!("Values of {}", content.layer));
    }

    fn mark_tile(&self, places: &[usize], tiles: Tiles, place: usize) {
        let index = places.iter().position(|other| *other == place);
        self.chosen.set_hidden(index.is_none());
        if let Some(index) = index {
            place_over(&self.chosen, tiles.tile(index), tiles.size());
        }
    }

    /// Puts the cursor on a value of the enlarged map; returns a description of it.
    pub(super) fn point(&self, content: &LayerContent, [row, column]: [usize; 2], by_reader: bool) -> String {
        let Some(shown) = self.shown.borrow().clone() else { return String::new() };
        let [height, width] = content.size;
        let at = [row.min(height.saturating_sub(1)), column.min(width.saturating_sub(1))];
        self.cursor.set((at, by_reader));
        let words = words::value(content, shown.place, at);
        self.value.set_text_content(Some(&words));
        place_over(&self.cursor_mark, [at[1], at[0], 1, 1], [width, height]);
        let value = content.map(shown.place).get(at[0] * width + at[1]);
        for (name, value) in [
            ("data-row", at[0].to_string()),
            ("data-column", at[1].to_string()),
            // As many digits as it takes to get the same f32 back.
            ("data-value", value.map(ToString::to_string).unwrap_or_default()),
        ] {
            dom::set(&self.root, name, &value);
        }
        words
    }

    /// Moves the cursor by so many rows and columns; words about the number there.
    pub(super) fn step(&self, content: &LayerContent, [down, across]: [isize; 2]) -> String {
        let ([row, column], _) = self.cursor.get();
        let [row, column] = [row.saturating_add_signed(down), column.saturating_add_signed(across)];
        self.point(content, [row, column], true)
    }

    /// Another layer or image comes: the cursor goes to its largest number, unless the reader put it somewhere.
    pub(super) fn renew(&self) {
        self.shown.replace(None);
    }

    /// The cursor goes to the largest number again.
    pub(super) fn forget_cursor(&self) {
        self.cursor.set(([0, 0], false));
        self.renew();
    }

    /// The row and column of the enlarged map at a place in the window.
    pub(super) fn number_at(&self, x: i32, y: i32) -> [usize; 2] {
        let [across, down] = inside(&self.map, x, y);
        [down as usize, across as usize]
    }

    /// The channel of the map at a place in the window.
    pub(super) fn channel_at(&self, content: &LayerContent, x: i32, y: i32) -> Option<usize> {
        let shown = self.shown.borrow();
        let shown = shown.as_ref()?;
        let index = shown.tiles.at(inside(&self.mosaic, x, y))?;
        content.channel(*shown.places.get(index)?)
    }

    /// The channel of the map so many tiles further on the page, in reading order; `None` beyond its ends.
    pub(super) fn channel_beside(&self, content: &LayerContent, key: &str) -> Option<usize> {
        let shown = self.shown.borrow();
        let shown = shown.as_ref()?;
        let index = shown.places.iter().position(|place| *place == shown.place).unwrap_or_default();
        let to = match key {
            "ArrowLeft" => index.checked_sub(1)?,
            "ArrowRight" => index + 1,
            "ArrowUp" => index.checked_sub(shown.tiles.columns)?,
            "ArrowDown" => index + shown.tiles.columns,
            "Home" => 0,
            "End" => shown.places.len().checked_sub(1)?,
            _ => return None,
        };
        content.channel(*shown.places.get(to)?)
    }
}

/// A canvas on a neutral mat with a mark over it.
fn mat(figure: &HtmlElement, class: &str) -> (HtmlCanvasElement, HtmlElement) {
    let mat = child(figure, "div", "mat");
    let holder = child(&mat, "div", &format!("maps-holder {class}"));
    let canvas: HtmlCanvasElement = child(&holder, "canvas", "").unchecked_into();
    let mark = child(&holder, "div", "maps-mark");
    dom::set(&mark, "aria-hidden", "true");
    (canvas, mark)
}

/// Lays a mark over left, top, width and height of a picture of this width and height.
fn place_over(mark: &HtmlElement, [left, top, width, height]: [usize; 4], [whole, high]: [usize; 2]) {
    let percent = |part: usize, of: usize| format!("{:.4}", 100.0 * part as f64 / of.max(1) as f64);
    let style = format!(
        "left:{}%;top:{}%;width:{}%;height:{}%",
        percent(left, whole),
        percent(top, high),
        percent(width, whole),
        percent(height, high)
    );
    dom::set(mark, "style", &style);
}

/// Column and row of a canvas's picture at a place in the window, held inside.
fn inside(canvas: &HtmlCanvasElement, x: i32, y: i32) -> [f32; 2] {
    let seen = canvas.get_bounding_client_rect();
    let along = |at: i32, start: f64, length: f64, pixels: u32| {
        let place = (f64::from(at) - start) / length.max(1.0) * f64::from(pixels);
        place.clamp(0.0, f64::from(pixels.saturating_sub(1))) as f32
    };
    [
        along(x, seen.left(), seen.width(), canvas.width()),
        along(y, seen.top(), seen.height(), canvas.height()),
    ]
}
