//! Which image a widget works on: a synthetic lesion, another one, or the reader's own by file, drop, paste or camera.
//!
//! If anything goes wrong with a new image, the one before stays and the widget still works.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use catalog::Diagnosis;
use catalog::model::is_model_file;
use catalog::widget::{ControlKind, SAMPLES, Sample};
use imaging::Rgb8;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ClipboardEvent, DataTransfer, Element, Event, File, HtmlInputElement};

use crate::camera::{Camera, CameraAction};
use crate::dom::{self, Frame};
use crate::drawing;
use crate::drops::{self, holds_files};
use crate::failure::Failure;
use crate::form::{Change, Form};
use crate::picture::{DrawnLesion, Picture, PictureOrigin};
use crate::reader_file;
use crate::section::{Busy, Section};
use crate::shared;
use crate::thumbnails::{self, Thumbnails};

/// Topic of messages about the image.
const TOPIC: &str = "image";
const OWN: &str = "own";

/// The image controls of one widget; clones refer to the same ones.
#[derive(Clone)]
pub struct Picker(Rc<PickerParts>);

struct PickerParts {
    section: Section,
    form: Form,
    /// The reader's own image, to come back to.
    own: RefCell<Option<Rc<Picture>>>,
    /// The lesion on show, or the last one that was.
    drawn: Cell<DrawnLesion>,
    /// Text of the image on show, so that a widget does not follow itself.
    showing: RefCell<String>,
    /// Whether there has been a picture at all.
    shown: Cell<bool>,
    /// Counts the requests, so that a slow answer to an earlier one is dropped.
    wishes: Cell<u32>,
    /// Draws what the form says, once a frame.
    frame: RefCell<Option<Frame>>,
    busy: RefCell<Option<Busy>>,
    /// The reader's camera while it runs.
    camera: RefCell<Option<Camera>>,
    on_picture: RefCell<Box<dyn FnMut(Rc<Picture>)>>,
}

impl Picker {
    /// Binds the image controls and hands the first picture and every later one to `on_picture`: the one in the
    /// page's address, else the one the reader chose before, else the author's. Never calls it before returning.
    pub fn bind(section: &Section, form: &Form, on_picture: impl FnMut(Rc<Picture>) + 'static) -> Self {
        let Sample { diagnosis, seed } = SAMPLES[0];
        let first = DrawnLesion { diagnosis, seed };
        let this = Self(Rc::new(PickerParts {
            section: section.clone(),
            form: form.clone(),
            own: RefCell::default(),
            drawn: Cell::new(first),
            showing: RefCell::default(),
            shown: Cell::new(false),
            wishes: Cell::new(0),
            frame: RefCell::default(),
            busy: RefCell::default(),
            camera: RefCell::default(),
            on_picture: RefCell::new(Box::new(on_picture)),
        }));
        let drawing = this.clone();
        *this.0.frame.borrow_mut() = Some(Frame::new(move || drawing.draw()));
        let changing = this.clone();
        form.on_change(move |change| changing.changed(change));
        this.take_drops();
        this.take_pastes();
        let hiding = this.clone();
        dom::listen(&dom::document(), "visibilitychange", move |_: Event| {
            if dom::document().hidden() {
                hiding.close_camera();
            }
        });
        let following = this.clone();
        shared::on_share(move |text| following.follow(&text));
        this.start();
        this.offer_samples();
        this
    }

    /// Draws the samples small, one after the other, and brings the sample back when its button is pressed again.
    fn offer_samples(&self) {
        let Some(thumbnails) = self.thumbnails() else { return };
        let this = self.clone();
        thumbnails.on_press_again(move || {
            if this.form_says().is_some() {
                this.choose_sample();
            }
        });
        let section = self.0.section.clone();
        spawn_local(async move {
            for Sample { diagnosis, seed } in SAMPLES {
                let drawn = DrawnLesion { diagnosis, seed };
                let side = thumbnails::SIDE;
                // The picture itself goes first.
                dom::next_turn().await;
                let Some(bytes) = drawing::draw_at(drawn, side, || true).await else { continue };
                let picture = Rgb8::new(side, side, bytes);
                let picture = picture.expect("the generator gives three bytes for each pixel asked for");
                if let Err(failure) = thumbnails.draw(&drawn.value(), &picture) {
                    return section.warn("thumbnails", failure.0);
                }
            }
        });
    }

