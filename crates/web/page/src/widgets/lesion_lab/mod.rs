//! `lesion-lab`: a drawn lesion, every sign of which has a slider, and what each sign means.

mod scene;
mod signs;
mod view;
mod words;

use std::cell::RefCell;
use std::rc::Rc;

use catalog::Diagnosis;
use catalog::widget::ControlKind;
use kit::dom::{self, Frame, Settled};
use kit::section::Busy;
use kit::{Change, Failure, Form, Section, foot};
use lesions::Clinical;

use crate::stage::number;
use scene::{LesionChoice, OF_PICTURE, Scene};
use view::{FINE, LIVE, LesionView};

/// Milliseconds of rest after which the fine picture, the other pictures and the words follow.
const REST: i32 = 180;
/// Pictures of a lesion.
const PICTURES: u32 = 4;

struct LesionLab {
    section: Section,
    form: Form,
    view: LesionView,
    busy: Option<Busy>,
}

/// Mounts the lab into its section.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    let lab = Rc::new(RefCell::new(LesionLab {
        view: LesionView::new(section),
        section: section.clone(),
        form: form.clone(),
        busy: None,
    }));
    lab.borrow().take_over(&|name| form.was_in_address(name));
    let settled = {
        let lab = Rc::clone(&lab);
        Settled::new(REST, move || lab.borrow_mut().finish())
    };
    let frame = {
        let lab = Rc::clone(&lab);
        Frame::new(move || {
            lab.borrow_mut().redraw();
            settled.request();
        })
    };
    let request = {
        let (lab, frame) = (Rc::clone(&lab), frame);
        move || {
            lab.borrow_mut().expect_redraw();
            frame.request();
        }
    };
    let (changed, redraw) = (Rc::clone(&lab), request.clone());
    form.on_change(move |change| {
        changed.borrow().changed(change);
        redraw();
    });
    for (picture, button) in (1..).zip(lab.borrow().view.buttons()) {
        let (lab, redraw) = (Rc::clone(&lab), request.clone());
        dom::listen(button, "click", move |_: web_sys::Event| {
            lab.borrow().show_picture(picture);
            redraw();
        });
    }
    let downloading = Rc::clone(&lab);
    foot::bind(section, &form, move || Some(downloading.borrow().download()));
    request();
    Ok(())
}

impl LesionLab {
    fn expect_redraw(&mut self) {
        if self.busy.is_none() {
            self.busy = Some(self.section.busy());
        }
    }

    fn changed(&self, change: Change) {
        match change {
            Change::Reset | Change::Control("diagnosis" | "seed" | "difficulty") => {
                self.take_over(&|_| false);
            }
            Change::Control("picture") => self.take_over_picture(),
            Change::Action("draw-another") => {
                let last = self.form.number("seed") as u64;
                self.form.set("seed", &if last < 999_999 { last + 1 } else { 0 }.to_string());
                self.take_over(&|_| false);
            }
            Change::Action(_) => self.show_picture(self.form.number("picture") as u32 % PICTURES + 1),
            Change::Control(_) => {}
        }
    }

    fn show_picture(&self, picture: u32) {
        self.form.set("picture", &picture.to_string());
        self.take_over_picture();
    }

    /// What the form asks for, before any slider is moved.
    fn asked(&self) -> LesionChoice {
        LesionChoice {
            // A choice holds one of its values.
            diagnosis: Diagnosis::from_abbreviation(&self.form.text("diagnosis")).unwrap_or(Diagnosis::Mel),
            difficulty: self.form.number("difficulty") as f32,
            seed: self.form.number("seed") as u64,
            picture: self.form.number("picture") as u32 - 1,
        }
    }

    /// Puts every slider where the sampled lesion has it, but for those to keep.
    fn take_over(&self, keep: &dyn Fn(&str) -> bool) {
        let scene = Scene::sample(self.asked());
        for parameter in Clinical::PARAMETERS {
            self.follow(parameter.name, (parameter.get)(&scene.clinical), keep);
        }
        for name in OF_PICTURE {
            self.follow(name, scene.get(name), keep);
        }
    }

