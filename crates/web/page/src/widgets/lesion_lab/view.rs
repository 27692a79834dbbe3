//! The lab in the page: the picture, what it shows, the other pictures of the lesion, and the sliders by group.

use imaging::Rgb8;
use kit::{Failure, Section, canvas, dom};
use lesions::Lesion;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::PICTURES;
use super::signs::LesionSign;
use crate::stage::{append, text};

/// Side of the picture while a slider moves, pixels: what a network would see, drawn in a frame.
pub(crate) const LIVE: u32 = 224;
/// Side of the picture at rest.
pub(crate) const FINE: u32 = 448;
/// Side of the other pictures.
pub(crate) const SMALL: u32 = 96;

/// The stage.
pub(crate) struct LesionView {
    picture: HtmlCanvasElement,
    title: HtmlElement,
    colours: HtmlElement,
    signs: HtmlElement,
    others: Vec<(HtmlElement, HtmlCanvasElement)>,
}

impl LesionView {
    pub(crate) fn new(section: &Section) -> Self {
        let root: HtmlElement = dom::create("div", "lesion-lab");
        let figure: HtmlElement = dom::create("figure", "lesion-picture");
        let (picture, mat) = canvas_on_mat("div");
        let title = text("figcaption", "", "");
        dom::set(&mat, "data-picture", "");
        append(&figure, &mat);
        append(&figure, &title);
        let beside: HtmlElement = dom::create("div", "lesion-words");
        append(&beside, &text("p", "lesion-heading", "What this lesion shows"));
        let (colours, signs) = (text("p", "", ""), dom::create::<HtmlElement>("ul", "lesion-signs"));
        append(&beside, &signs);
        append(&beside, &colours);
        let strip: HtmlElement = dom::create("div", "lesion-others");
        dom::set(&strip, "role", "group");
        dom::set(&strip, "aria-label", "The same lesion, photographed four times");
        let others = (1..=PICTURES)
            .map(|number| {
                let (canvas, button) = canvas_on_mat("button");
                dom::set(&button, "type", "button");
                dom::set(&button, "aria-label", &("Picture ".to_owned() + &number.to_string()));
                append(&strip, &button);
                (button, canvas)
            })
            .collect();
        append(&root, &figure);
        append(&root, &strip);
        section.show(&root);
        section.note(&beside);
        Self { picture, title, colours, signs, others }
    }

    /// The large picture.
    pub(crate) fn canvas(&self) -> &HtmlCanvasElement {
        &self.picture
    }

    /// A button for each picture of the lesion.
    pub(crate) fn buttons(&self) -> impl Iterator<Item = &HtmlElement> {
        self.others.iter().map(|(button, _)| button)
    }

    /// Draws the large picture in `side` × `side` pixels.
    pub(crate) fn draw(&self, lesion: &Lesion, view: &lesions::View, side: u32) -> Result<(), Failure> {
        draw(&self.picture, lesion, view, side)
    }

    /// Draws one of the small pictures.
    pub(crate) fn draw_small(
        &self,
        lesion: &Lesion,
        view: &lesions::View,
        picture: u32,
        chosen: u32,
    ) -> Result<(), Failure> {
        let (button, canvas) = &self.others[picture as usize];
        dom::set(button, "aria-pressed", if picture == chosen { "true" } else { "false" });
        draw(canvas, lesion, view, SMALL)
    }

    /// Says what the lesion shows.
    pub(crate) fn explain(&self, title: &str, summary: &str, colours: &str, present: &[(&LesionSign, bool)]) {
        self.title.set_text_content(Some(title));
        // An image only from here on: without its words it would be one that nobody can hear. The small ones are in
        // buttons, which have names of their own.
        dom::set(&self.picture, "aria-label", &(title.to_owned() + ": " + summary));
        dom::set(&self.picture, "role", "img");
        self.colours.set_text_content(Some(colours));
        self.signs.set_text_content(None);
        for (sign, faint) in present {
            let item: HtmlElement = dom::create("li", "");
            append(&item, &text("b", "", sign.title));
            append(&item, &text("span", "", if *faint { " (faint). " } else { ". " }));
            append(&item, &text("span", "", sign.meaning));
            append(&self.signs, &item);
        }
        if present.is_empty() {
            append(&self.signs, &text("li", "", "No sign is clearly visible."));
        }
    }
}

/// A canvas on the neutral grey that keeps skin the same in every theme.
fn canvas_on_mat(tag: &str) -> (HtmlCanvasElement, HtmlElement) {
    let (canvas, mat) =
        (dom::create::<HtmlCanvasElement>("canvas", ""), dom::create::<HtmlElement>(tag, "mat"));
    append(&mat, &canvas);
    (canvas, mat)
}

fn draw(target: &HtmlCanvasElement, lesion: &Lesion, view: &lesions::View, side: u32) -> Result<(), Failure> {
    let pixels = Rgb8::new(side, side, lesions::draw(lesion, view, side, side))
        .map_err(|e| Failure::new(format!("The lesion could not be drawn ({e}). Please report it.")))?;
    canvas::draw(target, &pixels)
}
