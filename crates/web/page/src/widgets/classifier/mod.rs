//! The classifier as the reader sees it: an image, a bar for each diagnosis, who computed and how long it took; on request a
//! second network next to the first.
//!
//! For tests the section carries `data-answer`: `precomputed`, `computed`, or nothing while the bars are empty; the second
//! network's part of the stage, `[data-side=second]`, likewise.

mod bars;
mod view;

use std::cell::RefCell;
use std::rc::Rc;

use inference_messages::Classification;
use kit::dom::{self, child};
use kit::failure::Failure;
use kit::foot;
use kit::form::Form;
use kit::picker::Picker;
use kit::picture::{Picture, PictureOrigin};
use kit::section::Section;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::network::{Event, Network};
use crate::precomputed;
use bars::{ProbabilityBars, ShownAnswer};
use view::ClassifierView;

/// Binds form, stage and buttons.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let network = Network::bind(section, &form)?;
    section.place_network(network.panel())?;
    let view = ClassifierView::new();
    let bars = ProbabilityBars::new(&child(view.answers(), "div", "classifier-side"));
    let this = Classifier(Rc::new(ClassifierParts {
        section: section.clone(),
        form: form.clone(),
        view,
        first: NetworkSide {
            element: section.element().clone(),
            network: network.clone(),
            bars,
            topic: "kept",
            sentence: Rc::default(),
        },
        second: RefCell::default(),
        picture: RefCell::default(),
    }));
    section.show(this.0.view.root());
    this.0.first.name();
    this.follow(&this.0.first);
    let _picker_lives_in_its_listeners = {
        let showing = this.clone();
        Picker::bind(section, &form, move |picture| showing.show(&picture))
    };
    this.compare();
    let changing = this.clone();
    form.on_change(move |_| changing.compare());
    foot::bind(section, &form, move || this.download());
    Ok(())
}

/// A mounted classifier; clones refer to the same one.
#[derive(Clone)]
struct Classifier(Rc<ClassifierParts>);

struct ClassifierParts {
    section: Section,
    form: Form,
    view: ClassifierView,
    first: NetworkSide,
    /// There once the reader asked for it, and from then on.
    second: RefCell<Option<NetworkSide>>,
    picture: RefCell<Option<Rc<Picture>>>,
}

/// A network and its bars.
#[derive(Clone)]
struct NetworkSide {
    /// Carries `data-answer`.
    element: HtmlElement,
    network: Network,
    bars: Rc<ProbabilityBars>,
    /// Topic of messages about what the book keeps.
    topic: &'static str,
    /// What its bars say, in a sentence; empty while they are.
    sentence: Rc<RefCell<String>>,
}

impl NetworkSide {
    /// Labels and title of its model.
    fn name(&self) {
        self.bars.set_labels(&self.network.model());
        self.bars.set_title(&self.network.title());
    }

    /// The bars are about another image.
    fn clear(&self) {
        self.bars.clear();
        self.sentence.borrow_mut().clear();
        let _gone = self.element.remove_attribute("data-answer");
    }

    fn fill(&self, answer: &ShownAnswer, source: &str, picture: Option<&Picture>) {
        self.bars.show(answer, picture);
        let precomputed = if source == "precomputed" { " This answer is precomputed." } else { "" };
        self.sentence.replace(self.bars.spoken(answer) + precomputed);
        dom::set(&self.element, "data-answer", source);
    }
}

impl Classifier {
    /// Shows or hides the second network, which is made when it is asked for the first time.
    fn compare(&self) {
        let ClassifierParts { section, form, view, first, second, picture } = &*self.0;
        let wanted = form.toggle("compare");
        dom::set(view.root(), "data-compare", if wanted { "true" } else { "false" });
        first.bars.show_title(wanted);
        if let Some(side) = &*second.borrow() {
            side.element.set_hidden(!wanted);
            return;
        }
        if !wanted {
            return;
        }
        let element = child(view.answers(), "div", "classifier-side");
        dom::set(&element, "data-side", "second");
        let made = Network::bind_beside(section, form, &element).map(|network| {
            let bars = ProbabilityBars::new(&element);
            bars.show_title(true);
            let _never_refused = element.append_child(network.panel());
            NetworkSide { element, network, bars, topic: "second kept", sentence: Rc::default() }
        });
        match made {
            Ok(side) => {
                side.name();
                self.follow(&side);
                let shown = picture.borrow().clone();
                second.replace(Some(side.clone()));
                if let Some(picture) = shown {
                    self.show_on(&side, &picture);
                }
            }
            Err(failure) => section.warn("second model", failure.0),
        }
    }

