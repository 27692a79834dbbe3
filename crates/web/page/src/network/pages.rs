//! What the section says about the files behind it.

use catalog::manifest::{ModelFile, Module, Runtime};
use js_sys::{JSON, Object};
use kit::dom;
use kit::failure::Failure;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, Url};

use super::wire::{self, get, set};

/// Worker, runtime and models, with absolute URLs.
pub(super) struct Pages {
    pub(super) worker: Module,
    pub(super) runtime: Runtime,
    runtime_object: JsValue,
    models: JsValue,
}

impl Pages {
    /// Reads `data-worker`, `data-runtime` and `data-models`.
    ///
    /// # Errors
    /// [`Failure`] naming the one that is missing or no such thing.
    pub(super) fn read(element: &HtmlElement) -> Result<Self, Failure> {
        let worker = parsed(element, "data-worker")?;
        for key in ["script", "wasm", "worker"] {
            make_absolute(&worker, key)?;
        }
        let runtime = parsed(element, "data-runtime")?;
        make_absolute(&runtime, "base")?;
        let models = parsed(element, "data-models")?;
        for model in Object::values(models.unchecked_ref()).iter() {
            make_absolute(&model, "onnx")?;
            make_absolute(&model, "precomputed")?;
            make_absolute(&model, "typical")?;
            if let Some(full) = get(&model, "full_precision") {
                make_absolute(&full, "onnx")?;
            }
        }
        Ok(Self {
            worker: wire::module(&worker).ok_or_else(|| wrong("data-worker"))?,
            runtime: wire::runtime(&runtime).ok_or_else(|| wrong("data-runtime"))?,
            runtime_object: runtime,
            models,
        })
    }

    /// The model of this name.
    ///
    /// # Errors
    /// [`Failure`] if the book was built without it.
    pub(super) fn model(&self, name: &str) -> Result<ModelFile, Failure> {
        let object = get(&self.models, name).ok_or_else(|| {
            Failure::new(format!(
                "This book was built without the network \"{name}\"; run: cargo xtask build."
            ))
        })?;
        wire::model_file(&object).ok_or_else(|| wrong("data-models"))
    }

    /// What the Worker is told to load.
    pub(super) fn load(&self, name: &str, full_precision: bool) -> JsValue {
        let object = Object::new();
        set(&object, "full_precision", &full_precision.into());
        set(&object, "runtime", &self.runtime_object);
        set(&object, "model", &get(&self.models, name).unwrap_or(JsValue::UNDEFINED));
        object.into()
    }

    /// What the Worker is told to load beside a file of the reader's.
    pub(super) fn load_own(&self, name: &str) -> JsValue {
        let object = Object::new();
        set(&object, "runtime", &self.runtime_object);
        set(&object, "name", &name.into());
        object.into()
    }

    /// Bytes that run any network: runtime and Worker.
    pub(super) fn engine_bytes(&self) -> u64 {
        self.runtime.bytes + self.worker.bytes
    }
}

fn wrong(name: &str) -> Failure {
    Failure::new(format!(
        "The widget's {name} in this page is not what it should be; run: cargo xtask build."
    ))
}

fn parsed(element: &HtmlElement, name: &str) -> Result<JsValue, Failure> {
    let missing = || Failure::new(format!("The widget has no {name} in this page."));
    let text = element.get_attribute(name).ok_or_else(missing)?;
    JSON::parse(&text).ok().filter(JsValue::is_object).ok_or_else(|| wrong(name))
}

/// Makes an address of an object, where it has one, independent of the page.
fn make_absolute(object: &JsValue, key: &str) -> Result<(), Failure> {
    let Some(url) = get(object, key).and_then(|url| url.as_string()) else { return Ok(()) };
    let base = dom::document().base_uri().ok().flatten().unwrap_or_default();
    let absolute = Url::new_with_base(&url, &base);
    let absolute = absolute.map_err(|e| Failure::thrown("The page has an address that is none", &e))?;
    set(object, key, &absolute.href().into());
    Ok(())
}
