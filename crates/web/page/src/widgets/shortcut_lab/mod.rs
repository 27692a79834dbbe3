//! `shortcut-lab`: two small networks, one with shortcuts and one without, learn side by side where a lesion is.

mod bars;
mod curves;
mod map;
mod plot;
mod view;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use kit::dom::{self, Frame};
use kit::section::Busy;
use kit::{Change, Failure, Form, Section, foot};
use nn::ShapeError;
use shortcut_trials::{LesionTask, NetworkKind, Trial, TrialSettings};

use crate::stage::number;
use view::ShortcutView;

/// How long a frame learns, milliseconds; drawing comes on top, and a task of the page should end within 50.
const SLICE: f64 = 10.0;
/// How long a map stays before it is drawn again while the networks learn, milliseconds.
const MAP_REST: f64 = 240.0;

/// The two networks and what they learn.
struct TrialPair {
    settings: TrialSettings,
    kinds: [NetworkKind; 2],
    task: LesionTask,
    trials: [Trial; 2],
}

impl TrialPair {
    fn new(settings: TrialSettings, kinds: [NetworkKind; 2]) -> Result<Self, ShapeError> {
        let task = LesionTask::new(settings.seed);
        let [without, with] = kinds.map(|kind| Trial::new(settings, kind, &task));
        Ok(Self { settings, kinds, task, trials: [without?, with?] })
    }

    /// A step of each network that has not diverged; returns whether there is one.
    fn step(&mut self) -> Result<bool, ShapeError> {
        let mut stepped = false;
        for trial in self.trials.iter_mut().filter(|trial| !trial.ran_away()) {
            trial.step()?;
            stepped = true;
        }
        Ok(stepped)
    }

    /// Steps of the one that got further.
    fn steps(&self) -> usize {
        let [without, with] = &self.trials;
        without.steps().max(with.steps())
    }
}

struct ShortcutLab {
    section: Section,
    form: Form,
    view: ShortcutView,
    pair: Option<TrialPair>,
    /// Learns and draws, frame by frame.
    runner: Option<Frame>,
    /// Since when the networks learn, and milliseconds of it spent on learning.
    training: Option<f64>,
    /// When which of the two maps was last drawn.
    drawn: [f64; 2],
    busy: Option<Busy>,
}

/// Mounts the lab into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let lab = Rc::new(RefCell::new(ShortcutLab {
        view: ShortcutView::new(section),
        section: section.clone(),
        form: form.clone(),
        pair: None,
        runner: None,
        training: None,
        drawn: [0.0; 2],
        busy: None,
    }));
    let running = Rc::clone(&lab);
    lab.borrow_mut().runner = Some(Frame::new(move || running.borrow_mut().frame()));
    let changing = Rc::clone(&lab);
    form.on_change(move |change| changing.borrow_mut().changed(change));
    let downloading = Rc::clone(&lab);
    foot::bind(section, &form, move || downloading.borrow().download());
    lab.borrow_mut().request();
    Ok(())
}

impl ShortcutLab {
    fn changed(&mut self, change: Change) {
        match change {
            Change::Action("train") if self.training.is_some() => self.stop(),
            Change::Action("train") => self.train(),
            Change::Action("step") => self.step_once(),
            // Until when to train says nothing about the networks.
            Change::Control("steps") => self.request(),
            Change::Action(_) | Change::Control(_) | Change::Reset => self.start_over(),
        }
    }

    fn request(&mut self) {
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
        self.runner.iter().for_each(Frame::request);
    }

    fn settings(&self) -> (TrialSettings, [NetworkKind; 2]) {
        let [blocks, width] = ["blocks", "width"].map(|name| self.form.number(name) as usize);
        let rate = self.form.number("rate") as f32;
        let seed = self.form.number("seed") as u64;
        let with =
            if self.form.text("branches") == "unscaled" { NetworkKind::Unscaled } else { NetworkKind::With };
        (TrialSettings { blocks, width, rate, seed }, [NetworkKind::Without, with])
    }

    fn last_step(&self) -> usize {
        self.form.number("steps") as usize
    }

    /// Both networks as they were before their first step.
    fn start_over(&mut self) {
        self.rest();
        self.pair = None;
        self.request();
    }

    /// Begins to learn, from the start where the end was reached.
    fn train(&mut self) {
        if self.pair.as_ref().is_some_and(|pair| pair.steps() >= self.last_step()) {
            self.pair = None;
        }
        self.training = Some(0.0);
        self.form.element("train").set_text_content(Some("Stop"));
        self.request();
    }

