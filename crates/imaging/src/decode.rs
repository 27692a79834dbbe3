//! Files to pixels and back. The page leaves decoding to the browser; this is for the trainer and the tool.

use std::io::Cursor;

use image::codecs::{
    bmp::BmpDecoder,
    gif::GifDecoder,
    jpeg::{JpegDecoder, JpegEncoder},
    png::{CompressionType, FilterType, PngDecoder, PngEncoder},
    webp::WebPDecoder,
};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder};

use crate::{Format, ImageError, Limits, Rgb8, inspect};

/// Decodes a JPEG, PNG, GIF, WebP or BMP to what a browser would show on a white page.
///
/// The rotation noted by the camera (EXIF) is applied, transparency is shown on white, and of an animation the first frame
/// is taken, and 16 bits a channel become 8. CMYK follows Adobe's convention of inverted inks, as browsers and Pillow
/// do. Colour profiles are ignored.
///
/// # Errors
/// [`ImageError`]: everything that [`inspect`] finds, and pixels that cannot be unpacked.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Rgb8, ImageError> {
    let format = inspect(bytes, limits)?.format;
    let file = Cursor::new(bytes);
    let picture = match format {
        Format::Jpeg => JpegDecoder::new(file).and_then(|decoder| upright(decoder, *limits)),
        Format::Png => PngDecoder::new(file).and_then(|decoder| upright(decoder, *limits)),
        Format::Gif => GifDecoder::new(file).and_then(|decoder| upright(decoder, *limits)),
        Format::WebP => WebPDecoder::new(file).and_then(|decoder| upright(decoder, *limits)),
        Format::Bmp => BmpDecoder::new(file).and_then(|decoder| upright(decoder, *limits)),
    };
    let damaged = |problem| ImageError::Damaged { format, problem };
    let picture = picture.map_err(|error| damaged(format!("its pixels cannot be decoded ({error})")))?;
    let (width, height) = (picture.width(), picture.height());
    let data = if picture.color().has_alpha() {
        picture.into_rgba8().as_raw().as_chunks::<4>().0.iter().flat_map(|&pixel| over_white(pixel)).collect()
    } else {
        picture.into_rgb8().into_raw()
    };
    Rgb8::new(width, height, data).map_err(|error| damaged(error.to_string()))
}

/// Decodes, and turns the picture the way its EXIF data says.
fn upright(mut decoder: impl ImageDecoder, limits: Limits) -> image::ImageResult<DynamicImage> {
    let mut memory = image::Limits::default();
    // 16 bits in four channels, and as much again for the decoder's own needs.
    memory.max_alloc = Some(limits.pixels.saturating_mul(16).saturating_add(1 << 24));
    decoder.set_limits(memory)?;
    // A note about the rotation that makes no sense is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// A pixel with alpha lying on white, rounded to the nearest.
fn over_white([red, green, blue, alpha]: [u8; 4]) -> [u8; 3] {
    let alpha = u32::from(alpha);
    [red, green, blue].map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
}

/// A baseline JPEG of this quality, 1 to 100.
///
/// # Errors
/// [`ImageError::NotWritten`] if a side is longer than 65,535 pixels.
pub fn encode_jpeg(image: &Rgb8, quality: u8) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100));
    write(Format::Jpeg, image, encoder)?;
    Ok(bytes)
}

/// A PNG, without loss.
///
/// # Errors
/// [`ImageError::NotWritten`] in the encoder's words.
pub fn encode_png(image: &Rgb8) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    write(Format::Png, image, PngEncoder::new(&mut bytes))?;
    Ok(bytes)
}

/// A PNG with one byte per pixel, row by row, as small as the encoder makes it.
///
/// # Errors
/// [`ImageError::NotWritten`] unless there are `width` × `height` levels, or in the encoder's words.
pub fn encode_grey_png(width: u32, height: u32, levels: &[u8]) -> Result<Vec<u8>, ImageError> {
    let format = Format::Png;
    let pixels = u64::from(width) * u64::from(height);
    if levels.len() as u64 != pixels {
        let problem =
            format!("{width} × {height} pixels need as many levels, but there are {}", levels.len());
        return Err(ImageError::NotWritten { format, problem });
    }
    // What predicts one row of a picture badly may predict another one well; noise is smallest without.
    let sizes = [FilterType::Adaptive, FilterType::NoFilter].map(|filter| {
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, filter)
            .write_image(levels, width, height, ExtendedColorType::L8)
            .map(|()| bytes)
            .map_err(|error| ImageError::NotWritten { format, problem: error.to_string() })
    });
    let [adaptive, plain] = sizes;
    let (adaptive, plain) = (adaptive?, plain?);
    Ok(if plain.len() < adaptive.len() { plain } else { adaptive })
}

