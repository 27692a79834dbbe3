//! The network behind a widget: it is loaded when the reader asks for it, answers for the image on the page, and gives the
//! values of any layer.
//!
//! A widget binds one ([`Network::bind`]), puts its [`panel`](Network::panel) on the stage, says which image is on the page
//! ([`show`](Network::show)) and [`listen`](Network::listen)s; everything else is done here: the start button that names the
//! download's size, progress, "Stop" and "Try again", words for whatever fails, the controls `backend` and `model`, what the
//! last run cost, `data-busy` while something is outstanding.
//!
//! One question is under way at a time. A new image goes first, then layers, then images [`aside`](Network::aside).
//!
//! For tests the section carries `data-network` (`absent`, `loading`, `ready`, `failed`), `data-source` (`network`, `store`,
//! `own`), `data-precision` (how the weights of the file in use are stored),
//! `data-backend` (`WebGPU`, `WASM`: who really computed), `data-gpu-submissions` (batches given to the graphics card in the
//! last run), and after a look `data-look` (`run`, `kept`: whether the network had to run) and `data-kept-bytes`.

mod link;
mod pages;
mod panel;
mod wire;
pub mod words;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use catalog::manifest::{ModelFile, OnnxFile, start_words};
use catalog::model::FULL;
use inference_messages::{
    Answered, Backend, Choice, Head, Layer, Loaded, Looked, Own, Part, Report, Request, Trouble,
};
use js_sys::Float32Array;
use kit::dom;
use kit::drops;
use kit::failure::Failure;
use kit::form::{Change, Form};
use kit::picture::Picture;
use kit::section::{Busy, Section};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlElement, HtmlInputElement};

use link::Link;
use pages::Pages;
use panel::Panel;

/// Name of the control that takes a file of the reader's as the model.
const OWN_MODEL: &str = "own-model";
/// Name of the control that asks for the weights as trained.
const FULL_PRECISION: &str = "full-precision";

/// The network of one widget; clones speak of the same one.
#[derive(Clone)]
pub struct Network(Rc<Parts>);

struct Parts {
    section: Section,
    form: Form,
    place: Place,
    pages: Pages,
    panel: Panel,
    state: RefCell<State>,
    listeners: RefCell<Vec<Listener>>,
}

/// Which of a widget's networks it is: what it reads, and where it leaves its marks.
struct Place {
    /// Name of the control with its model.
    model: &'static str,
    /// Carries `data-network` and the other marks for tests.
    marks: HtmlElement,
    /// Topics of its messages, so that the other network's do not settle them.
    about: About,
    /// Whether it is the one beside the widget's own: it takes no file of the reader's and tells no cost.
    beside: bool,
}

struct About {
    network: &'static str,
    backend: &'static str,
    model: &'static str,
    look: &'static str,
}

/// What a widget hears.
#[derive(Clone, Debug)]
pub enum Event {
    /// The reader chose another model, which is not there yet; [`Network::model`] is already the new one.
    Model,
    /// The model is there: [`Network::contents`].
    Loaded,
    /// The answer to the image on the page.
    Answer(Rc<Answered>),
    /// Something failed; the reader was told.
    Failed,
}

/// What a loaded model has.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// Every layer that can be looked at, in the order of computation.
    pub layers: Vec<Layer>,
    /// The last linear layer.
    pub head: Option<Linear>,
}

/// The last linear layer with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// Names and sizes.
    pub head: Head,
    /// `[labels, channels]`, row-major.
    pub weight: Vec<f32>,
    /// `[labels]`.
    pub bias: Vec<f32>,
}

/// Values of layers, and what they cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// In the order of the question.
    pub layers: Vec<Values>,
    /// Whether the network had to run.
    pub ran: bool,
    /// Milliseconds of that run, 0 without one.
    pub milliseconds: f64,
    /// What computed.
    pub backend: Backend,
}

/// What a layer gave for the image on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Its name.
    pub layer: String,
    /// Without the batch: `[C, H, W]` of feature maps, `[C]` behind the pooling.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

