//! Files that a reader keeps.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement};

use crate::dom;
use crate::failure::Failure;

/// Lets the reader keep a text as a file of this name and media type.
///
/// # Errors
/// [`Failure`] where the browser makes no file of it.
pub fn text(text: &str, name: &str, media_type: &str) -> Result<(), Failure> {
    let kind = BlobPropertyBag::new();
    kind.set_type(media_type);
    let parts = js_sys::Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &kind)
        .map_err(|e| Failure::thrown("The browser could not save the table", &e))?;
    save(&blob, name);
    Ok(())
}

/// Lets the reader keep these bytes as a file of this name.
pub(crate) fn save(blob: &Blob, name: &str) {
    let Ok(url) = web_sys::Url::create_object_url_with_blob(blob) else { return };
    let link: HtmlAnchorElement = dom::create("a", "");
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The download has its own hold on the data by then.
    let release = Closure::once_into_js(move || web_sys::Url::revoke_object_url(&url));
    let _never_refused =
        dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(release.unchecked_ref(), 10_000);
}
