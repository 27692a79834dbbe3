//! `layer-chain`: an image through the first four layers of an exported network, on one of their channels.

mod chain;
mod histogram;
mod kernels;
mod numbers;
mod planes;
mod source;
mod square;
mod steps;
mod view;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use kit::dom::{self, Frame};
use kit::section::Busy;
use kit::{Change, Failure, Form, Picker, Picture, Section, foot};
use nn::FirstLayers;
use wasm_bindgen_futures::spawn_local;
use web_sys::{KeyboardEvent, PointerEvent};

use crate::stage;
use chain::{Chain, ChainInput, ChainSettings};
use source::FirstLayersFile;
use view::ChainView;

/// Pixels that an arrow key moves with Shift.
const FAR: isize = 10;
/// Topic of messages about the file of the layers.
const FILE: &str = "first-layers";

/// One mounted widget.
struct LayerChain {
    section: Section,
    form: Form,
    view: ChainView,
    sources: Vec<FirstLayersFile>,
    /// The layers that were fetched, by the name of their network.
    fetched: Vec<(String, Rc<FirstLayers>)>,
    /// Whether a file is on its way, and how many came damaged or not at all.
    fetching: bool,
    failures: u32,
    picture: Option<Rc<Picture>>,
    /// The picture as these layers get it.
    input: Option<(Rc<Picture>, Rc<FirstLayers>, Rc<ChainInput>)>,
    /// The widget's pictures: the last that could be computed.
    chain: Option<Chain>,
    /// Whether the place stays although the pointer moves.
    held: bool,
    busy: Option<Busy>,
}

/// What is to be done once a frame's work is over.
enum NextStep {
    Rest,
    /// The rest of it, in a frame of its own, so that no one is long.
    Again,
    Fetch(FirstLayersFile),
}

/// Mounts the widget into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let lab = Rc::new(RefCell::new(LayerChain {
        view: ChainView::new(),
        section: section.clone(),
        form: form.clone(),
        sources: source::of_page(section),
        fetched: Vec::new(),
        fetching: false,
        failures: 0,
        picture: None,
        input: None,
        chain: None,
        held: false,
        busy: None,
    }));
    let frame: Rc<RefCell<Option<Frame>>> = Rc::default();
    let request: Rc<dyn Fn()> = {
        let (lab, frame) = (Rc::clone(&lab), Rc::clone(&frame));
        Rc::new(move || {
            lab.borrow_mut().expect_redraw();
            frame.borrow().iter().for_each(Frame::request);
        })
    };
    *frame.borrow_mut() = Some({
        let (lab, request) = (Rc::clone(&lab), Rc::clone(&request));
        Frame::new(move || {
            let next = lab.borrow_mut().redraw();
            match next {
                NextStep::Rest => {}
                NextStep::Again => request(),
                NextStep::Fetch(source) => fetch(&lab, source, &request),
            }
        })
    });
    let (redraw, changed) = (Rc::clone(&request), Rc::clone(&lab));
    form.on_change(move |change| {
        if change == Change::Reset {
            changed.borrow_mut().hold(false);
        }
        redraw();
    });
    let (shown, redraw) = (Rc::clone(&lab), Rc::clone(&request));
    Picker::bind(section, &form, move |picture| {
        shown.borrow_mut().picture = Some(picture);
        redraw();
    });
    bind_cursor(&lab);
    bind_kernels(&lab, &request);
    let opened = Rc::clone(&lab);
    lab.borrow().view.steps.numbers.bind(move || opened.borrow_mut().show_look());
    foot::bind(section, &form, move || lab.borrow().download());
    Ok(())
}

/// Fetches the layers of a network, then draws.
fn fetch(lab: &Rc<RefCell<LayerChain>>, source: FirstLayersFile, request: &Rc<dyn Fn()>) {
    let (lab, request) = (Rc::clone(lab), Rc::clone(request));
    let failures = lab.borrow().failures;
    spawn_local(async move {
        let layers = source::fetch(&source.url, failures).await;
        let again = lab.borrow_mut().arrived(source.model, layers);
        if again {
            request();
        }
    });
}

impl LayerChain {
    fn expect_redraw(&mut self) {
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
    }

    /// Takes what was fetched; whether to draw now.
    fn arrived(&mut self, model: String, layers: Result<FirstLayers, Failure>) -> bool {
        self.fetching = false;
        match layers {
            Ok(layers) => {
                self.section.settle(FILE);
                self.fetched.push((model, Rc::new(layers)));
                true
            }
            Err(failure) => {
                self.failures = self.failures.saturating_add(1);
                self.section.warn(FILE, failure.0);
                // The reader may have asked for another network meanwhile; the next change tries this one again.
                let other = self.form.text("model") != model;
                if !other {
                    self.busy = None;
                }
                other
            }
        }
    }