    /// The same for what belongs to the picture only; the lesion stays, and the skin with it.
    fn take_over_picture(&self) {
        let scene = Scene::sample(self.asked());
        for name in OF_PICTURE.into_iter().filter(|name| *name != "skin-tone") {
            self.follow(name, scene.get(name), &|_| false);
        }
    }

    /// Makes this the usual value of a control, and its value unless that is to be kept.
    fn follow(&self, name: &str, value: f32, keep: &dyn Fn(&str) -> bool) {
        let text = self.written(name, value);
        self.form.default_to(name, &text);
        if !keep(name) {
            self.form.set(name, &text);
        }
    }

    /// The value as the control writes it: on one of its steps, within its range.
    fn written(&self, name: &str, value: f32) -> String {
        match self.section.widget().control(name).map(|control| control.kind) {
            Some(ControlKind::Number { min, max, step, .. }) => {
                let digits = if step < 1.0 { 100.0 } else { 1.0 };
                ((f64::from(value).clamp(min, max) * digits).round() / digits).to_string()
            }
            _ => (value > 0.5).to_string(),
        }
    }

    /// What the form describes: the sampled lesion, with what the reader has moved.
    fn scene(&self) -> Scene {
        let mut scene = Scene::sample(self.asked());
        // A slider has a hundred steps, so what still stands where it was put keeps its exact value.
        let moved = |name: &str, usual: f32| {
            let text = self.form.text(name);
            (text != self.written(name, usual)).then(|| match text.as_str() {
                "true" => 1.0,
                "false" => 0.0,
                number => number.parse().unwrap_or_default(),
            })
        };
        for parameter in Clinical::PARAMETERS {
            if let Some(value) = moved(parameter.name, (parameter.get)(&scene.clinical)) {
                parameter.set(&mut scene.clinical, value);
            }
        }
        for name in OF_PICTURE {
            if let Some(value) = moved(name, scene.get(name)) {
                scene.set(name, value);
            }
        }
        scene
    }

    /// The picture at once, in few pixels.
    fn redraw(&mut self) {
        let start = dom::now();
        let scene = self.scene();
        let drawn = self.view.draw(&scene.lesion(), &scene.view, LIVE);
        self.report(drawn);
        let milliseconds = number((dom::now() - start) as f32, 1);
        self.section.cost(&(milliseconds + " ms, WASM in this page"));
    }

    /// What may wait until the reader rests: many pixels, the other pictures, the words.
    fn finish(&mut self) {
        let busy = self.busy.take();
        let scene = self.scene();
        let lesion = scene.lesion();
        let asked = self.asked();
        let present = signs::present(&scene.clinical);
        let colours = words::colours(&scene.colours(view::SMALL));
        let title = words::title(asked.diagnosis, asked.seed, asked.picture);
        self.view.explain(&title, &words::summary(&present), &colours, &present);
        let drawn = self.view.draw(&lesion, &scene.view, FINE).and_then(|()| {
            (0..PICTURES).try_for_each(|picture| {
                self.view.draw_small(&lesion, &scene.view(picture), picture, asked.picture)
            })
        });
        self.report(drawn);
        self.section.speak(title + ": " + &words::summary(&present) + " " + &colours);
        drop(busy);
    }

    fn report(&self, drawn: Result<(), Failure>) {
        match drawn {
            Ok(()) => self.section.settle("drawing"),
            Err(failure) => self.section.warn("drawing", failure.0),
        }
    }

    fn download(&self) -> foot::Download {
        let asked = self.asked();
        let name = format!("{}-{}.png", asked.diagnosis.abbreviation().to_ascii_lowercase(), asked.seed);
        (self.view.canvas().clone(), name)
    }
}
