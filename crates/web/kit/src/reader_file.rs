//! The reader's own file to pixels: looked at first, for clear words, then decoded by the browser.

use imaging::{Limits, Rgb8, inspect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ColorSpaceConversion, File, HtmlCanvasElement, ImageBitmap, ImageBitmapOptions, ImageOrientation,
};

use crate::canvas;
use crate::dom;
use crate::failure::Failure;
use crate::picture::{self, LONGEST_SIDE, Picture, PictureOrigin, ReaderImage};

/// Largest file taken, bytes. A dermatoscope's picture has 1 to 10 MB.
const LARGEST_FILE: f64 = 60e6;
/// Longer side of the canvas that reads a decoded image; above, the browser makes it smaller on the way. Phones
/// refuse canvases of more than 16 million pixels.
const LARGEST_CANVAS: u32 = 2048;

/// Opens a file.
///
/// # Errors
/// [`Failure`] saying what the file is instead of a picture, or why it cannot be opened.
pub async fn open(file: &File) -> Result<Picture, Failure> {
    if file.size() > LARGEST_FILE {
        let (size, most) = ((file.size() / 1e6).ceil() as u32, (LARGEST_FILE / 1e6) as u32);
        return Err(Failure::new(format!(
            "This file has {size} MB, but the page opens pictures of up to {most} MB. Try a smaller copy."
        )));
    }
    let bytes = JsFuture::from(file.array_buffer()).await;
    let bytes = bytes.map_err(|e| Failure::thrown("The file could not be read. Choose it again", &e))?;
    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
    let info = inspect(&bytes, &Limits::default()).map_err(|e| Failure::new(e.to_string()))?;
    drop(bytes);

    let bitmap = decode(file).await?;
    let (width, height) = (bitmap.width(), bitmap.height());
    let pixels = pixels(&bitmap);
    bitmap.close();
    let own = ReaderImage { name: file.name(), width, height, animated: info.animated };
    Ok(Picture { pixels: pixels?, origin: PictureOrigin::Own(own) })
}

/// Upright as a viewer would show it, and without a change of colours: the values in the file, as training sees
/// them.
pub(crate) async fn decode(file: &Blob) -> Result<ImageBitmap, Failure> {
    let options = ImageBitmapOptions::new();
    options.set_image_orientation(ImageOrientation::FromImage);
    options.set_color_space_conversion(ColorSpaceConversion::None);
    let window = dom::window();
    let with_options = window.create_image_bitmap_with_blob_and_image_bitmap_options(file, &options);
    let decoded = match with_options {
        Ok(promise) => JsFuture::from(promise).await,
        // An older browser that does not know an option still decodes.
        Err(_) => match window.create_image_bitmap_with_blob(file) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        },
    };
    decoded.map(JsCast::unchecked_into).map_err(|e| {
        Failure::thrown(
            "The browser cannot open this picture; it may be damaged. Try saving it again as JPEG or PNG",
            &e,
        )
    })
}

/// Pixels of a decoded image on white, at most 512 on the longer side, made smaller as for the network.
///
/// # Errors
/// [`Failure`] if the browser cannot draw or read it, as when memory is short.
pub(crate) fn pixels(bitmap: &ImageBitmap) -> Result<Rgb8, Failure> {
    let (width, height) = picture::fit(bitmap.width(), bitmap.height(), LARGEST_CANVAS);
    let canvas: HtmlCanvasElement = dom::create("canvas", "");
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas::context(&canvas)?;
    let (w, h) = (f64::from(width), f64::from(height));
    context.set_fill_style_str("#ffffff");
    context.fill_rect(0.0, 0.0, w, h);
    let smoothing: [(&str, JsValue); 2] =
        [("imageSmoothingEnabled", true.into()), ("imageSmoothingQuality", "high".into())];
    for (key, value) in smoothing {
        let _kept_as_it_was = js_sys::Reflect::set(&context, &key.into(), &value);
    }
    context
        .draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, w, h)
        .map_err(|e| Failure::thrown("The browser could not draw this picture; it may be too large", &e))?;
    let full = canvas::read(&canvas)?;
    let (width, height) = picture::fit(bitmap.width(), bitmap.height(), LONGEST_SIDE);
    if (full.width(), full.height()) == (width, height) {
        return Ok(full);
    }
    Ok(imaging::resize(&full, width, height))
}
