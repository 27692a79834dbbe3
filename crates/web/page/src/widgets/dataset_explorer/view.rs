//! The widget's pictures: a table with bars, the gallery, or folders with their counts and what leaks.

use catalog::Diagnosis;
use catalog::census::Census;
use catalog::number::{grouped as count, percent};
use datasets::SplitPart;
use kit::{Section, dom};
use web_sys::HtmlElement;

use super::outcome::SplitCounts;
use super::scale::CountScale;
use super::words;
use crate::stage::{append, text};

/// The panels, of which the style sheet shows one.
pub(crate) struct DatasetView {
    counts: HtmlElement,
    folders: HtmlElement,
}

impl DatasetView {
    /// Shows the empty panels in place of the fallback.
    pub(crate) fn new(section: &Section, gallery: &HtmlElement) -> Self {
        let root: HtmlElement = dom::create("div", "dataset-explorer");
        // It scrolls on a phone, where a keyboard has to reach it as well.
        dom::set(&root, "tabindex", "0");
        dom::set(&root, "role", "group");
        dom::set(&root, "aria-label", "The data set");
        dom::set(&root, "data-picture", "");
        let view = Self {
            counts: add(&root, "div", "explorer-counts", ""),
            folders: dom::create("div", "explorer-folders"),
        };
        append(&root, gallery);
        append(&root, &view.folders);
        section.show(&root);
        view
    }

    /// Counts per diagnosis: a table whose second column holds the bars.
    pub(crate) fn show_counts(&self, census: &Census, logarithmic: bool) {
        let all = census.total(Census::images_of);
        let scale = CountScale::new(census.images_of(census.largest()), logarithmic);
        let panel = empty(&self.counts);
        add(panel, "p", "explorer-title", &words::whole(census));
        let kind = if logarithmic { "images, logarithmic axis" } else { "images, linear axis" };
        let table = table(panel, &["diagnosis", kind, "", "share", "lesions"]);
        dom::set(&table, "style", &format!("--line:{:.3}%", 100.0 / (scale.ticks.len() - 1) as f64));
        for diagnosis in Diagnosis::ALL {
            let images = census.images_of(diagnosis);
            let row = row(&table, diagnosis);
            bar(&row, scale.place(images));
            for words in [count(images), percent(images, all), count(census.lesions_of(diagnosis))] {
                add(&row, "td", "", &words);
            }
        }
        let row = add(&table, "tr", "explorer-axis", "");
        dom::set(&row, "aria-hidden", "true");
        add(&row, "td", "", "");
        let axis = add(&row, "td", "", "");
        let last = scale.ticks.len() - 1;
        for (index, &tick) in scale.ticks.iter().enumerate() {
            let tick = add(&axis, "span", "", &count(tick));
            dom::set(&tick, "style", &left(index as f64 / last as f64));
        }
        add(panel, "p", "explorer-note", &words::laziest(census));
        add(panel, "p", "explorer-note", &format!("Licence of the images: {}.", census.licence));
    }

    /// The folders with their numbers of images, and what leaks.
    pub(crate) fn show_folders(&self, census: &Census, outcome: &SplitCounts, rule: &str) {
        let panel = empty(&self.folders);
        add(panel, "p", "explorer-title", &format!("{}. {rule}.", census.title));
        let root = add(panel, "p", "tree-root", "");
        folder(&root, "", census.name, census.total(Census::images_of));
        let parts = add(panel, "ul", "tree-parts", "");
        for part in SplitPart::ALL {
            let item = add(&parts, "li", "", "");
            let name = add(&item, "p", "", "");
            folder(&name, "", part.name(), outcome.total(part));
            let classes = add(&item, "ul", "", "");
            for diagnosis in Diagnosis::ALL {
                let class = add(&classes, "li", "", "");
                let images = outcome.images[part.index()][diagnosis.index()];
                folder(&class, &swatch(diagnosis), diagnosis.abbreviation(), images);
            }
        }
        add(panel, "p", "explorer-verdict", &words::verdict(census, outcome));
        let table = table(panel, &["diagnosis", "seen before", "", "of test images", "in several folders"]);
        let leaks = &outcome.leaks;
        for diagnosis in Diagnosis::ALL {
            let [seen, test, lesions] =
                [leaks.seen, leaks.test, leaks.lesions].map(|counts| counts[diagnosis.index()] as u32);
            let row = row(&table, diagnosis);
            bar(&row, (test > 0).then(|| f64::from(seen) / f64::from(test)));
            for words in [percent(seen, test), format!("{} of {}", count(seen), count(test)), count(lesions)]
            {
                add(&row, "td", "", &words);
            }
        }
    }
}

/// A new child with words in it.
fn add(parent: &HtmlElement, tag: &str, class: &str, words: &str) -> HtmlElement {
    let child = text(tag, class, words);
    append(parent, &child);
    child
}

fn empty(panel: &HtmlElement) -> &HtmlElement {
    panel.set_text_content(None);
    panel
}

/// A table with these headings; an empty one belongs to the heading before it.
fn table(panel: &HtmlElement, headings: &[&str]) -> HtmlElement {
    let table = add(panel, "table", "explorer-table", "");
    let row = add(&table, "tr", "", "");
    for (index, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        let cell = add(&row, "th", "", heading);
        dom::set(&cell, "scope", "col");
        if headings.get(index + 1) == Some(&"") {
            dom::set(&cell, "colspan", "2");
        }
    }
    table
}

/// A row that begins with a diagnosis.
fn row(table: &HtmlElement, diagnosis: Diagnosis) -> HtmlElement {
    let row = add(table, "tr", &swatch(diagnosis), "");
    let head = add(&row, "th", "", "");
    dom::set(&head, "scope", "row");
    add(&head, "b", "", diagnosis.abbreviation());
    add(&head, "span", "", diagnosis.name());
    row
}

/// A cell with a bar that reaches this far along its axis.
fn bar(row: &HtmlElement, place: Option<f64>) {
    let cell = add(row, "td", "explorer-bar", "");
    if let Some(place) = place {
        let bar = add(&cell, "div", "", "");
        dom::set(&bar, "style", &format!("width:{}", along(place)));
    }
}

/// A folder's name, in the colour of its diagnosis, and the number of images in it.
fn folder(parent: &HtmlElement, swatch: &str, name: &str, images: u32) {
    add(parent, "span", &format!("folder {swatch}"), &format!("{name}/"));
    let images = add(parent, "span", "folder-images", &count(images));
    add(&images, "span", "", " images");
}

/// The class that carries the colour of a diagnosis.
fn swatch(diagnosis: Diagnosis) -> String {
    diagnosis.abbreviation().to_ascii_lowercase()
}

fn left(place: f64) -> String {
    format!("left:{}", along(place))
}

fn along(place: f64) -> String {
    format!("{:.3}%", 100.0 * place)
}