    fn thumbnails(&self) -> Option<Thumbnails> {
        Thumbnails::find(self.0.section.element(), "image")
    }

    fn start(&self) {
        let form = &self.0.form;
        let in_address = form.was_in_address("image") || form.was_in_address("seed");
        if !in_address && let Some(text) = shared::stored() {
            // An unknown value in the storage is not the reader's fault: no message.
            if shared::kind(&text).is_some() {
                return self.follow(&text);
            }
        }
        if form.text("image") == OWN {
            form.set("image", &self.0.drawn.get().value());
            self.0.section.warn(
                "address",
                "The link was made with someone's own image, which is not part of the link. A drawn lesion is shown instead.",
            );
        }
        self.0.showing.replace(self.form_says().map(DrawnLesion::text).unwrap_or_default());
        self.wish_drawn();
    }

    /// The lesion that the form asks for; `None` while it asks for the reader's own image.
    fn form_says(&self) -> Option<DrawnLesion> {
        let diagnosis = Diagnosis::from_abbreviation(&self.0.form.text("image"))?;
        Some(DrawnLesion { diagnosis, seed: self.0.form.number("seed") as u64 })
    }

    /// Shows what another widget, or this one on an earlier page, shared.
    fn follow(&self, text: &str) {
        if *self.0.showing.borrow() == text {
            return;
        }
        self.0.section.settle(TOPIC);
        match shared::kind(text) {
            Some(shared::SharedImage::Drawn(drawn)) => {
                // A link or another widget may use seeds beyond this slider's end.
                let seed = drawn.seed.to_string();
                let fits =
                    self.0.section.widget().control("seed").is_some_and(|c| c.kind.check(&seed).is_ok());
                if fits {
                    text.clone_into(&mut self.0.showing.borrow_mut());
                    self.0.form.set("image", &drawn.value());
                    self.0.form.set("seed", &seed);
                    self.wish_drawn();
                }
            }
            Some(shared::SharedImage::Own) => {
                let text = text.to_owned();
                self.wish(Sharing::Known(text.clone()), async move {
                    let gone =
                        || Err(Failure::new("Your earlier image is no longer available. Choose it again."));
                    shared::own_picture(&text).await.unwrap_or_else(gone)
                });
            }
            None => {}
        }
    }

    fn changed(&self, change: Change) {
        let form = &self.0.form;
        match change {
            Change::Control("image") if form.text("image") == OWN => self.choose_own(),
            Change::Control("image") => self.choose_sample(),
            Change::Reset => self.wish_drawn(),
            Change::Control("seed") => {
                if form.text("image") == OWN {
                    form.set("image", &self.0.drawn.get().value());
                }
                self.wish_drawn();
            }
            Change::Action("draw-new") => self.draw_another(),
            Change::Action("use-camera") => self.use_camera(None),
            Change::Control("own-image") => {
                let input: &HtmlInputElement = form.element("own-image").unchecked_ref();
                if let Some(file) = input.files().and_then(|files| files.get(0)) {
                    self.open(file);
                }
            }
            _ => {}
        }
    }

    /// The sample of the diagnosis just chosen.
    fn choose_sample(&self) {
        if let Some(drawn) = self.form_says() {
            self.0.form.set("seed", &SAMPLES[drawn.diagnosis.index()].seed.to_string());
        }
        self.wish_drawn();
    }

    /// The next seed of the same diagnosis; after the last one the first.
    fn draw_another(&self) {
        let form = &self.0.form;
        if form.text("image") == OWN {
            form.set("image", &self.0.drawn.get().value());
        }
        let last = match self.0.section.widget().control("seed").map(|c| c.kind) {
            Some(ControlKind::Number { max, .. }) => max as u64,
            _ => 0,
        };
        let seed = form.number("seed") as u64;
        form.set("seed", &(if seed >= last { 0 } else { seed + 1 }).to_string());
        self.wish_drawn();
    }

