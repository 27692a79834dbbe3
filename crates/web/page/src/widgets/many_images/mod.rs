//! `many-images`: the network's answers to many images, one after the other, in a table that can be kept as a file.
//!
//! For tests the section carries `data-images` and `data-answered`, each row `data-name`, `data-state` (`waiting`, `answered`,
//! `refused`) and `data-top`, each of its probabilities `data-probability`.

mod entry;
mod table;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use catalog::model::{ModelCard, is_model_file};
use evaluation::submission::to_csv;
use kit::dom::{self, Frame, child};
use kit::failure::Failure;
use kit::form::{Change, Form};
use kit::section::Section;
use kit::{drawing, drops, foot, reader_file, saved};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlElement, HtmlInputElement, HtmlProgressElement};

use crate::network::{Event, Network};
use entry::{EntryState, ImageEntry, PixelSource};
use table::ImageTable;

/// More would make a slow page of the table; a folder is for `cargo xtask predict`.
const MOST: usize = 500;

/// Binds form, table and buttons.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let network = Network::bind(section, &form)?;
    let root: HtmlElement = dom::create("div", "many");
    dom::set(&root, "data-picture", "");
    section.place_network(network.panel())?;
    let summary = child(&root, "p", "many-summary");
    let progress: HtmlProgressElement = child(&root, "progress", "network-progress").unchecked_into();
    dom::set(&progress, "aria-label", "Images classified");
    progress.set_hidden(true);
    let table = ImageTable::new(&root);
    section.show(&root);
    if let Some(button) = dom::find::<HtmlElement>(section.element(), "[data-action=download]") {
        button.set_text_content(Some("Download table"));
    }

    let this = ManyImages(Rc::new(ManyImagesParts {
        section: section.clone(),
        form: form.clone(),
        network: network.clone(),
        summary,
        progress,
        table,
        frame: RefCell::default(),
        entries: RefCell::default(),
        added: Cell::new(0),
        drawn: Cell::new(0),
        round: Cell::new(0),
        running: Cell::new(false),
    }));
    let drawing = this.clone();
    *this.0.frame.borrow_mut() = Some(Frame::new(move || drawing.redraw()));
    this.0.table.set_labels(&network.model().card.labels);
    this.redraw();
    let hearing = this.clone();
    network.listen(move |event| hearing.hear(event));
    let changing = this.clone();
    form.on_change(move |change| changing.changed(change));
    let taking = this.clone();
    drops::listen(section.element(), move |data| {
        // A network among them is not for the table.
        let (models, images): (Vec<_>, Vec<_>) =
            drops::files(&data).into_iter().partition(|file| is_model_file(&file.name()));
        if models.is_empty() || !images.is_empty() {
            taking.add_files(images);
        }
    });
    foot::bind_with(section, &form, move || this.download());
    Ok(())
}

/// A mounted widget; clones refer to the same one.
#[derive(Clone)]
struct ManyImages(Rc<ManyImagesParts>);

struct ManyImagesParts {
    section: Section,
    form: Form,
    network: Network,
    summary: HtmlElement,
    progress: HtmlProgressElement,
    table: ImageTable,
    frame: RefCell<Option<Frame>>,
    entries: RefCell<Vec<ImageEntry>>,
    /// Images added so far, and presses of "Draw".
    added: Cell<u32>,
    drawn: Cell<u32>,
    /// Counts the changes that make pending answers obsolete.
    round: Cell<u32>,
    /// Whether an image is being opened or answered.
    running: Cell<bool>,
}

impl ManyImages {
    fn request(&self) {
        if let Some(frame) = &*self.0.frame.borrow() {
            frame.request();
        }
    }

