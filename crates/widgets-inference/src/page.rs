//! The classifier as the reader sees it: an image, eight bars, who computed and how long it took.

mod link;
mod stage;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use catalog::manifest::{ModelFile, Runtime};
use catalog::widget::CLASSIFIER;
use js_sys::{Function, JSON, Promise};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, Url};
use widget_kit::dom;
use widget_kit::failure::{Failure, reason, watch};
use widget_kit::foot;
use widget_kit::form::{Change, Form};
use widget_kit::picker::Picker;
use widget_kit::picture::Picture;
use widget_kit::section::{Busy, Section};

use crate::message::{Answered, Backend, Choice, Load, Part, Report, Request, Trouble};
use crate::words;
use link::{Link, Source};
use stage::Stage;

/// Mounts the classifier; done when the network has answered for the first time. Until then a download may break off
/// and be tried again as often as the reader likes.
pub(crate) async fn mount(element: &HtmlElement) -> Result<(), Failure> {
    let mounted = MOUNTED.with_borrow(|all| all.iter().find(|c| c.0.section.element() == element).cloned());
    let classifier = match mounted {
        Some(classifier) => classifier,
        None => bind(element)?,
    };
    let first_answer = Promise::new(&mut |resolve, _| classifier.0.state.borrow_mut().answered.push(resolve));
    classifier.load();
    let _resolved_with_nothing = JsFuture::from(first_answer).await;
    Ok(())
}

thread_local! {
    /// A start button may be pressed again after a failure.
    static MOUNTED: RefCell<Vec<Classifier>> = const { RefCell::new(Vec::new()) };
}

/// Binds form, stage and buttons, once.
fn bind(element: &HtmlElement) -> Result<Classifier, Failure> {
    let section = Section::bind(element, &[CLASSIFIER])?;
    watch(&section);
    let form = Form::bind(&section)?;
    let pages = Pages::read(element)?;
    let model = pages.model(&form.text("model"))?.clone();
    let stage = Stage::new(&model.card);
    section.show(stage.root());

    let this = Classifier(Rc::new(Parts {
        section: section.clone(),
        form: form.clone(),
        stage,
        pages,
        state: RefCell::new(State { model: Some(model), ..State::default() }),
    }));

    let classifier = this.clone();
    let _picker_lives_in_its_listeners =
        Picker::bind(&section, &form, move |picture| classifier.show(&picture));
    let classifier = this.clone();
    form.on_change(move |change| classifier.changed(change));
    let classifier = this.clone();
    foot::bind(&section, &form, move || classifier.download());
    let classifier = this.clone();
    this.0.stage.on_button(move || classifier.pressed());

    // The start button is about to go; who pressed it by keyboard goes on at the button in its place.
    let start: Option<HtmlElement> = dom::find(element, "[data-action=start]");
    let had_focus =
        start.is_some_and(|start| dom::document().active_element().as_ref() == Some(start.as_ref()));
    this.0.stage.take_focus(had_focus);

    MOUNTED.with_borrow_mut(|all| all.push(this.clone()));
    Ok(this)
}

/// What the section says about the files behind it, with absolute URLs.
struct Pages {
    source: Source,
    runtime: Runtime,
    models: BTreeMap<String, ModelFile>,
}

impl Pages {
    fn read(element: &HtmlElement) -> Result<Self, Failure> {
        let mut runtime: Runtime = parsed(element, "data-runtime")?;
        runtime.base = absolute(&runtime.base)?;
        let mut models: BTreeMap<String, ModelFile> = parsed(element, "data-models")?;
        for model in models.values_mut() {
            model.onnx = absolute(&model.onnx)?;
        }
        let url = |name| absolute(&attribute(element, name)?);
        let source = Source { worker: url("data-worker")?, script: url("data-script")? };
        Ok(Self { source, runtime, models })
    }

    fn model(&self, name: &str) -> Result<&ModelFile, Failure> {
        self.models.get(name).ok_or_else(|| {
            Failure::new(format!(
                "This book was built without the network \"{name}\"; run: cargo xtask build."
            ))
        })
    }
}

fn attribute(element: &HtmlElement, name: &str) -> Result<String, Failure> {
    element.get_attribute(name).ok_or_else(|| Failure::new(format!("The widget has no {name} in this page.")))
}

fn parsed<T: DeserializeOwned>(element: &HtmlElement, name: &str) -> Result<T, Failure> {
    let wrong = |why: String| {
        Failure::new(format!("The widget's {name} in this page is not what it should be ({why})."))
    };
    let value = JSON::parse(&attribute(element, name)?).map_err(|e| wrong(reason(&e)))?;
    serde_wasm_bindgen::from_value(value).map_err(|e| wrong(e.to_string()))
}

