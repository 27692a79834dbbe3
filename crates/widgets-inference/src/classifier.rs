//! The classifier as the reader sees it: an image, a bar for each diagnosis, who computed and how long it took.
//!
//! For tests the section carries `data-answer`: `precomputed`, `computed`, or nothing while the bars are empty.

mod stage;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::widget::CLASSIFIER;
use inference_messages::Answered;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use widget_kit::dom;
use widget_kit::failure::{Failure, watch};
use widget_kit::foot;
use widget_kit::form::Form;
use widget_kit::picker::Picker;
use widget_kit::picture::{Origin, Picture};
use widget_kit::section::Section;

use crate::beforehand;
use crate::network::{Event, Network};
use stage::{Shown, Stage};

/// Binds form, stage and buttons.
pub(crate) fn mount(element: &HtmlElement) -> Result<(), Failure> {
    let section = Section::bind(element, &[CLASSIFIER])?;
    watch(&section);
    let form = Form::bind(&section)?;
    let network = Network::bind(&section, &form)?;
    let stage = Stage::new(network.panel(), &network.model().card);
    section.show(stage.root());
    let this = Classifier(Rc::new(Parts {
        section: section.clone(),
        stage,
        network: network.clone(),
        picture: RefCell::default(),
    }));

    let showing = this.clone();
    let _picker_lives_in_its_listeners = Picker::bind(&section, &form, move |picture| showing.show(&picture));
    let hearing = this.clone();
    network.listen(move |event| hearing.hear(event));
    foot::bind(&section, &form, move || this.download());
    Ok(())
}

/// A mounted classifier; clones speak of the same one.
#[derive(Clone)]
struct Classifier(Rc<Parts>);

struct Parts {
    section: Section,
    stage: Stage,
    network: Network,
    picture: RefCell<Option<Rc<Picture>>>,
}

impl Classifier {
    /// A new image on the page.
    fn show(&self, picture: &Rc<Picture>) {
        let Parts { section, stage, network, picture: shown } = &*self.0;
        match stage.show_picture(picture) {
            Ok(()) => section.settle("canvas"),
            Err(failure) => section.warn("canvas", failure.0),
        }
        shown.replace(Some(Rc::clone(picture)));
        self.show_beforehand();
        network.show(picture);
    }

    /// The answer that the book keeps of this image, as long as no network is there to be asked.
    fn show_beforehand(&self) {
        let Parts { section, stage, network, picture } = &*self.0;
        if network.is_ready() {
            return;
        }
        stage.clear();
        let _gone = section.element().remove_attribute("data-answer");
        let Some(asked) = picture.borrow().clone() else { return };
        let Origin::Drawn(drawn) = asked.origin else { return };
        let (this, model, busy) = (self.clone(), network.model(), section.busy());
        spawn_local(async move {
            let found = beforehand::kept(&model, drawn).await;
            let Parts { section, network, picture, .. } = &*this.0;
            let same = picture.borrow().as_ref().is_some_and(|now| Rc::ptr_eq(now, &asked))
                && network.model().sha256 == model.sha256;
            if same && !network.is_ready() {
                match found {
                    Ok(Some(kept)) => {
                        section.settle("kept");
                        let (probabilities, logits) = (kept.probabilities, kept.logits);
                        this.fill(&Shown { probabilities, logits }, "precomputed");
                    }
                    Ok(None) => section.settle("kept"),
                    Err(failure) => section.warn("kept", failure.0),
                }
            }
            drop(busy);
        });
    }

    fn fill(&self, answer: &Shown, source: &str) {
        let Parts { section, stage, picture, .. } = &*self.0;
        stage.show_answer(answer, picture.borrow().as_deref());
        dom::set(section.element(), "data-answer", source);
        let words = stage.spoken(answer);
        section.say(if source == "precomputed" { words + " Computed beforehand." } else { words });
    }

    fn hear(&self, event: &Event) {
        match event {
            Event::Model => {
                self.0.stage.set_labels(&self.0.network.model().card);
                self.show_beforehand();
            }
            Event::Answer(answer) => {
                self.0.section.settle("kept");
                let Answered { probabilities, logits, .. } = Answered::clone(answer);
                self.fill(&Shown { probabilities, logits }, "computed");
            }
            Event::Loaded | Event::Failed => {}
        }
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.0.picture.borrow().clone()?;
        Some((self.0.stage.picture_canvas(), format!("{}.png", picture.file_stem())))
    }
}