/// A PNG with one byte a pixel, row by row, and the colour that each level represents.
///
/// # Errors
/// [`ImageError::NotWritten`] unless there are `width` × `height` levels, or in the encoder's words.
pub fn encode_palette_png(
    width: u32,
    height: u32,
    levels: &[u8],
    colours: &[[u8; 3]; 256],
) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(colours.as_flattened());
    encoder.set_compression(png::Compression::High);
    // The difference between two levels says nothing about their colours.
    encoder.set_filter(png::Filter::NoFilter);
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_image_data(levels)?;
            writer.finish()
        })
        .map_err(|error| ImageError::NotWritten { format: Format::Png, problem: error.to_string() })?;
    Ok(bytes)
}

fn write(format: Format, image: &Rgb8, encoder: impl ImageEncoder) -> Result<(), ImageError> {
    encoder
        .write_image(image.data(), image.width(), image.height(), ExtendedColorType::Rgb8)
        .map_err(|error| ImageError::NotWritten { format, problem: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(width: u32, height: u32) -> Rgb8 {
        let pixel = |x: u32, y: u32| [(x * 3) as u8, (y * 5) as u8, (x + y) as u8];
        let data = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        Rgb8::new(width, height, data).unwrap()
    }

    #[test]
    fn a_png_brings_back_every_pixel() {
        let image = gradient(37, 21);
        assert_eq!(decode(&encode_png(&image).unwrap(), &Limits::default()).unwrap(), image);
    }

    #[test]
    fn a_png_with_a_palette_brings_back_the_colour_of_every_level() {
        let colours = std::array::from_fn(|level| [level as u8, 255 - level as u8, 7]);
        let bytes = encode_palette_png(3, 1, &[0, 200, 255], &colours).unwrap();
        let image = decode(&bytes, &Limits::default()).unwrap();
        assert_eq!(image.data(), [0, 255, 7, 200, 55, 7, 255, 0, 7]);
        let error = encode_palette_png(2, 2, &[0; 3], &colours).unwrap_err().to_string();
        assert!(error.contains("PNG"), "{error}");
    }

    #[test]
    fn a_grey_png_brings_back_every_level() {
        let levels: Vec<u8> = (0..=255).collect();
        let png = encode_grey_png(32, 8, &levels).unwrap();
        let image = decode(&png, &Limits::default()).unwrap();
        assert_eq!((image.width(), image.height()), (32, 8));
        assert!(image.data().chunks_exact(3).zip(&levels).all(|(pixel, level)| pixel == [*level; 3]));
        // Color type 0 of the PNG specification: one channel.
        assert_eq!(png[25], 0);
        let error = encode_grey_png(32, 7, &levels).unwrap_err().to_string();
        assert!(error.contains("32 × 7") && error.contains("256"), "{error}");
    }

    #[test]
    fn a_jpeg_brings_back_nearly_every_pixel() {
        let image = gradient(40, 30);
        let back = decode(&encode_jpeg(&image, 95).unwrap(), &Limits::default()).unwrap();
        let differences = image.data().iter().zip(back.data()).map(|(a, b)| f64::from(a.abs_diff(*b)));
        // A smooth gradient at quality 95 loses under 2 of 255 levels on average.
        assert!(differences.sum::<f64>() / (40.0 * 30.0 * 3.0) < 2.0);
    }

    #[test]
    fn half_transparent_black_on_white_is_grey() {
        // (0 * 128 + 255 * 127) / 255 = 127
        assert_eq!(over_white([0, 0, 0, 128]), [127; 3]);
        assert_eq!((over_white([9, 9, 9, 0]), over_white([9, 9, 9, 255])), ([255; 3], [9; 3]));
    }

    #[test]
    fn changed_pixels_of_a_png_are_damage() {
        let mut bytes = encode_png(&gradient(40, 40)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        let error = decode(&bytes, &Limits::default()).unwrap_err();
        assert!(matches!(error, ImageError::Damaged { format: Format::Png, .. }), "{error}");
    }
}
