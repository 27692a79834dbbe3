//! `dataset-explorer`: how many images a data set holds, what its lesions look like, and which image goes where.

mod gallery;
mod outcome;
mod scale;
mod view;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::Diagnosis;
use catalog::census::{self, Census};
use datasets::{Shares, SplitUnit};
use kit::dom::{self, Frame};
use kit::section::Busy;
use kit::{Change, Failure, Form, Section, foot};

use crate::stage::number;
use gallery::{Gallery, GallerySheet};
use outcome::{SplitCounts, shared};
use view::DatasetView;

/// The three sliders, in the order of the parts.
const SLIDERS: [&str; 3] = ["training", "validation", "test"];
/// What the text's example, the activity's percentages, sums up to.
const TEXT_S: [u32; 3] = [65, 20, 15];

struct DatasetExplorer {
    section: Section,
    form: Form,
    view: DatasetView,
    gallery: Gallery,
    /// Percentages that the reader last set for each part; what the others leave is shared out in their ratio.
    wanted: [u32; 3],
    /// What is shown now, so that only changes are written.
    shown: Option<DatasetSettings>,
    busy: Option<Busy>,
}

/// What one of the three views depends on.
#[derive(Clone, Copy, PartialEq)]
enum DatasetSettings {
    Counts { census: &'static Census, logarithmic: bool },
    Gallery(GallerySheet),
    Folders { census: &'static Census, by: SplitUnit, shares: [u32; 3], seed: u64 },
}

/// Mounts the explorer into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let gallery = Gallery::new();
    let explorer = Rc::new(RefCell::new(DatasetExplorer {
        view: DatasetView::new(section, gallery.element()),
        gallery,
        section: section.clone(),
        form: form.clone(),
        wanted: TEXT_S,
        shown: None,
        busy: None,
    }));
    explorer.borrow_mut().check_shares();
    if !form.was_in_address("first") {
        explorer.borrow().begin_elsewhere();
    }
    // The frame asks for itself again while pictures are missing.
    let again: Rc<RefCell<Option<Frame>>> = Rc::default();
    let frame = {
        let (explorer, again) = (Rc::clone(&explorer), Rc::clone(&again));
        Frame::new(move || {
            if explorer.borrow_mut().redraw() {
                again.borrow().iter().for_each(Frame::request);
            }
        })
    };
    *again.borrow_mut() = Some(frame.clone());
    let changing = Rc::clone(&explorer);
    let request = frame.clone();
    form.on_change(move |change| {
        changing.borrow_mut().changed(change);
        request.request();
    });
    let downloading = Rc::clone(&explorer);
    foot::bind(section, &form, move || downloading.borrow().gallery.download());
    explorer.borrow_mut().expect_redraw();
    frame.request();
    Ok(())
}

impl DatasetExplorer {
    fn expect_redraw(&mut self) {
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
    }

    fn changed(&mut self, change: Change) {
        self.expect_redraw();
        match change {
            Change::Control(name) => {
                if name == "diagnosis" {
                    self.begin_elsewhere();
                }
                if let Some(moved) = SLIDERS.iter().position(|slider| *slider == name) {
                    self.share_rest(moved);
                }
            }
            Change::Action(_) => self.draw_more(),
            Change::Reset => self.check_shares(),
        }
    }

    fn shares(&self) -> [u32; 3] {
        SLIDERS.map(|slider| self.form.number(slider) as u32)
    }

    /// The two other sliders share what the moved one leaves.
    fn share_rest(&mut self, moved: usize) {
        let value = self.form.number(SLIDERS[moved]) as u32;
        self.wanted[moved] = value;
        self.set_shares(shared(self.wanted, moved, value));
    }

    fn set_shares(&self, shares: [u32; 3]) {
        for (slider, share) in SLIDERS.iter().zip(shares) {
            self.form.set(slider, &share.to_string());
        }
        self.section.settle("shares");
    }

