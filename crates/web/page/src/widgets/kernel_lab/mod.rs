//! `kernel-lab`: one kernel slides over an image, and the reader follows the arithmetic at every pixel.

mod arithmetic;
mod gallery;
mod outcome;
mod slide;
mod tone;
mod view;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::widget::ControlKind;
use imaging::Kernel;
use kit::dom::{self, Frame};
use kit::section::Busy;
use kit::{Change, Failure, Form, Picker, Picture, Section, foot};
use nn::Tensor;
use nn::conv::Step;
use web_sys::{KeyboardEvent, PointerEvent};

pub(crate) use outcome::numbers;
use outcome::{KernelResult, KernelSettings};
use slide::{Region, SlideSpeed};
use tone::NegativeRule;
use view::KernelView;

use crate::stage::{self, coefficient, fit_to_room};

const OWN: &str = "own";
/// Pixels that an arrow key moves with Shift.
const FAR: isize = 10;
/// Stops that a playing window makes in one frame at most.
const MOST_AT_ONCE: f64 = 4.0;

/// One mounted lab.
struct KernelLab {
    section: Section,
    form: Form,
    view: KernelView,
    picture: Option<Rc<Picture>>,
    /// The widget's pictures: the last that could be computed.
    outcome: Option<KernelResult>,
    /// The values of `picture`, and whether they are colours.
    numbers: Option<(Tensor<3>, bool)>,
    /// Where the reader looks: column and row of the image under the kernel's centre.
    look: Option<[f32; 2]>,
    /// Whether the pixel stays although the pointer moves.
    held: bool,
    /// What the pictures of all six kernels show; none once that is no longer so.
    six: Vec<KernelResult>,
    /// Where the window is on its way; of that part the result is shown as far as it has come.
    way: Option<Region>,
    /// When a playing window made its last stop, milliseconds.
    playing: Option<f64>,
    /// Moves a playing window.
    player: Option<Frame>,
    busy: Option<Busy>,
}

/// Mounts the lab into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that the lab needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let lab = Rc::new(RefCell::new(KernelLab {
        view: KernelView::new(section)?,
        section: section.clone(),
        form: form.clone(),
        picture: None,
        outcome: None,
        numbers: None,
        look: None,
        held: false,
        six: Vec::new(),
        way: None,
        playing: None,
        player: None,
        busy: None,
    }));
    let frame = {
        let lab = Rc::clone(&lab);
        Frame::new(move || lab.borrow_mut().redraw())
    };
    let request = {
        let (lab, frame) = (Rc::clone(&lab), frame);
        move || {
            lab.borrow_mut().expect_redraw();
            frame.request();
        }
    };
    let playing = Rc::clone(&lab);
    lab.borrow_mut().player = Some(Frame::new(move || playing.borrow_mut().play_on()));
    follow_kernel(&form);
    let redraw = request.clone();
    let (kernels, moved) = (form.clone(), Rc::clone(&lab));
    form.on_change(move |change| {
        match change {
            Change::Control("coefficients") => kernels.set("kernel", OWN),
            Change::Control("kernel") => follow_kernel(&kernels),
            Change::Reset => {
                follow_kernel(&kernels);
                moved.borrow_mut().show_whole();
            }
            Change::Action(action) => return moved.borrow_mut().act(action),
            Change::Control(_) => {}
        }
        redraw();
    });
    let (redraw, kernels) = (request.clone(), form.clone());
    lab.borrow().view.gallery.bind(
        |name| option_words(section, name).to_owned(),
        move |name| {
            kernels.set("kernel", name);
            follow_kernel(&kernels);
            redraw();
        },
    );
    let shown = Rc::clone(&lab);
    Picker::bind(section, &form, move |picture| {
        shown.borrow_mut().receive(picture);
        request();
    });
    bind_cursor(&lab);
    let downloading = Rc::clone(&lab);
    foot::bind(section, &form, move || downloading.borrow().download());
    fit_to_room(section, move || {
        if let Ok(lab) = lab.try_borrow() {
            lab.view.fit();
        }
    })
}

/// The words of this value of the control `kernel`.
fn option_words(section: &Section, value: &str) -> &'static str {
    match section.widget().control("kernel").map(|control| control.kind) {
        Some(ControlKind::Choice { options, .. }) => {
            options.iter().find(|(v, _)| *v == value).map_or("", |(_, words)| words)
        }
        _ => "",
    }
}

/// A named kernel shows its coefficients, to start your own kernel from; "your own kernel" makes them editable.
fn follow_kernel(form: &Form) {
    match Kernel::named(&form.text("kernel")) {
        Some(kernel) => {
            let text = coefficient::kernel_text(kernel.size(), kernel.coefficients());
            form.set_derived("coefficients", &text);
        }
        None => form.set("coefficients", &form.text("coefficients")),
    }
}

