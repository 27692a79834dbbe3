//! `feature-maps`: what any layer of the network computes from an image.
//!
//! Samples at the stops of the network show at once what the book keeps of them; everything else needs the network, which
//! the reader starts. For tests each panel carries `data-layer`, `data-source` (`precomputed`, `computed`), `data-channels`
//! (of the maps on the page), `data-channel` (of the enlarged one), its `data-low`, `data-high` and `data-mean`, and
//! `data-row`, `data-column` and `data-value` of the cursor, digits enough for the same `f32`.

mod colours;
mod content;
mod map_cache;
mod network_walk;
mod panel;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::manifest::ModelFile;
use catalog::widget::SAMPLES;
use kit::dom::{self, Frame, child};
use kit::failure::Failure;
use kit::picture::{Picture, PictureOrigin};
use kit::{Change, Form, Picker, Section, canvas, foot};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlCanvasElement, HtmlElement, KeyboardEvent, PointerEvent};

use crate::network::{Event, LayerValues, Network};
use content::LayerContent;
use map_cache::MapCache;
use network_walk::NetworkWalk;
use panel::{LayerPanel, MapDisplay};

/// How long a playing walk rests at a layer, milliseconds.
const REST: f64 = 1500.0;
/// Numbers that an arrow key moves the cursor with Shift.
const FAR: isize = 8;
/// Layer controls, one a panel.
const LAYERS: [&str; 2] = ["layer", "second-layer"];

/// A mounted widget; clones refer to the same one.
#[derive(Clone)]
struct FeatureMaps(Rc<MapsParts>);

struct MapsParts {
    section: Section,
    form: Form,
    network: Network,
    kept: MapCache,
    panels: [LayerPanel; 2],
    seen: HtmlCanvasElement,
    seen_caption: HtmlElement,
    frame: RefCell<Option<Frame>>,
    player: RefCell<Option<Frame>>,
    state: RefCell<MapsState>,
}

struct MapsState {
    model: Rc<ModelFile>,
    way: Rc<NetworkWalk>,
    picture: Option<Rc<Picture>>,
    /// Counts pictures and answers, so that those of earlier requests are dropped.
    turn: u32,
    /// Whether the network owes the answer to the picture.
    unanswered: bool,
    /// What each panel shows.
    contents: [Option<ShownLayer>; 2],
    /// Requests without an answer yet.
    asked: [Option<LayerKey>; 2],
    /// The map that the reader chose to enlarge.
    chosen: [Option<usize>; 2],
    /// When a playing walk made its last stop, milliseconds.
    playing: Option<f64>,
}

struct ShownLayer {
    key: LayerKey,
    content: Rc<LayerContent>,
}

/// A layer's values of one picture.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LayerKey {
    turn: u32,
    layer: String,
    /// Whether from a run of the network.
    computed: bool,
}

/// Mounts the widget into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let network = Network::bind(section, &form)?;
    let model = network.model();
    let way = Rc::new(described(&model, &network)?);

    let root: HtmlElement = dom::create("div", "maps");
    section.place_network(network.panel())?;
    let seen_figure: HtmlElement = dom::create("figure", "maps-seen");
    let mat = child(&seen_figure, "div", "mat");
    let seen: HtmlCanvasElement = child(&mat, "canvas", "").unchecked_into();
    dom::set(&seen, "role", "img");
    let seen_caption = child(&seen_figure, "figcaption", "maps-caption");
    let panels = [LayerPanel::new("first"), LayerPanel::new("second")];
    let both = child(&root, "div", "maps-panels");
    dom::set(&both, "data-picture", "");
    for panel in &panels {
        let _never_refused = both.append_child(panel.root());
        section.note(panel.words());
    }
    section.note(&seen_figure);
    section.show(root.unchecked_ref::<Element>());

    let maps = FeatureMaps(Rc::new(MapsParts {
        section: section.clone(),
        form: form.clone(),
        network: network.clone(),
        kept: MapCache::default(),
        panels,
        seen,
        seen_caption,
        frame: RefCell::default(),
        player: RefCell::default(),
        state: RefCell::new(MapsState {
            model,
            way,
            picture: None,
            turn: 0,
            unanswered: false,
            contents: [None, None],
            asked: [None, None],
            chosen: [form.was_in_address("channel").then(|| form.number("channel") as usize), None],
            playing: None,
        }),
    }));
    let (drawing, playing) = (maps.clone(), maps.clone());
    *maps.0.frame.borrow_mut() = Some(Frame::new(move || drawing.refresh()));
    *maps.0.player.borrow_mut() = Some(Frame::new(move || playing.play_on()));
    maps.offer_layers();
    maps.check_address();
    let changing = maps.clone();
    form.on_change(move |change| changing.changed(change));
    let hearing = maps.clone();
    network.listen(move |event| hearing.hear(event));
    let showing = maps.clone();
    let _picker_lives_in_its_listeners = Picker::bind(section, &form, move |picture| showing.show(&picture));
    let downloading = maps.clone();
    foot::bind(section, &form, move || downloading.download());
    maps.bind_canvases();
    Ok(())
}

