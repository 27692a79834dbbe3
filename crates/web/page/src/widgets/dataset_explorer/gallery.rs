//! Twelve small pictures, drawn a few in each frame so that the page never waits for them.

use catalog::Diagnosis;
use imaging::Rgb8;
use kit::foot::Download;
use kit::{Failure, canvas, dom};
use lesions::{Lesion, View};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::stage::{append, text};

/// Pictures of a sheet.
const PICTURES: u64 = 12;
/// Side of a picture, pixels.
const SIDE: u32 = 128;
/// Pictures in a row of the downloaded sheet.
const ROW: u32 = 4;
/// How long a frame may draw, milliseconds: half of one at 60 per second.
const TIME: f64 = 8.0;
/// The largest seed that the form can hold.
pub(crate) const LAST_SEED: u64 = 999_999;

/// Distance between the seeds with which the diagnoses begin: no reader presses "Draw more" so often.
const APART: u64 = 10_000;

/// The seed with which the gallery of a diagnosis begins: that of the form, 1, for nevi, with which it opens.
pub(crate) fn first_seed(diagnosis: Diagnosis) -> u64 {
    let after_nevus = Diagnosis::ALL.len() + diagnosis.index() - Diagnosis::Nv.index();
    1 + APART * (after_nevus % Diagnosis::ALL.len()) as u64
}

/// What the twelve pictures show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GallerySheet {
    pub(crate) diagnosis: Diagnosis,
    /// Seed of the first lesion, or of the only one.
    pub(crate) first: u64,
    /// Twelve pictures of one lesion, or one each of twelve.
    pub(crate) one_lesion: bool,
}

impl GallerySheet {
    /// Where the next sheet begins.
    pub(crate) fn next(self) -> u64 {
        self.first + if self.one_lesion { 1 } else { PICTURES }
    }

    /// What the sheet shows.
    pub(crate) fn title(self) -> String {
        let (name, abbreviation, first) = (self.diagnosis.name(), self.diagnosis.abbreviation(), self.first);
        if self.one_lesion {
            return format!("Synthetic {name} ({abbreviation}): twelve pictures of one lesion, seed {first}");
        }
        let last = first + PICTURES - 1;
        format!("Synthetic {name} ({abbreviation}): twelve lesions, seeds {first} to {last}")
    }

    fn caption(self, index: u64) -> String {
        if self.one_lesion {
            return format!("picture {}", index + 1);
        }
        format!("seed {}", self.first + index)
    }

    /// The pixels of one picture, `SIDE` × `SIDE`, RGB.
    fn draw(self, index: u64) -> Vec<u8> {
        let (seed, view) = if self.one_lesion { (self.first, index as u32) } else { (self.first + index, 0) };
        lesions::draw(&Lesion::sample(self.diagnosis, seed), &View::sample(seed, view), SIDE, SIDE)
    }
}

/// The sheet in the page.
pub(crate) struct Gallery {
    root: HtmlElement,
    title: HtmlElement,
    cells: Vec<(HtmlCanvasElement, HtmlElement)>,
    sheet: Option<GallerySheet>,
    /// Number of finished pictures.
    drawn: u64,
}

