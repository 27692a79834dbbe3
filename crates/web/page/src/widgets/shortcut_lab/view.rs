//! The pictures: two maps side by side, the loss below, and the gradients of the layers.

use kit::{Section, dom};
use web_sys::HtmlElement;

use super::bars::GradientBars;
use super::curves::LossCurves;
use super::map::AnswerMap;
use crate::stage::{append, text};

/// The widget's elements.
pub(crate) struct ShortcutView {
    pub(crate) maps: [AnswerMap; 2],
    pub(crate) curves: LossCurves,
    pub(crate) bars: GradientBars,
    progress: HtmlElement,
    steps: HtmlElement,
}

impl ShortcutView {
    /// Shows the empty elements in place of the fallback.
    pub(crate) fn new(section: &Section) -> Self {
        let view = Self {
            maps: ["Without shortcuts", "With shortcuts"].map(AnswerMap::new),
            curves: LossCurves::new(),
            bars: GradientBars::new(),
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

    /// Shows the progress of the training.
    pub(crate) fn progress(&self, steps: usize, last: usize) {
        dom::set(&self.progress, "max", &last.to_string());
        dom::set(&self.progress, "value", &steps.to_string());
        self.steps.set_text_content(Some(&format!("step {steps} of {last}")));
    }
}
