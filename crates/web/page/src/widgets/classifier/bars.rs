//! A bar for each of a network's labels.

use std::cell::RefCell;
use std::rc::Rc;

use catalog::Diagnosis;
use catalog::manifest::{MOST_NAMED, ModelFile};
use kit::dom::{self, child};
use kit::picture::{Picture, PictureOrigin};
use web_sys::HtmlElement;

use crate::network::words;

/// The rows if there are more than [`MOST_NAMED`] labels: those of the most probable. Before the answer nobody knows which
/// labels those are.
const RANKS: [&str; 5] = ["most probable", "second", "third", "fourth", "fifth"];

/// The bars of one network.
pub(super) struct ProbabilityBars {
    title: HtmlElement,
    list: HtmlElement,
    rows: RefCell<Vec<BarRow>>,
    labels: RefCell<Vec<String>>,
    /// Places of the rows' labels.
    places: RefCell<Vec<usize>>,
}

/// What the bars show, in the order of the labels.
pub(super) struct ShownAnswer {
    /// 0 to 1.
    pub(super) probabilities: Vec<f32>,
    /// Any real number.
    pub(super) logits: Vec<f32>,
}

/// One label.
struct BarRow {
    label: String,
    element: HtmlElement,
    fill: HtmlElement,
    number: HtmlElement,
    tag: HtmlElement,
}

impl ProbabilityBars {
    /// At the end of `parent`, without labels.
    pub(super) fn new(parent: &HtmlElement) -> Rc<Self> {
        let title = child(parent, "p", "classifier-title");
        title.set_hidden(true);
        let list = child(parent, "ol", "classifier-bars");
        Rc::new(Self {
            title,
            list,
            rows: RefCell::default(),
            labels: RefCell::default(),
            places: RefCell::default(),
        })
    }

    /// Whether the network's name is shown above, as it must be if there are two.
    pub(super) fn show_title(&self, shown: bool) {
        self.title.set_hidden(!shown);
    }

    /// The network's name.
    pub(super) fn set_title(&self, title: &str) {
        self.title.set_text_content(Some(title));
    }

    /// One empty row per label, or if there are many, one for each of the most probable.
    pub(super) fn set_labels(&self, model: &ModelFile) {
        self.labels.replace(model.card.labels.clone());
        let many = model.classes > MOST_NAMED;
        let name = if many { "The five most probable classes" } else { "Probability of each diagnosis" };
        dom::set(&self.list, "aria-label", name);
        if many {
            self.list.set_text_content(None);
            self.rows.replace(RANKS.iter().map(|rank| BarRow::new(&self.list, rank)).collect());
            self.places.replace(Vec::new());
        } else {
            self.make_rows((0..model.card.labels.len()).collect());
        }
    }

    /// Rows of the labels at these places.
    fn make_rows(&self, places: Vec<usize>) {
        self.list.set_text_content(None);
        let labels = self.labels.borrow();
        self.rows.replace(places.iter().map(|&place| BarRow::new(&self.list, &labels[place])).collect());
        self.places.replace(places);
    }

    /// Empties the bars: what they showed was about another image.
    pub(super) fn clear(&self) {
        self.rows.borrow().iter().for_each(BarRow::clear);
    }

    /// Fills the bars.
    pub(super) fn show(&self, answer: &ShownAnswer, picture: Option<&Picture>) {
        let drawn = picture.and_then(|picture| match &picture.origin {
            PictureOrigin::Drawn(drawn) => Some(drawn.diagnosis),
            PictureOrigin::Own(_) => None,
        });
        let order = answer.order();
        if order.len() > MOST_NAMED {
            self.make_rows(order.iter().copied().take(RANKS.len()).collect());
        }
        for (row, &place) in self.rows.borrow().iter().zip(self.places.borrow().iter()) {
            let Some(&probability) = answer.probabilities.get(place) else { continue };
            let as_drawn = drawn.is_some_and(|drawn| is_named(drawn, &row.label));
            row.show(probability, answer.logits.get(place).copied(), order.first() == Some(&place), as_drawn);
        }
    }

    /// The answer in one sentence for a screen reader.
    pub(super) fn spoken(&self, answer: &ShownAnswer) -> String {
        let labels = self.labels.borrow();
        let name = |place: usize| labels.get(place).map(|label| words::diagnosis(label)).unwrap_or_default();
        let named =
            |place: &usize| format!("{} {}", name(*place), words::percent(answer.probabilities[*place]));
        match answer.order().as_slice() {
            [first, second, ..] => format!("The network says {}, then {}.", named(first), named(second)),
            _ => String::new(),
        }
    }
}

impl ShownAnswer {
    /// Indices of the labels, most probable first; equal ones in their order.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.probabilities.len()).collect();
        order.sort_by(|&a, &b| self.probabilities[b].total_cmp(&self.probabilities[a]));
        order
    }
}

/// Whether a label means a diagnosis: its abbreviation, or benign or malignant.
fn is_named(diagnosis: Diagnosis, label: &str) -> bool {
    let side = if diagnosis.is_malignant() { "malignant" } else { "benign" };
    label == diagnosis.abbreviation() || label == side
}

impl BarRow {
    fn new(list: &HtmlElement, label: &str) -> Self {
        let element = child(list, "li", "classifier-row");
        dom::set(&element, "data-label", label);
        let name = child(&element, "span", "classifier-name");
        if let Some(diagnosis) = Diagnosis::from_abbreviation(label) {
            child(&name, "b", "").set_text_content(Some(label));
            let _never_refused = name.append_with_str_1(&format!(" {}", diagnosis.name()));
        } else {
            name.set_text_content(Some(label));
        }
        let tag = child(&name, "span", "classifier-tag");
        let number = child(&element, "span", "classifier-number");
        number.set_text_content(Some("–"));
        let track = child(&element, "span", "classifier-track");
        dom::set(&track, "aria-hidden", "true");
        let fill = child(&track, "span", "classifier-fill");
        let _never_refused =
            fill.style().set_property("--colour", &format!("var(--{})", label.to_ascii_lowercase()));
        Self { label: label.to_owned(), element, fill, number, tag }
    }

    fn clear(&self) {
        for name in ["data-probability", "data-logit", "data-top"] {
            let _never_refused = self.element.remove_attribute(name);
        }
        let _never_refused = self.fill.style().remove_property("--share");
        self.number.set_text_content(Some("–"));
        self.tag.set_text_content(None);
    }

    fn show(&self, probability: f32, logit: Option<f32>, top: bool, drawn: bool) {
        dom::set(&self.element, "data-probability", &probability.to_string());
        if let Some(logit) = logit {
            dom::set(&self.element, "data-logit", &logit.to_string());
        }
        dom::set(&self.element, "data-top", if top { "true" } else { "false" });
        let _never_refused = self.fill.style().set_property("--share", &format!("{probability:.4}"));
        self.number.set_text_content(Some(&words::percent(probability)));
        self.tag.set_text_content(Some(match (top, drawn) {
            (true, true) => "most probable, as drawn",
            (true, false) => "most probable",
            (false, true) => "drawn diagnosis",
            (false, false) => "",
        }));
    }
}