    /// Hears what a side's network says.
    fn follow(&self, side: &NetworkSide) {
        let (this, hearing) = (self.clone(), side.clone());
        side.network.listen(move |event| this.hear(&hearing, event));
    }

    /// A new image on the page.
    fn show(&self, picture: &Rc<Picture>) {
        let ClassifierParts { section, view, first, second, picture: shown, .. } = &*self.0;
        match view.show_picture(picture, &first.network.model().card) {
            Ok(()) => section.settle("canvas"),
            Err(failure) => section.warn("canvas", failure.0),
        }
        shown.replace(Some(Rc::clone(picture)));
        self.show_on(first, picture);
        let second = second.borrow().clone();
        if let Some(side) = second {
            self.show_on(&side, picture);
        }
    }

    fn show_on(&self, side: &NetworkSide, picture: &Rc<Picture>) {
        side.sentence.borrow_mut().clear();
        self.say_answers();
        self.show_precomputed(side);
        side.network.show(picture);
    }

    /// The answer that the book keeps of this image, as long as no network is there to be asked.
    fn show_precomputed(&self, side: &NetworkSide) {
        let ClassifierParts { section, picture, .. } = &*self.0;
        if side.network.is_ready() {
            return;
        }
        side.clear();
        let Some(asked) = picture.borrow().clone() else { return };
        let PictureOrigin::Drawn(drawn) = asked.origin else { return };
        let (this, side, model, busy) = (self.clone(), side.clone(), side.network.model(), section.busy());
        spawn_local(async move {
            let found = precomputed::kept(&model, drawn).await;
            let ClassifierParts { section, picture, .. } = &*this.0;
            let same = picture.borrow().as_ref().is_some_and(|now| Rc::ptr_eq(now, &asked))
                && side.network.model().sha256 == model.sha256;
            if same && !side.network.is_ready() {
                match found {
                    Ok(Some(kept)) => {
                        section.settle(side.topic);
                        let (probabilities, logits) = (kept.answer.probabilities, kept.answer.logits);
                        this.fill(&side, &ShownAnswer { probabilities, logits }, "precomputed");
                    }
                    Ok(None) => section.settle(side.topic),
                    Err(failure) => section.warn(side.topic, failure.0),
                }
            }
            drop(busy);
        });
    }

    fn fill(&self, side: &NetworkSide, answer: &ShownAnswer, source: &str) {
        side.fill(answer, source, self.0.picture.borrow().as_deref());
        self.say_answers();
    }

    /// Says what all bars in sight say now, so that no sentence outlives its bars.
    fn say_answers(&self) {
        let ClassifierParts { section, form, first, second, .. } = &*self.0;
        let compare = form.toggle("compare");
        let second = second.borrow().clone().filter(|_| compare);
        // A sentence about the image before ends here, even where none takes its place.
        let answers = std::iter::once(first).chain(&second).filter_map(|side| {
            let sentence = side.sentence.borrow();
            let name = if compare { side.network.title() + ": " } else { String::new() };
            (!sentence.is_empty()).then(|| name + &sentence)
        });
        section.speak(answers.collect::<Vec<_>>().join(" "));
    }

    fn hear(&self, side: &NetworkSide, event: &Event) {
        match event {
            Event::Model => {
                side.name();
                // What goes into another model may have another size.
                let picture = self.0.picture.borrow().clone();
                if let Some(picture) = picture.filter(|_| side.topic == self.0.first.topic) {
                    let drawn = self.0.view.show_picture(&picture, &side.network.model().card);
                    if let Err(failure) = drawn {
                        self.0.section.warn("canvas", failure.0);
                    }
                }
                self.show_precomputed(side);
            }
            Event::Answer(answer) => {
                self.0.section.settle(side.topic);
                let Classification { probabilities, logits, .. } = Classification::clone(answer);
                self.fill(side, &ShownAnswer { probabilities, logits }, "computed");
            }
            Event::Loaded => side.bars.set_title(&side.network.title()),
            Event::Failed => {}
        }
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.0.picture.borrow().clone()?;
        Some((self.0.view.picture_canvas(), format!("{}.png", picture.file_stem())))
    }
}
