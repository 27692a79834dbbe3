//! The widget's pictures: the image, the network's input, and room for the bars.

use catalog::model::ModelCard;
use imaging::resize::resize;
use kit::canvas;
use kit::dom::{self, child};
use kit::failure::Failure;
use kit::picture::{Picture, PictureOrigin};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

/// The stage's elements.
pub(super) struct ClassifierView {
    root: HtmlElement,
    picture: HtmlCanvasElement,
    caption: HtmlElement,
    seen: HtmlCanvasElement,
    seen_caption: HtmlElement,
    answers: HtmlElement,
    note: HtmlElement,
}

impl ClassifierView {
    /// Everything at its place from the start, so that nothing jumps later.
    pub(super) fn new() -> Self {
        let root: HtmlElement = dom::create("div", "classifier");
        dom::set(&root, "data-picture", "");
        let main = child(&root, "div", "classifier-main");
        let pictures = child(&main, "div", "classifier-pictures");
        let (picture, caption) = figure(&pictures, "classifier-picture");
        let (seen, seen_caption) = figure(&pictures, "classifier-seen");
        let answer = child(&main, "div", "classifier-answer");
        let answers = child(&answer, "div", "classifier-sides");
        let note = child(&answer, "p", "classifier-note");
        Self { root, picture, caption, seen, seen_caption, answers, note }
    }

    pub(super) fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Where the bars go.
    pub(super) fn answers(&self) -> &HtmlElement {
        &self.answers
    }

    pub(super) fn picture_canvas(&self) -> HtmlCanvasElement {
        self.picture.clone()
    }

    /// Shows the image and what the network of this card will see of it.
    pub(super) fn show_picture(&self, picture: &Picture, card: &ModelCard) -> Result<(), Failure> {
        let side = card.input.size;
        canvas::draw(&self.picture, &picture.pixels)?;
        canvas::draw(&self.seen, &resize(&picture.pixels, side, side))?;
        let caption = picture.caption();
        describe(&self.picture, &caption);
        self.caption.set_text_content(Some(&caption));
        let seen = format!("The network's input: {}", picture.as_square(side));
        describe(&self.seen, &seen);
        self.seen_caption.set_text_content(Some(&seen));
        let own_image = matches!(picture.origin, PictureOrigin::Own(_));
        let note = match (card.licence.is_empty(), own_image) {
            _ if card.names_everyday_things() => {
                "This network learned 1,000 everyday classes from photographs, and none of them is a diagnosis: for a lesion it \
                 names the one that looks most similar. Nothing here is medical advice."
            }
            (false, false) if card.has_seen_patients() => {
                "This network was trained on photographs of real lesions, and this is a drawing. Nothing here is medical advice."
            }
            (false, true) if card.has_seen_patients() => {
                "This network was trained on photographs of one collection. It is often wrong, and more often with another \
                 camera or other skin. Nothing here is medical advice."
            }
            (true, _) => {
                "This is your own network: the book does not know what it was trained on. Nothing here is medical advice."
            }
            (false, false) => {
                "The network was trained on drawings like this one. Nothing here is medical advice."
            }
            (false, true) => {
                "This network was trained on drawings only, so its answer means nothing for real skin. \
                 Nothing here is medical advice."
            }
        };
        self.note.set_text_content(Some(note));
        dom::set(&self.note, "data-own", if own_image { "true" } else { "false" });
        Ok(())
    }
}

/// A canvas with words under it.
fn figure(parent: &HtmlElement, class: &str) -> (HtmlCanvasElement, HtmlElement) {
    let figure = child(parent, "figure", class);
    let mat = child(&figure, "div", "classifier-mat");
    let canvas: HtmlCanvasElement = child(&mat, "canvas", "").unchecked_into();
    (canvas, child(&figure, "figcaption", ""))
}

/// Makes the canvas an image for who cannot see it; without its words it would be one with no name.
fn describe(canvas: &HtmlCanvasElement, words: &str) {
    dom::set(canvas, "aria-label", words);
    dom::set(canvas, "role", "img");
}