/// The way through the network that a model's card names, or through the reader's own.
fn described(model: &ModelFile, network: &Network) -> Result<NetworkWalk, Failure> {
    let card = &model.card;
    // The reader's own has nothing but its file to be described by.
    if let Some(contents) = network.own_contents() {
        return Ok(NetworkWalk::own(&card.name, &contents.layers));
    }
    let network = architecture::by_name(&card.architecture, model.classes, card.input.size as usize);
    network.as_ref().map(NetworkWalk::of).map_err(|error| {
        Failure::new(format!(
            "The model card of \"{}\" does not describe a network ({error}). Reload the page.",
            card.name
        ))
    })
}

impl FeatureMaps {
    /// Draws in the next frame.
    fn request(&self) {
        if let Some(frame) = &*self.0.frame.borrow() {
            frame.request();
        }
    }

    /// Fills the layer controls with the model's layers.
    fn offer_layers(&self) {
        let groups = self.0.state.borrow().way.menu();
        for name in LAYERS {
            self.0.form.offer(name, &groups);
        }
    }

    /// Says which layers of the link this network does not have.
    fn check_address(&self) {
        let way = Rc::clone(&self.0.state.borrow().way);
        for name in LAYERS {
            let layer = self.0.form.text(name);
            if self.0.form.was_in_address(name) && !way.has(&layer) {
                let words = format!(
                    "Part of the link was ignored: {} has no layer \"{layer}\". The rest was used.",
                    way.name
                );
                self.0.section.warn("layer", words);
            }
        }
    }

    /// The layers on show, each one of this network; layers of another one are replaced by their counterparts.
    fn layers(&self) -> Vec<String> {
        let way = Rc::clone(&self.0.state.borrow().way);
        let count = if self.0.form.toggle("compare") { 2 } else { 1 };
        let layer = |name: &&str| {
            let wanted = self.0.form.text(name);
            let layer = way.stand_in(&wanted);
            if layer != wanted {
                self.0.form.set_derived(name, &layer);
                self.offer_layers();
            }
            layer
        };
        LAYERS.iter().take(count).map(layer).collect()
    }

    /// A new image on the page.
    fn show(&self, picture: &Rc<Picture>) {
        let MapsParts { section, panels, seen, seen_caption, state, .. } = &*self.0;
        let side = state.borrow().model.card.input.size;
        let drawn = canvas::draw(seen, &imaging::resize(&picture.pixels, side, side));
        match drawn {
            Ok(()) => section.settle("canvas"),
            Err(failure) => section.warn("canvas", failure.0),
        }
        let words = format!("{}; the network's input: {}", picture.caption(), picture.as_square(side));
        dom::set(seen, "aria-label", &words);
        seen_caption.set_text_content(Some(&words));
        {
            let mut now = state.borrow_mut();
            now.picture = Some(Rc::clone(picture));
            now.turn += 1;
            now.unanswered = self.0.network.is_ready();
        }
        panels.iter().for_each(LayerPanel::renew);
        self.0.network.show(picture);
        self.request();
    }

    fn hear(&self, event: &Event) {
        match event {
            Event::Model => self.model_changed(),
            Event::Loaded => self.0.state.borrow_mut().unanswered = true,
            Event::Answer(_) => {
                let mut now = self.0.state.borrow_mut();
                now.unanswered = false;
                now.turn += 1;
            }
            Event::Failed => self.0.state.borrow_mut().unanswered = false,
        }
        self.request();
    }

