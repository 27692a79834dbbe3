//! `network-comparison`: what every exported network costs and what it is worth, with the time for an image on this device.
//!
//! For tests a row of the table carries `data-network`, and the section `data-measured`: how many networks have a time.

mod compared;
mod view;
mod words;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use catalog::Diagnosis;
use catalog::manifest::{ModelFile, TestScores};
use inference_messages::{Backend, Classification};
use kit::picture::{DrawnLesion, Picture};
use kit::{Change, Failure, Form, Section, dom, drawing, foot, saved};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::network::attributes::parsed;
use crate::network::{Event, Network};
use compared::{ComparedNetwork, Cost, MeasuredTime, median};
use view::ComparisonView;

/// Runs that count; the first of a network prepares the device and does not.
const RUNS: usize = 9;
/// What every network classifies.
const LESION: DrawnLesion = DrawnLesion { diagnosis: Diagnosis::Mel, seed: 1 };

/// A mounted widget; clones refer to the same one.
#[derive(Clone)]
struct NetworkComparison(Rc<ComparisonParts>);

struct ComparisonParts {
    section: Section,
    form: Form,
    network: Network,
    view: ComparisonView,
    networks: RefCell<Vec<ComparedNetwork>>,
    /// The lesion, once it is drawn.
    picture: RefCell<Option<Rc<Picture>>>,
    /// The networks that are still to be measured.
    waiting: RefCell<VecDeque<String>>,
    /// Counts measurements, so that a run of one that was given up is dropped.
    round: Cell<u32>,
}

/// Binds form, network, plot and table.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let network = Network::bind(section, &form)?;
    let models: BTreeMap<String, ModelFile> = parsed(section.element(), "data-models")?;
    let tests: BTreeMap<String, TestScores> = parsed(section.element(), "data-scores")?;
    let networks = ComparedNetwork::all(&models, &tests);
    let this = NetworkComparison(Rc::new(ComparisonParts {
        view: ComparisonView::new(section, &networks)?,
        section: section.clone(),
        form: form.clone(),
        network: network.clone(),
        networks: RefCell::new(networks),
        picture: RefCell::default(),
        waiting: RefCell::default(),
        round: Cell::default(),
    }));
    section.place_network(network.panel())?;
    let engine = dom::find::<HtmlElement>(section.element(), "[data-engine]");
    let engine =
        engine.and_then(|button| button.get_attribute("data-engine")?.parse().ok()).unwrap_or_default();
    let words = words::measure_all(&this.0.networks.borrow(), engine);
    form.element("measure-all").set_text_content(Some(&words));
    if let Some(button) = dom::find::<HtmlElement>(section.element(), "[data-action=download]") {
        button.set_text_content(Some("Download table"));
    }
    let hearing = this.clone();
    network.listen(move |event| hearing.hear(event));
    let changing = this.clone();
    form.on_change(move |change| changing.changed(change));
    let choosing = this.clone();
    this.0.view.on_click(move |place| choosing.choose(place));
    let downloading = this.clone();
    foot::bind_with(section, &form, move || downloading.download());
    this.redraw();
    Ok(())
}

impl NetworkComparison {
    fn changed(&self, change: Change) {
        match change {
            Change::Action("measure") => self.begin(VecDeque::from([self.0.form.text("model")])),
            Change::Action("measure-all") => {
                self.begin(self.0.networks.borrow().iter().map(|network| network.name.clone()).collect());
            }
            Change::Reset => self.give_up(),
            _ => {}
        }
        self.redraw();
    }

    /// A row of the table was clicked.
    fn choose(&self, place: usize) {
        let name = self.0.networks.borrow().get(place).map(|network| network.name.clone());
        if let Some(name) = name {
            self.give_up();
            self.0.form.set("model", &name);
            self.0.network.take_chosen();
            self.redraw();
        }
    }