impl KernelLab {
    fn expect_redraw(&mut self) {
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
    }

    fn receive(&mut self, picture: Rc<Picture>) {
        let size = |p: &Picture| (p.pixels.width(), p.pixels.height());
        if self.picture.as_deref().is_some_and(|old| size(old) != size(&picture)) {
            self.look = None;
        }
        self.picture = Some(picture);
        self.numbers = None;
        self.six.clear();
    }

    fn redraw(&mut self) {
        let busy = self.busy.take();
        if let Some(picture) = self.picture.clone()
            && let Err((topic, failure)) = self.try_redraw(&picture)
        {
            self.section.warn(topic, failure.0);
        }
        drop(busy);
    }

    /// Reads the form, computes, shows; on failure the last result stays.
    fn try_redraw(&mut self, picture: &Picture) -> Result<(), (&'static str, Failure)> {
        let settings = self.settings().map_err(|e| ("kernel-text", e))?;
        self.section.settle("kernel-text");
        let kernel = settings.kernel.clone();
        let numbers = match self.numbers.take() {
            Some((numbers, colour)) if colour == settings.colour => numbers,
            _ => numbers(&picture.pixels, settings.colour)
                .map_err(|e| ("computing", Failure::new(e.to_string())))?,
        };
        self.numbers = Some((numbers.clone(), settings.colour));
        let [_, height, width] = numbers.shape();
        let fits = |length| settings.step.output_size(length, kernel.size()).is_some();
        if !(fits(height) && fits(width)) {
            let extent = settings.step.extent(kernel.size());
            return Err(("fit", Failure::new(words::too_small([height, width], extent))));
        }
        self.section.settle("fit");

        let start = dom::now();
        let outcome = KernelResult::compute(numbers, settings);
        let six = outcome.as_ref().map_or(Ok(()), |outcome| self.show_six(outcome));
        let milliseconds = dom::now() - start;
        let outcome = outcome.map_err(|e| ("computing", Failure::new(e.to_string())))?;
        self.section.settle("computing");
        let name = self.kernel_name();
        let shown = self.view.show(&outcome, &picture.caption(), name);
        shown.and(six).map_err(|e| ("drawing", e))?;
        self.section.settle("drawing");
        if self.outcome.as_ref().is_none_or(|old| old.settings.kernel != kernel) {
            self.view.write_kernel(&outcome);
        }
        self.section.cost(&format!("{} ms, WASM in this page", stage::number(milliseconds as f32, 1)));
        self.outcome = Some(outcome);
        self.show_look();
        Ok(())
    }

    fn settings(&self) -> Result<KernelSettings, Failure> {
        let form = &self.form;
        let kernel = match Kernel::named(&form.text("kernel")) {
            Some(kernel) => kernel,
            None => Kernel::parse(&form.text("coefficients")).map_err(|e| {
                Failure::new(format!("Your own kernel: {e}. The result of the last valid kernel is shown."))
            })?,
        };
        let padding = words::parse_padding(&form.text("padding"));
        let rule = NegativeRule::parse(&form.text("negative"));
        let (Some(padding), Some(rule)) = (padding, rule) else {
            return Err(Failure::new(
                "The form offers a padding or a rule that this widget does not know. Reload the page.",
            ));
        };
        let whole = |name: &str| (form.number(name) as usize).max(1);
        let step = Step::new(whole("stride"), padding).dilated(whole("dilation"));
        // "keep" is no number.
        let step = Step { pad: form.text("padding-width").parse().ok(), ..step };
        let turned = form.toggle("flip");
        let kernel = if turned { kernel.turned() } else { kernel };
        Ok(KernelSettings { kernel, turned, step, rule, colour: form.text("channels") == "colour" })
    }

