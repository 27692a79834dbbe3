//! `domain-shift`: one test of a network beside another, on the answers that were given to every test image.

mod answers;
mod measured;
mod view;
mod words;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use catalog::Diagnosis;
use catalog::model::TESTED;
use kit::{Change, Failure, Form, Section, dom, foot, saved};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::stage::number;
use answers::TestShelf;
use measured::{Measure, MeasuredTest};
use view::ShiftView;

/// The two tests, by the controls that choose them.
const TESTS: [&str; 2] = ["first", "second"];

/// A mounted widget; clones refer to the same one.
#[derive(Clone)]
struct DomainShift(Rc<DomainShiftParts>);

struct DomainShiftParts {
    section: Section,
    form: Form,
    shelf: TestShelf,
    view: ShiftView,
    /// What is shown; nothing before the answers are there.
    shown: RefCell<Option<ShownTests>>,
    /// Counts what was asked for, so that an answer that comes too late is dropped.
    asked: Cell<u32>,
}

struct ShownTests {
    measure: Measure,
    names: [String; 2],
    tests: [MeasuredTest; 2],
}

/// Binds form and table.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let form = Form::bind(section)?;
    if let Some(button) = dom::find::<HtmlElement>(section.element(), "[data-action=download]") {
        button.set_text_content(Some("Download table"));
    }
    let this = DomainShift(Rc::new(DomainShiftParts {
        view: ShiftView::new(section),
        shelf: TestShelf::of_page(section),
        section: section.clone(),
        form: form.clone(),
        shown: RefCell::default(),
        asked: Cell::default(),
    }));
    let changing = this.clone();
    form.on_change(move |change| match change {
        Change::Control("diagnosis") => changing.choose(),
        _ => changing.compare(),
    });
    let choosing = this.clone();
    this.0.view.on_click(move |diagnosis| {
        choosing.0.form.set("diagnosis", &diagnosis.abbreviation().to_ascii_lowercase());
        choosing.choose();
    });
    let downloading = this.clone();
    foot::bind_with(section, &form, move || downloading.download());
    this.compare();
    Ok(())
}

impl DomainShift {
    /// Fetches, measures and shows what the form asks for.
    fn compare(&self) {
        let parts = &self.0;
        let asked = parts.asked.get() + 1;
        parts.asked.set(asked);
        let (this, busy) = (self.clone(), parts.section.busy());
        spawn_local(async move {
            let compared = this.measure().await;
            if this.0.asked.get() == asked {
                match compared {
                    Ok(shown) => {
                        this.0.section.settle("tests");
                        this.show(shown);
                    }
                    Err(failure) => this.0.section.warn("tests", failure.0),
                }
            }
            drop(busy);
        });
    }

    async fn measure(&self) -> Result<ShownTests, Failure> {
        let DomainShiftParts { form, shelf, section, .. } = &*self.0;
        let measure = Measure::named(&form.text("measure"));
        let names = TESTS.map(|control| form.text(control));
        let first = shelf.test(&names[0]).await?;
        let second = shelf.test(&names[1]).await?;
        let start = dom::now();
        let measured =
            |answers| MeasuredTest::new(answers, measure).map_err(|error| Failure::new(error.to_string()));
        let tests = [measured(&first)?, measured(&second)?];
        section.cost(&(number((dom::now() - start) as f32, 0) + " ms, WASM in this page"));
        Ok(ShownTests { measure, names, tests })
    }

    fn show(&self, shown: ShownTests) {
        let titles = shown.names.each_ref().map(|name| title(name));
        let tests = shown.tests.each_ref();
        self.0.view.show(shown.measure, titles, tests);
        self.0.section.speak(words::both(shown.measure, tests));
        for (attribute, test) in ["data-first", "data-second"].into_iter().zip(tests) {
            let value = test.mean.map_or(String::new(), |mean| mean.value.to_string());
            dom::set(self.0.section.element(), attribute, &value);
        }
        *self.0.shown.borrow_mut() = Some(shown);
        self.choose();
    }

    /// Shows what the images of the chosen diagnosis were taken for.
    fn choose(&self) {
        let chosen = Diagnosis::from_abbreviation(&self.0.form.text("diagnosis"));
        if let (Some(chosen), Some(shown)) = (chosen, &*self.0.shown.borrow()) {
            self.0.view.choose(chosen, shown.tests.each_ref());
        }
    }

    fn download(&self) -> Result<(), Failure> {
        let shown = self.0.shown.borrow();
        let shown = shown
            .as_ref()
            .ok_or_else(|| Failure::new("The answers are not there yet. Try again in a moment."))?;
        let names = shown.names.each_ref().map(String::as_str);
        saved::text(&words::csv(shown.measure, names, shown.tests.each_ref()), "two-tests.csv", "text/csv")
    }
}

/// What the form calls a test.
fn title(test: &str) -> &str {
    TESTED.iter().find(|(value, _)| *value == test).map_or(test, |(_, title)| *title)
}