    fn choose_own(&self) {
        // The reader's own image cannot be part of a link.
        self.0.form.set_derived("image", OWN);
        let own = self.0.own.borrow().clone();
        if let Some(own) = own {
            self.0.wishes.set(self.0.wishes.get() + 1);
            return self.show(own, Sharing::New);
        }
        self.0.section.warn(
            TOPIC,
            "Choose, drop or paste a file, or use the camera. Until then, the current picture stays.",
        );
    }

    fn wish_drawn(&self) {
        self.0.wishes.set(self.0.wishes.get() + 1);
        let mut busy = self.0.busy.borrow_mut();
        if busy.is_none() {
            *busy = Some(self.0.section.busy());
        }
        drop(busy);
        if let Some(frame) = &*self.0.frame.borrow() {
            frame.request();
        }
    }

    /// Draws what the form says, unless the reader wishes for something else meanwhile.
    fn draw(&self) {
        let busy = self.0.busy.take();
        // `None` if "own" was chosen between the wish and this frame.
        let Some(drawn) = self.form_says() else { return };
        self.0.drawn.set(drawn);
        let text = drawn.text();
        let known = *self.0.showing.borrow() == text;
        let sharing = if known { Sharing::Known(text) } else { Sharing::New };
        let (this, wish) = (self.clone(), self.0.wishes.get());
        spawn_local(async move {
            let wanted = || this.0.wishes.get() == wish && this.form_says() == Some(drawn);
            if let Some(picture) = drawing::draw(drawn, wanted).await {
                this.show(Rc::new(picture), sharing);
            }
            drop(busy);
        });
    }

    /// Opens the reader's file.
    fn open(&self, file: File) {
        self.wish(Sharing::New, async move { reader_file::open(&file).await });
    }

    /// Starts the camera, or another one, beside its button.
    fn use_camera(&self, device: Option<String>) {
        self.close_camera();
        let wish = self.0.wishes.get() + 1;
        self.0.wishes.set(wish);
        let this = self.clone();
        let busy = self.0.section.busy();
        spawn_local(async move {
            let camera = Camera::open(device).await;
            // Otherwise the reader chose something else, or left: the camera is switched off again.
            if this.0.wishes.get() == wish && !dom::document().hidden() {
                match camera {
                    Ok(camera) => {
                        this.0.section.settle(TOPIC);
                        let asking = this.clone();
                        camera.show(this.0.form.element("use-camera"), move |wish| asking.answer(wish));
                        *this.0.camera.borrow_mut() = Some(camera);
                    }
                    Err(failure) => {
                        this.0.section.warn(TOPIC, format!("{failure} The current picture stays."));
                    }
                }
            }
            drop(busy);
        });
    }

    /// Does what the reader asks of the running camera.
    fn answer(&self, wish: CameraAction) {
        match wish {
            CameraAction::Other(device) => self.use_camera(Some(device)),
            CameraAction::Stop => self.close_camera(),
            CameraAction::Ended => {
                self.close_camera();
                self.0.section.warn(TOPIC, "The camera was disconnected. The current picture stays.");
            }
            CameraAction::Take => {
                let taken = self.0.camera.borrow().as_ref().map(Camera::take);
                match taken {
                    Some(Ok(picture)) => {
                        self.close_camera();
                        self.show(Rc::new(picture), Sharing::New);
                    }
                    Some(Err(failure)) => self.0.section.warn(TOPIC, failure.0),
                    None => {}
                }
            }
        }
    }

    fn close_camera(&self) {
        if self.0.camera.take().is_some() {
            // The pressed button is gone; the reader continues where the camera was started.
            let _visible = self.0.form.element("use-camera").focus();
        }
    }