    fn hear(&self, event: &Event) {
        match event {
            Event::Model => {
                self.0.round.set(self.0.round.get() + 1);
                // Another network than the one whose turn it is: the reader chose it.
                if self.0.waiting.borrow().front() != Some(&self.0.form.text("model")) {
                    self.give_up();
                }
                self.redraw();
            }
            Event::Loaded => self.measure(),
            Event::Failed => self.give_up(),
            Event::Answer(_) => {}
        }
    }

    /// Measures these networks, one after the other.
    fn begin(&self, names: VecDeque<String>) {
        self.0.waiting.replace(names);
        self.next();
    }

    fn give_up(&self) {
        self.0.waiting.borrow_mut().clear();
        self.0.round.set(self.0.round.get() + 1);
        self.0.network.forget_asides();
    }

    /// Loads the network whose turn it is, if there is one, and measures it.
    fn next(&self) {
        let ComparisonParts { form, network, waiting, .. } = &*self.0;
        let Some(name) = waiting.borrow().front().cloned() else { return };
        if form.text("model") != name {
            form.set("model", &name);
            network.take_chosen();
        }
        if network.is_ready() {
            self.measure();
        } else {
            network.start();
        }
    }

    /// Has the network that is loaded classify the same lesion several times.
    fn measure(&self) {
        let round = self.0.round.get() + 1;
        self.0.round.set(round);
        let (this, busy) = (self.clone(), self.0.section.busy());
        spawn_local(async move {
            let wanted = || this.0.round.get() == round;
            let known = this.0.picture.borrow().clone();
            let picture = match known {
                Some(picture) => Some(picture),
                None => drawing::draw(LESION, wanted).await.map(Rc::new),
            };
            if let Some(picture) = picture.filter(|_| wanted()) {
                this.0.picture.replace(Some(Rc::clone(&picture)));
                this.run(round, &picture, Vec::new());
            }
            drop(busy);
        });
    }

    /// One more run of a measurement.
    fn run(&self, round: u32, picture: &Rc<Picture>, mut times: Vec<f64>) {
        let (this, again, busy) = (self.clone(), Rc::clone(picture), self.0.section.busy());
        self.0.network.aside(picture, move |answer| {
            if this.0.round.get() != round {
                return;
            }
            // What went wrong, the network has said.
            let Ok(answer) = answer else { return this.give_up() };
            if !answer.first {
                times.push(answer.milliseconds);
            }
            if times.len() < RUNS {
                this.run(round, &again, times);
            } else {
                this.finish(answer, &times);
            }
            drop(busy);
        });
    }

    /// Keeps the time of the network that is loaded, and goes on with the next one.
    fn finish(&self, answer: &Classification, times: &[f64]) {
        let ComparisonParts { network, networks, section, waiting, .. } = &*self.0;
        let name = network.model().card.name.clone();
        let backend = match answer.backend {
            Backend::Webgpu => "WebGPU",
            Backend::Wasm => "WASM",
        };
        let mut said = None;
        if let Some(found) = networks.borrow_mut().iter_mut().find(|network| network.name == name) {
            found.time = median(times).map(|milliseconds| MeasuredTime { milliseconds, backend });
            said = found.time.as_ref().map(|time| {
                format!(
                    "{}: {} for an image, {backend}.",
                    found.title,
                    words::milliseconds(time.milliseconds)
                )
            });
        }
        if let Some(said) = said {
            section.speak(said);
        }
        if waiting.borrow().front() == Some(&name) {
            waiting.borrow_mut().pop_front();
        }
        self.redraw();
        self.next();
    }

    fn redraw(&self) {
        let ComparisonParts { form, view, networks, section, .. } = &*self.0;
        let networks = networks.borrow();
        let (cost, data) = (Cost::named(&form.text("cost")), form.text("test"));
        view.show(&networks, &form.text("model"), cost, &data);
        let measured = networks.iter().filter(|network| network.time.is_some()).count();
        dom::set(section.element(), "data-measured", &measured.to_string());
    }

    fn download(&self) -> Result<(), Failure> {
        let networks = self.0.networks.borrow();
        saved::text(&words::csv(&networks, &self.0.form.text("test")), "networks.csv", "text/csv")
    }
}
