//! `architecture-explorer`: the layers of a residual network, what each costs, and what it sees of an image.

mod chosen;
mod details;
mod field;
mod graph;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use architecture::Published;
use kit::dom::{self, Frame, Settled};
use kit::section::Busy;
use kit::{Failure, Form, Picker, Picture, Section, foot};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use crate::stage::{append, number};
use chosen::{ChosenNetwork, NetworkSettings};
use details::{NetworkTotals, PartDetails};
use field::{FieldLook, FieldView};
use graph::NetworkTree;

/// Values that an arrow key moves with Shift.
const FAR: isize = 4;
/// How long a name that is not known must rest before it is called a mistake, milliseconds.
const TYPING: i32 = 900;

struct ArchitectureExplorer {
    section: Section,
    form: Form,
    graph: NetworkTree,
    details: PartDetails,
    field: FieldView,
    whole: NetworkTotals,
    chosen: Option<ChosenNetwork>,
    /// What is built, so that only what changed is built again.
    by_operations: bool,
    selected: String,
    picture: Option<Rc<Picture>>,
    /// Side of the image that the figure holds.
    image: Option<usize>,
    look: Option<FieldLook>,
    busy: Option<Busy>,
    unknown: Option<Settled>,
}

/// Mounts the explorer into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let explorer = Rc::new(RefCell::new(ArchitectureExplorer::new(section, &form)?));
    let frame = {
        let explorer = Rc::clone(&explorer);
        Frame::new(move || explorer.borrow_mut().redraw())
    };
    let request: Rc<dyn Fn()> = {
        let explorer = Rc::clone(&explorer);
        Rc::new(move || {
            explorer.borrow_mut().expect_redraw();
            frame.request();
        })
    };
    let changed = Rc::clone(&request);
    form.on_change(move |_| changed());
    let (shown, arrived) = (Rc::clone(&explorer), Rc::clone(&request));
    Picker::bind(section, &form, move |picture| {
        {
            let mut explorer = shown.borrow_mut();
            explorer.picture = Some(picture);
            explorer.image = None;
        }
        arrived();
    });
    let typing = Rc::clone(&explorer);
    let unknown = Settled::new(TYPING, move || typing.borrow().warn_of_unknown());
    explorer.borrow_mut().unknown = Some(unknown);
    bind_graph(&explorer, &request);
    bind_field(&explorer, &request);
    let downloading = Rc::clone(&explorer);
    foot::bind(section, &form, move || downloading.borrow().download());
    request();
    Ok(())
}

impl ArchitectureExplorer {
    fn new(section: &Section, form: &Form) -> Result<Self, Failure> {
        let explorer = Self {
            section: section.clone(),
            form: form.clone(),
            graph: NetworkTree::new(),
            details: PartDetails::new(),
            field: FieldView::new(),
            whole: NetworkTotals::new(),
            chosen: None,
            by_operations: false,
            selected: String::new(),
            picture: None,
            image: None,
            look: None,
            busy: None,
            unknown: None,
        };
        let root: HtmlElement = dom::create("div", "architecture-explorer");
        dom::set(explorer.graph.element(), "data-picture", "");
        append(&root, explorer.graph.element());
        append(&root, explorer.field.figure());
        section.show(&root);
        section.note(&explorer.details.element);
        section.detail(&explorer.whole.element)?;
        Ok(explorer)
    }

    fn expect_redraw(&mut self) {
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
    }

    fn redraw(&mut self) {
        let busy = self.busy.take();
        match self.try_redraw() {
            Ok(()) => self.section.settle("drawing"),
            Err(failure) => self.section.warn("drawing", failure.0),
        }
        drop(busy);
    }

    /// What the form asks for; `None` if it offers what this widget does not know.
    fn settings(&self) -> Option<NetworkSettings> {
        let network = self.form.text("network");
        Some(NetworkSettings {
            name: Published::named(&network)?.name,
            outputs: self.form.number("outputs") as usize,
            side: self.form.number("input-size") as usize,
        })
    }

