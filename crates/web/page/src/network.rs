//! The network behind a widget: it is loaded when the reader asks for it, answers for the image on the page, and gives the
//! values of any layer.
//!
//! A widget binds one ([`Network::bind`]), shows its [`panel`](Network::panel), says which image is on the page
//! ([`show`](Network::show)) and [`listen`](Network::listen)s. What happens when is decided by [`session`]; here its events come
//! from form, panel, store and Worker, and its effects and its view are carried out.
//!
//! For tests an element carries the marks of [`session::Marks`]: the section, or for a second network the element it is given.

pub(crate) mod attributes;
mod panel;
pub mod words;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use catalog::manifest::{ModelFile, Module};
use catalog::model::is_model_file;
use inference_messages::{Classification, ImageToClassify, PreferredBackend, Report, Request};
use kit::dom;
use kit::drops;
use kit::failure::Failure;
use kit::form::{Change, Form};
use kit::picture::Picture;
use kit::section::{Busy, Section};
use session::{Effect, ImageToSend, Notice, Session, Settings, View};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlElement, HtmlInputElement};
use worker_kit::{Attachment, FromWorker, Worker};

use panel::NetworkPanel;

pub use session::{LayerResult, LayerValues, LinearLayer, ModelContents};

/// Name of the control that takes a file of the reader's as the model.
const OWN_MODEL: &str = "own-model";
/// Name of the control that asks for the weights as trained.
const FULL_PRECISION: &str = "full-precision";
/// Dispatched on the window when the browser's store of downloaded files may have changed.
const STORE_CHANGED: &str = "skin-deep:store";

/// The network of one widget; clones refer to the same one.
#[derive(Clone)]
pub struct Network(Rc<NetworkParts>);

struct NetworkParts {
    section: Section,
    form: Form,
    place: NetworkSlot,
    module: Module,
    panel: NetworkPanel,
    session: RefCell<Session>,
    /// What happened and was not handled yet: a listener may cause the next event while it hears of the last.
    events: RefCell<VecDeque<session::Event>>,
    handling: Cell<bool>,
    shown: RefCell<View>,
    busy: RefCell<Option<Busy>>,
    worker: RefCell<Option<Worker<Request, Report>>>,
    given: SentRequests,
    listeners: RefCell<Vec<Listener>>,
}

/// What the session's numbers refer to.
#[derive(Default)]
struct SentRequests {
    last_number: Cell<u32>,
    picture: RefCell<Option<Rc<Picture>>>,
    asides: RefCell<BTreeMap<u32, (Rc<Picture>, AsideDone)>>,
    layers: RefCell<BTreeMap<u32, LayersDone>>,
    files: RefCell<Vec<File>>,
}

type Listener = Rc<dyn Fn(&Event)>;
type AsideDone = Box<dyn FnOnce(Result<&Classification, String>)>;
type LayersDone = Box<dyn FnOnce(Result<LayerValues, String>)>;

/// Which of a widget's networks it is: which control it reads, and where its marks are.
struct NetworkSlot {
    /// Name of the control with its model.
    model: &'static str,
    /// Carries `data-network` and the other marks for tests.
    marks: HtmlElement,
    /// Topics of its messages, so that the other network's do not settle them.
    topics: Topics,
    /// Whether it is a second network: it takes no file from the reader and does not show how long an answer took.
    beside: bool,
}

struct Topics {
    network: &'static str,
    backend: &'static str,
    model: &'static str,
    layers: &'static str,
}

/// What a widget hears.
#[derive(Clone, Debug)]
pub enum Event {
    /// The reader chose another model, which is not there yet; [`Network::model`] is already the new one.
    Model,
    /// The model is there: [`Network::contents`].
    Loaded,
    /// The answer to the image on the page.
    Answer(Rc<Classification>),
    /// Something failed; a message is shown.
    Failed,
}

impl Network {
    /// Binds the controls `model`, `full-precision` and `backend` and the start button of a section whose widget has a network.
    ///
    /// # Errors
    /// [`Failure`] naming what the page lacks.
    pub fn bind(section: &Section, form: &Form) -> Result<Self, Failure> {
        let element = section.element();
        let start = dom::find(element, "[data-action=start]").ok_or_else(|| {
            Failure::new("This widget's start button is missing from the page. Reload the page.")
        })?;
        let topics = Topics { network: "network", backend: "backend", model: "model", layers: "look" };
        let place = NetworkSlot { model: "model", marks: element.clone(), topics, beside: false };
        let this = Self::bind_at(section, form, place, start)?;
        let dropping = this.clone();
        drops::listen(element, move |data| {
            if let Some(file) = drops::files(&data).into_iter().find(|file| is_model_file(&file.name())) {
                dropping.take_file(file);
            }
        });
        Ok(this)
    }