    fn stop(&mut self) {
        self.rest();
        self.request();
    }

    fn rest(&mut self) {
        if self.training.take().is_some() {
            self.form.element("train").set_text_content(Some("Train"));
        }
    }

    fn step_once(&mut self) {
        self.rest();
        let stepped = match &mut self.pair {
            Some(pair) => pair.step().map(drop),
            None => Ok(()),
        };
        self.check(stepped);
        self.request();
    }

    /// One frame: some steps where the networks learn, and what there is to see.
    fn frame(&mut self) {
        let outcome = self.try_frame();
        let goes_on = self.check(outcome) == Some(true);
        if goes_on {
            self.runner.iter().for_each(Frame::request);
        } else {
            self.busy = None;
        }
    }

    /// Says what went wrong, or that nothing is wrong any more.
    fn check<T>(&mut self, outcome: Result<T, impl ToString>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.section.settle("learning");
                Some(value)
            }
            Err(error) => {
                self.rest();
                self.section.warn("learning", error.to_string());
                None
            }
        }
    }

    fn try_frame(&mut self) -> Result<bool, Failure> {
        let start = dom::now();
        let last = self.last_step();
        let (settings, kinds) = self.settings();
        let pair = match self.pair.take() {
            Some(pair) if pair.settings == settings && pair.kinds == kinds => pair,
            _ => TrialPair::new(settings, kinds).map_err(|e| words::failure(&e))?,
        };
        let pair = self.pair.insert(pair);
        let mut goes_on = self.training.is_some();
        while goes_on && dom::now() - start < SLICE {
            goes_on = pair.steps() < last && pair.step().map_err(|e| words::failure(&e))?;
        }
        if let Some(spent) = &mut self.training {
            *spent += dom::now() - start;
            self.section.cost(&words::cost(*spent, pair.steps()));
        }
        self.view.progress(pair.steps(), last);
        if goes_on {
            self.show_some()?;
            return Ok(true);
        }
        if self.training.is_some() {
            // Everything is drawn in a frame of its own, so that the last steps and the last pictures are not one long task.
            self.rest();
            return Ok(true);
        }
        self.show_all(last)?;
        Ok(false)
    }

    /// What there is to see on the way: the curves, and a map whenever it is old. With reduced motion, only the end is shown.
    fn show_some(&mut self) -> Result<(), Failure> {
        let Some(pair) = self.pair.as_ref().filter(|_| !dom::wants_less_motion()) else { return Ok(()) };
        self.view.curves.draw(&pair.trials, pair.kinds, self.last_step())?;
        // One in a frame, the older one, so that no frame takes long.
        let oldest = usize::from(self.drawn[1] < self.drawn[0]);
        if dom::now() - self.drawn[oldest] > MAP_REST {
            self.drawn[oldest] = dom::now();
            let trial = &pair.trials[oldest];
            self.view.maps[oldest].draw(trial, &pair.task).map_err(|e| words::failure(&e))??;
        }
        Ok(())
    }

    fn show_all(&self, last: usize) -> Result<(), Failure> {
        let Some(pair) = &self.pair else { return Ok(()) };
        self.view.curves.draw(&pair.trials, pair.kinds, last)?;
        self.view.bars.draw(&pair.trials, pair.kinds)?;
        for (map, trial) in self.view.maps.iter().zip(&pair.trials) {
            map.draw(trial, &pair.task).map_err(|e| words::failure(&e))??;
        }
        for (name, trial) in ["data-loss-without", "data-loss-with"].into_iter().zip(&pair.trials) {
            dom::set(self.section.element(), name, &trial.loss().to_string());
        }
        dom::set(self.section.element(), "data-steps", &pair.steps().to_string());
        let said = words::said(&pair.trials, pair.kinds).map_err(|e| words::failure(&e))?;
        self.section.speak(said);
        Ok(())
    }

    fn download(&self) -> Option<foot::Download> {
        let TrialPair { settings, .. } = self.pair.as_ref()?;
        let numbers = [settings.blocks, settings.seed as usize].map(|n| number(n as f32, 0));
        let name = format!("shortcuts-{}-blocks-seed-{}.png", numbers[0], numbers[1]);
        Some((self.view.maps[1].canvas.clone(), name))
    }
}
