//! Small files of the book that a widget fetches when they are needed: text, bytes, and pictures pixel by pixel.

use imaging::Rgb8;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlCanvasElement, Response};

use crate::failure::Failure;
use crate::{canvas, dom, reader_file};

/// The text of a file; `what` names it to the reader, such as `The list of maps`.
///
/// # Errors
/// [`Failure`] if the server does not answer, or not with the file.
pub async fn text(url: &str, what: &str) -> Result<String, Failure> {
    let response = response(url, what).await?;
    let text = response.text().map_err(|e| unreadable(what, &e))?;
    let text = JsFuture::from(text).await.map_err(|e| unreadable(what, &e))?;
    text.as_string().ok_or_else(|| unreadable(what, &JsValue::UNDEFINED))
}

/// What a JSON file says; `what` as in [`text`].
///
/// # Errors
/// As [`text`]; [`Failure`] if the file is not what was expected.
pub async fn json<T: DeserializeOwned>(url: &str, what: &str) -> Result<T, Failure> {
    let text = text(url, what).await?;
    serde_json::from_str(&text).map_err(|error| {
        web_sys::console::error_1(&format!("{url}: {error}").into());
        damaged(what)
    })
}

/// The names and addresses in an attribute of a section, a line each: the name, a space, the address.
///
/// ```
/// assert_eq!(kit::fetched::addresses("net ../a.bin"), [("net".to_owned(), "../a.bin".to_owned())]);
/// ```
pub fn addresses(lines: &str) -> Vec<(String, String)> {
    let pair = |line: &str| line.split_once(' ').map(|(name, address)| (name.to_owned(), address.to_owned()));
    lines.lines().filter_map(pair).collect()
}

/// The address for the next try after so many failures: one that the browser's cache does not know.
///
/// ```
/// use kit::fetched::next_try;
/// assert_eq!([next_try("a.bin", 0), next_try("a.bin", 2)], ["a.bin", "a.bin?again=2"]);
/// ```
pub fn next_try(address: &str, failures: u32) -> String {
    match failures {
        0 => address.to_owned(),
        failures => format!("{address}?again={failures}"),
    }
}

/// The bytes of a file.
///
/// # Errors
/// As [`text`].
pub async fn bytes(url: &str, what: &str) -> Result<Vec<u8>, Failure> {
    let response = response(url, what).await?;
    let buffer = response.array_buffer().map_err(|e| unreadable(what, &e))?;
    let buffer = JsFuture::from(buffer).await.map_err(|e| unreadable(what, &e))?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// The pixels of a picture, as they are in the file.
///
/// # Errors
/// As [`text`]; [`Failure`] if the browser cannot decode it.
pub async fn pixels(url: &str, what: &str) -> Result<Rgb8, Failure> {
    let response = response(url, what).await?;
    let blob = response.blob().map_err(|e| unreadable(what, &e))?;
    let blob: Blob = JsFuture::from(blob).await.map_err(|e| unreadable(what, &e))?.unchecked_into();
    let bitmap = reader_file::decode(&blob).await.map_err(|_| damaged(what))?;
    let canvas: HtmlCanvasElement = dom::create("canvas", "");
    canvas.set_width(bitmap.width());
    canvas.set_height(bitmap.height());
    let drawn = canvas::context(&canvas)?.draw_image_with_image_bitmap(&bitmap, 0.0, 0.0);
    bitmap.close();
    drawn.map_err(|e| unreadable(what, &e))?;
    canvas::read(&canvas)
}

/// The message for a file with unexpected contents.
pub fn damaged(what: &str) -> Failure {
    Failure::new(format!(
        "{what} arrived damaged. Reload the page; if it happens again, the file on the server is damaged. The rest of the \
         page still works."
    ))
}

async fn response(url: &str, what: &str) -> Result<Response, Failure> {
    let answer = JsFuture::from(dom::window().fetch_with_str(url)).await;
    let response: Response = answer
        .map_err(|_| {
            Failure::new(format!(
                "{what} could not be downloaded: the server does not answer. Check the connection, then try again."
            ))
        })?
        .unchecked_into();
    if response.ok() {
        return Ok(response);
    }
    Err(Failure::new(format!(
        "{what} could not be downloaded: the server answered {}. Try again later; the rest of the page still works.",
        response.status()
    )))
}

fn unreadable(what: &str, error: &JsValue) -> Failure {
    Failure::thrown(&format!("{what} could not be read; reload the page to try again"), error)
}
