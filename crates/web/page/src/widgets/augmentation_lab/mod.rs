//! `augmentation-lab`: one image as a training sees it, epoch after epoch.

mod view;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::widget::AUGMENTATION;
use imaging::{Augmentation, Rgb8, feed};
use kit::dom::{self, Frame};
use kit::section::Busy;
use kit::{Change, Failure, Form, Picker, Picture, Section, foot};
use recipe::{Feed, ModelTraining, activity, setting};
use web_sys::{Event, KeyboardEvent};

use crate::stage::number;
use view::AugmentationView;

/// How long pictures are drawn before the page gets its turn, milliseconds.
const TURN: f64 = 8.0;
const OWN: &str = "own";
/// The reader's image is at the head of the training's list.
const PLACE: u64 = 0;

struct AugmentationLab {
    section: Section,
    form: Form,
    view: AugmentationView,
    /// Those that the page describes; at least one.
    trainings: Vec<ModelTraining>,
    picture: Option<Rc<Picture>>,
    settings: Option<VariationSettings>,
    /// What is said of each tile.
    told: Vec<String>,
    /// The tile to draw next, and how many have to be drawn.
    next: usize,
    missing: usize,
    /// The tile that the reader looks at.
    looked_at: usize,
    /// Milliseconds that the pictures took so far.
    spent: f64,
    busy: Option<Busy>,
}

/// What the form says, and the picture it is about.
struct VariationSettings {
    /// What the training feeds, but with the form's augmentation and seed.
    feed: Feed,
    /// Variations; the original comes before them.
    count: usize,
    /// Whether every epoch is shown in its own size.
    epoch_size: bool,
    /// What a training would keep of the picture.
    kept: Rgb8,
}

/// Mounts the lab into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let trainings = trainings(section)?;
    let form = Form::bind(section)?;
    let lab = Rc::new(RefCell::new(AugmentationLab {
        view: AugmentationView::new(section),
        section: section.clone(),
        form: form.clone(),
        trainings,
        picture: None,
        settings: None,
        told: vec![String::new(); view::MOST],
        next: 0,
        missing: 0,
        looked_at: 0,
        spent: 0.0,
        busy: None,
    }));
    let frame: Rc<RefCell<Option<Frame>>> = Rc::default();
    let again = Rc::clone(&frame);
    let drawing = Rc::clone(&lab);
    *frame.borrow_mut() = Some(Frame::new(move || {
        if drawing.borrow_mut().draw_some() {
            again.borrow().iter().for_each(Frame::request);
        }
    }));
    let request: Rc<dyn Fn()> = {
        let lab = Rc::clone(&lab);
        Rc::new(move || {
            lab.borrow_mut().begin();
            frame.borrow().iter().for_each(Frame::request);
        })
    };
    lab.borrow().follow_preset();
    let (changed, following) = (Rc::clone(&request), Rc::clone(&lab));
    form.on_change(move |change| {
        following.borrow().keep_in_step(change);
        changed();
    });
    let shown = Rc::clone(&lab);
    Picker::bind(section, &form, move |picture| {
        shown.borrow_mut().picture = Some(picture);
        request();
    });
    bind_looks(&lab);
    foot::bind(section, &form, move || lab.borrow().download());
    Ok(())
}

/// The trainings that the page describes.
fn trainings(section: &Section) -> Result<Vec<ModelTraining>, Failure> {
    let json = section.element().get_attribute("data-trainings").unwrap_or_default();
    let trainings: Result<Vec<ModelTraining>, _> = serde_json::from_str(&json);
    match trainings {
        Ok(trainings)
            if trainings.iter().all(|training| !training.feed.stages.is_empty()) && !trainings.is_empty() =>
        {
            Ok(trainings)
        }
        Ok(_) => Err(Failure::new("This page does not describe the training. Reload it.")),
        Err(error) => Err(Failure::new(format!(
            "This page and its widget come from different versions of the book ({error}). Reload the page."
        ))),
    }
}

impl AugmentationLab {
    fn training(&self) -> &ModelTraining {
        let model = self.form.text("model");
        let found = self.trainings.iter().find(|training| training.model == model);
        // Never empty: the lab would not have been mounted.
        found.unwrap_or(&self.trainings[0])
    }

    /// A preset fills the fields; a change of one makes all of them the reader's own.
    fn keep_in_step(&self, change: Change) {
        match change {
            Change::Control("preset" | "model") | Change::Reset => self.follow_preset(),
            Change::Control(name) if AUGMENTATION.iter().any(|setting| setting.control == name) => {
                self.form.set("preset", OWN);
                self.follow_preset();
            }
            _ => {}
        }
    }

    fn follow_preset(&self) {
        let preset = self.preset();
        for setting in AUGMENTATION {
            let name = setting.control;
            match &preset {
                Some(augmentation) => self.form.set_derived(name, &setting::shown(augmentation, &setting)),
                None => self.form.set(name, &self.form.text(name)),
            }
        }
    }

    /// The augmentation of the chosen preset; `None` if the reader made their own.
    fn preset(&self) -> Option<Augmentation> {
        match self.form.text("preset").as_str() {
            "training" => Some(self.training().feed.augmentation),
            "activity-shown" => Some(activity::SHOWN),
            "activity-trained" => Some(activity::TRAINED),
            OWN => None,
            _ => Some(Augmentation::NONE),
        }
    }