    /// Draws what the form says, as far as one frame goes; or names the file that is to be fetched first.
    fn redraw(&mut self) -> NextStep {
        let model = self.form.text("model");
        let found = self.fetched.iter().find(|(name, _)| *name == model);
        let Some(layers) = found.map(|(_, layers)| Rc::clone(layers)) else {
            if self.fetching {
                return NextStep::Rest;
            }
            let source = self.sources.iter().find(|source| source.model == model).cloned();
            self.fetching = source.is_some();
            let Some(source) = source else {
                let words = "This network does not begin with these four layers, or the page does not have their weights. \
                             Choose another network under \"More\", or reload the page.";
                self.section.warn(FILE, words);
                self.busy = None;
                return NextStep::Rest;
            };
            return NextStep::Fetch(source);
        };
        let next = self.picture.clone().map(|picture| self.try_redraw(&picture, &layers));
        match next {
            Some(Ok(NextStep::Rest)) => self.section.settle("drawing"),
            Some(Ok(more)) => return more,
            Some(Err(failure)) => self.section.warn("drawing", failure.0),
            None => {}
        }
        self.busy = None;
        NextStep::Rest
    }

    /// Computes where anything changed, and shows; on failure the last result stays. A new picture is brought to the
    /// network's size first, and the rest of the work waits for the next frame.
    fn try_redraw(&mut self, picture: &Rc<Picture>, layers: &Rc<FirstLayers>) -> Result<NextStep, Failure> {
        self.section.settle(FILE);
        self.form.limit("channel", layers.kernels.len().saturating_sub(1) as f64);
        let settings = self.settings()?;
        let wrong = |error: nn::ShapeError| Failure::new(error.to_string());
        let input = match &self.input {
            Some((of, by, input)) if Rc::ptr_eq(of, picture) && Rc::ptr_eq(by, layers) => Rc::clone(input),
            before => {
                if before.as_ref().is_none_or(|(_, by, _)| !Rc::ptr_eq(by, layers)) {
                    self.view.kernels.draw(layers)?;
                }
                let input = Rc::new(ChainInput::of(&picture.pixels, layers).map_err(wrong)?);
                self.input = Some((Rc::clone(picture), Rc::clone(layers), input));
                return Ok(NextStep::Again);
            }
        };
        let start = dom::now();
        let same = |old: &Chain| old.settings == settings && Rc::ptr_eq(&old.input, &input);
        if !self.chain.as_ref().is_some_and(same) {
            let chain = Chain::compute(Rc::clone(layers), input, settings).map_err(wrong)?;
            let milliseconds = stage::number((dom::now() - start) as f32, 1);
            let names = words::steps(settings.activation, settings.pooling);
            self.view.show(&self.section, &chain, picture, &names)?;
            let [height, width] = chain.maps.convolved.shape();
            self.form.limit("row", height.saturating_sub(1) as f64);
            self.form.limit("column", width.saturating_sub(1) as f64);
            self.section.cost(&format!("{milliseconds} ms, WASM in this page"));
            self.chain = Some(chain);
        }
        self.show_look();
        Ok(NextStep::Rest)
    }

    fn settings(&self) -> Result<ChainSettings, Failure> {
        let activation = words::parse_activation(&self.form.text("activation"));
        let pooling = words::parse_pooling(&self.form.text("pooling"));
        let (Some(activation), Some(pooling)) = (activation, pooling) else {
            let words =
                "The form offers an activation or a pooling that this widget does not know. Reload the page.";
            return Err(Failure::new(words));
        };
        Ok(ChainSettings { channel: self.form.number("channel") as usize, activation, pooling })
    }

    /// Row and column that the form names.
    fn place(&self) -> [usize; 2] {
        ["row", "column"].map(|name| self.form.number(name) as usize)
    }

    /// Shows the arithmetic at the place that the form names.
    fn show_look(&mut self) {
        let place = self.place();
        let Some(chain) = &self.chain else { return };
        let names = words::steps(chain.settings.activation, chain.settings.pooling);
        let worked = chain.work(place).map_err(|error| Failure::new(error.to_string()));
        let shown = worked.and_then(|worked| {
            self.section.speak(words::readout(&worked, &names));
            self.view.look(chain, &worked, &names)
        });
        match shown {
            Ok(()) => self.section.settle("looking"),
            Err(failure) => self.section.warn("looking", failure.0),
        }
    }

    /// Looks at a place, as far as the maps go.
    fn look_at(&mut self, [row, column]: [usize; 2]) {
        let Some(chain) = &self.chain else { return };
        let [height, width] = chain.maps.convolved.shape();
        self.form.set("row", &row.min(height.saturating_sub(1)).to_string());
        self.form.set("column", &column.min(width.saturating_sub(1)).to_string());
        self.show_look();
    }

    /// The place that belongs to column and row of a picture: the input's, or the map's of this number.
    fn place_in(&self, map: Option<usize>, [x, y]: [f32; 2]) -> Option<[usize; 2]> {
        let Chain { first, maps, .. } = self.chain.as_ref()?;
        let whole = [y, x].map(|at| at.max(0.0) as usize);
        Some(match map {
            None => first.place_of_input(maps, [y, x]),
            Some(3) => first.place_of_pooled(maps, whole),
            Some(_) => whole,
        })
    }