    fn model_changed(&self) {
        let MapsParts { section, form, network, panels, state, .. } = &*self.0;
        let model = network.model();
        match described(&model, network) {
            Ok(way) => {
                let mut now = state.borrow_mut();
                now.model = model;
                for name in LAYERS {
                    let layer = form.text(name);
                    let carried = now.way.carried(&way, &layer);
                    if carried != layer {
                        form.set_derived(name, &carried);
                    }
                }
                now.way = Rc::new(way);
                now.contents = [None, None];
                now.chosen = [None, None];
                now.turn += 1;
                drop(now);
                panels.iter().for_each(LayerPanel::forget_cursor);
                section.settle("layer");
                self.offer_layers();
                let picture = state.borrow().picture.clone();
                if let Some(picture) = picture {
                    self.show(&picture);
                }
            }
            Err(failure) => section.warn("layer", failure.0),
        }
    }

    fn changed(&self, change: Change) {
        let MapsParts { section, form, panels, state, .. } = &*self.0;
        match change {
            Change::Action("play") if state.borrow().playing.is_some() => self.pause(),
            Change::Action("play") => self.play(),
            Change::Action(name @ ("previous-layer" | "next-layer")) => {
                self.pause();
                self.walk(name == "next-layer");
            }
            Change::Control("channel") => {
                state.borrow_mut().chosen[0] = Some(form.number("channel") as usize);
            }
            Change::Control("layer" | "second-layer") => {
                section.settle("layer");
                self.pause();
                form.set("page", "1");
            }
            Change::Control("sort" | "count") => form.set("page", "1"),
            Change::Reset => {
                self.pause();
                section.settle("layer");
                state.borrow_mut().chosen = [None, None];
                panels.iter().for_each(LayerPanel::forget_cursor);
            }
            _ => {}
        }
        self.request();
    }

    /// Shows what is at hand, and asks for what is not.
    fn refresh(&self) {
        let layers = self.layers();
        let MapsParts { panels, state, .. } = &*self.0;
        for element in [panels[1].root(), panels[1].words()] {
            element.set_hidden(layers.len() < 2);
        }
        let (picture, way) = {
            let now = state.borrow();
            (now.picture.clone(), Rc::clone(&now.way))
        };
        let Some(picture) = picture else { return };
        let computed = self.0.network.is_ready();
        let turn = state.borrow().turn;
        let mut missing = Vec::new();
        for (index, layer) in layers.iter().enumerate() {
            panels[index].name(layer, &way.words(layer));
            let key = LayerKey { turn, layer: layer.clone(), computed };
            let there = state.borrow().contents[index].as_ref().is_some_and(|shown| shown.key == key);
            if there {
                self.redraw(index);
                continue;
            }
            self.wait(index, layer);
            if state.borrow().asked[index].as_ref() != Some(&key) {
                missing.push((index, key));
            }
        }
        if missing.is_empty() || (computed && state.borrow().unanswered) {
            return;
        }
        for (index, key) in &missing {
            state.borrow_mut().asked[*index] = Some(key.clone());
        }
        if computed {
            let this = self.clone();
            return self.0.network.look(layers, move |look| this.looked(turn, look));
        }
        for (index, key) in missing {
            self.fetch(index, key, &picture);
        }
    }

    /// Says at once which layer is coming: what the panel shows is another one's until then.
    fn wait(&self, index: usize, layer: &str) {
        let words = words::coming(layer);
        if index == 0 {
            self.0.section.say(words.as_str());
        }
        self.0.panels[index].wait(&words);
    }

    /// Takes what the network gave.
    fn looked(&self, turn: u32, look: Result<LayerValues, String>) {
        // What went wrong, the network has said.
        let Ok(look) = look else {
            self.0.state.borrow_mut().asked = [None, None];
            self.0.panels.iter().for_each(LayerPanel::give_up);
            return;
        };
        let by = crate::network::words::backend(look.backend);
        for values in look.layers {
            let key = LayerKey { turn, layer: values.layer.clone(), computed: true };
            let content = LayerContent::computed(&values.layer, &values.shape, values.values, by);
            let Some(content) = content.map(Rc::new) else {
                let words = format!("The layer {} gave no values that can be shown.", values.layer);
                self.0.section.warn("look", words);
                continue;
            };
            for index in [0, 1] {
                self.take(index, &key, &content);
            }
        }
    }

