//! `evidence`: how the last feature maps become a score for each class, and which places of the image it comes from.
//!
//! Samples show at once what the book keeps of them; everything else needs the network, which the reader starts. For tests the
//! section carries `data-source` of what is shown in `data-evidence` (`precomputed`, `computed`, or nothing), `data-class`,
//! `data-bias` and `data-map` (the class activation map, row by row, digits enough for the same `f32`).

mod class_evidence;
mod classes;
mod note;
mod overlay;
mod sum;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use imaging::overlay::Interpolation;
use inference_messages::Classification;
use kit::dom::{self, Frame, child};
use kit::failure::Failure;
use kit::foot;
use kit::form::{Change, Form};
use kit::picker::Picker;
use kit::picture::{Picture, PictureOrigin};
use kit::section::Section;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};

use crate::network::words::percent;
use crate::network::{Event, Network};
use crate::precomputed;
use class_evidence::ClassEvidence;
use classes::ClassList;
use overlay::{EvidencePicture, OverlayDisplay};
use sum::ScoreSum;

/// Binds form, stage and buttons.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let network = Network::bind(section, &form)?;
    let root: HtmlElement = dom::create("div", "evidence");
    section.place_network(network.panel())?;
    let over = EvidencePicture::new(&root);
    let classes = ClassList::new(&root);
    let notes: HtmlElement = dom::create("div", "evidence");
    let absent = child(&notes, "p", "evidence-absent");
    let note = child(&notes, "p", "evidence-note");
    section.note(&notes);
    let numbers: HtmlElement = dom::create("div", "evidence");
    let sum = ScoreSum::new(&numbers);
    section.detail(&numbers)?;
    note::hide(&note);
    absent.set_hidden(true);
    section.show(&root);

    let this = Evidence(Rc::new(EvidenceParts {
        section: section.clone(),
        form: form.clone(),
        network: network.clone(),
        over,
        classes,
        absent,
        note,
        shelf: note::TypicalCache::default(),
        sum,
        frame: RefCell::default(),
        picture: RefCell::default(),
        weighed: RefCell::default(),
        chosen: RefCell::default(),
        turn: Cell::new(0),
    }));
    let drawing = this.clone();
    *this.0.frame.borrow_mut() = Some(Frame::new(move || drawing.redraw()));
    this.set_labels(None);
    let showing = this.clone();
    let _picker_lives_in_its_listeners = Picker::bind(section, &form, move |picture| showing.show(&picture));
    let hearing = this.clone();
    network.listen(move |event| hearing.hear(event));
    let changing = this.clone();
    form.on_change(move |change| {
        match change {
            Change::Reset => {
                changing.0.over.forget_cursor();
                changing.0.chosen.replace(None);
            }
            Change::Control("class") => drop(changing.0.chosen.replace(None)),
            _ => {}
        }
        changing.request();
    });
    this.bind_cursor();
    foot::bind(section, &form, move || this.download());
    Ok(())
}

/// A mounted widget; clones refer to the same one.
#[derive(Clone)]
struct Evidence(Rc<EvidenceParts>);

struct EvidenceParts {
    section: Section,
    form: Form,
    network: Network,
    over: EvidencePicture,
    classes: ClassList,
    absent: HtmlElement,
    note: HtmlElement,
    shelf: note::TypicalCache,
    sum: ScoreSum,
    frame: RefCell<Option<Frame>>,
    picture: RefCell<Option<Rc<Picture>>>,
    weighed: RefCell<Option<Rc<ClassEvidence>>>,
    /// A class of the reader's own model that was chosen.
    chosen: RefCell<Option<String>>,
    /// Counts images and models, so that answers about earlier ones are dropped.
    turn: Cell<u32>,
}

impl Evidence {
    fn request(&self) {
        if let Some(frame) = &*self.0.frame.borrow() {
            frame.request();
        }
    }

    /// Buttons for the model's labels or, if there are many, for those of this answer.
    fn set_labels(&self, weighed: Option<&ClassEvidence>) {
        let choosing = self.clone();
        let model = self.0.network.model();
        let labels = &model.card.labels;
        let names: Vec<String> = match weighed {
            Some(weighed) => {
                weighed.classes.iter().filter_map(|class| labels.get(class.label).cloned()).collect()
            }
            None if model.classes > class_evidence::MOST => Vec::new(),
            None => labels.clone(),
        };
        let shown = names.clone();
        self.0.classes.set_labels(&shown, move |at| choosing.choose(&names[at]));
        self.0.classes.clear();
    }