    /// Binds a second network beside the first, with a Worker of its own: its model is that of the control `second-model`, its
    /// marks are on `marks`, its start button is new.
    ///
    /// # Errors
    /// As [`Network::bind`].
    pub fn bind_beside(section: &Section, form: &Form, marks: &HtmlElement) -> Result<Self, Failure> {
        let start: HtmlElement = dom::create("button", "widget-start");
        dom::set(&start, "type", "button");
        start.set_text_content(Some("Start the network"));
        let topics = Topics {
            network: "second network",
            backend: "second backend",
            model: "second model",
            layers: "second look",
        };
        let place = NetworkSlot { model: "second-model", marks: marks.clone(), topics, beside: true };
        Self::bind_at(section, form, place, start)
    }

    fn bind_at(
        section: &Section,
        form: &Form,
        place: NetworkSlot,
        start: HtmlElement,
    ) -> Result<Self, Failure> {
        let (book, module) = attributes::read(section.element())?;
        let session = Session::new(book, settings(form, &place));
        let session = session.map_err(|unknown| Failure::new(unknown.to_string()))?;
        let this = Self(Rc::new(NetworkParts {
            section: section.clone(),
            form: form.clone(),
            place,
            module,
            panel: NetworkPanel::new(start),
            session: RefCell::new(session),
            events: RefCell::default(),
            handling: Cell::new(false),
            shown: RefCell::default(),
            busy: RefCell::default(),
            worker: RefCell::default(),
            given: SentRequests::default(),
            listeners: RefCell::default(),
        }));
        let (starting, pressing, changing) = (this.clone(), this.clone(), this.clone());
        this.0.panel.on_buttons(
            move || starting.handle(session::Event::StartPressed),
            move || pressing.handle(session::Event::ButtonPressed),
        );
        form.on_change(move |change| changing.changed(change));
        let reading = this.clone();
        dom::listen(&dom::window(), STORE_CHANGED, move |_: web_sys::Event| {
            reading.handle(session::Event::StoreChanged);
        });
        this.handle(session::Event::StoreChanged);
        Ok(this)
    }

    /// Start button, progress, what computed: one element for the widget's stage.
    pub fn panel(&self) -> &HtmlElement {
        self.0.panel.root()
    }