    /// The augmentation to draw: the preset's to the last bit, or what the fields say.
    fn augmentation(&self) -> Result<Augmentation, Failure> {
        self.preset()
            .map_or_else(|| setting::from_form(|name| self.form.text(name)).map_err(Failure::new), Ok)
    }

    /// Reads the form; every tile is to be drawn again, from where the drawing is.
    fn begin(&mut self) {
        let Some(picture) = &self.picture else { return };
        let augmentation = match self.augmentation() {
            Ok(augmentation) => augmentation,
            Err(failure) => return self.section.warn("settings", failure.0),
        };
        self.section.settle("settings");
        let training = self.training();
        let seed = self.form.number("variation-seed") as u64;
        let count = self.form.number("count") as usize;
        let kept = feed::kept(picture.pixels.clone(), training.feed.memory_size);
        let note = words::note(&self.form.text("preset"), training, seed, count);
        let feed = Feed { seed, augmentation, ..training.feed.clone() };
        self.view.resize(count + 1);
        let fed = picture.as_square(feed.image_size());
        let title = format!("{}; the variations as the network receives them, {fed}.", picture.caption());
        self.view.write(&title, &note);
        let epoch_size = self.form.toggle("epoch-size");
        self.settings = Some(VariationSettings { feed, count, epoch_size, kept });
        self.missing = count + 1;
        self.looked_at = self.looked_at.min(count);
        self.spent = 0.0;
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
    }

    /// Draws for a short while; returns whether there is more to draw.
    fn draw_some(&mut self) -> bool {
        let Some(count) = self.settings.as_ref().map(|settings| settings.count) else { return false };
        let start = dom::now();
        while self.missing > 0 {
            self.next = if self.next < count { self.next + 1 } else { 0 };
            match self.draw(self.next) {
                Ok(()) => self.section.settle("drawing"),
                Err(failure) => self.section.warn("drawing", failure.0),
            }
            self.missing -= 1;
            if dom::now() - start > TURN {
                break;
            }
        }
        self.spent += dom::now() - start;
        if self.missing > 0 {
            return true;
        }
        let milliseconds = number(self.spent as f32, 0);
        self.section.cost(&format!("{count} pictures in {milliseconds} ms, WASM in this page"));
        self.look_at(self.looked_at);
        self.busy = None;
        false
    }

    /// Draws one tile: the original, or an epoch's variation.
    fn draw(&mut self, index: usize) -> Result<(), Failure> {
        let Some(VariationSettings { feed, epoch_size, kept, .. }) = &self.settings else {
            return Ok(());
        };
        let tile = &self.view.tiles[index];
        if index == 0 {
            let Some(picture) = &self.picture else { return Ok(()) };
            "The original. Validation and test use only this one.".clone_into(&mut self.told[0]);
            return tile.show(&picture.pixels, "original", &self.told[0]);
        }
        let epoch = index - 1;
        let size = if *epoch_size { feed.image_size_in(epoch) } else { feed.image_size() };
        let (variation, picture) = feed.picture(kept, epoch as u64, PLACE, size);
        let name = format!("epoch {index}");
        let mut spoken = format!("{name}: {}.", words::done(&variation));
        spoken.replace_range(..1, "E");
        tile.show(&picture, &name, &spoken)?;
        self.told[index] = spoken;
        Ok(())
    }

    /// Frames a tile and says what was done to it.
    fn look_at(&mut self, index: usize) {
        let Some(settings) = &self.settings else { return };
        self.looked_at = index.min(settings.count);
        let told = &self.told[self.looked_at];
        self.view.look(self.looked_at, told);
        self.section.speak(told.clone());
    }

    /// The key's work; whether it was one of ours.
    fn key(&mut self, key: &str) -> bool {
        let at = self.looked_at;
        let to = match key {
            "ArrowLeft" => at.saturating_sub(1),
            "ArrowRight" => at + 1,
            "ArrowUp" => self.view.beyond(at, false),
            "ArrowDown" => self.view.beyond(at, true),
            "Home" => 0,
            "End" => view::MOST,
            _ => return false,
        };
        self.look_at(to);
        true
    }

    fn download(&self) -> Option<foot::Download> {
        let (picture, settings) = (self.picture.as_ref()?, self.settings.as_ref()?);
        let name = format!("{}-augmented-{}.png", picture.file_stem(), settings.count);
        Some((self.view.sheet(settings.count + 1, settings.feed.image_size())?, name))
    }
}

/// Looking follows the pointer, and the arrow keys on the list.
fn bind_looks(lab: &Rc<RefCell<AugmentationLab>>) {
    let shown = lab.borrow();
    for (index, tile) in shown.view.tiles.iter().enumerate() {
        for event in ["pointerenter", "click"] {
            let lab = Rc::clone(lab);
            dom::listen(&tile.figure, event, move |_: Event| lab.borrow_mut().look_at(index));
        }
    }
    let moving = Rc::clone(lab);
    dom::listen(&shown.view.list, "focus", move |_: Event| {
        let mut lab = moving.borrow_mut();
        let index = lab.looked_at;
        lab.look_at(index);
    });
    let moving = Rc::clone(lab);
    dom::listen(&shown.view.list, "keydown", move |e: KeyboardEvent| {
        let with_others = e.ctrl_key() || e.alt_key() || e.meta_key();
        if !with_others && moving.borrow_mut().key(&e.key()) {
            e.prevent_default();
        }
    });
}