impl Gallery {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let root: HtmlElement = dom::create("figure", "explorer-gallery");
        let title = text("p", "explorer-title", "");
        append(&root, &title);
        let sheet: HtmlElement = dom::create("div", "explorer-sheet");
        let cell = |_| {
            let (canvas, caption) = (dom::create::<HtmlCanvasElement>("canvas", ""), text("span", "", ""));
            canvas.set_width(SIDE);
            canvas.set_height(SIDE);
            dom::set(&caption, "aria-hidden", "true");
            let cell: HtmlElement = dom::create("div", "");
            append(&cell, canvas.unchecked_ref());
            append(&cell, &caption);
            append(&sheet, &cell);
            (canvas, caption)
        };
        let cells = (0..PICTURES).map(cell).collect();
        append(&root, &sheet);
        let note = "Drawn in your browser, 128 × 128 pixels each. None is a photograph of a patient.";
        append(&root, &text("figcaption", "explorer-note", note));
        Self { root, title, cells, sheet: None, drawn: PICTURES }
    }

    /// The element to show.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.root
    }

    /// From now on this sheet is drawn.
    pub(crate) fn start(&mut self, sheet: GallerySheet) {
        self.title.set_text_content(Some(&sheet.title()));
        self.drawn = if self.sheet == Some(sheet) { PICTURES } else { 0 };
        self.sheet = Some(sheet);
    }

    /// Draws for a few milliseconds, one picture at least; whether some are left.
    pub(crate) fn draw_some(&mut self) -> Result<bool, Failure> {
        let Some(sheet) = self.sheet else { return Ok(false) };
        let start = dom::now();
        while self.drawn < PICTURES {
            let (canvas, caption) = &self.cells[self.drawn as usize];
            let pixels = Rgb8::new(SIDE, SIDE, sheet.draw(self.drawn)).map_err(|e| {
                Failure::new(format!("The lesion could not be drawn ({e}). Please report it."))
            })?;
            canvas::draw(canvas, &pixels)?;
            let words = sheet.caption(self.drawn);
            dom::set(canvas, "aria-label", &format!("Synthetic {}, {words}", sheet.diagnosis.name()));
            dom::set(canvas, "role", "img");
            caption.set_text_content(Some(&words));
            self.drawn += 1;
            if dom::now() - start > TIME {
                break;
            }
        }
        Ok(self.drawn < PICTURES)
    }

    /// All pictures in one, once they are finished.
    pub(crate) fn download(&self) -> Option<Download> {
        let sheet = self.sheet.filter(|_| self.drawn == PICTURES)?;
        let whole: HtmlCanvasElement = dom::create("canvas", "");
        whole.set_width(ROW * SIDE);
        whole.set_height(PICTURES as u32 / ROW * SIDE);
        let context = canvas::context(&whole).ok()?;
        for (index, (canvas, _)) in (0..).zip(&self.cells) {
            let (x, y) = (index % ROW * SIDE, index / ROW * SIDE);
            context.draw_image_with_html_canvas_element(canvas, x.into(), y.into()).ok()?;
        }
        let kind = if sheet.one_lesion { "views" } else { "lesions" };
        let name =
            format!("{}-{}-{kind}.png", sheet.diagnosis.abbreviation().to_ascii_lowercase(), sheet.first);
        Some((whole, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESIONS: GallerySheet = GallerySheet { diagnosis: Diagnosis::Bcc, first: 13, one_lesion: false };
    const VIEWS: GallerySheet = GallerySheet { one_lesion: true, ..LESIONS };

    #[test]
    fn the_next_sheet_begins_where_this_one_ends() {
        assert_eq!(LESIONS.title(), "Synthetic basal cell carcinoma (BCC): twelve lesions, seeds 13 to 24");
        assert_eq!((LESIONS.next(), VIEWS.next()), (25, 14));
        assert_eq!((LESIONS.caption(11), VIEWS.caption(11)), ("seed 24".to_owned(), "picture 12".to_owned()));
    }

    #[test]
    fn no_two_diagnoses_begin_with_the_same_seeds() {
        let mut seeds: Vec<_> = Diagnosis::ALL.map(first_seed).into();
        assert_eq!((first_seed(Diagnosis::Nv), first_seed(Diagnosis::Mel)), (1, 70_001));
        seeds.sort_unstable();
        assert!(seeds.windows(2).all(|pair| pair[1] - pair[0] >= APART), "{seeds:?}");
        assert!(seeds.iter().all(|seed| *seed <= LAST_SEED));
    }

    #[test]
    fn a_lesion_s_first_picture_is_the_one_that_all_widgets_draw() {
        let sample = |seed| lesions::draw_sample(Diagnosis::Bcc, seed, SIDE, SIDE);
        assert_eq!([LESIONS.draw(0), LESIONS.draw(2), VIEWS.draw(0)], [sample(13), sample(15), sample(13)]);
        assert_ne!(VIEWS.draw(1), VIEWS.draw(0));
    }
}
