//! What stands on the stage: two maps side by side, the loss below, and the gradients of the layers.

use kit::{Section, dom};
use web_sys::HtmlElement;

use super::bars::Bars;
use super::curves::Curves;
use super::map::Map;
use crate::stage::{append, text};

/// The elements of the stage.
pub(crate) struct View {
    pub(crate) maps: [Map; 2],
    pub(crate) curves: Curves,
    pub(crate) bars: Bars,
    progress: HtmlElement,
    steps: HtmlElement,
}

impl View {
    /// Puts the empty elements on the stage, in the place of the fallback.
    pub(crate) fn new(section: &Section) -> Self {
        let view = Self {
            maps: ["Without shortcuts", "With shortcuts"].map(Map::new),
            curves: Curves::new(),
            bars: Bars::new(),
            progress: dom::create("progress", ""),
            steps: text("p", "shortcut-steps", ""),
        };
        let root: HtmlElement = dom::create("div", "shortcut-lab");
        let maps: HtmlElement = dom::create("div", "shortcut-maps");
        view.maps.iter().for_each(|map| append(&maps, &map.figure));
        let progress: HtmlElement = dom::create("div", "shortcut-progress");
        dom::set(&view.progress, "aria-label", "Steps");
        append(&progress, &view.progress);
        append(&progress, &view.steps);
        dom::set(&root, "data-picture", "");
        append(&root, &maps);
        section.show(&root);
        let plots: HtmlElement = dom::create("div", "shortcut-lab");
        for element in [&progress, &view.curves.figure, &view.bars.figure] {
            append(&plots, element);
        }
        section.note(&plots);
        view
    }

    /// How far the training is.
    pub(crate) fn progress(&self, steps: usize, last: usize) {
        dom::set(&self.progress, "max", &last.to_string());
        dom::set(&self.progress, "value", &steps.to_string());
        self.steps.set_text_content(Some(&format!("step {steps} of {last}")));
    }
}
