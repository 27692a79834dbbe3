//! The classifier as the reader sees it: an image, a bar for each diagnosis, who computed and how long it took.

mod stage;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::widget::CLASSIFIER;
use inference_messages::Answered;
use web_sys::HtmlElement;
use widget_kit::failure::{Failure, watch};
use widget_kit::foot;
use widget_kit::form::Form;
use widget_kit::picker::Picker;
use widget_kit::picture::Picture;
use widget_kit::section::Section;

use crate::network::{Event, Network};
use stage::Stage;

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
        network.show(picture);
    }

    fn hear(&self, event: &Event) {
        match event {
            Event::Model => self.0.stage.set_labels(&self.0.network.model().card),
            Event::Answer(answer) => self.answered(answer),
            Event::Loaded | Event::Failed => {}
        }
    }

    fn answered(&self, answer: &Answered) {
        let Parts { section, stage, picture, .. } = &*self.0;
        stage.show_answer(answer, picture.borrow().as_deref());
        section.say(stage.spoken(answer));
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.0.picture.borrow().clone()?;
        Some((self.0.stage.picture_canvas(), format!("{}.png", picture.file_stem())))
    }
}