    /// The key's work on a map; whether it was one of ours.
    fn key(&mut self, map: usize, key: &str, shift: bool) -> bool {
        let far = if shift { FAR } else { 1 };
        let (across, down) = match key {
            "ArrowLeft" => (-far, 0),
            "ArrowRight" => (far, 0),
            "ArrowUp" => (0, -far),
            "ArrowDown" => (0, far),
            "Enter" | " " => {
                self.hold(!self.held);
                return true;
            }
            _ => return false,
        };
        let place = self.place();
        let Some(chain) = &self.chain else { return true };
        // In the pooled map by its own pixels.
        let at = match chain.work(place) {
            Ok(worked) if map == 3 => worked.pooled_place,
            _ => place,
        };
        let moved =
            [at[1].saturating_add_signed(across), at[0].saturating_add_signed(down)].map(|at| at as f32);
        let place = self.place_in(Some(map), moved);
        self.hold(true);
        if let Some(place) = place {
            self.look_at(place);
        }
        true
    }

    fn hold(&mut self, held: bool) {
        self.held = held;
        self.view.hold(held);
    }

    fn download(&self) -> Option<foot::Download> {
        let (picture, chain) = (self.picture.as_ref()?, self.chain.as_ref()?);
        let channel = chain.settings.channel;
        let name = format!("{}-channel-{channel}-pooled.png", picture.file_stem());
        Some((self.view.maps[3].view.canvas.clone(), name))
    }
}

/// A place in a picture, and in which: `None` is the input, else the map of that number.
type PointedAt = ([f32; 2], Option<usize>);

/// The place looked at follows pointer and keys; drawing it waits for the frame.
fn bind_cursor(lab: &Rc<RefCell<LayerChain>>) {
    let wanted: Rc<RefCell<Option<PointedAt>>> = Rc::default();
    let frame = {
        let (lab, wanted) = (Rc::clone(lab), Rc::clone(&wanted));
        Frame::new(move || {
            let Some((at, map)) = wanted.take() else { return };
            let mut lab = lab.borrow_mut();
            let place = lab.place_in(map, at);
            if let Some(place) = place {
                lab.look_at(place);
            }
        })
    };
    let shown = lab.borrow();
    let maps = shown.view.maps.iter().enumerate().map(|(index, map)| (Some(index), &map.view));
    for (map, view) in std::iter::once((None, &shown.view.input)).chain(maps) {
        for event in ["pointermove", "pointerdown"] {
            let (lab, wanted, frame) = (Rc::clone(lab), Rc::clone(&wanted), frame.clone());
            dom::listen(&view.canvas, event, move |e: PointerEvent| {
                let mut lab = lab.borrow_mut();
                if e.pointer_type() == "mouse" {
                    if e.type_() == "pointerdown" {
                        // The first click holds the place, the second lets go.
                        let held = lab.held;
                        lab.hold(!held);
                    } else if lab.held {
                        return;
                    }
                }
                let view = map.map_or(&lab.view.input, |index| &lab.view.maps[index].view);
                *wanted.borrow_mut() = Some((view.pixel(e.client_x(), e.client_y()), map));
                frame.request();
            });
        }
        if let Some(index) = map {
            let lab = Rc::clone(lab);
            dom::listen(&view.canvas, "keydown", move |e: KeyboardEvent| {
                let with_others = e.ctrl_key() || e.alt_key() || e.meta_key();
                if !with_others && lab.borrow_mut().key(index, &e.key(), e.shift_key()) {
                    e.prevent_default();
                }
            });
        }
    }
}

/// Pressing a kernel, or walking over them by arrow keys, chooses the channel.
fn bind_kernels(lab: &Rc<RefCell<LayerChain>>, request: &Rc<dyn Fn()>) {
    let choose = {
        let (lab, request) = (Rc::clone(lab), Rc::clone(request));
        move |to: &dyn Fn(&LayerChain, usize) -> Option<usize>| {
            let chosen = {
                let lab = lab.borrow();
                let Some(chain) = &lab.chain else { return false };
                let channel = to(&lab, chain.first.kernels.len());
                if let Some(channel) = channel {
                    lab.form.set("channel", &channel.to_string());
                }
                channel.is_some()
            };
            if chosen {
                request();
            }
            chosen
        }
    };
    let shown = lab.borrow();
    let pressed = choose.clone();
    dom::listen(&shown.view.kernels.canvas, "click", move |e: PointerEvent| {
        pressed(&|lab, count| Some(lab.view.kernels.at(e.client_x(), e.client_y(), count)));
    });
    dom::listen(&shown.view.kernels.canvas, "keydown", move |e: KeyboardEvent| {
        let with_others = e.ctrl_key() || e.alt_key() || e.meta_key();
        // From the form: several keys may come before the next frame.
        let at = |lab: &LayerChain| lab.form.number("channel") as usize;
        if !with_others && choose(&|lab, count| kernels::step(&e.key(), at(lab), count)) {
            e.prevent_default();
        }
    });
}