    /// Shows all six kernels' results where the form asks for them, computed again only where they differ.
    fn show_six(&mut self, outcome: &KernelResult) -> Result<(), Failure> {
        let wanted = self.form.text("show") == "six";
        self.view.gallery.choose(wanted, &self.form.text("kernel"));
        if !wanted {
            return Ok(());
        }
        let KernelSettings { ref kernel, rule, .. } = outcome.settings;
        let alike = |six: &KernelResult, rule: NegativeRule| {
            KernelSettings { kernel: kernel.clone(), rule, ..six.settings.clone() } == outcome.settings
        };
        match self.six.first() {
            Some(six) if alike(six, six.settings.rule) => return Ok(()),
            // Another rule shows the same numbers.
            Some(six) if alike(six, rule) => self.six.iter_mut().for_each(|six| six.settings.rule = rule),
            _ => {
                self.six.clear();
                for kernel in Kernel::NAMES.into_iter().filter_map(Kernel::named) {
                    let kernel = if outcome.settings.turned { kernel.turned() } else { kernel };
                    let settings = KernelSettings { kernel, ..outcome.settings.clone() };
                    let computed = KernelResult::compute(outcome.input.clone(), settings);
                    let unfit = |_| {
                        Failure::new(
                            "Not all of the six kernels fit into this image. Choose a larger image or more padding.",
                        )
                    };
                    self.six.push(computed.map_err(unfit)?);
                }
            }
        }
        self.view.gallery.show(&self.six)
    }

    /// The kernel's name as the form words it, without its size.
    fn kernel_name(&self) -> &'static str {
        let words = option_words(&self.section, &self.form.text("kernel"));
        words.split_once(|c: char| c.is_ascii_digit()).map_or(words, |(name, _)| name).trim_end()
    }

    /// Looks at the pixel of the result nearest to where the reader looked before.
    fn show_look(&mut self) {
        let Some(outcome) = &self.outcome else { return };
        let pixel = match self.look {
            Some(place) => outcome.nearest(place),
            None => outcome.strongest(),
        };
        self.look = Some(self.look.unwrap_or_else(|| outcome.centre(pixel)));
        self.view.look(outcome, pixel);
        self.view.reveal(self.way.map(|way| (way, pixel)));
        let [column, row] = pixel;
        // A playing window would be spoken of without an end.
        if self.playing.is_none() {
            self.section.speak(words::readout(column, row, &outcome.at(column, row)));
        }
    }

    /// The work of a button under the pictures.
    fn act(&mut self, action: &str) {
        match action {
            "play" if self.playing.is_some() => self.pause(),
            "play" => self.play(),
            "step-forward" | "step-back" => {
                self.pause();
                self.way = self.way.or_else(|| Some(Region::whole(self.columns_and_rows()?)));
                self.slide(action == "step-forward");
            }
            "whole" => self.show_whole(),
            _ => {}
        }
    }

    /// Columns and rows of the result.
    fn columns_and_rows(&self) -> Option<[usize; 2]> {
        let [height, width] = self.outcome.as_ref()?.size();
        Some([width, height])
    }

    fn pace(&self) -> SlideSpeed {
        SlideSpeed::parse(&self.form.text("pace"))
    }

    /// Starts the window unless it is moving: where there is most to see, or at the first pixel.
    fn play(&mut self) {
        let (Some(outcome), Some(size)) = (&self.outcome, self.columns_and_rows()) else { return };
        if self.way.is_none() {
            let way = match self.pace() {
                SlideSpeed::Guided => Region::around(outcome.strongest(), size),
                _ => Region::whole(size),
            };
            self.way = Some(way);
            self.look_at(way.start);
        }
        if dom::wants_less_motion() {
            return self.section.say(
                "Your system asks for reduced motion, so nothing plays by itself. Press Step to continue.",
            );
        }
        self.playing = Some(dom::now());
        self.name_play("Pause");
        self.play_on();
    }

    fn pause(&mut self) {
        if self.playing.take().is_some() {
            self.name_play("Play");
            self.show_look();
        }
    }

    fn name_play(&self, words: &str) {
        self.form.element("play").set_text_content(Some(words));
    }

    /// All of the result, and the window at rest.
    fn show_whole(&mut self) {
        self.way = None;
        self.pause();
        self.show_look();
    }

    /// One frame of a playing window.
    fn play_on(&mut self) {
        let (Some(last), Some(way)) = (self.playing, self.way) else { return };
        let (now, rest) = (dom::now(), self.pace().rest(way));
        // A frame may be longer than a rest; a page that was hidden or busy does not catch up.
        let due = ((now - last) / rest).floor();
        if due >= 1.0 {
            self.playing = Some(if due > MOST_AT_ONCE { now } else { last + due * rest });
            for _ in 0..due.min(MOST_AT_ONCE) as usize {
                if !self.slide(true) && !self.widen() {
                    return self.show_whole();
                }
            }
        }
        if let Some(player) = &self.player {
            player.request();
        }
    }

    /// After a patch comes the whole result; whether there was a patch.
    fn widen(&mut self) -> bool {
        let (Some(way), Some(size)) = (self.way, self.columns_and_rows()) else { return false };
        if way.whole {
            return false;
        }
        self.way = Some(Region::whole(size));
        self.look_at([0, 0]);
        true
    }

    /// Moves the window by one stop; whether there was one.
    fn slide(&mut self, forward: bool) -> bool {
        let (Some(outcome), Some(place), Some(way)) = (&self.outcome, self.look, self.way) else {
            return false;
        };
        let (pace, at) = (self.pace(), outcome.nearest(place));
        let next = if forward { pace.next(at, way) } else { pace.previous(at, way) };
        self.look_at(next.unwrap_or(at));
        next.is_some()
    }

    /// Looks at a pixel of the result.
    fn look_at(&mut self, pixel: [usize; 2]) {
        let Some(outcome) = &self.outcome else { return };
        let [height, width] = outcome.size();
        let pixel = [pixel[0].min(width - 1), pixel[1].min(height - 1)];
        self.look = Some(outcome.centre(pixel));
        self.show_look();
    }

    /// Moves by whole pixels of the result.
    fn step(&mut self, across: isize, down: isize) {
        let (Some(outcome), Some(place)) = (&self.outcome, self.look) else { return };
        let [column, row] = outcome.nearest(place);
        let moved = |at: usize, by: isize| at.saturating_add_signed(by);
        self.look_at([moved(column, across), moved(row, down)]);
    }

    /// The key's work; whether it was one of ours.
    fn key(&mut self, key: &str, shift: bool) -> bool {
        let far = if shift { FAR } else { 1 };
        match key {
            "ArrowLeft" => self.step(-far, 0),
            "ArrowRight" => self.step(far, 0),
            "ArrowUp" => self.step(0, -far),
            "ArrowDown" => self.step(0, far),
            "Enter" | " " if self.way.is_some() => {
                self.act("play");
                return true;
            }
            "Enter" | " " => return self.hold(!self.held),
            _ => return false,
        }
        self.hold(true)
    }

    fn hold(&mut self, held: bool) -> bool {
        self.held = held;
        self.view.hold(held);
        true
    }

    fn download(&self) -> Option<foot::Download> {
        let picture = self.picture.as_ref()?;
        self.outcome.as_ref()?;
        let name = format!("{}-{}.png", picture.file_stem(), self.form.text("kernel"));
        Some((self.view.results[0].canvas.clone(), name))
    }
}

