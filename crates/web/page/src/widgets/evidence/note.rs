//! How far the image lies from those of the training, and a warning where it is farther than they are.

use std::cell::RefCell;
use std::rc::Rc;

use catalog::manifest::ModelFile;
use js_sys::{Float32Array, JSON};
use kit::dom;
use kit::failure::Failure;
use kit::fetched;
use nn::typical::distance_to_nearest;
use numerics::decimal;
use web_sys::HtmlElement;

use crate::parsed::{field, items, numbers};

const FILE: &str = "What the book knows of the network's training images";

/// What images like those of a model's training look like from inside: `catalog::typical::Typical` without its tables.
pub(super) struct Typical {
    sha256: String,
    classes: Vec<Vec<f32>>,
    deviation: Vec<f32>,
    threshold: f32,
    percentile: f64,
}

/// The file of the model asked for last.
#[derive(Default)]
pub(super) struct Shelf(RefCell<Option<Rc<Typical>>>);

impl Shelf {
    /// What is known of a model's training images; `None` if nothing was measured.
    ///
    /// # Errors
    /// [`Failure`] in words for the reader: a file that does not come or is another model's.
    pub(super) async fn of(&self, model: &ModelFile) -> Result<Option<Rc<Typical>>, Failure> {
        let Some(address) = &model.typical else { return Ok(None) };
        if let Some(typical) = self.0.borrow().as_ref().filter(|typical| typical.sha256 == model.sha256) {
            return Ok(Some(Rc::clone(typical)));
        }
        let text = fetched::text(address, FILE).await?;
        let typical = Typical::read(&text).filter(|typical| typical.sha256 == model.sha256);
        let typical = Rc::new(typical.ok_or_else(|| fetched::damaged(FILE))?);
        self.0.replace(Some(Rc::clone(&typical)));
        Ok(Some(typical))
    }
}

impl Typical {
    fn read(text: &str) -> Option<Self> {
        let file = JSON::parse(text).ok()?;
        let classes = items(&file, "classes");
        let typical = Self {
            sha256: field(&file, "model_sha256").as_string()?,
            classes: classes.iter().map(|means| Float32Array::new(means).to_vec()).collect(),
            deviation: numbers(&file, "deviation"),
            threshold: field(&file, "threshold").as_f64()? as f32,
            percentile: field(&file, "percentile").as_f64()?,
        };
        let fits = |means: &Vec<f32>| means.len() == typical.deviation.len();
        typical.classes.iter().all(fits).then_some(typical)
    }
}

/// Writes the note about an image with these averages; for tests it carries `data-distance` and `data-threshold`.
pub(super) fn show(note: &HtmlElement, pooled: &[f32], typical: Option<&Typical>) {
    let fits = typical.filter(|typical| typical.deviation.len() == pooled.len());
    let distance = fits.and_then(|t| Some((t, distance_to_nearest(pooled, &t.classes, &t.deviation)?)));
    let Some((typical, distance)) = distance else { return say_unknown(note) };
    let Typical { threshold, percentile, .. } = typical;
    let far = distance > *threshold;
    let numbers = format!(
        "Distance from the images of its training: {} standard deviations to the nearest diagnosis; {} of 100 validation images \
         lie below {}.",
        decimal::fixed(distance.into(), 2),
        decimal::shortest(*percentile),
        decimal::fixed(f64::from(*threshold), 2),
    );
    let words = if far {
        format!(
            "This image looks unlike anything that the network was trained on: do not read much into its answer. {numbers}"
        )
    } else {
        format!("{numbers} That this one does, too, is no sign that the answer is right.")
    };
    note.set_text_content(Some(&words));
    note.set_hidden(false);
    dom::set(note, "data-far", if far { "true" } else { "false" });
    dom::set(note, "data-distance", &decimal::shortest_single(distance));
    dom::set(note, "data-threshold", &decimal::shortest_single(*threshold));
}

/// Nobody measured the images of the network's training.
fn say_unknown(note: &HtmlElement) {
    hide(note);
    note.set_text_content(Some(
        "The book did not measure the images that this network was trained on, so it cannot say whether this image looks unlike \
         them.",
    ));
    note.set_hidden(false);
}

pub(super) fn hide(note: &HtmlElement) {
    note.set_hidden(true);
    for name in ["data-far", "data-distance", "data-threshold"] {
        let _may_be_missing = note.remove_attribute(name);
    }
}