type Listener = Rc<dyn Fn(&Event)>;
type AsideDone = Box<dyn FnOnce(Result<&Answered, String>)>;
type LookDone = Box<dyn FnOnce(Result<Look, String>)>;

/// Whether the Worker has what it needs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Absent,
    Loading,
    Ready,
}

/// What the Worker is asked at present.
enum Question {
    /// The image on the page.
    Image,
    Aside(AsideDone),
    Look(LookDone, Busy),
    /// Whose answer nobody waits for any more.
    Dropped,
}

struct State {
    link: Option<Link>,
    /// The model in use, being loaded, or offered.
    model: Rc<ModelFile>,
    /// Whether with its weights as trained, where it has such a file.
    full_precision: bool,
    stage: Stage,
    /// The reader's own model, in use or being loaded.
    own: Option<File>,
    contents: Option<Rc<Contents>>,
    picture: Option<Rc<Picture>>,
    /// Number of the last question.
    id: u32,
    question: Option<Question>,
    /// Whether the image on the page is still to be asked about.
    wanted: bool,
    look: Option<(Vec<String>, LookDone, Busy)>,
    aside: VecDeque<(Rc<Picture>, AsideDone)>,
    busy: Option<Busy>,
    /// Milliseconds of the first run by each backend.
    first_run: Option<(Backend, f64)>,
    last: Option<Rc<Answered>>,
}

impl State {
    /// Size of the model's file that is in use, being loaded, or offered.
    fn bytes(&self) -> u64 {
        self.full().map_or(self.model.bytes, |full| full.bytes)
    }

    /// The file with the weights as trained, where that is the one.
    fn full(&self) -> Option<&OnnxFile> {
        self.model.full_precision.as_ref().filter(|_| self.full_precision)
    }
}

impl Network {
    /// Binds the controls `model`, `full-precision` and `backend` and the start button of a section whose module has a network.
    ///
    /// # Errors
    /// [`Failure`] naming what the page lacks.
    pub fn bind(section: &Section, form: &Form) -> Result<Self, Failure> {
        let element = section.element();
        let start = dom::find(element, "[data-action=start]")
            .ok_or_else(|| Failure::new("This widget has no start button in this page."))?;
        let about = About { network: "network", backend: "backend", model: "model", look: "look" };
        let place = Place { model: "model", marks: element.clone(), about, beside: false };
        let this = Self::bind_at(section, form, place, start)?;
        let dropping = this.clone();
        drops::listen(element, move |data| {
            if let Some(file) = drops::files(&data).into_iter().find(|file| drops::is_model(&file.name())) {
                dropping.load_own(file);
            }
        });
        Ok(this)
    }

    /// Binds a second network beside the first, with a Worker of its own: its model is that of the control `second-model`, its
    /// marks stand on `marks`, its start button is new.
    ///
    /// # Errors
    /// As [`Network::bind`].
    pub fn bind_beside(section: &Section, form: &Form, marks: &HtmlElement) -> Result<Self, Failure> {
        let start: HtmlElement = dom::create("button", "widget-start");
        dom::set(&start, "type", "button");
        let about = About {
            network: "second network",
            backend: "second backend",
            model: "second model",
            look: "second look",
        };
        let place = Place { model: "second-model", marks: marks.clone(), about, beside: true };
        Self::bind_at(section, form, place, start)
    }

    fn bind_at(section: &Section, form: &Form, place: Place, start: HtmlElement) -> Result<Self, Failure> {
        let pages = Pages::read(section.element())?;
        let model = Rc::new(pages.model(&form.text(place.model))?);
        let this = Self(Rc::new(Parts {
            section: section.clone(),
            form: form.clone(),
            place,
            pages,
            panel: Panel::new(start),
            state: RefCell::new(State {
                link: None,
                model,
                full_precision: false,
                stage: Stage::Absent,
                own: None,
                contents: None,
                picture: None,
                id: 0,
                question: None,
                wanted: false,
                look: None,
                aside: VecDeque::new(),
                busy: None,
                first_run: None,
                last: None,
            }),
            listeners: RefCell::default(),
        }));
        this.mark("absent");
        this.choose_precision();
        this.offer_start();
        let (starting, pressing, changing) = (this.clone(), this.clone(), this.clone());
        this.0.panel.on_buttons(move || starting.load(), move || pressing.pressed());
        form.on_change(move |change| changing.changed(change));
        Ok(this)
    }

