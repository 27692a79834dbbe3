//! Stages that follow the room they have.

use kit::{Failure, Section};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};

/// Calls `fit` whenever the stage gets wider or narrower.
///
/// # Errors
/// [`Failure`] if the browser does not tell.
pub(crate) fn fit_to_room(section: &Section, fit: impl FnMut() + 'static) -> Result<(), Failure> {
    let fit = Closure::<dyn FnMut()>::new(fit);
    let observer = ResizeObserver::new(fit.as_ref().unchecked_ref())
        .map_err(|e| Failure::thrown("The browser did not give the size of the widget", &e))?;
    observer.observe(section.stage().unchecked_ref::<HtmlElement>());
    fit.forget();
    Ok(())
}
