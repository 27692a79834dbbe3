//! The image a reader chose stays chosen from widget to widget, and from chapter to chapter of one visit.
//!
//! It is in `sessionStorage` as text: `mel-17` for a drawn lesion, a PNG as a data URL for the reader's own image, whose
//! parameters keep the name and size of the reader's file. Nothing of it leaves the browser.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, CustomEvent, CustomEventInit, HtmlCanvasElement, Storage};

use crate::address;
use crate::canvas;
use crate::dom;
use crate::failure::Failure;
use crate::picture::{DrawnLesion, Picture, PictureOrigin, ReaderImage};
use crate::reader_file;

const KEY: &str = "skin-deep.image";
const EVENT: &str = "skin-deep:image";
const OWN: &str = "data:image/png;";

/// Private windows and strict settings may have none.
fn storage() -> Option<Storage> {
    dom::window().session_storage().ok().flatten()
}

/// The chosen image, if there is one yet.
pub(crate) fn stored() -> Option<String> {
    storage()?.get_item(KEY).ok().flatten()
}

/// Stores the text of the chosen image and tells every widget on the page.
///
/// # Errors
/// [`Failure`] if the browser does not keep it: the widgets of this page have it all the same, later pages not.
pub(crate) fn share(text: &str) -> Result<(), Failure> {
    let kept = storage().is_some_and(|s| {
        let kept = s.set_item(KEY, text).is_ok();
        if !kept {
            // Better none than the one before.
            let _nothing_to_lose = s.remove_item(KEY);
        }
        kept
    });
    let init = CustomEventInit::new();
    init.set_detail(&text.into());
    if let Ok(event) = CustomEvent::new_with_event_init_dict(EVENT, &init) {
        let _not_cancelable = dom::window().dispatch_event(&event);
    }
    if kept {
        return Ok(());
    }
    Err(Failure::new(
        "This image works on this page, but the browser cannot pass it on to the next page: its storage is \
         full or switched off.",
    ))
}

/// Calls `follow` with the text of the image whenever a widget of this page, this one included, shares one.
pub(crate) fn on_share(mut follow: impl FnMut(String) + 'static) {
    dom::listen(&dom::window(), EVENT, move |event: CustomEvent| {
        if let Some(text) = event.detail().as_string().or_else(stored) {
            follow(text);
        }
    });
}

/// The text form of a picture.
///
/// # Errors
/// [`Failure`] if the browser makes no PNG of it.
pub(crate) fn text(picture: &Picture) -> Result<String, Failure> {
    let own = match &picture.origin {
        PictureOrigin::Drawn(drawn) => return Ok(drawn.text()),
        PictureOrigin::Own(own) => own,
    };
    let canvas: HtmlCanvasElement = dom::create("canvas", "");
    canvas::draw(&canvas, &picture.pixels)?;
    let url = canvas.to_data_url_with_type("image/png");
    let url = url.map_err(|e| Failure::thrown("The browser could not save the picture as PNG", &e))?;
    let base64 = url.rsplit(',').next().unwrap_or_default();
    Ok(own_text(own, base64))
}

/// The picture that a text encodes; `None` if it is a drawn lesion or unknown.
///
/// # Errors
/// [`Failure`] if the browser cannot open what it stored.
pub(crate) async fn own_picture(text: &str) -> Option<Result<Picture, Failure>> {
    let (own, base64) = parse_own(text)?;
    Some(decode(own, base64).await)
}

async fn decode(mut own: ReaderImage, base64: &str) -> Result<Picture, Failure> {
    let failed = |e: JsValue| Failure::thrown("Your earlier image could not be opened again", &e);
    let binary = dom::window().atob(base64).map_err(failed)?;
    let bytes: Vec<u8> = binary.chars().map(|c| c as u8).collect();
    let options = BlobPropertyBag::new();
    options.set_type("image/png");
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).map_err(failed)?;
    let bitmap = dom::window().create_image_bitmap_with_blob(&blob).map_err(failed)?;
    let bitmap = JsFuture::from(bitmap).await.map_err(failed)?;
    let pixels = reader_file::pixels(&bitmap.unchecked_into())?;
    if own.width == 0 || own.height == 0 {
        (own.width, own.height) = (pixels.width(), pixels.height());
    }
    Ok(Picture { pixels, origin: PictureOrigin::Own(own) })
}

fn own_text(own: &ReaderImage, base64: &str) -> String {
    let name = address::encode(&own.name);
    let ReaderImage { width, height, animated, .. } = own;
    format!("{OWN}name={name};width={width};height={height};animated={animated};base64,{base64}")
}

fn parse_own(text: &str) -> Option<(ReaderImage, &str)> {
    let (parameters, base64) = text.strip_prefix(OWN)?.rsplit_once(',')?;
    let parameters = parameters.strip_suffix("base64")?;
    let value = |key: &str| {
        parameters.split(';').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')).unwrap_or_default()
    };
    let side = |key: &str| value(key).parse().unwrap_or(0);
    let own = ReaderImage {
        name: address::decode(value("name")),
        width: side("width"),
        height: side("height"),
        animated: value("animated") == "true",
    };
    Some((own, base64))
}

/// What a text encodes, before anything is decoded.
#[derive(Debug, PartialEq)]
pub(crate) enum SharedImage {
    Drawn(DrawnLesion),
    Own,
}

/// Which kind of image a text encodes.
pub(crate) fn kind(text: &str) -> Option<SharedImage> {
    DrawnLesion::parse(text).map(SharedImage::Drawn).or_else(|| parse_own(text).map(|_| SharedImage::Own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_size_of_the_readers_file_survive() {
        let own = ReaderImage {
            name: "my mole; 2, left=arm.jpg".to_owned(),
            width: 4000,
            height: 3000,
            animated: true,
        };
        let text = own_text(&own, "QUJD");
        assert!(text.starts_with("data:image/png;") && text.ends_with(";base64,QUJD"), "{text}");
        assert_eq!(parse_own(&text), Some((own, "QUJD")));
    }

    #[test]
    fn a_plain_data_url_is_an_own_image_of_unknown_size() {
        let own = ReaderImage { name: String::new(), width: 0, height: 0, animated: false };
        assert_eq!(parse_own("data:image/png;base64,QUJD"), Some((own, "QUJD")));
    }

    #[test]
    fn anything_else_is_no_image() {
        assert_eq!(kind("javascript:alert(1)"), None);
        assert_eq!(kind(""), None);
        assert_eq!(kind("data:text/html;base64,QUJD"), None);
    }
}