    /// Builds the network again if it changed, and shows the selected part.
    fn try_redraw(&mut self) -> Result<(), Failure> {
        let settings = self.settings().ok_or_else(|| {
            Failure::new("The form offers a network that this widget does not know. Reload the page.")
        })?;
        let start = dom::now();
        let by_operations = self.form.text("bars") == "multiply-adds";
        let typed = self.form.text("layer");
        let before = self.chosen.take().filter(|chosen| chosen.settings == settings);
        let rebuilt = before.is_none();
        let chosen = before.unwrap_or_else(|| ChosenNetwork::new(settings));
        if let Some(name) = chosen.resolve(&typed) {
            self.selected = name;
            self.unknown.iter().for_each(Settled::cancel);
            self.section.settle("layer");
        } else if rebuilt && !self.selected.is_empty() {
            // What was looked at in another network.
            self.selected = chosen.nearest(&self.selected);
            self.form.set("layer", &self.selected);
        } else {
            if self.selected.is_empty() {
                self.selected = chosen.nearest("layer1.0.conv2");
            }
            self.unknown.iter().for_each(Settled::request);
        }
        if rebuilt || self.by_operations != by_operations || !self.graph.select(&self.selected, false) {
            self.by_operations = by_operations;
            self.graph.build(&chosen, &self.selected, by_operations);
        }
        if rebuilt {
            self.whole.show(&chosen);
            for control in ["column", "row"] {
                self.form.limit(control, settings.side as f64 - 1.0);
            }
        }
        let subject = chosen.subject(&self.selected).unwrap_or(chosen::NetworkPart::Image);
        self.details.show(&chosen, subject);
        let (_, field, count) = chosen.output(subject);
        let at = ["column", "row"].map(|control| field.nearest(self.form.number(control) as usize, count));
        let look = FieldLook { field, count, at, side: settings.side };
        self.look = Some(look);
        let shown = self.show_field(&look);
        let place = details::place(&look);
        self.section.speak(format!("{} {place}", words::cost(&chosen, subject)));
        self.chosen = Some(chosen);
        let milliseconds = number((dom::now() - start) as f32, 1);
        self.section.cost(&format!("{milliseconds} ms, WASM in this page"));
        shown
    }

    fn show_field(&mut self, look: &FieldLook) -> Result<(), Failure> {
        let Some(picture) = &self.picture else { return Ok(()) };
        if self.image != Some(look.side) {
            self.field.set_image(&picture.pixels, look.side)?;
            self.image = Some(look.side);
        }
        let caption = format!("{} {}{}.", details::place(look), picture.caption(), picture.squeezed());
        self.field.draw(look, &caption)
    }

    fn warn_of_unknown(&self) {
        let typed = self.form.text("layer");
        let Some(chosen) = &self.chosen else { return };
        if chosen.resolve(&typed).is_none() {
            self.section.warn("layer", words::unknown(&typed, &chosen.network));
        }
    }

    /// Looks at another part.
    fn go_to(&self, name: &str) {
        self.form.set("layer", name);
    }

    /// Moves the value looked at by so many of the layer's values; whether there is one.
    fn step(&self, across: isize, down: isize) {
        let Some(look) = self.look else { return };
        for ((control, at), by) in ["column", "row"].into_iter().zip(look.at).zip([across, down]) {
            if by != 0 {
                let index = at.saturating_add_signed(by).min(look.count - 1);
                self.form.set(control, &look.field.middle(index, look.side).to_string());
            }
        }
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.picture.as_ref()?;
        let name = format!("{}-{}-{}.png", picture.file_stem(), self.form.text("network"), self.selected);
        Some((self.field.canvas.clone(), name))
    }
}

/// Clicks and keys walk the graph.
fn bind_graph(explorer: &Rc<RefCell<ArchitectureExplorer>>, request: &Rc<dyn Fn()>) {
    let root = explorer.borrow().graph.element().clone();
    let (clicked, changed) = (Rc::clone(explorer), Rc::clone(request));
    dom::listen(&root, "click", move |event: Event| {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        {
            let explorer = clicked.borrow();
            let Some(chosen) = &explorer.chosen else { return };
            let Some(name) = explorer.graph.clicked(chosen, &target, &explorer.selected) else { return };
            explorer.graph.select(&name, true);
            explorer.go_to(&name);
        }
        changed();
    });
    let (pressed, request) = (Rc::clone(explorer), Rc::clone(request));
    dom::listen(&root, "keydown", move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        {
            let explorer = pressed.borrow();
            let Some(chosen) = &explorer.chosen else { return };
            let Some(name) = explorer.graph.key(chosen, &event.key()) else { return };
            event.prevent_default();
            explorer.graph.select(&name, true);
            explorer.go_to(&name);
        }
        request();
    });
}

/// The value looked at follows a pressed pointer and the arrow keys.
fn bind_field(explorer: &Rc<RefCell<ArchitectureExplorer>>, request: &Rc<dyn Fn()>) {
    let canvas = explorer.borrow().field.canvas.clone();
    for event in ["pointermove", "pointerdown"] {
        let (explorer, request) = (Rc::clone(explorer), Rc::clone(request));
        dom::listen(&canvas, event, move |event: PointerEvent| {
            if event.buttons() == 0 {
                return;
            }
            {
                let explorer = explorer.borrow();
                let Some(look) = &explorer.look else { return };
                let pixel = explorer.field.pixel(look, event.client_x(), event.client_y());
                for (control, at) in ["column", "row"].into_iter().zip(pixel) {
                    explorer.form.set(control, &at.to_string());
                }
            }
            request();
        });
    }
    let (pressed, request) = (Rc::clone(explorer), Rc::clone(request));
    dom::listen(&canvas, "keydown", move |event: KeyboardEvent| {
        let far = if event.shift_key() { FAR } else { 1 };
        let (across, down) = match event.key().as_str() {
            "ArrowLeft" => (-far, 0),
            "ArrowRight" => (far, 0),
            "ArrowUp" => (0, -far),
            "ArrowDown" => (0, far),
            _ => return,
        };
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        event.prevent_default();
        pressed.borrow().step(across, down);
        request();
    });
}