    /// Fetches what the book keeps, if it keeps it, and shows it.
    fn fetch(&self, index: usize, key: LayerKey, picture: &Rc<Picture>) {
        let (this, model) = (self.clone(), Rc::clone(&self.0.state.borrow().model));
        let busy = self.0.section.busy();
        let origin = picture.origin.clone();
        spawn_local(async move {
            let content = match origin {
                PictureOrigin::Drawn(drawn) => this.0.kept.content(&model, drawn, &key.layer).await,
                PictureOrigin::Own(_) => Ok(None),
            };
            if this.0.state.borrow().asked[index].as_ref() == Some(&key) {
                match content {
                    Ok(Some(content)) => {
                        this.0.section.settle("kept");
                        this.take(index, &key, &Rc::new(content));
                    }
                    Ok(None) => {
                        this.0.section.settle("kept");
                        this.show_absent(index, &key, &origin);
                    }
                    Err(failure) => {
                        this.0.panels[index].empty(words::NOT_COME);
                        this.0.section.warn("kept", failure.0);
                        // Asked for again when the reader comes back to it.
                        this.0.state.borrow_mut().asked[index] = None;
                    }
                }
            }
            drop(busy);
        });
    }

    fn show_absent(&self, index: usize, key: &LayerKey, origin: &PictureOrigin) {
        let own = matches!(origin, PictureOrigin::Own(_));
        let sample = match origin {
            PictureOrigin::Drawn(drawn) => {
                SAMPLES.iter().any(|sample| (sample.diagnosis, sample.seed) == (drawn.diagnosis, drawn.seed))
            }
            PictureOrigin::Own(_) => false,
        };
        let kept = map_cache::folder(&self.0.state.borrow().model).is_some();
        self.0.state.borrow_mut().contents[index] = None;
        let words = words::absent(own, sample && kept);
        self.0.panels[index].empty(words);
        if index == 0 {
            self.0.section.speak(format!("{}: {words}", key.layer));
        }
    }

    /// Puts values on a panel that waits for them.
    fn take(&self, index: usize, key: &LayerKey, content: &Rc<LayerContent>) {
        {
            let mut now = self.0.state.borrow_mut();
            if now.asked[index].as_ref() != Some(key) {
                return;
            }
            now.asked[index] = None;
            now.contents[index] = Some(ShownLayer { key: key.clone(), content: Rc::clone(content) });
        }
        self.0.panels[index].renew();
        self.redraw(index);
        if index == 0 {
            let words = format!("{}: {}", key.layer, words::source(content));
            if self.0.state.borrow().playing.is_some() {
                // A status that waited for rest would name the layer before.
                self.0.section.say_now(&words);
            } else {
                self.0.section.speak(words);
            }
        }
    }

    fn content(&self, index: usize) -> Option<Rc<LayerContent>> {
        self.0.state.borrow().contents[index].as_ref().map(|shown| Rc::clone(&shown.content))
    }

    /// Draws what a panel has.
    fn redraw(&self, index: usize) {
        let MapsParts { section, form, panels, state, .. } = &*self.0;
        let Some(content) = self.content(index) else { return };
        let count = if form.text("count") == "64" { 64 } else { 36 };
        if index == 0 {
            let (_, pages) = content::page(content.count(), count, 1);
            form.limit("page", pages as f64);
            form.limit("channel", content.channels.saturating_sub(1) as f64);
        }
        let colours = form.text("colours");
        let manner = MapDisplay {
            measure: words::measure(&form.text("sort")),
            count,
            page: form.number("page") as usize,
            scale_each: form.text("scale") == "map",
            colours: &colours,
        };
        let chosen = state.borrow().chosen[index];
        let model = Rc::clone(&state.borrow().model);
        match panels[index].show(&content, manner, chosen, &model.card.labels) {
            Ok(enlarged) => {
                section.settle("drawing");
                if index == 0 {
                    let follows = chosen.is_none_or(|chosen| content.place(chosen).is_none());
                    if follows {
                        form.default_to("channel", &enlarged.to_string());
                        form.set_derived("channel", &enlarged.to_string());
                    }
                }
            }
            Err(failure) => section.warn("drawing", failure.0),
        }
    }

    /// Enlarges a map.
    fn choose(&self, index: usize, channel: usize) {
        self.0.state.borrow_mut().chosen[index] = Some(channel);
        if index == 0 {
            self.0.form.set("channel", &channel.to_string());
        }
        self.redraw(index);
        if let Some(content) = self.content(index)
            && let Some(place) = content.place(channel)
        {
            self.0.section.speak(words::map(&content, place));
        }
    }

    /// Goes to the next layer, or back; whether there was one.
    fn walk(&self, forward: bool) -> bool {
        let way = Rc::clone(&self.0.state.borrow().way);
        let stops = self.0.form.text("walk") == "stops";
        let next = way.next(&self.0.form.text("layer"), forward, stops);
        match &next {
            Some(layer) => {
                self.0.section.settle("layer");
                self.0.form.set("layer", layer);
                self.0.form.set("page", "1");
                self.request();
            }
            None => {
                self.0.section.say(if forward {
                    "This is the last layer."
                } else {
                    "This is the first layer."
                });
            }
        }
        next.is_some()
    }

