//! Pixels on a canvas, and a canvas as a picture to keep.

use imaging::Rgb8;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::failure::Failure;
use crate::saved;

/// The canvas's drawing context.
///
/// # Errors
/// [`Failure`] where the browser gives none, as it does when memory is short.
pub fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, Failure> {
    let context = canvas.get_context("2d").ok().flatten();
    context
        .map(JsCast::unchecked_into)
        .ok_or_else(|| Failure::new("The browser does not let this page draw. Closing other tabs may help."))
}

/// Four bytes per pixel, opaque.
pub fn rgba(image: &Rgb8) -> Vec<u8> {
    image.data().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect()
}

/// Makes `canvas` as many pixels large as `image` and draws it, one canvas pixel per pixel.
///
/// # Errors
/// [`Failure`] as from [`context`].
pub fn draw(canvas: &HtmlCanvasElement, image: &Rgb8) -> Result<(), Failure> {
    draw_rgba(canvas, image.width(), &rgba(image))
}

/// The same for RGBA bytes, `width` pixels per row.
///
/// # Errors
/// [`Failure`] as from [`context`], or if `rgba` is no whole number of rows.
pub fn draw_rgba(canvas: &HtmlCanvasElement, width: u32, rgba: &[u8]) -> Result<(), Failure> {
    let height = rgba.len() as u32 / 4 / width.max(1);
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let failed = |e: JsValue| Failure::thrown("The browser could not draw the picture", &e);
    let data = ImageData::new_with_u8_clamped_array(Clamped(rgba), width).map_err(failed)?;
    context(canvas)?.put_image_data(&data, 0.0, 0.0).map_err(failed)
}

/// The pixels of a canvas without their opacity.
///
/// # Errors
/// [`Failure`] where the browser does not let the page read them: some block it against tracking.
pub fn read(canvas: &HtmlCanvasElement) -> Result<Rgb8, Failure> {
    let (width, height) = (canvas.width(), canvas.height());
    let data = context(canvas)?
        .get_image_data(0.0, 0.0, f64::from(width), f64::from(height))
        .map_err(|e| Failure::thrown("The browser does not let this page read the picture", &e))?;
    let rgb = data.data().0.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    Rgb8::new(width, height, rgb).map_err(|e| Failure::new(format!("The picture has no pixels ({e}).")))
}

/// Lets the reader keep `canvas` as a PNG file of this name.
///
/// # Errors
/// [`Failure`] where the browser makes no file of it.
pub fn download(canvas: &HtmlCanvasElement, name: &str) -> Result<(), Failure> {
    let failed = |e: JsValue| Failure::thrown("The browser could not save the picture", &e);
    let name = name.to_owned();
    let save = Closure::once_into_js(move |blob: Option<web_sys::Blob>| {
        if let Some(blob) = blob {
            saved::save(&blob, &name);
        }
    });
    canvas.to_blob_with_type(save.unchecked_ref(), "image/png").map_err(failed)
}
