//! How far the image is from the training images, and a warning if it is unusually far.

use std::cell::RefCell;
use std::rc::Rc;

use catalog::manifest::ModelFile;
use catalog::typical::Typical;
use kit::dom;
use kit::failure::Failure;
use kit::fetched;
use nn::typical::distance_to_nearest;
use web_sys::HtmlElement;

const FILE: &str = "The book's file about the network's training images";

/// The file of the model asked for last.
#[derive(Default)]
pub(super) struct TypicalCache(RefCell<Option<Rc<Typical>>>);

impl TypicalCache {
    /// What is known of a model's training images; `None` if nothing was measured.
    ///
    /// # Errors
    /// [`Failure`] in words for the reader: a file that does not come or is another model's.
    pub(super) async fn of(&self, model: &ModelFile) -> Result<Option<Rc<Typical>>, Failure> {
        let Some(address) = &model.typical else { return Ok(None) };
        if let Some(typical) = self.0.borrow().as_ref().filter(|known| known.model_sha256 == model.sha256) {
            return Ok(Some(Rc::clone(typical)));
        }
        let typical: Typical = fetched::json(address, FILE).await?;
        let fits = |means: &Vec<f32>| means.len() == typical.deviation.len();
        if typical.model_sha256 != model.sha256 || !typical.classes.iter().all(fits) {
            return Err(fetched::damaged(FILE));
        }
        let typical = Rc::new(typical);
        self.0.replace(Some(Rc::clone(&typical)));
        Ok(Some(typical))
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
        "Distance from the training images: {distance:.2} standard deviations to the nearest diagnosis. {percentile} % of the \
         validation images are closer than {threshold:.2}."
    );
    let words = if far {
        format!(
            "To the network, this image looks unlike everything it was trained on, so its answer means little. {numbers}"
        )
    } else {
        format!("{numbers} So is this image, but that does not mean that the answer is right.")
    };
    note.set_text_content(Some(&words));
    note.set_hidden(false);
    dom::set(note, "data-far", if far { "true" } else { "false" });
    dom::set(note, "data-distance", &distance.to_string());
    dom::set(note, "data-threshold", &threshold.to_string());
}

/// For a network whose training images were not measured.
fn say_unknown(note: &HtmlElement) {
    hide(note);
    note.set_text_content(Some(
        "The book has not measured the images that this network was trained on, so it cannot say whether this image is unlike \
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