    fn changed(&self, change: Change) {
        let ManyImagesParts { form, section, drawn, .. } = &*self.0;
        match change {
            Change::Control("images") => {
                let input: &HtmlInputElement = form.element("images").unchecked_ref();
                let list = input.files();
                let files = list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.get(at)));
                let files: Vec<File> = files.collect();
                // Browsers report one choice twice; the second time, the field is already empty.
                if !files.is_empty() {
                    self.add_files(files);
                }
                // The same files may be chosen again.
                input.set_value("");
            }
            Change::Action("draw") => {
                let first = form.number("first-seed") as u64 + 3 * u64::from(drawn.get());
                drawn.set(drawn.get() + 1);
                let drawings = entry::drawings(first);
                self.add(
                    drawings.into_iter().map(|drawn| (drawn.text(), PixelSource::Drawn(drawn))).collect(),
                );
            }
            Change::Action("clear") => {
                self.clear();
                section.say_now("The table is empty.");
            }
            Change::Reset => self.clear(),
            Change::Control("first-seed") => drawn.set(0),
            Change::Control("sort") => self.request(),
            _ => {}
        }
    }

    fn add_files(&self, files: Vec<File>) {
        if files.is_empty() {
            return self
                .0
                .section
                .warn("images", "What you dropped or pasted contained no file. The table is unchanged.");
        }
        self.add(files.into_iter().map(|file| (file.name(), PixelSource::Own(file))).collect());
    }

    fn add(&self, images: Vec<(String, PixelSource)>) {
        let ManyImagesParts { section, entries, added, .. } = &*self.0;
        let room = MOST - entries.borrow().len();
        if images.len() > room {
            section.warn(
                "images",
                format!(
                    "The table holds at most {MOST} images; {} of yours were left out. For whole folders, use the command \
                     cargo xtask predict.",
                    images.len() - room
                ),
            );
        } else {
            section.settle("images");
        }
        for (name, source) in images.into_iter().take(room) {
            let id = added.get();
            added.set(id + 1);
            entries.borrow_mut().push(ImageEntry { id, name, source, state: EntryState::Waiting });
        }
        self.redraw();
        self.run();
    }

    fn clear(&self) {
        let ManyImagesParts { section, network, table, entries, drawn, .. } = &*self.0;
        self.begin_anew();
        network.forget_asides();
        section.settle("images");
        entries.borrow_mut().clear();
        drawn.set(0);
        table.clear();
        self.redraw();
    }

    /// Drops pending answers.
    fn begin_anew(&self) {
        self.0.round.set(self.0.round.get() + 1);
        self.0.running.set(false);
    }

    fn hear(&self, event: &Event) {
        let ManyImagesParts { network, table, entries, .. } = &*self.0;
        match event {
            Event::Model => {
                self.begin_anew();
                network.forget_asides();
                for entry in entries.borrow_mut().iter_mut() {
                    if matches!(entry.state, EntryState::Answered(_)) {
                        entry.state = EntryState::Waiting;
                    }
                }
                table.set_labels(&network.model().card.labels);
                self.redraw();
            }
            Event::Loaded => self.run(),
            Event::Answer(_) | Event::Failed => {}
        }
    }

    /// Asks about the first image that waits, unless another one is under way.
    fn run(&self) {
        let ManyImagesParts { section, network, entries, round, running, .. } = &*self.0;
        if running.get() || !network.is_ready() {
            return;
        }
        let waiting = entries.borrow().iter().find(|entry| entry.state == EntryState::Waiting).cloned();
        let Some(entry) = waiting else { return };
        running.set(true);
        let (this, asked, busy) = (self.clone(), round.get(), section.busy());
        spawn_local(async move {
            let picture = match &entry.source {
                PixelSource::Drawn(drawn) => {
                    let wanted = || this.0.round.get() == asked;
                    let Some(picture) = drawing::draw(*drawn, wanted).await else { return };
                    Ok(picture)
                }
                PixelSource::Own(file) => reader_file::open(file).await,
            };
            if this.0.round.get() != asked {
                return;
            }
            match picture {
                Err(failure) => {
                    this.settle(entry.id, EntryState::Refused(failure.0));
                    this.go_on();
                }
                Ok(picture) => {
                    this.0.table.show_picture(entry.id, &picture);
                    let answering = this.clone();
                    this.0.network.aside(&Rc::new(picture), move |answer| {
                        let _outstanding_until_now = busy;
                        if answering.0.round.get() != asked {
                            return;
                        }
                        // What went wrong, the network has said; the image waits for another try.
                        match answer {
                            Ok(answer) => {
                                answering
                                    .settle(entry.id, EntryState::Answered(answer.probabilities.clone()));
                                answering.go_on();
                            }
                            Err(_) => answering.0.running.set(false),
                        }
                    });
                }
            }
        });
    }

    fn go_on(&self) {
        self.0.running.set(false);
        self.run();
    }

    fn settle(&self, id: u32, state: EntryState) {
        if let Some(entry) = self.0.entries.borrow_mut().iter_mut().find(|entry| entry.id == id) {
            entry.state = state;
        }
        self.request();
    }

    fn redraw(&self) {
        let ManyImagesParts { section, form, network, summary, progress, table, entries, .. } = &*self.0;
        let entries = entries.borrow();
        let mut shown: Vec<&ImageEntry> = entries.iter().collect();
        entry::sort(&mut shown, &form.text("sort"));
        table.show(&shown);
        let card = &network.model().card;
        let (all, done) =
            (entries.len(), entries.iter().filter(|entry| entry.state != EntryState::Waiting).count());
        let answered = entries.iter().filter(|entry| entry.probabilities().is_some()).count();
        let words = words(&entries, card);
        summary.set_text_content(Some(&words));
        progress.set_hidden(all == done);
        progress.set_max(all.max(1) as f64);
        progress.set_value(done as f64);
        dom::set(section.element(), "data-images", &all.to_string());
        dom::set(section.element(), "data-answered", &answered.to_string());
        if all > 0 && all == done {
            section.speak(words);
        }
    }

    fn download(&self) -> Result<(), Failure> {
        let entries = self.0.entries.borrow();
        let rows: Vec<_> = entries.iter().filter_map(ImageEntry::row).collect();
        if rows.is_empty() {
            return Err(Failure::new("No image has been classified yet. Add images and start the network."));
        }
        let model = self.0.network.model();
        let name = format!("{}-predictions.csv", model.card.name);
        saved::text(&to_csv(&model.card.labels, &rows), &name, "text/csv")
    }
}

/// How many images have an answer, and how many of the drawings the one that they were drawn as.
fn words(entries: &[ImageEntry], card: &ModelCard) -> String {
    let labels = &card.labels;
    let everyday = if card.names_everyday_things() {
        " This network names everyday things, never a diagnosis: the table shows the most probable of its 1,000 classes, and the \
         downloaded table has all of them."
    } else {
        ""
    };
    let count = |of: &dyn Fn(&ImageEntry) -> bool| entries.iter().filter(|entry| of(entry)).count();
    let answered = count(&|entry| entry.probabilities().is_some());
    let refused = count(&|entry| matches!(entry.state, EntryState::Refused(_)));
    if entries.is_empty() {
        return format!("No images yet: choose files, drop them here, or draw some lesions.{everyday}");
    }
    let refused = if refused > 0 { format!(", {refused} could not be opened") } else { String::new() };
    let drawn = count(&|entry| entry.probabilities().is_some() && entry.truth(labels).is_some());
    let right = count(&|entry| entry.top().is_some() && entry.top() == entry.truth(labels));
    let drawings = if drawn > 0 {
        format!("; {right} of {drawn} drawings got the diagnosis they were drawn as")
    } else {
        String::new()
    };
    format!("{answered} of {} images classified{refused}{drawings}.{everyday}", entries.len())
}