/// A place in a picture, and in which: `None` is the input, else the map of that number.
type PointedAt = (f32, f32, Option<usize>);

/// The pixel looked at follows pointer and keys; drawing it waits for the frame.
fn bind_cursor(lab: &Rc<RefCell<KernelLab>>) {
    let wanted: Rc<RefCell<Option<PointedAt>>> = Rc::default();
    let frame = {
        let (lab, wanted) = (Rc::clone(lab), Rc::clone(&wanted));
        Frame::new(move || {
            let Some((x, y, map)) = wanted.take() else { return };
            let mut lab = lab.borrow_mut();
            match (map, &lab.outcome) {
                (Some(_), _) => lab.look_at([x.max(0.0) as usize, y.max(0.0) as usize]),
                (None, Some(outcome)) => {
                    let pixel = outcome.nearest([x, y]);
                    lab.look_at(pixel);
                }
                (None, None) => {}
            }
        })
    };
    let shown = lab.borrow();
    let views = std::iter::once((None, &shown.view.input))
        .chain(shown.view.results.iter().enumerate().map(|(i, view)| (Some(i), view)));
    for (map, view) in views {
        for event in ["pointermove", "pointerdown"] {
            let (lab, wanted, frame) = (Rc::clone(lab), Rc::clone(&wanted), frame.clone());
            dom::listen(&view.canvas, event, move |e: PointerEvent| {
                let pressed = e.type_() == "pointerdown";
                let mut lab = lab.borrow_mut();
                if lab.way.is_some() {
                    if !pressed {
                        return;
                    }
                    lab.pause();
                } else if pressed && e.pointer_type() == "mouse" {
                    // The first click holds the pixel, the second lets go.
                    let held = lab.held;
                    lab.hold(!held);
                } else if lab.held && e.pointer_type() == "mouse" {
                    return;
                }
                let view = match map {
                    None => &lab.view.input,
                    Some(index) => &lab.view.results[index],
                };
                let [x, y] = view.pixel(e.client_x(), e.client_y());
                *wanted.borrow_mut() = Some((x, y, map));
                frame.request();
            });
        }
        if map.is_some() {
            let lab = Rc::clone(lab);
            dom::listen(&view.canvas, "keydown", move |e: KeyboardEvent| {
                let with_others = e.ctrl_key() || e.alt_key() || e.meta_key();
                if !with_others && lab.borrow_mut().key(&e.key(), e.shift_key()) {
                    e.prevent_default();
                }
            });
        }
    }
}