    /// Waits for a picture and shows it, unless the reader wished for something else meanwhile.
    fn wish(&self, sharing: Sharing, picture: impl Future<Output = Result<Picture, Failure>> + 'static) {
        let wish = self.0.wishes.get() + 1;
        self.0.wishes.set(wish);
        let this = self.clone();
        let busy = self.0.section.busy();
        spawn_local(async move {
            let picture = picture.await;
            if this.0.wishes.get() == wish {
                match picture {
                    Ok(picture) => this.show(Rc::new(picture), sharing),
                    Err(failure) => this.refuse(&failure),
                }
            }
            drop(busy);
        });
    }

    fn show(&self, picture: Rc<Picture>, sharing: Sharing) {
        let PickerParts { section, form, .. } = &*self.0;
        match &picture.origin {
            PictureOrigin::Drawn(drawn) => {
                form.set("image", &drawn.value());
                form.set("seed", &drawn.seed.to_string());
            }
            PictureOrigin::Own(_) => {
                form.set_derived("image", OWN);
                form.set_derived("seed", &form.text("seed"));
                *self.0.own.borrow_mut() = Some(Rc::clone(&picture));
                let drawn = self.thumbnails().map_or(Ok(()), |row| row.draw(OWN, &picture.pixels));
                if let Err(failure) = drawn {
                    section.warn("thumbnails", failure.0);
                }
            }
        }
        self.0.shown.set(true);
        // The reader has a picture: nobody looks any more.
        drop(self.0.camera.take());
        let shared = match sharing {
            Sharing::Known(text) => {
                self.0.showing.replace(text);
                Ok(())
            }
            Sharing::New => shared::text(&picture).and_then(|text| {
                section.settle(TOPIC);
                self.0.showing.replace(text.clone());
                shared::share(&text)
            }),
        };
        match shared {
            Ok(()) => section.settle("storage"),
            Err(failure) => section.warn("storage", failure.0),
        }
        (self.0.on_picture.borrow_mut())(picture);
    }

    /// Says what was wrong with a new image; the one before stays.
    fn refuse(&self, failure: &Failure) {
        let PickerParts { section, form, .. } = &*self.0;
        // So that the same file can be chosen again.
        form.set("own-image", "");
        if self.0.shown.get() {
            return section.warn(TOPIC, format!("{failure} The current picture stays."));
        }
        if let Some(drawn) = self.form_says() {
            self.0.showing.replace(drawn.text());
        }
        self.wish_drawn();
        section.warn(TOPIC, format!("{failure} A drawn lesion is shown instead."));
    }

    fn take_drops(&self) {
        let this = self.clone();
        drops::listen(self.0.section.element(), move |data| this.take(&data));
    }

    /// A paste goes to the page; the widget under the pointer or with the focus takes it.
    fn take_pastes(&self) {
        let this = self.clone();
        dom::listen(&dom::document(), "paste", move |e: ClipboardEvent| {
            let element: &Element = this.0.section.element();
            let focus = dom::document().active_element();
            let focused = focus.as_ref().is_some_and(|f| element.contains(Some(f)));
            let hovered = element.matches(":hover").unwrap_or(false);
            let elsewhere = focus.is_some_and(|f| f.closest(".widget").ok().flatten().is_some());
            let Some(data) = e.clipboard_data() else { return };
            if holds_files(&data) && (focused || (hovered && !elsewhere)) {
                e.prevent_default();
                this.take(&data);
            }
        });
    }

    fn take(&self, data: &DataTransfer) {
        match data.files().and_then(|files| files.get(0)) {
            // The widget's network takes it.
            Some(file) if is_model_file(&file.name()) && self.0.form.has("own-model") => {}
            Some(file) => self.open(file),
            None => self
                .0
                .section
                .warn(TOPIC, "What you dropped or pasted contained no file. The current picture stays."),
        }
    }
}

/// Whether other widgets hear of a picture.
enum Sharing {
    /// The reader chose it here: tell them.
    New,
    /// It came from them, or from the page, under this text.
    Known(String),
}