    /// The reader chose a class among the bars.
    fn choose(&self, label: &str) {
        let value = label.to_ascii_lowercase();
        let known = self.0.section.widget().control("class").is_some_and(|c| c.kind.check(&value).is_ok());
        // A class of the reader's own model is no setting of the form.
        self.0.form.set("class", if known { &value } else { "top" });
        self.0.chosen.replace((!known).then_some(value));
        self.request();
    }

    /// A new image on the page.
    fn show(&self, picture: &Rc<Picture>) {
        let EvidenceParts { section, over, network, picture: shown, .. } = &*self.0;
        shown.replace(Some(Rc::clone(picture)));
        match over.show_picture(picture) {
            Ok(()) => section.settle("canvas"),
            Err(failure) => section.warn("canvas", failure.0),
        }
        self.forget();
        self.show_precomputed();
        network.show(picture);
    }

    /// What is shown now belongs to another image or model.
    fn forget(&self) {
        let EvidenceParts { section, classes, sum, note, absent, weighed, turn, .. } = &*self.0;
        turn.set(turn.get() + 1);
        weighed.replace(None);
        classes.clear();
        sum.hide();
        note::hide(note);
        absent.set_hidden(true);
        for name in ["data-evidence", "data-class", "data-bias", "data-map"] {
            let _may_be_missing = section.element().remove_attribute(name);
        }
    }

    /// What the book keeps of this image, as long as no network is there to be asked.
    fn show_precomputed(&self) {
        let EvidenceParts { section, network, picture, turn, .. } = &*self.0;
        if network.is_ready() {
            return;
        }
        let Some(asked) = picture.borrow().clone() else { return };
        let PictureOrigin::Drawn(drawn) = asked.origin else { return self.say_absent() };
        let (this, model, busy, asked) = (self.clone(), network.model(), section.busy(), turn.get());
        spawn_local(async move {
            let found = precomputed::kept(&model, drawn).await;
            let found = found.and_then(|kept| kept.map(ClassEvidence::precomputed).transpose());
            let EvidenceParts { section, network, turn, .. } = &*this.0;
            if turn.get() == asked && !network.is_ready() {
                match found {
                    Ok(Some(weighed)) => {
                        section.settle("kept");
                        this.take(weighed, "precomputed");
                    }
                    Ok(None) => {
                        section.settle("kept");
                        this.say_absent();
                    }
                    Err(failure) => section.warn("kept", failure.0),
                }
            }
            drop(busy);
        });
    }

    fn say_absent(&self) {
        let words = if self.0.network.model().precomputed.is_some() {
            "The book has precomputed evidence only for its eight samples. Start the network to see the evidence for this image."
        } else {
            "The book has no precomputed evidence of this network. Start the network to see the evidence for this image."
        };
        self.0.absent.set_text_content(Some(words));
        self.0.absent.set_hidden(false);
        self.0.section.say(words);
    }

    fn hear(&self, event: &Event) {
        match event {
            Event::Model => {
                self.set_labels(None);
                let picture = self.0.picture.borrow().clone();
                if let Some(picture) = picture {
                    self.show(&picture);
                }
            }
            Event::Answer(answer) => self.look(answer),
            Event::Loaded | Event::Failed => {}
        }
    }

    /// Asks for the maps behind an answer.
    fn look(&self, answer: &Rc<Classification>) {
        let EvidenceParts { section, network, turn, .. } = &*self.0;
        section.settle("kept");
        let contents = network.contents();
        let head = contents.as_ref().and_then(|contents| contents.head.as_ref());
        let Some(maps) = head.and_then(|linear| linear.head.maps.clone()) else {
            let words = "This network does not end with the averages of its maps and one linear layer, so its score cannot be \
                         traced back to parts of the image exactly.";
            return section.warn("evidence", words);
        };
        let (this, answer, asked) = (self.clone(), Rc::clone(answer), turn.get());
        network.look(vec![maps], move |look| {
            // What went wrong, the network has said.
            let (Ok(look), true) = (look, this.0.turn.get() == asked) else { return };
            let Classification { logits, probabilities, .. } = &*answer;
            let contents = this.0.network.contents();
            let linear = contents.as_ref().and_then(|contents| contents.head.as_ref());
            let weighed = linear
                .zip(look.layers.first())
                .and_then(|(linear, maps)| ClassEvidence::computed(maps, linear, logits, probabilities));
            if let Some(weighed) = weighed {
                this.0.section.settle("evidence");
                this.take(weighed, "computed");
            } else {
                let words =
                    "The network's last maps do not fit its last layer. That is a mistake in this book; please report it.";
                this.0.section.warn("evidence", words);
            }
        });
    }

