//! All six kernels' results side by side; pressing one brings it to the large picture.

use imaging::Kernel;
use kit::{Failure, canvas, dom};
use web_sys::{Event, HtmlCanvasElement, HtmlElement};

use super::outcome::KernelResult;
use super::tone::{NegativeRule, Tone};
use super::view::pixels;
use crate::stage::{append, text};

/// The six small pictures.
pub(crate) struct Gallery {
    element: HtmlElement,
    buttons: Vec<(HtmlElement, HtmlCanvasElement)>,
}

impl Gallery {
    /// Empty pictures.
    pub(crate) fn new() -> Self {
        let element: HtmlElement = dom::create("div", "lab-six");
        dom::set(&element, "role", "group");
        dom::set(&element, "aria-label", "The results of all six kernels; press one to enlarge it");
        element.set_hidden(true);
        let buttons = Kernel::NAMES.map(|_| {
            let button: HtmlElement = dom::create("button", "");
            dom::set(&button, "type", "button");
            let canvas: HtmlCanvasElement = dom::create("canvas", "");
            append(&button, &canvas);
            append(&element, &button);
            (button, canvas)
        });
        Self { element, buttons: buttons.into() }
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Calls `choose` with the name of a kernel whose picture is pressed, and names every picture as `title` says.
    pub(crate) fn bind(
        &self,
        title: impl Fn(&str) -> String,
        choose: impl Fn(&'static str) + Clone + 'static,
    ) {
        for ((button, _), name) in self.buttons.iter().zip(Kernel::NAMES) {
            append(button, &text("span", "", &title(name)));
            let choose = choose.clone();
            dom::listen(button, "click", move |_: Event| choose(name));
        }
    }

    /// Shows the results of the six in the order of [`Kernel::NAMES`], each in its own tone; in signed colours those
    /// that keep the brightness are grey, as a picture is.
    pub(crate) fn show(&self, outcomes: &[KernelResult]) -> Result<(), Failure> {
        for ((_, canvas), outcome) in self.buttons.iter().zip(outcomes) {
            // Where the brightness stays, everything would be red.
            let rule = match outcome.settings.rule {
                NegativeRule::Signed if outcome.settings.kernel.sum() > 0.5 => NegativeRule::Clipped,
                rule => rule,
            };
            let tone = Tone::fit(rule, outcome.result.data());
            canvas::draw_rgba(canvas, outcome.size()[1] as u32, &pixels(outcome, tone, None))?;
        }
        Ok(())
    }

    /// Shows or hides all, and marks the one that is large.
    pub(crate) fn choose(&self, shown: bool, name: &str) {
        self.element.set_hidden(!shown);
        for ((button, _), kernel) in self.buttons.iter().zip(Kernel::NAMES) {
            dom::set(button, "aria-pressed", if kernel == name { "true" } else { "false" });
        }
    }
}
