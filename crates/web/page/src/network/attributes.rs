//! What a section says about the files behind its network.

use std::collections::BTreeMap;

use catalog::manifest::{ModelFile, Module, Runtime};
use kit::dom;
use kit::failure::Failure;
use serde::de::DeserializeOwned;
use session::Book;
use web_sys::{HtmlElement, Url};

/// Reads `data-worker`, `data-runtime` and `data-models`, and makes their addresses absolute, because the Worker is in another folder.
///
/// # Errors
/// [`Failure`] naming the attribute that is missing or damaged.
pub(super) fn read(element: &HtmlElement) -> Result<(Book, Module), Failure> {
    let mut module: Module = parsed(element, "data-worker")?;
    let mut runtime: Runtime = parsed(element, "data-runtime")?;
    let mut models: BTreeMap<String, ModelFile> = parsed(element, "data-models")?;
    for address in [&mut module.script, &mut module.wasm].into_iter().chain(&mut module.worker) {
        make_absolute(address)?;
    }
    make_absolute(&mut runtime.base)?;
    for model in models.values_mut() {
        let full = model.full_precision.as_mut().map(|full| &mut full.onnx);
        let others = [&mut model.precomputed, &mut model.typical].into_iter().flatten();
        for address in std::iter::once(&mut model.onnx).chain(full).chain(others) {
            make_absolute(address)?;
        }
    }
    Ok((Book { runtime, worker_bytes: module.bytes, models }, module))
}

/// What an attribute says in JSON.
///
/// # Errors
/// [`Failure`] if it is missing or damaged.
pub(crate) fn parsed<T: DeserializeOwned>(element: &HtmlElement, name: &str) -> Result<T, Failure> {
    let text = element.get_attribute(name).ok_or_else(|| {
        Failure::new(format!(
            "The widget's {name} is missing from this page. To rebuild it, run: cargo xtask build."
        ))
    })?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(format!(
            "The widget's {name} in this page is damaged ({error}). To rebuild it, run: cargo xtask build."
        ))
    })
}

/// Makes an address independent of the page.
fn make_absolute(address: &mut String) -> Result<(), Failure> {
    let base = dom::document().base_uri().ok().flatten().unwrap_or_default();
    let absolute = Url::new_with_base(address, &base).map_err(|error| {
        Failure::thrown(&format!("The page contains the invalid address {address}"), &error)
    })?;
    *address = absolute.href();
    Ok(())
}