    /// Calls `listener` at every event, after earlier listeners.
    pub fn listen(&self, listener: impl Fn(&Event) + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(listener));
    }

    /// The model chosen, whether it is there or not.
    pub fn model(&self) -> Rc<ModelFile> {
        Rc::clone(self.0.session.borrow().model())
    }

    /// Its title; once its weights as trained are there, with that.
    pub fn title(&self) -> String {
        self.0.session.borrow().title()
    }

    /// What the model has, once it is there.
    pub fn contents(&self) -> Option<Rc<ModelContents>> {
        self.0.session.borrow().contents().cloned()
    }

    /// The same of the reader's own model; `None` while the book's is in use.
    pub fn own_contents(&self) -> Option<Rc<ModelContents>> {
        self.0.session.borrow().reader_contents().cloned()
    }

    /// Whether the model is there.
    pub fn is_ready(&self) -> bool {
        self.0.session.borrow().is_ready()
    }

    /// The image on the page is this one now: its answer comes as an [`Event::Answer`], once the network is there. An answer
    /// to an earlier image that comes later is dropped.
    pub fn show(&self, picture: &Rc<Picture>) {
        self.0.given.picture.replace(Some(Rc::clone(picture)));
        self.handle(session::Event::ImageShown);
    }

    /// Has another image classified when nothing else is to be done, such as one of many; the image on the page and its
    /// layers stay what they are. `done` gets the answer, or words for the reader; it is not called while there is no network.
    pub fn aside(&self, picture: &Rc<Picture>, done: impl FnOnce(Result<&Classification, String>) + 'static) {
        let image = self.next_number();
        self.0.given.asides.borrow_mut().insert(image, (Rc::clone(picture), Box::new(done)));
        self.handle(session::Event::ImageAside { image });
    }

    /// Forgets the images [`aside`](Network::aside) that were not begun.
    pub fn forget_asides(&self) {
        self.handle(session::Event::AsidesForgotten);
    }

    /// Values of layers for the image on the page, once its answer has come; `done` gets them, or words for the reader. A
    /// newer question replaces one that was not begun, a new image one that is under way: `done` is then never called.
    pub fn look(&self, layers: Vec<String>, done: impl FnOnce(Result<LayerValues, String>) + 'static) {
        let question = self.next_number();
        self.0.given.layers.borrow_mut().insert(question, Box::new(done));
        self.handle(session::Event::LayersWanted { question, layers });
    }

    /// Takes the model that the form's control names after the widget itself has set it.
    pub fn take_chosen(&self) {
        self.handle(session::Event::SettingsChanged(settings(&self.0.form, &self.0.place)));
    }

    /// Loads the model chosen, as the start button does; nothing if it is loaded, or on its way.
    pub fn start(&self) {
        self.handle(session::Event::StartPressed);
    }

    /// Takes a file of the reader's as the model, in the place of the one chosen.
    fn take_file(&self, given: File) {
        let name = given.name();
        let file = {
            let mut files = self.0.given.files.borrow_mut();
            files.push(given);
            files.len() - 1
        };
        self.handle(session::Event::FileGiven { file, name });
    }

    fn next_number(&self) -> u32 {
        let number = self.0.given.last_number.get() + 1;
        self.0.given.last_number.set(number);
        number
    }

    fn changed(&self, change: Change) {
        let NetworkParts { form, place, .. } = &*self.0;
        match change {
            Change::Control(OWN_MODEL) if !place.beside => {
                let input: &HtmlInputElement = form.element(OWN_MODEL).unchecked_ref();
                if let Some(file) = input.files().and_then(|files| files.get(0)) {
                    self.take_file(file);
                }
            }
            Change::Control(name) if [place.model, FULL_PRECISION, "backend"].contains(&name) => {
                self.handle(session::Event::SettingsChanged(settings(form, place)));
            }
            Change::Reset => self.handle(session::Event::Reset(settings(form, place))),
            _ => {}
        }
    }

    /// Has the session handle an event, and what that causes, before the next one.
    fn handle(&self, event: session::Event) {
        self.0.events.borrow_mut().push_back(event);
        if self.0.handling.replace(true) {
            return;
        }
        loop {
            let next = self.0.events.borrow_mut().pop_front();
            let Some(event) = next else { break };
            let effects = self.0.session.borrow_mut().on(event);
            self.show_view();
            for effect in effects {
                self.carry_out(effect);
            }
        }
        self.0.handling.set(false);
        // Not before everybody has heard what the reader waited for.
        if !self.0.shown.borrow().busy {
            drop(self.0.busy.take());
        }
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::StartWorker => self.start_worker(),
            Effect::EndWorker => drop(self.0.worker.take()),
            Effect::LoadModel { task, load } => self.send(task, &Request::LoadModel(load), &[]),
            Effect::LoadFile { task, file, load } => {
                let attached = self.0.given.files.borrow().get(file).cloned();
                let attached: Vec<_> =
                    attached.map(|file| Attachment::File(file.into())).into_iter().collect();
                self.send(task, &Request::LoadFile(load), &attached);
            }
            Effect::Classify { task, image, preferred } => self.classify(task, image, preferred),
            Effect::ComputeLayers { task, layers } => {
                self.send(task, &Request::ComputeLayers { layers }, &[]);
            }
            Effect::Cancel { task } => {
                if let Some(worker) = &*self.0.worker.borrow() {
                    worker.cancel(task);
                }
            }
            Effect::ReadStore { urls } => self.read_store(urls),
            Effect::Tell(notice) => self.pass_on(notice),
        }
    }

    fn start_worker(&self) {
        let Module { script, wasm, worker, .. } = &self.0.module;
        let module = worker_kit::Module { worker: worker.as_deref().unwrap_or_default(), script, wasm };
        let this = self.clone();
        match Worker::start(module, move |message| this.hear(message)) {
            Ok(worker) => drop(self.0.worker.replace(Some(worker))),
            Err(detail) => self.handle(session::Event::WorkerCrashed { detail }),
        }
    }

    fn hear(&self, message: FromWorker<Report>) {
        self.handle(match message {
            FromWorker::Report { task, report, attached } => {
                let numbers = attached.into_iter().filter_map(|one| match one {
                    Attachment::Numbers(numbers) => Some(numbers.to_vec()),
                    Attachment::Bytes(_) | Attachment::File(_) => None,
                });
                session::Event::Reported { task, report, attached: numbers.collect() }
            }
            FromWorker::Crashed(detail) => session::Event::WorkerCrashed { detail },
        });
    }

    fn classify(&self, task: u32, image: ImageToSend, preferred: PreferredBackend) {
        let SentRequests { picture, asides, .. } = &self.0.given;
        let picture = match image {
            ImageToSend::Shown => picture.borrow().clone(),
            ImageToSend::Aside(image) => asides.borrow().get(&image).map(|(picture, _)| Rc::clone(picture)),
        };
        let Some(picture) = picture else { return };
        let pixels = &picture.pixels;
        let image = ImageToClassify {
            width: pixels.width(),
            height: pixels.height(),
            preferred,
            aside: image != ImageToSend::Shown,
        };
        self.send(task, &Request::Classify(image), &[Attachment::bytes(pixels.data())]);
    }

    fn send(&self, task: u32, request: &Request, attached: &[Attachment]) {
        let sent = self.0.worker.borrow().as_ref().map(|worker| worker.send(task, request, attached));
        if let Some(Err(detail)) = sent {
            self.handle(session::Event::WorkerCrashed { detail });
        }
    }

    fn read_store(&self, urls: Vec<String>) {
        let this = self.clone();
        spawn_local(async move {
            let mut stored = BTreeMap::new();
            for url in urls {
                let bytes = file_store::stored_bytes(&url).await;
                stored.insert(url, bytes);
            }
            this.handle(session::Event::StoreRead(stored));
        });
    }

    fn pass_on(&self, notice: Notice) {
        let SentRequests { asides, layers, .. } = &self.0.given;
        match notice {
            Notice::ModelChanged => self.tell(&Event::Model),
            Notice::Loaded => {
                self.tell(&Event::Loaded);
                say_store_changed();
            }
            Notice::Classified(answer) => self.tell(&Event::Answer(answer)),
            Notice::Failed => {
                self.tell(&Event::Failed);
                say_store_changed();
            }
            Notice::AsideClassified { image, result } => {
                let waiting = asides.borrow_mut().remove(&image);
                if let Some((_, done)) = waiting {
                    done(result.as_deref().map_err(Clone::clone));
                }
            }
            Notice::AsideDropped { image } => drop(asides.borrow_mut().remove(&image)),
            Notice::LayersComputed { question, result } => {
                let waiting = layers.borrow_mut().remove(&question);
                if let Some(done) = waiting {
                    done(result);
                }
            }
            Notice::LayersDropped { question } => drop(layers.borrow_mut().remove(&question)),
        }
    }

    fn tell(&self, event: &Event) {
        let listeners = self.0.listeners.borrow().clone();
        for listener in &listeners {
            listener(event);
        }
    }

    /// Shows what changed of the session's view; what stays busy stays so until the events are handled.
    fn show_view(&self) {
        let NetworkParts { section, form, place, panel, session, shown, busy, .. } = &*self.0;
        let view = session.borrow().view();
        if *shown.borrow() == view {
            return;
        }
        if view.busy && busy.borrow().is_none() {
            busy.replace(Some(section.busy()));
        }
        let topics = &place.topics;
        let messages = [
            (topics.network, &view.messages.network),
            (topics.backend, &view.messages.backend),
            (topics.model, &view.messages.model),
            (topics.layers, &view.messages.layers),
        ];
        for (topic, message) in messages {
            match message {
                Some(words) => section.warn(topic, words.as_str()),
                None => section.settle(topic),
            }
        }
        for (name, value) in view.marks.attributes() {
            match value {
                Some(value) => dom::set(&place.marks, name, &value),
                None => drop(place.marks.remove_attribute(name)),
            }
        }
        if !place.beside {
            section.cost(view.cost.as_deref().unwrap_or_default());
        }
        panel.caution(view.caution.as_deref());
        let focus_was_lost = panel.show(&view.panel);
        if focus_was_lost && section.widget().takes_image {
            let _a_form_field_takes_it = form.element("image").focus();
        }
        shown.replace(view);
    }
}

/// The settings that a network depends on.
fn settings(form: &Form, place: &NetworkSlot) -> Settings {
    Settings {
        model: form.text(place.model),
        full_precision: !place.beside && form.toggle(FULL_PRECISION),
        backend: PreferredBackend::from_value(&form.text("backend")),
    }
}

/// Lets all networks of the page know that more may be stored, so that their start buttons say what is left to download.
fn say_store_changed() {
    if let Ok(event) = web_sys::Event::new(STORE_CHANGED) {
        let _nobody_prevents_it = dom::window().dispatch_event(&event);
    }
}