    fn play(&self) {
        if dom::wants_less_motion() {
            let words =
                "Your system asks for reduced motion, so nothing plays by itself. Press Next to continue.";
            return self.0.section.say(words);
        }
        let way = Rc::clone(&self.0.state.borrow().way);
        let (stops, here) = (self.0.form.text("walk") == "stops", self.0.form.text("layer"));
        if way.next(&here, true, stops).is_none() {
            self.0.form.set("layer", &way.first_stop());
            self.request();
        }
        self.0.state.borrow_mut().playing = Some(dom::now());
        self.0.form.element("play").set_text_content(Some("Pause"));
        self.play_on();
    }

    fn pause(&self) {
        if self.0.state.borrow_mut().playing.take().is_some() {
            self.0.form.element("play").set_text_content(Some("Play"));
            // While it played, nothing was spoken.
            if let Some(content) = self.content(0) {
                self.0.section.speak(format!("{}: {}", content.layer, words::source(&content)));
            }
        }
    }

    /// One frame of a playing walk; it waits for a layer that is still being computed.
    fn play_on(&self) {
        let Some(last) = self.0.state.borrow().playing else { return };
        let waiting = self.0.state.borrow().asked[0].is_some();
        let now = dom::now();
        if now - last >= REST && !waiting {
            self.0.state.borrow_mut().playing = Some(now);
            if !self.walk(true) {
                return self.pause();
            }
        }
        if let Some(player) = &*self.0.player.borrow() {
            player.request();
        }
    }

    fn download(&self) -> Option<foot::Download> {
        let content = self.content(0)?;
        let picture = self.0.state.borrow().picture.clone()?;
        let canvas = match content.look {
            content::LayerDrawing::Maps => &self.0.panels[0].mosaic,
            content::LayerDrawing::Strip => &self.0.panels[0].map,
            content::LayerDrawing::Bars => return None,
        };
        Some((canvas.clone(), format!("{}-{}.png", picture.file_stem(), content.layer)))
    }

    fn bind_canvases(&self) {
        for index in [0, 1] {
            let panel = &self.0.panels[index];
            let this = self.clone();
            dom::listen(&panel.mosaic, "pointerdown", move |e: PointerEvent| {
                let Some(content) = this.content(index) else { return };
                let channel = this.0.panels[index].channel_at(&content, e.client_x(), e.client_y());
                if let Some(channel) = channel {
                    this.choose(index, channel);
                }
            });
            for event in ["pointerdown", "pointermove"] {
                let this = self.clone();
                dom::listen(&panel.map, event, move |e: PointerEvent| {
                    let Some(content) = this.content(index) else { return };
                    let at = this.0.panels[index].number_at(e.client_x(), e.client_y());
                    let words = this.0.panels[index].point(&content, at, true);
                    this.0.section.speak(words);
                });
            }
            for (canvas, of_mosaic) in [(&panel.mosaic, true), (&panel.map, false)] {
                let this = self.clone();
                dom::listen(canvas, "keydown", move |e: KeyboardEvent| {
                    let with_others = e.ctrl_key() || e.alt_key() || e.meta_key();
                    if !with_others && this.key(index, of_mosaic, &e.key(), e.shift_key()) {
                        e.prevent_default();
                    }
                });
            }
        }
    }

    /// The key's work; whether it was one of ours.
    fn key(&self, index: usize, of_mosaic: bool, key: &str, shift: bool) -> bool {
        if let "PageUp" | "PageDown" = key {
            self.pause();
            self.walk(key == "PageDown");
            return true;
        }
        let Some(content) = self.content(index) else { return false };
        let panel = &self.0.panels[index];
        if of_mosaic {
            let ours = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].contains(&key);
            if let Some(channel) = panel.channel_beside(&content, key) {
                self.choose(index, channel);
            }
            return ours;
        }
        let far = if shift { FAR } else { 1 };
        let step = match key {
            "ArrowLeft" => [0, -far],
            "ArrowRight" => [0, far],
            "ArrowUp" => [-far, 0],
            "ArrowDown" => [far, 0],
            _ => return false,
        };
        let words = panel.step(&content, step);
        self.0.section.speak(words);
        true
    }
}