fn absolute(url: &str) -> Result<String, Failure> {
    let base = dom::document().base_uri().ok().flatten().unwrap_or_default();
    let absolute = Url::new_with_base(url, &base);
    absolute.map(|url| url.href()).map_err(|e| Failure::thrown("The page has an address that is none", &e))
}

/// A mounted classifier; clones speak of the same one.
#[derive(Clone)]
struct Classifier(Rc<Parts>);

struct Parts {
    section: Section,
    form: Form,
    stage: Stage,
    pages: Pages,
    state: RefCell<State>,
}

/// Whether the Worker has what it needs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Network {
    #[default]
    Absent,
    Loading,
    Ready,
}

/// Whether the Worker owes an answer.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Question {
    #[default]
    None,
    Asked,
    /// Image or backend changed since: the answer will be to a question nobody has any more.
    Outdated,
}

#[derive(Default)]
struct State {
    link: Option<Link>,
    /// The network in use, or being loaded.
    model: Option<ModelFile>,
    network: Network,
    picture: Option<Rc<Picture>>,
    /// Number of the last question.
    id: u32,
    question: Question,
    busy: Option<Busy>,
    /// Milliseconds of the first run by each backend.
    first_run: Option<(Backend, f64)>,
    last: Option<Answered>,
    /// Tell the loader that the widget is ready.
    answered: Vec<Function>,
}

impl Classifier {
    /// Starts the Worker where there is none, and asks it for runtime and model.
    fn load(&self) {
        let Parts { section, stage, pages, state, .. } = &*self.0;
        let Some(model) = state.borrow().model.clone().filter(|_| state.borrow().network != Network::Loading)
        else {
            return;
        };
        dom::set(section.element(), "data-state", "loading");
        section.settle("network");
        stage.progress(&words::progress(Part::Runtime, 0, pages.runtime.wasm_bytes + model.bytes), 0.0);
        let mut state = state.borrow_mut();
        state.network = Network::Loading;
        if state.busy.is_none() {
            state.busy = Some(section.busy());
        }
        if state.link.is_none() {
            let this = self.clone();
            match Link::start(&pages.source, move |report| this.hear(report)) {
                Ok(link) => state.link = Some(link),
                Err(detail) => {
                    drop(state);
                    return self.failed(&Trouble::Crash { detail });
                }
            }
        }
        if let Some(link) = &state.link {
            link.ask(&Request::Load(Box::new(Load { runtime: pages.runtime.clone(), model })));
        }
    }

    fn hear(&self, report: Report) {
        match report {
            Report::Progress { part, received, total } => {
                let share = received as f64 / total.max(1) as f64;
                self.0.stage.progress(&words::progress(part, received, total), share);
            }
            Report::Loaded { from_store, kept } => self.loaded(from_store, kept),
            Report::Answer(answer) => self.answered(&answer),
            Report::Again { id, milliseconds } => self.again(id, milliseconds),
            Report::Failed(trouble) => self.failed(&trouble),
        }
    }

    fn loaded(&self, from_store: bool, kept: bool) {
        let Parts { section, stage, pages, state, .. } = &*self.0;
        let mut now = state.borrow_mut();
        now.network = Network::Ready;
        let total = pages.runtime.wasm_bytes + now.model.as_ref().map_or(0, |model| model.bytes);
        drop(now);
        dom::set(section.element(), "data-source", if from_store { "store" } else { "network" });
        stage.starting(&words::source(from_store, kept, total));
        self.ask();
    }

    /// A new image on the page.
    fn show(&self, picture: &Rc<Picture>) {
        let Parts { section, stage, state, .. } = &*self.0;
        match stage.show_picture(picture) {
            Ok(()) => section.settle("canvas"),
            Err(failure) => section.warn("canvas", failure.0),
        }
        state.borrow_mut().picture = Some(Rc::clone(picture));
        self.ask();
    }

    fn changed(&self, change: Change) {
        match change {
            // The other way to compute may work where this one failed.
            Change::Control("backend") if self.0.state.borrow().network == Network::Absent => self.load(),
            Change::Control("backend") | Change::Reset => self.ask(),
            Change::Control("model") => self.change_model(),
            _ => {}
        }
    }