    /// A link may have three percentages that do not add up.
    fn check_shares(&mut self) {
        let shares = self.shares();
        self.wanted = shares;
        if let Err(error) = Shares::new(shares[0], shares[1], shares[2]) {
            self.wanted = TEXT_S;
            self.set_shares(TEXT_S);
            self.section.warn("shares", words::refused(error));
        }
    }

    /// Hair and skin follow from the seed alone: each diagnosis begins with seeds of its own, unless the reader chose one.
    fn begin_elsewhere(&self) {
        let Some(diagnosis) = Diagnosis::from_abbreviation(&self.form.text("diagnosis")) else { return };
        self.form.set_derived("first", &gallery::first_seed(diagnosis).to_string());
    }

    /// The gallery continues where it ends; after the last seed it begins again.
    fn draw_more(&self) {
        let Some(sheet) = self.sheet() else { return };
        let next = sheet.next();
        self.form.set("first", &if next > gallery::LAST_SEED { 0 } else { next }.to_string());
    }

    fn sheet(&self) -> Option<GallerySheet> {
        Some(GallerySheet {
            diagnosis: Diagnosis::from_abbreviation(&self.form.text("diagnosis"))?,
            first: self.form.number("first") as u64,
            one_lesion: self.form.text("pictures") == "views",
        })
    }

    /// What the form asks for; `None` if it offers something that is not there.
    fn settings(&self) -> Option<DatasetSettings> {
        let form = &self.form;
        let census = || census::census(&form.text("data"));
        Some(match form.text("show").as_str() {
            "counts" => {
                DatasetSettings::Counts { census: census()?, logarithmic: form.text("axis") == "logarithmic" }
            }
            "gallery" => DatasetSettings::Gallery(self.sheet()?),
            _ => DatasetSettings::Folders {
                census: census()?,
                by: if form.text("by") == "image" { SplitUnit::Image } else { SplitUnit::Lesion },
                shares: self.shares(),
                seed: form.number("seed") as u64,
            },
        })
    }

    /// Shows what the form says; whether something is left for the next frame.
    fn redraw(&mut self) -> bool {
        let busy = self.busy.take();
        match self.try_redraw() {
            Ok(true) => {
                self.busy = busy;
                return true;
            }
            Ok(false) => self.section.settle("drawing"),
            Err(failure) => self.section.warn("drawing", failure.0),
        }
        false
    }

    fn try_redraw(&mut self) -> Result<bool, Failure> {
        let settings = self.settings().ok_or_else(|| {
            Failure::new(
                "The form offers a data set or a diagnosis that this widget does not know. Reload the page.",
            )
        })?;
        let start = dom::now();
        if self.shown != Some(settings) {
            self.shown = Some(settings);
            dom::set(self.section.element(), "data-show", &self.form.text("show"));
            match settings {
                DatasetSettings::Counts { census, logarithmic } => {
                    self.view.show_counts(census, logarithmic);
                    self.section.speak(words::whole(census) + ". " + &words::laziest(census));
                }
                DatasetSettings::Gallery(sheet) => {
                    self.gallery.start(sheet);
                    self.section.speak(sheet.title() + ".");
                }
                DatasetSettings::Folders { census, by, shares, seed } => {
                    let [training, validation, test] = shares;
                    // They sum to 100: a bad link was refused, and sliders keep the sum.
                    let Ok(allowed) = Shares::new(training, validation, test) else { return Ok(false) };
                    let outcome = SplitCounts::of(census, allowed, by, seed);
                    let rule = words::rule(by, shares, seed);
                    self.view.show_folders(census, &outcome, &rule);
                    let folders = words::folders(&outcome);
                    self.section.speak(rule + ". " + &folders + " " + &words::verdict(census, &outcome));
                }
            }
        }
        let more = matches!(settings, DatasetSettings::Gallery(_)) && self.gallery.draw_some()?;
        self.section.cost(&(number((dom::now() - start) as f32, 1) + " ms, WASM in this page"));
        Ok(more)
    }
}