    fn take(&self, weighed: ClassEvidence, source: &'static str) {
        let EvidenceParts { section, absent, network, turn, weighed: shown, .. } = &*self.0;
        absent.set_hidden(true);
        if network.model().classes > class_evidence::MOST {
            self.set_labels(Some(&weighed));
        }
        let weighed = Rc::new(weighed);
        shown.replace(Some(Rc::clone(&weighed)));
        dom::set(section.element(), "data-evidence", source);
        self.redraw();
        let (this, model, asked, busy) = (self.clone(), network.model(), turn.get(), section.busy());
        spawn_local(async move {
            let typical = this.0.shelf.of(&model).await;
            if this.0.turn.get() == asked {
                match typical {
                    Ok(typical) => {
                        this.0.section.settle("typical");
                        note::show(&this.0.note, &weighed.pooled, typical.as_deref());
                    }
                    Err(failure) => this.0.section.warn("typical", failure.0),
                }
            }
            drop(busy);
        });
    }

    /// Draws the chosen class.
    fn redraw(&self) {
        let EvidenceParts { section, form, over, classes, sum, picture, weighed, .. } = &*self.0;
        let (picture, weighed) = (picture.borrow().clone(), weighed.borrow().clone());
        let Some((picture, weighed)) = picture.zip(weighed) else { return };
        let wanted = self.0.chosen.borrow().clone().unwrap_or_else(|| form.text("class"));
        let place = classes.place(&wanted);
        let chosen = place.unwrap_or_else(|| weighed.top());
        let Some(class) = weighed.classes.get(chosen) else { return };
        let name = classes.name(chosen);
        classes.show(&weighed, chosen);
        let manner = OverlayDisplay {
            opacity: form.number("opacity") as f32 / 100.0,
            between: if form.text("between") == "smooth" {
                Interpolation::Bilinear
            } else {
                Interpolation::Nearest
            },
            ends: if form.text("scale") == "own" { class.ends() } else { weighed.ends() },
        };
        let drawn = over
            .show(&picture, class, weighed.size, &name, manner)
            .and_then(|()| sum.show(&weighed, chosen, &name));
        match drawn {
            Ok(()) => section.settle("canvas"),
            Err(failure) => section.warn("canvas", failure.0),
        }
        let map: Vec<String> = class.map.iter().map(ToString::to_string).collect();
        for (name, value) in [
            ("data-class", self.0.network.model().card.labels.get(class.label).cloned().unwrap_or_default()),
            ("data-bias", class.bias.to_string()),
            ("data-map", map.join(",")),
        ] {
            dom::set(section.element(), name, &value);
        }
        let logit = crate::stage::significant::number(class.logit);
        let probability = percent(class.probability);
        let why = if place.is_some() || wanted == "top" {
            String::new()
        } else {
            // The control offers what any of the book's networks answers.
            format!("This network has no class \"{wanted}\", so the most probable one is shown. ")
        };
        let speak = if why.is_empty() { Section::speak } else { Section::say };
        speak(section, format!("{why}Evidence for {name}: logit {logit}, probability {probability}."));
    }

    /// Pointer and arrow keys put the cursor on a place of the map.
    fn bind_cursor(&self) {
        let canvas = &self.0.over.canvas;
        for event in ["pointermove", "pointerdown"] {
            let this = self.clone();
            dom::listen(canvas, event, move |event: PointerEvent| {
                let over = &this.0.over;
                over.point(over.at(event.client_x(), event.client_y()), true);
            });
        }
        let this = self.clone();
        dom::listen(canvas, "keydown", move |event: KeyboardEvent| {
            let by = match event.key().as_str() {
                "ArrowLeft" => [0, -1],
                "ArrowRight" => [0, 1],
                "ArrowUp" => [-1, 0],
                "ArrowDown" => [1, 0],
                _ => return,
            };
            event.prevent_default();
            let words = this.0.over.step(by);
            this.0.section.speak(words);
        });
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.0.picture.borrow().clone()?;
        let class = self.0.section.element().get_attribute("data-class");
        let name = class.map(|label| format!("-{}", label.to_ascii_lowercase())).unwrap_or_default();
        Some((self.0.over.canvas.clone(), format!("{}{name}.png", picture.file_stem())))
    }
}
