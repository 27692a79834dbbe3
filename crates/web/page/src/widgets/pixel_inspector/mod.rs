//! `pixel-inspector`: an image as planes of values, and a window that shows every value.

mod histogram;
mod tint;
mod view;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use imaging::spaces::Channel;
use imaging::window;
use kit::dom::{self, Frame};
use kit::section::Busy;
use kit::{Failure, Form, Picker, Picture, Section, foot};
use web_sys::{KeyboardEvent, PointerEvent};

use crate::stage::{fit_to_room, number};
use view::{ImagePlanes, InspectorView};

/// Rows and columns of the window.
const SIDE: usize = 10;
/// Pixels that an arrow key moves with Shift.
const FAR: isize = 10;

struct PixelInspector {
    section: Section,
    form: Form,
    view: InspectorView,
    picture: Option<Rc<Picture>>,
    /// What is shown now, and whether in colour.
    planes: Option<(ImagePlanes, bool)>,
    busy: Option<Busy>,
}

/// Mounts the inspector into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let inspector = Rc::new(RefCell::new(PixelInspector {
        view: InspectorView::new(section),
        section: section.clone(),
        form: form.clone(),
        picture: None,
        planes: None,
        busy: None,
    }));
    let frame = {
        let inspector = Rc::clone(&inspector);
        Frame::new(move || inspector.borrow_mut().redraw())
    };
    let request: Rc<dyn Fn()> = {
        let inspector = Rc::clone(&inspector);
        Rc::new(move || {
            inspector.borrow_mut().expect_redraw();
            frame.request();
        })
    };
    let changed = Rc::clone(&request);
    form.on_change(move |_| changed());
    let (shown, arrived) = (Rc::clone(&inspector), Rc::clone(&request));
    Picker::bind(section, &form, move |picture| {
        {
            let mut inspector = shown.borrow_mut();
            inspector.picture = Some(picture);
            inspector.planes = None;
            inspector.limit();
        }
        arrived();
    });
    bind_window(&inspector, &request);
    let downloading = Rc::clone(&inspector);
    foot::bind(section, &form, move || downloading.borrow().download());
    fit_to_room(section, move || {
        if let Ok(inspector) = inspector.try_borrow() {
            inspector.view.fit();
        }
    })
}

impl PixelInspector {
    fn expect_redraw(&mut self) {
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
    }

    fn redraw(&mut self) {
        let busy = self.busy.take();
        if let Some(picture) = self.picture.clone() {
            match self.try_redraw(&picture) {
                Ok(()) => self.section.settle("drawing"),
                Err(failure) => self.section.warn("drawing", failure.0),
            }
        }
        drop(busy);
    }

    /// Shows the planes where picture or channel changed, and the window.
    fn try_redraw(&mut self, picture: &Picture) -> Result<(), Failure> {
        let channel = words::parse_channel(&self.form.text("channel")).ok_or_else(|| {
            Failure::new("The form offers a channel that this widget does not know. Reload the page.")
        })?;
        let tinted = self.form.toggle("tint");
        let start = dom::now();
        let planes = match self.planes.take() {
            Some((planes, was)) if planes.channel == channel && was == tinted => planes,
            old => {
                let planes = ImagePlanes::of(&picture.pixels, channel);
                if old.is_none() {
                    self.view.show_picture(picture)?;
                }
                self.view.show_planes(&planes, tinted)?;
                planes
            }
        };
        let [left, top] = self.corner();
        self.view.look(&planes, [left, top], tinted)?;
        self.section.speak(words::readout(channel, [left, top], planes.in_window([left, top])));
        self.planes = Some((planes, tinted));
        let milliseconds = number((dom::now() - start) as f32, 1);
        self.section.cost(&format!("{milliseconds} ms, WASM in this page"));
        Ok(())
    }

    /// Columns and rows of the picture.
    fn size(&self) -> [usize; 2] {
        self.picture.as_ref().map_or([0, 0], |p| [p.pixels.width() as usize, p.pixels.height() as usize])
    }

    /// Ends the sliders where the window reaches the picture's edge.
    fn limit(&self) {
        for (name, length) in ["column", "row"].iter().zip(self.size()) {
            self.form.limit(name, window::held(usize::MAX, SIDE, length) as f64);
        }
    }

    /// Column and row at which the window begins, held inside the picture.
    fn corner(&self) -> [usize; 2] {
        let [width, height] = self.size();
        let begin = |name: &str, length| window::held(self.form.number(name) as usize, SIDE, length);
        [begin("column", width), begin("row", height)]
    }

    /// Lets the window begin there, as far as the picture goes.
    fn move_to(&self, [left, top]: [usize; 2]) {
        let [width, height] = self.size();
        self.form.set("column", &window::held(left, SIDE, width).to_string());
        self.form.set("row", &window::held(top, SIDE, height).to_string());
    }

    /// The key's work; whether it was one of ours.
    fn key(&self, key: &str, shift: bool) -> bool {
        let far = if shift { FAR } else { 1 };
        let (across, down) = match key {
            "ArrowLeft" => (-far, 0),
            "ArrowRight" => (far, 0),
            "ArrowUp" => (0, -far),
            "ArrowDown" => (0, far),
            _ => return false,
        };
        let [left, top] = self.corner();
        self.move_to([left.saturating_add_signed(across), top.saturating_add_signed(down)]);
        true
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.picture.as_ref()?;
        let name = format!("{}-{}.png", picture.file_stem(), self.form.text("channel"));
        let channel = self.planes.as_ref()?.0.channel;
        let place = channel.space().iter().position(|&c| c == channel);
        let view = place.map_or(&self.view.input, |index| &self.view.planes[index]);
        Some((view.canvas.clone(), name))
    }
}

/// The window follows a pressed pointer on any picture, and the arrow keys on the first.
fn bind_window(inspector: &Rc<RefCell<PixelInspector>>, request: &Rc<dyn Fn()>) {
    let shown = inspector.borrow();
    let views = std::iter::once(&shown.view.input).chain(&shown.view.planes);
    for (index, view) in views.enumerate() {
        for event in ["pointermove", "pointerdown"] {
            let (inspector, request) = (Rc::clone(inspector), Rc::clone(request));
            dom::listen(&view.canvas, event, move |e: PointerEvent| {
                if e.buttons() == 0 {
                    return;
                }
                {
                    let inspector = inspector.borrow();
                    let view = match index {
                        0 => &inspector.view.input,
                        _ => &inspector.view.planes[index - 1],
                    };
                    let half = (SIDE / 2) as f32;
                    let begin =
                        view.pixel(e.client_x(), e.client_y()).map(|at| (at - half).max(0.0) as usize);
                    inspector.move_to(begin);
                }
                request();
            });
        }
    }
    let (moving, request) = (Rc::clone(inspector), Rc::clone(request));
    dom::listen(&shown.view.input.canvas, "keydown", move |e: KeyboardEvent| {
        let with_others = e.ctrl_key() || e.alt_key() || e.meta_key();
        if !with_others && moving.borrow().key(&e.key(), e.shift_key()) {
            e.prevent_default();
            request();
        }
    });
}

/// Smallest, largest and mean, in the way of the channel.
fn summary(channel: Channel, values: &[Option<f32>]) -> window::Summary {
    let values = values.iter().copied();
    match channel {
        Channel::Hue => window::Summary::of_angles(values),
        _ => window::Summary::of(values),
    }
}
