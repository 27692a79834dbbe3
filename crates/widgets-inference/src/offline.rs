//! The network of a page that has not asked for it: a start button, and the models there are.
//!
//! At the button the page's loader puts the module with the whole network in this one's place; the page's address carries
//! the settings over.

use std::cell::RefCell;
use std::rc::Rc;

use catalog::manifest::start_words;
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{Event as PageEvent, HtmlElement, Url};
use widget_kit::dom;
use widget_kit::failure::Failure;
use widget_kit::form::{Change, Form};
use widget_kit::section::Section;

use crate::feature_maps::Offered;

/// What the loader listens for.
const ASK: &str = "skin-deep:network";

/// The network of one widget; clones speak of the same one.
#[derive(Clone)]
pub(crate) struct Network(Rc<Parts>);

struct Parts {
    section: Section,
    form: Form,
    panel: HtmlElement,
    start: HtmlElement,
    models: JsValue,
    model: RefCell<Rc<Offered>>,
}

impl Network {
    /// Binds the control `model` and the start button.
    ///
    /// # Errors
    /// [`Failure`] naming what the page lacks.
    pub(crate) fn bind(section: &Section, form: &Form) -> Result<Self, Failure> {
        let element = section.element();
        let models = JSON::parse(&element.get_attribute("data-models").unwrap_or_default());
        let models = models.map_err(|e| Failure::thrown("The widget's data-models cannot be read", &e))?;
        let start: HtmlElement = dom::find(element, "[data-action=start]")
            .ok_or_else(|| Failure::new("This widget has no start button in this page."))?;
        let panel: HtmlElement = dom::create("div", "network");
        let _it_moves_here_from_the_form = panel.append_child(&start);
        let model = RefCell::new(Rc::new(offered(&models, &form.text("model"))?));
        let (asking, asked) = (form.clone(), section.clone());
        dom::listen(&start, "click", move |_: PageEvent| {
            // The settings must be in the address before the successor reads it.
            let _written = asking.link();
            if let Ok(event) = PageEvent::new(ASK) {
                let _nobody_prevents_it = asked.element().dispatch_event(&event);
            }
        });
        let this = Self(Rc::new(Parts {
            section: section.clone(),
            form: form.clone(),
            panel,
            start,
            models,
            model,
        }));
        this.offer_start();
        Ok(this)
    }

    /// The start button.
    pub(crate) fn panel(&self) -> &HtmlElement {
        &self.0.panel
    }

    /// Calls `listener` when the reader chose another model.
    pub(crate) fn listen(&self, listener: impl Fn() + 'static) {
        let this = self.clone();
        self.0.form.on_change(move |change| {
            let name = this.0.form.text("model");
            if change == Change::Control("own-model") {
                let words = "Start the network first, then choose your file again: it takes the place of the book's network.";
                return this.0.section.warn("own-model", words);
            }
            let changed = matches!(change, Change::Control("model") | Change::Reset);
            if changed || change == Change::Control("full-precision") {
                this.offer_start();
            }
            if changed && name != this.0.model.borrow().name {
                if let Ok(model) = offered(&this.0.models, &name) {
                    this.0.model.replace(Rc::new(model));
                }
                listener();
            }
        });
    }

    /// Names the size of the download on the start button: the file that the form asks for, and what runs it.
    fn offer_start(&self) {
        let Parts { form, start, models, .. } = &*self.0;
        let model = get(models, &form.text("model"));
        let full = get(&model, "full_precision");
        let file = if form.toggle("full-precision") && full.is_object() { full } else { model };
        let engine = start.get_attribute("data-engine").and_then(|bytes| bytes.parse().ok());
        if let (Some(network), Some(engine)) = (get(&file, "bytes").as_f64(), engine) {
            start.set_text_content(Some(&start_words(network as u64, engine)));
        }
    }

    /// The model chosen.
    pub(crate) fn model(&self) -> Rc<Offered> {
        Rc::clone(&self.0.model.borrow())
    }
}

fn get(of: &JsValue, key: &str) -> JsValue {
    Reflect::get(of, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A model of `data-models`.
fn offered(models: &JsValue, name: &str) -> Result<Offered, Failure> {
    let model = get(models, name);
    let card = get(&model, "card");
    let text = |of: &JsValue, key: &str| get(of, key).as_string();
    let missing = || {
        Failure::new(format!("This book was built without the network \"{name}\"; run: cargo xtask build."))
    };
    let has_maps = get(&model, "precomputed_maps").as_bool() == Some(true);
    let labels = js_sys::Array::from(&get(&card, "labels"));
    Ok(Offered {
        name: text(&card, "name").ok_or_else(missing)?,
        architecture: text(&card, "architecture").ok_or_else(missing)?,
        labels: labels.to_vec().iter().filter_map(JsValue::as_string).collect(),
        size: get(&get(&card, "input"), "size").as_f64().ok_or_else(missing)? as u32,
        sha256: text(&model, "sha256").ok_or_else(missing)?,
        precomputed: text(&model, "precomputed").filter(|_| has_maps).map(|folder| absolute(&folder)),
    })
}

fn absolute(url: &str) -> String {
    let base = dom::document().base_uri().ok().flatten().unwrap_or_default();
    Url::new_with_base(url, &base).map_or_else(|_| url.to_owned(), |url| url.href())
}
