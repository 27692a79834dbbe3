//! The arithmetic from the averages to the probability, with this image's values.

use catalog::number::grouped;
use kit::canvas;
use kit::dom::{self, child};
use kit::failure::Failure;
use numerics::math;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::class_evidence::{ClassEvidence, EvidenceClass, ScoreTerm};
use crate::network::words::percent;
use crate::stage::significant::{number, signed};

/// Height of the strip of averages, canvas pixels.
const STRIP: usize = 56;
/// Canvas pixels of an average's bar.
const BAR: usize = 2;

/// Three steps: average, weigh and add, softmax.
pub(super) struct ScoreSum {
    root: HtmlElement,
    strip: HtmlCanvasElement,
    strip_caption: HtmlElement,
    table: HtmlElement,
    where_from: HtmlElement,
    softmax: HtmlElement,
}

impl ScoreSum {
    pub(super) fn new(parent: &HtmlElement) -> Self {
        let root = child(parent, "div", "evidence-sum");
        title(&root, "1. Average each map");
        let strip: HtmlCanvasElement = child(&root, "canvas", "evidence-strip").unchecked_into();
        dom::set(&strip, "role", "img");
        let strip_caption = child(&root, "p", "evidence-caption");
        title(&root, "2. Weight the averages and add them up");
        let scroll = child(&root, "div", "evidence-scroll");
        let table = child(&scroll, "table", "evidence-terms");
        let where_from = child(&root, "p", "evidence-line");
        title(&root, "3. Softmax");
        let softmax = child(&root, "p", "evidence-line");
        root.set_hidden(true);
        Self { root, strip, strip_caption, table, where_from, softmax }
    }

    pub(super) fn hide(&self) {
        self.root.set_hidden(true);
    }

    /// Shows how the probability of class `at` comes about; `name` is the class in words.
    pub(super) fn show(&self, weighed: &ClassEvidence, at: usize, name: &str) -> Result<(), Failure> {
        let Some(class) = weighed.classes.get(at) else { return Ok(()) };
        self.root.set_hidden(false);
        self.show_strip(weighed, class)?;
        self.show_terms(weighed, class, name);
        let [rows, columns] = weighed.size;
        self.where_from.set_text_content(Some(&format!(
            "The same from the picture: the mean of the map's {rows} × {columns} values is {}; with the bias {} that gives {}.",
            number(class.mean()),
            signed(class.bias),
            number(class.mean() + class.bias),
        )));
        self.softmax.set_text_content(Some(&softmax_words(weighed, class, name)));
        Ok(())
    }

    /// A bar for each average; those of the listed terms in the colour of their sign.
    fn show_strip(&self, weighed: &ClassEvidence, class: &EvidenceClass) -> Result<(), Failure> {
        let (width, most) = (weighed.pooled.len() * BAR, weighed.pooled.iter().copied().fold(0.0, f32::max));
        let colour = |channel: usize| {
            let named = |terms: &[ScoreTerm]| terms.iter().any(|term| term.channel == channel);
            if named(&class.adding) {
                imaging::palette::signed(1.0)
            } else if named(&class.taking) {
                imaging::palette::signed(-1.0)
            } else {
                [110; 3]
            }
        };
        let mut rgba = vec![255; width * STRIP * 4];
        for (channel, mean) in weighed.pooled.iter().enumerate() {
            let height = (mean.max(0.0) / most.max(f32::MIN_POSITIVE) * STRIP as f32) as usize;
            let [r, g, b] = colour(channel);
            for row in STRIP - height.min(STRIP)..STRIP {
                for column in channel * BAR..(channel + 1) * BAR {
                    let place = (row * width + column) * 4;
                    rgba[place..place + 3].copy_from_slice(&[r, g, b]);
                }
            }
        }
        canvas::draw_rgba(&self.strip, width as u32, &rgba)?;
        let count = weighed.pooled.len();
        let largest = weighed.pooled.iter().position(|mean| *mean >= most).unwrap_or_default();
        let words = format!(
            "{} averages of {}, one per map; the largest is {}, of map {largest}. The maps listed below are red and blue.",
            grouped(count as u32),
            weighed.layer,
            number(most)
        );
        self.strip_caption.set_text_content(Some(&words));
        dom::set(&self.strip, "aria-label", &words);
        Ok(())
    }

    fn show_terms(&self, weighed: &ClassEvidence, class: &EvidenceClass, name: &str) {
        self.table.set_text_content(None);
        let caption = child(&self.table, "caption", "");
        caption.set_text_content(Some(&format!("How the logit of {name} adds up")));
        let head = child(&child(&self.table, "thead", ""), "tr", "");
        for words in ["Map", "Average × weight", "Product"] {
            let cell = child(&head, "th", "");
            dom::set(&cell, "scope", "col");
            cell.set_text_content(Some(words));
        }
        let body = child(&self.table, "tbody", "");
        let most = class.adding.iter().chain(&class.taking).map(|term| term.product.abs());
        let most = most.fold(f32::MIN_POSITIVE, f32::max);
        for term in class.adding.iter().chain(class.taking.iter().rev()) {
            let words = format!("{} × {}", number(term.pooled), number(term.weight));
            let row = row(&body, &term.channel.to_string(), &words, term.product);
            dom::set(&row, "data-channel", &term.channel.to_string());
            let style = format!("--share:{:.4}", term.product.abs() / most);
            dom::set(&row, "style", &style);
        }
        let others = weighed.pooled.len() - class.adding.len() - class.taking.len();
        row(&body, &format!("the other {}", grouped(others as u32)), "", class.rest());
        row(&body, "bias", "", class.bias);
        let total = child(&child(&self.table, "tfoot", ""), "tr", "");
        let words = child(&total, "th", "");
        dom::set(&words, "scope", "row");
        dom::set(&words, "colspan", "2");
        words.set_text_content(Some("logit"));
        child(&total, "td", "evidence-adds").set_text_content(Some(&number(class.logit)));
    }
}

fn title(parent: &HtmlElement, words: &str) {
    child(parent, "h4", "evidence-title").set_text_content(Some(words));
}

fn row(body: &HtmlElement, map: &str, words: &str, adds: f32) -> HtmlElement {
    let row = child(body, "tr", "");
    let name = child(&row, "th", "");
    dom::set(&name, "scope", "row");
    name.set_text_content(Some(map));
    child(&row, "td", "").set_text_content(Some(words));
    let number = child(&row, "td", "evidence-adds");
    number.set_text_content(Some(&signed(adds)));
    dom::set(&row, "data-sign", if adds < 0.0 { "negative" } else { "positive" });
    dom::set(&row, "data-adds", &adds.to_string());
    row
}

/// From the logits of all classes to the probability of one.
fn softmax_words(weighed: &ClassEvidence, class: &EvidenceClass, name: &str) -> String {
    let digits = |value: f64| if value < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") };
    format!(
        "e to the power of {} is {}; summed over all classes it is {}. The share of {name} is {}.",
        number(class.logit),
        digits(math::exp64(class.logit.into())),
        digits(weighed.power),
        percent(class.probability)
    )
}