    /// Start button, progress, who computed: one element for the widget's stage.
    pub fn panel(&self) -> &HtmlElement {
        self.0.panel.root()
    }

    /// Calls `listener` at every event, after earlier listeners.
    pub fn listen(&self, listener: impl Fn(&Event) + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(listener));
    }

    /// The model chosen, whether it is there or not.
    pub fn model(&self) -> Rc<ModelFile> {
        Rc::clone(&self.0.state.borrow().model)
    }

    /// Its title; once its weights as trained are there, that too.
    pub fn title(&self) -> String {
        let now = self.0.state.borrow();
        let precision =
            if now.stage == Stage::Ready && now.full().is_some() { ", full precision" } else { "" };
        now.model.card.title.clone() + precision
    }

    /// What the model has, once it is there.
    pub fn contents(&self) -> Option<Rc<Contents>> {
        self.0.state.borrow().contents.clone()
    }

    /// The same of a reader's own model; `None` while the book's is in use.
    pub fn own_contents(&self) -> Option<Rc<Contents>> {
        let now = self.0.state.borrow();
        now.contents.clone().filter(|_| now.own.is_some())
    }

    /// Whether the model is there.
    pub fn is_ready(&self) -> bool {
        self.0.state.borrow().stage == Stage::Ready
    }

    /// The last answer to an image on the page.
    pub fn last(&self) -> Option<Rc<Answered>> {
        self.0.state.borrow().last.clone()
    }

    /// The image on the page is this one now: its answer comes as an [`Event::Answer`], once the network is there. An answer
    /// to an earlier image that comes later is dropped.
    pub fn show(&self, picture: &Rc<Picture>) {
        self.0.state.borrow_mut().picture = Some(Rc::clone(picture));
        self.want();
    }

    /// Has another image classified when nothing else is to be done, such as one of many; the image on the page and its
    /// layers stay what they are. `done` gets the answer, or words for the reader; it is not called while there is no network.
    pub fn aside(&self, picture: &Rc<Picture>, done: impl FnOnce(Result<&Answered, String>) + 'static) {
        self.0.state.borrow_mut().aside.push_back((Rc::clone(picture), Box::new(done)));
        self.pump();
    }

    /// Forgets the images [`aside`](Network::aside) that were not begun.
    pub fn forget_asides(&self) {
        self.0.state.borrow_mut().aside.clear();
    }

    /// Values of layers for the image on the page, once its answer has come; `done` gets them, or words for the reader. A
    /// newer question replaces one that was not begun, a new image one that is under way: `done` is then never called.
    pub fn look(&self, layers: Vec<String>, done: impl FnOnce(Result<Look, String>) + 'static) {
        let busy = self.is_ready().then(|| self.0.section.busy());
        // Without a network nothing is outstanding: the reader has not asked for it.
        let Some(busy) = busy else { return };
        self.0.state.borrow_mut().look = Some((layers, Box::new(done), busy));
        self.pump();
    }

    /// Fetches and starts the network, as the start button does.
    pub fn load(&self) {
        let Parts { section, pages, panel, state, .. } = &*self.0;
        if state.borrow().stage == Stage::Loading {
            return;
        }
        self.mark("loading");
        section.settle(self.0.place.about.network);
        let mut now = state.borrow_mut();
        let network = now.own.as_ref().map_or(now.bytes(), |_| 0);
        let total = pages.runtime.wasm_bytes + network;
        panel.progress(&words::progress(Part::Runtime, 0, total), 0.0);
        now.stage = Stage::Loading;
        now.contents = None;
        if now.busy.is_none() {
            now.busy = Some(section.busy());
        }
        if now.link.is_none() {
            let this = self.clone();
            match Link::start(&pages.worker, move |report, arrays| this.hear(report, &arrays)) {
                Ok(link) => now.link = Some(link),
                Err(detail) => {
                    drop(now);
                    return self.failed(&Trouble::Crash { detail });
                }
            }
        }
        match (&now.link, &now.own) {
            (Some(link), None) => link.load(&pages.load(&now.model.card.name, now.full_precision)),
            (Some(link), Some(file)) => link.load_own(&pages.load_own(&file.name()), file),
            (None, _) => {}
        }
    }

    /// Takes a file of the reader's as the model, in the place of the one chosen.
    pub fn load_own(&self, file: File) {
        let Parts { section, state, .. } = &*self.0;
        if !drops::is_model(&file.name()) {
            let detail = format!("a file that ends in .onnx expected, found {}", file.name());
            return section.warn(self.0.place.about.network, words::trouble(&Trouble::OwnModel { detail }));
        }
        self.leave_model();
        state.borrow_mut().own = Some(file);
        self.load();
    }

    fn hear(&self, report: Report, arrays: &[Float32Array]) {
        match report {
            Report::Progress { part, received, total } => {
                if self.0.state.borrow().stage == Stage::Loading {
                    let share = received as f64 / total.max(1) as f64;
                    self.0.panel.progress(&words::progress(part, received, total), share);
                }
            }
            Report::Loaded(loaded) => self.loaded(*loaded, arrays),
            Report::Answer(answer) => self.answered(*answer),
            Report::Again { id, milliseconds } => self.again(id, milliseconds),
            Report::Looked(looked) => self.looked(*looked, arrays),
            Report::Failed(trouble) => self.failed(&trouble),
        }
    }

    fn loaded(&self, loaded: Loaded, arrays: &[Float32Array]) {
        let Parts { panel, pages, state, .. } = &*self.0;
        let head = match (loaded.head, arrays) {
            (Some(head), [weight, bias]) => {
                Some(Linear { head, weight: weight.to_vec(), bias: bias.to_vec() })
            }
            _ => None,
        };
        let mut now = state.borrow_mut();
        if let Some(own) = &loaded.own {
            now.model = Rc::new(own_model(&now.model, own));
        }
        now.stage = Stage::Ready;
        now.contents = Some(Rc::new(Contents { layers: loaded.layers, head }));
        now.wanted = now.picture.is_some();
        let bytes = now.bytes();
        let total = pages.runtime.wasm_bytes + bytes;
        let precision = now.full().map_or_else(|| now.model.card.precision.clone(), |_| FULL.to_owned());
        // With an image to be answered the busy mark stays until then.
        let idle = if now.wanted { None } else { now.busy.take() };
        drop(now);
        let own = loaded.own.as_ref().map(words::own);
        if own.is_some() {
            dom::set(&self.0.place.marks, "data-own-model", "true");
            self.tell(&Event::Model);
        }
        let source = match (&own, loaded.from_store) {
            (Some(_), _) => "own",
            (None, true) => "store",
            (None, false) => "network",
        };
        dom::set(&self.0.place.marks, "data-source", source);
        dom::set(&self.0.place.marks, "data-precision", if own.is_some() { "" } else { &precision });
        self.mark("ready");
        panel.starting(&own.unwrap_or_else(|| {
            words::source(loaded.from_store, loaded.kept, total) + &words::stored(&precision, bytes)
        }));
        self.tell(&Event::Loaded);
        self.pump();
        drop(idle);
    }

    fn changed(&self, change: Change) {
        let model_changed = self.0.form.text(self.0.place.model) != self.0.state.borrow().model.card.name;
        match change {
            Change::Control(OWN_MODEL) if !self.0.place.beside => {
                let input: &HtmlInputElement = self.0.form.element(OWN_MODEL).unchecked_ref();
                if let Some(file) = input.files().and_then(|files| files.get(0)) {
                    self.load_own(file);
                }
            }
            Change::Control("model" | "second-model") | Change::Reset if model_changed => self.change_model(),
            Change::Control(FULL_PRECISION) | Change::Reset if self.other_precision() => self.change_model(),
            // The other way to compute may work where this one failed.
            Change::Control("backend") if self.has_failed() => self.load(),
            Change::Control("backend") | Change::Reset => self.want(),
            _ => {}
        }
    }

    /// Whether the reader wants the weights as trained.
    fn wants_full_precision(&self) -> bool {
        !self.0.place.beside && self.0.form.toggle(FULL_PRECISION)
    }

    /// Whether the reader wants the book's network in another precision than it has. A reader's own stays what it is.
    fn other_precision(&self) -> bool {
        let now = self.0.state.borrow();
        now.own.is_none() && now.full_precision != self.wants_full_precision()
    }

    /// Takes the file that the reader wants, or says that there is none.
    fn choose_precision(&self) {
        let wanted = self.wants_full_precision();
        let mut now = self.0.state.borrow_mut();
        now.full_precision = wanted;
        if wanted && now.model.full_precision.is_none() && now.model.card.precision != FULL {
            self.0
                .section
                .warn(self.0.place.about.model, words::no_full_precision(&now.model.card.precision));
        }
    }

    fn has_failed(&self) -> bool {
        self.0.place.marks.get_attribute("data-network").as_deref() == Some("failed")
    }

    fn change_model(&self) {
        let Parts { section, form, pages, state, .. } = &*self.0;
        let model = match pages.model(&form.text(self.0.place.model)) {
            Ok(model) => Rc::new(model),
            Err(failure) => return section.warn(self.0.place.about.model, failure.0),
        };
        section.settle(self.0.place.about.model);
        let was_there = self.has_failed() || state.borrow().stage != Stage::Absent;
        self.leave_model();
        section.settle(self.0.place.about.network);
        let mut now = state.borrow_mut();
        now.own = None;
        now.model = model;
        drop(now);
        self.choose_precision();
        let _may_be_missing = self.0.place.marks.remove_attribute("data-own-model");
        self.tell(&Event::Model);
        if was_there {
            self.load();
        } else {
            self.offer_start();
        }
    }

    /// What is known of the model so far is of no use any more.
    fn leave_model(&self) {
        let mut now = self.0.state.borrow_mut();
        now.contents = None;
        now.last = None;
        now.first_run = None;
        if now.stage == Stage::Loading {
            // With the Worker goes what it may be downloading.
            now.link = None;
        }
        now.stage = Stage::Absent;
        if now.question.is_some() && now.link.is_some() {
            now.question = Some(Question::Dropped);
        } else {
            now.question = None;
        }
        now.look = None;
    }

    /// A file of the reader's that cannot be used is forgotten; the network of the book can be started again.
    fn return_to_the_books(&self) {
        let Parts { form, pages, state, .. } = &*self.0;
        let was_own = state.borrow().model.card.name == OWN_MODEL;
        state.borrow_mut().own = None;
        let _may_be_missing = self.0.place.marks.remove_attribute("data-own-model");
        if was_own && let Ok(model) = pages.model(&form.text(self.0.place.model)) {
            state.borrow_mut().model = Rc::new(model);
            self.choose_precision();
            self.tell(&Event::Model);
        }
        self.offer_start();
    }

    fn offer_start(&self) {
        let bytes = self.0.state.borrow().bytes();
        self.0.panel.offer_start(&start_words(bytes, self.0.pages.engine_bytes()));
    }

    /// The image on the page is to be asked about.
    fn want(&self) {
        let mut now = self.0.state.borrow_mut();
        if now.stage != Stage::Ready || now.picture.is_none() {
            return;
        }
        now.wanted = true;
        if now.busy.is_none() {
            now.busy = Some(self.0.section.busy());
        }
        // Its values would be another image's.
        if matches!(now.question, Some(Question::Look(..))) {
            now.question = Some(Question::Dropped);
        }
        drop(now);
        self.pump();
    }

    /// Sends the next question, unless one is under way.
    fn pump(&self) {
        let mut guard = self.0.state.borrow_mut();
        let now = &mut *guard;
        let Some(link) = now.link.as_ref().filter(|_| now.stage == Stage::Ready && now.question.is_none())
        else {
            return;
        };
        let classify = |id, aside, picture: &Picture| {
            let choice = Choice::from_value(&self.0.form.text("backend"));
            let (width, height) = (picture.pixels.width(), picture.pixels.height());
            let request = Request::Classify { id, aside, choice, width, height };
            link.ask_with(&request, picture.pixels.data());
        };
        if let Some(picture) = now.picture.as_ref().filter(|_| now.wanted) {
            now.wanted = false;
            now.id += 1;
            classify(now.id, false, picture);
            now.question = Some(Question::Image);
        } else if now.last.is_some()
            && let Some((layers, done, busy)) = now.look.take()
        {
            now.id += 1;
            link.ask(&Request::Look { id: now.id, layers });
            now.question = Some(Question::Look(done, busy));
        } else if let Some((picture, done)) = now.aside.pop_front() {
            now.id += 1;
            classify(now.id, true, &picture);
            now.question = Some(Question::Aside(done));
        }
    }

    fn answered(&self, answer: Answered) {
        let Parts { section, form, state, .. } = &*self.0;
        let mut now = state.borrow_mut();
        if answer.id != now.id {
            return;
        }
        match now.question.take() {
            Some(Question::Aside(done)) => {
                // Without an image on the page nothing else says who computes.
                let alone = now.picture.is_none();
                drop(now);
                if alone {
                    self.show_engine(&answer);
                }
                done(Ok(&answer));
                return self.pump();
            }
            Some(Question::Image) if !now.wanted => {}
            _ => {
                drop(now);
                return self.pump();
            }
        }
        if answer.first {
            now.first_run = Some((answer.backend, answer.milliseconds));
        }
        let answer = Rc::new(answer);
        now.last = Some(Rc::clone(&answer));
        let busy = now.busy.take();
        drop(now);

        let had_focus = self.show_engine(&answer);
        self.show_cost((!answer.first).then_some(answer.milliseconds));
        if had_focus && section.widget().takes_image {
            let _a_form_field_takes_it = form.element("image").focus();
        }
        self.tell(&Event::Answer(answer));
        self.pump();
        drop(busy);
    }

    /// Says who computed an answer; whether the button had the focus, which then needs another place.
    fn show_engine(&self, answer: &Answered) -> bool {
        let Parts { section, panel, form, .. } = &*self.0;
        section.settle(self.0.place.about.network);
        // What the reader asked for and did not get is a message; what is only good to know stands on the stage.
        let unmet = answer.fallback.as_ref().filter(|_| form.text("backend") == "webgpu");
        match unmet {
            Some(why) => section.warn(self.0.place.about.backend, words::fallback(why)),
            None => section.settle(self.0.place.about.backend),
        }
        let known = answer.fallback.as_ref().filter(|_| unmet.is_none());
        dom::set(&self.0.place.marks, "data-backend", words::backend(answer.backend));
        dom::set(&self.0.place.marks, "data-gpu-submissions", &answer.gpu_submissions.to_string());
        panel.computed(answer, known)
    }

    /// The time of a run without preparations.
    fn again(&self, id: u32, milliseconds: f64) {
        if self.0.state.borrow().last.as_ref().is_some_and(|last| last.id == id) {
            self.show_cost(Some(milliseconds));
        }
    }

    fn show_cost(&self, milliseconds: Option<f64>) {
        if self.0.place.beside {
            return;
        }
        let state = self.0.state.borrow();
        let Some(last) = &state.last else { return };
        let first = state.first_run.filter(|(backend, _)| *backend == last.backend).map(|(_, time)| time);
        self.0.section.cost(&words::cost(last.backend, &last.adapter, milliseconds, first));
    }

    fn looked(&self, looked: Looked, arrays: &[Float32Array]) {
        let mut now = self.0.state.borrow_mut();
        if looked.id != now.id {
            return;
        }
        let question = now.question.take();
        drop(now);
        if let Some(Question::Look(done, busy)) = question {
            let element = &self.0.place.marks;
            dom::set(element, "data-look", if looked.ran { "run" } else { "kept" });
            dom::set(element, "data-kept-bytes", &looked.kept_bytes.to_string());
            self.0.section.settle(self.0.place.about.look);
            if let Some(why) = &looked.fallback {
                self.0.section.warn(self.0.place.about.backend, words::fallback(why));
                dom::set(element, "data-backend", words::backend(looked.backend));
            }
            let layers = looked.layers.into_iter().zip(arrays);
            let values = |(layer, values): (inference_messages::LookedLayer, &Float32Array)| Values {
                layer: layer.layer,
                shape: layer.shape,
                values: values.to_vec(),
            };
            let Looked { ran, milliseconds, backend, .. } = looked;
            done(Ok(Look { layers: layers.map(values).collect(), ran, milliseconds, backend }));
            self.pump();
            drop(busy);
        } else {
            self.pump();
        }
    }

    fn failed(&self, trouble: &Trouble) {
        if let Trouble::Look { id, .. } = trouble {
            return self.look_failed(*id, &words::trouble(trouble));
        }
        let Parts { section, panel, state, .. } = &*self.0;
        let mut now = state.borrow_mut();
        let question = now.question.take();
        now.wanted = false;
        now.look = None;
        now.last = None;
        if now.stage == Stage::Loading {
            now.stage = Stage::Absent;
        }
        if trouble.needs_new_worker() {
            // Dropping it ends the Worker.
            now.link = None;
            now.stage = Stage::Absent;
        }
        let busy = now.busy.take();
        drop(now);
        let words = words::trouble(trouble);
        if matches!(trouble, Trouble::OwnModel { .. }) {
            self.return_to_the_books();
        } else {
            panel.offer_again();
        }
        section.warn(self.0.place.about.network, words.clone());
        self.mark("failed");
        if let Some(Question::Aside(done)) = question {
            done(Err(words));
        }
        self.tell(&Event::Failed);
        drop(busy);
    }

    fn look_failed(&self, id: u32, words: &str) {
        let mut now = self.0.state.borrow_mut();
        if id != now.id {
            return;
        }
        let question = now.question.take();
        drop(now);
        if let Some(Question::Look(done, busy)) = question {
            self.0.section.warn(self.0.place.about.look, words);
            done(Err(words.to_owned()));
            drop(busy);
        }
        self.pump();
    }

    /// The button beside the bar: stop, or try again.
    fn pressed(&self) {
        let state = self.0.state.borrow();
        match (state.stage, &state.link) {
            (Stage::Loading, Some(link)) => link.ask(&Request::Stop),
            // The first run is under way: too late to stop, nothing to try again.
            (Stage::Ready, _) if state.question.is_some() => {}
            _ => {
                drop(state);
                self.load();
            }
        }
    }

    fn mark(&self, network: &str) {
        dom::set(&self.0.place.marks, "data-network", network);
    }

    fn tell(&self, event: &Event) {
        let listeners = self.0.listeners.borrow().clone();
        for listener in &listeners {
            listener(event);
        }
    }
}

/// What the page knows of a reader's own model; `before` is the one in whose place it comes.
fn own_model(before: &ModelFile, own: &Own) -> ModelFile {
    let mut model = ModelFile {
        onnx: String::new(),
        bytes: own.bytes,
        sha256: own.sha256.clone(),
        card: before.card.clone(),
        full_precision: None,
        precomputed: None,
        precomputed_maps: false,
        first_layers: None,
        typical: None,
    };
    OWN_MODEL.clone_into(&mut model.card.name);
    "Your own model".clone_into(&mut model.card.title);
    model.card.architecture.clone_from(&own.architecture);
    model.card.labels.clone_from(&own.labels);
    model.card.input.size = own.size;
    model.card.stored = Vec::new();
    // The book knows none of it.
    model.card.licence = String::new();
    model.card.trained_on = String::new();
    model
}
