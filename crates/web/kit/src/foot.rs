//! The buttons under every widget: reset, copy link, download picture.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, HtmlCanvasElement, HtmlElement};

use crate::canvas;
use crate::dom;
use crate::failure::Failure;
use crate::form::Form;
use crate::section::Section;

/// A picture to keep: the canvas and the file's name.
pub type Download = (HtmlCanvasElement, String);

/// Binds the buttons; `picture` says what there is to download, `None` while there is nothing.
pub fn bind(section: &Section, form: &Form, picture: impl Fn() -> Option<Download> + 'static) {
    bind_with(section, form, move || {
        let (canvas, name) = picture().ok_or_else(|| Failure::new("There is no picture to download yet."))?;
        canvas::download(&canvas, &name)
    });
}

/// The same where the download is no picture.
pub fn bind_with(section: &Section, form: &Form, download: impl Fn() -> Result<(), Failure> + 'static) {
    on_click(section, "reset", {
        let (section, form) = (section.clone(), form.clone());
        move || {
            form.reset();
            section.say("Reset to the example of the text.");
        }
    });
    on_click(section, "copy-link", {
        let (section, form) = (section.clone(), form.clone());
        move || copy(&section, form.link())
    });
    on_click(section, "download", {
        let section = section.clone();
        move || match download() {
            Ok(()) => section.settle("download"),
            Err(failure) => section.warn("download", failure.0),
        }
    });
}

fn on_click(section: &Section, action: &str, mut work: impl FnMut() + 'static) {
    let button = dom::find::<HtmlElement>(section.element(), &format!("[data-action=\"{action}\"]"));
    if let Some(button) = button {
        dom::listen(&button, "click", move |_: Event| work());
    }
}

/// Copies the link, or shows it where the browser has no clipboard for pages (plain http, for one).
fn copy(section: &Section, link: String) {
    let section = section.clone();
    spawn_local(async move {
        if write_clipboard(&link).await.is_ok() {
            section.settle("link");
            section.say_now(
                "Link copied. It opens this page with these settings, but does not include your own image.",
            );
        } else {
            section.warn(
                "link",
                format!("The browser does not let this page copy. Copy the link yourself: {link}"),
            );
        }
    });
}

async fn write_clipboard(text: &str) -> Result<(), JsValue> {
    let clipboard = js_sys::Reflect::get(&dom::window().navigator(), &"clipboard".into())?;
    if clipboard.is_undefined() {
        return Err(clipboard);
    }
    let clipboard: web_sys::Clipboard = clipboard.unchecked_into();
    JsFuture::from(clipboard.write_text(text)).await.map(drop)
}