    fn change_model(&self) {
        let Parts { section, form, pages, stage, state } = &*self.0;
        match pages.model(&form.text("model")) {
            Ok(model) => {
                section.settle("model");
                stage.set_labels(&model.card);
                let mut now = state.borrow_mut();
                now.model = Some(model.clone());
                // With the Worker goes the network it had, and what it may be downloading.
                now.link = None;
                now.network = Network::Absent;
                now.question = Question::None;
                drop(now);
                self.load();
            }
            Err(failure) => section.warn("model", failure.0),
        }
    }

    /// Has the image on the page classified, after what is being classified now.
    fn ask(&self) {
        let mut state = self.0.state.borrow_mut();
        let Some(picture) = state.picture.clone().filter(|_| state.network == Network::Ready) else { return };
        if state.busy.is_none() {
            state.busy = Some(self.0.section.busy());
        }
        if state.question != Question::None {
            state.question = Question::Outdated;
            return;
        }
        state.question = Question::Asked;
        state.id += 1;
        let request = Request::Classify {
            id: state.id,
            choice: Choice::from_value(&self.0.form.text("backend")),
            width: picture.pixels.width(),
            height: picture.pixels.height(),
        };
        if let Some(link) = &state.link {
            link.ask_with(&request, picture.pixels.data());
        }
    }

    fn answered(&self, answer: &Answered) {
        let Parts { section, stage, form, .. } = &*self.0;
        let mut state = self.0.state.borrow_mut();
        if answer.first {
            state.first_run = Some((answer.backend, answer.milliseconds));
        }
        if std::mem::take(&mut state.question) == Question::Outdated {
            drop(state);
            return self.ask();
        }
        let picture = state.picture.clone();
        let waiting = std::mem::take(&mut state.answered);
        let busy = state.busy.take();
        state.last = Some(answer.clone());
        drop(state);

        section.settle("network");
        // What the reader asked for and did not get is a message; what is only good to know stands on the stage.
        let unmet = answer.fallback.as_ref().filter(|_| form.text("backend") == "webgpu");
        match unmet {
            Some(why) => section.warn("backend", words::fallback(why)),
            None => section.settle("backend"),
        }
        let known = answer.fallback.as_ref().filter(|_| unmet.is_none());
        stage.show_answer(answer, picture.as_deref(), known);
        dom::set(section.element(), "data-backend", words::backend(answer.backend));
        dom::set(section.element(), "data-gpu-submissions", &answer.gpu_submissions.to_string());
        dom::set(section.element(), "data-state", "ready");
        self.show_cost((!answer.first).then_some(answer.milliseconds));
        section.say(stage.spoken(answer));
        if stage.gives_focus_back() {
            let _a_form_field_takes_it = form.element("image").focus();
        }
        for resolve in waiting {
            let _a_resolver_never_throws = resolve.call0(&JsValue::NULL);
        }
        drop(busy);
    }

    /// The time of a run without preparations.
    fn again(&self, id: u32, milliseconds: f64) {
        if self.0.state.borrow().last.as_ref().is_some_and(|last| last.id == id) {
            self.show_cost(Some(milliseconds));
        }
    }

    fn show_cost(&self, milliseconds: Option<f64>) {
        let state = self.0.state.borrow();
        let Some(last) = &state.last else { return };
        let first = state.first_run.filter(|(backend, _)| *backend == last.backend).map(|(_, time)| time);
        self.0.section.cost(&words::cost(last.backend, &last.adapter, milliseconds, first));
    }

    fn failed(&self, trouble: &Trouble) {
        let Parts { section, stage, state, .. } = &*self.0;
        let mut now = state.borrow_mut();
        now.question = Question::None;
        if now.network == Network::Loading {
            now.network = Network::Absent;
        }
        if trouble.needs_new_worker() {
            // Dropping it ends the Worker.
            now.link = None;
            now.network = Network::Absent;
        }
        let busy = now.busy.take();
        drop(now);
        let words = words::trouble(trouble);
        stage.offer_again();
        section.warn("network", words);
        dom::set(section.element(), "data-state", "failed");
        drop(busy);
    }

    /// The button beside the bar: stop, or try again.
    fn pressed(&self) {
        let state = self.0.state.borrow();
        match (state.network, &state.link) {
            (Network::Loading, Some(link)) => link.ask(&Request::Stop),
            // The first run is under way: too late to stop, nothing to try again.
            (Network::Ready, _) if state.question != Question::None => {}
            _ => {
                drop(state);
                self.load();
            }
        }
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.0.state.borrow().picture.clone()?;
        Some((self.0.stage.picture_canvas(), format!("{}.png", picture.file_stem())))
    }
}
