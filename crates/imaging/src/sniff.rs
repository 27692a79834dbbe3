//! What a file is, from its first bytes and its structure, before anything is decoded.
//!
//! A browser asked to decode a bad file only says no. This says why, and keeps a picture of a billion pixels from
//! being unpacked.

use crate::ImageError;

/// A format that browsers and this crate read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG, ITU-T T.81.
    Jpeg,
    /// Portable Network Graphics, ISO/IEC 15948.
    Png,
    /// Graphics Interchange Format 87a or 89a.
    Gif,
    /// WebP, RFC 9649.
    WebP,
    /// Windows bitmap.
    Bmp,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
        })
    }
}

/// What a picture file says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// Its format.
    pub format: Format,
    /// Width in pixels as stored, before any rotation that the file asks for.
    pub width: u32,
    /// Height in pixels as stored.
    pub height: u32,
    /// Whether it holds more than one frame; only the first is used.
    pub animated: bool,
}

/// How large a picture may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels, width × height.
    pub pixels: u64,
}

impl Default for Limits {
    /// 50 megapixels: more than a phone's camera gives, 200 MB once unpacked to four bytes per pixel.
    fn default() -> Self {
        Self { pixels: 50_000_000 }
    }
}

/// Checks that `bytes` are a whole picture of a known format and at most `limits` large, without decoding it.
///
/// # Errors
/// [`ImageError`], in words for the reader who chose the file.
///
/// ```
/// # use imaging::{Limits, inspect};
/// let error = inspect(b"%PDF-1.7 ...", &Limits::default()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "This file is not a picture (it looks like a PDF). Choose a JPEG or PNG."
/// );
/// ```
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Info, ImageError> {
    let format = recognise(bytes)?;
    let mut reader = Reader { bytes, at: 0, format };
    // The size stands near the start: it is judged before the rest is walked through.
    let mut size = |width: u32, height: u32| {
        if width == 0 || height == 0 {
            let problem = format!("its size is given as {width} × {height} pixels");
            return Err(ImageError::Damaged { format, problem });
        }
        if u64::from(width) * u64::from(height) > limits.pixels {
            return Err(ImageError::TooLarge { width, height, limit: limits.pixels });
        }
        Ok((width, height))
    };
    let ((width, height), animated) = match format {
        Format::Jpeg => (jpeg(&mut reader, &mut size)?, false),
        Format::Png => png(&mut reader, &mut size)?,
        Format::Gif => gif(&mut reader, &mut size)?,
        Format::WebP => webp(&mut reader, &mut size)?,
        Format::Bmp => (bmp(&mut reader, &mut size)?, false),
    };
    Ok(Info { format, width, height, animated })
}

type SizeCheck<'a> = dyn FnMut(u32, u32) -> Result<(u32, u32), ImageError> + 'a;

/// The format by the first bytes, or what the file seems to be instead.
fn recognise(bytes: &[u8]) -> Result<Format, ImageError> {
    let is = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    if is(0, b"\xff\xd8") {
        return Ok(Format::Jpeg);
    }
    if is(0, b"\x89PNG") {
        return Ok(Format::Png);
    }
    if is(0, b"GIF87a") || is(0, b"GIF89a") {
        return Ok(Format::Gif);
    }
    if is(0, b"RIFF") && is(8, b"WEBP") {
        return Ok(Format::WebP);
    }
    // "BM" alone may begin a text; the size of the next header, one of a few, may not.
    if is(0, b"BM") && [12, 16, 40, 52, 56, 64, 108, 124].iter().any(|&size| is(14, &[size, 0, 0, 0])) {
        return Ok(Format::Bmp);
    }
    Err(something_else(bytes))
}

/// Names what is not a picture that can be read here.
fn something_else(bytes: &[u8]) -> ImageError {
    const CONVERT: &str = "Open it in a picture program, save it as a JPEG or PNG, and try again.";
    /// Offset, bytes found there, name with its article.
    const PICTURES: [(usize, &[u8], &str); 16] = [
        (0, b"II*\0", "a TIFF picture"),
        (0, b"MM\0*", "a TIFF picture"),
        (0, b"II+\0", "a TIFF picture"),
        (0, b"8BPS", "a Photoshop picture"),
        (0, b"\0\0\x01\0", "an icon file"),
        (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
        (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
        (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
        (0, b"\xff\x0a", "a JPEG XL picture"),
        (0, b"v/1\x01", "an OpenEXR picture"),
        (0, b"qoif", "a QOI picture"),
        (0, b"P5\n", "a PGM picture"),
        (0, b"P6\n", "a PPM picture"),
        (4, b"ftypavif", "an AVIF picture"),
        (4, b"ftypavis", "an AVIF picture"),
        (4, b"ftypcrx ", "a raw camera picture"),
    ];
    const OTHERS: [(usize, &[u8], &str); 17] = [
        (0, b"%PDF", "a PDF"),
        (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
        (0, b"PK\x05\x06", "an empty ZIP archive"),
        (0, b"\x1f\x8b", "a gzip archive"),
        (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (0, b"Rar!", "a RAR archive"),
        (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
        (0, b"{\\rtf", "a text document"),
        (0, b"\x7fELF", "a program"),
        (0, b"MZ", "a program"),
        (0, b"\0asm", "a program"),
        (0, b"ID3", "a sound file"),
        (0, b"OggS", "a sound file"),
        (0, b"\x1a\x45\xdf\xa3", "a video"),
        (4, b"ftyp", "a video"),
        (8, b"WAVE", "a sound file"),
        (8, b"AVI ", "a video"),
    ];
    let found = |table: &[(usize, &[u8], &'static str)]| {
        let here = |at: usize, magic| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
        table.iter().find(|&&(at, magic, _)| here(at, magic)).map(|&(_, _, name)| name)
    };
    if bytes.get(128..132) == Some(b"DICM") {
        return ImageError::Unsupported {
            format: "a DICOM file",
            advice: "Export the picture from your DICOM viewer as a JPEG or PNG, and try again.",
        };
    }
    let heic: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1"];
    if bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|brand| heic.contains(&brand)) {
        return ImageError::Unsupported {
            format: "a HEIC photo, as iPhones take",
            advice: "Export it from your photo program as a JPEG, and try again.",
        };
    }
    if let Some(format) = found(&PICTURES) {
        return ImageError::Unsupported { format, advice: CONVERT };
    }
    if let Some(looks_like) = found(&OTHERS) {
        return ImageError::NotAPicture { looks_like: Some(looks_like) };
    }
    match text(bytes) {
        Some("an SVG drawing") => ImageError::Unsupported { format: "an SVG drawing", advice: CONVERT },
        looks_like => ImageError::NotAPicture { looks_like },
    }
}

/// Which kind of text, if the first thousand bytes are text.
fn text(bytes: &[u8]) -> Option<&'static str> {
    let start = &bytes[..bytes.len().min(1000)];
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // A character cut in two at the thousandth byte is no reason to call it something else.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c')) {
        return None;
    }
    let lower = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    Some(if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        "a web page"
    } else if lower.as_bytes().windows(4).any(|four| four == b"<svg") {
        "an SVG drawing"
    } else if lower.starts_with("<?xml") {
        "an XML document"
    } else if lower.starts_with(['{', '[']) {
        "JSON data"
    } else {
        "text"
    })
}

/// A cursor over a file; an end that comes too early is [`ImageError::Truncated`].
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    format: Format,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ImageError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).ok_or(ImageError::Truncated { format: self.format })?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, ImageError> {
        Ok(self.array::<1>()?[0])
    }

    fn be16(&mut self) -> Result<u32, ImageError> {
        Ok(u16::from_be_bytes(self.array()?).into())
    }

    fn le16(&mut self) -> Result<u32, ImageError> {
        Ok(u16::from_le_bytes(self.array()?).into())
    }

    fn le32(&mut self) -> Result<u32, ImageError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn damaged(&self, problem: impl Into<String>) -> ImageError {
        ImageError::Damaged { format: self.format, problem: problem.into() }
    }
}

/// Walks the segments to the end-of-image marker.
fn jpeg(reader: &mut Reader<'_>, size: &mut SizeCheck<'_>) -> Result<(u32, u32), ImageError> {
    reader.take(2)?;
    let mut found = None;
    let mut in_scan = false;
    loop {
        // Coded data runs until a marker; in it FF 00 is a byte of 255, and FF D0 to FF D7 are restarts.
        let byte = reader.byte()?;
        if byte != 0xff {
            if in_scan {
                continue;
            }
            return Err(reader.damaged("its next part does not begin where it should"));
        }
        let mut marker = reader.byte()?;
        while marker == 0xff {
            marker = reader.byte()?;
        }
        match marker {
            0x00 | 0xd0..=0xd7 if in_scan => {}
            0x01 | 0xd0..=0xd8 => {}
            0xd9 => break,
            _ => {
                let length = reader.be16()? as usize;
                let segment = reader.take(length.saturating_sub(2))?;
                let frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
                if let (true, &[_, h1, h2, w1, w2, ..]) = (frame, segment) {
                    let [width, height] = [[w1, w2], [h1, h2]].map(|b| u16::from_be_bytes(b).into());
                    found = Some(size(width, height)?);
                }
                in_scan = marker == 0xda;
            }
        }
    }
    found.ok_or_else(|| reader.damaged("its size is missing"))
}

/// Walks the chunks to IEND.
fn png(reader: &mut Reader<'_>, size: &mut SizeCheck<'_>) -> Result<((u32, u32), bool), ImageError> {
    if reader.take(8)? != b"\x89PNG\r\n\x1a\n" {
        return Err(reader.damaged("its first eight bytes were changed, as if saved by a text editor"));
    }
    let (mut found, mut animated) = (None, false);
    loop {
        let length = u32::from_be_bytes(reader.array()?);
        let kind = reader.array::<4>()?;
        if found.is_none() && &kind != b"IHDR" {
            return Err(reader.damaged("it does not begin with its size"));
        }
        let data = reader.take(length as usize)?;
        if let (b"IHDR", &[w1, w2, w3, w4, h1, h2, h3, h4, ..]) = (&kind, data) {
            found = Some(size(u32::from_be_bytes([w1, w2, w3, w4]), u32::from_be_bytes([h1, h2, h3, h4]))?);
        }
        animated |= &kind == b"acTL";
        reader.take(4)?; // The checksum; the decoder checks it.
        if let (b"IEND", Some(found)) = (&kind, found) {
            return Ok((found, animated));
        }
    }
}

/// Walks the blocks to the trailer.
fn gif(reader: &mut Reader<'_>, size: &mut SizeCheck<'_>) -> Result<((u32, u32), bool), ImageError> {
    fn colour_table(reader: &mut Reader<'_>, flags: u8) -> Result<(), ImageError> {
        if flags & 0x80 != 0 {
            reader.take(3 << ((flags & 7) + 1))?;
        }
        Ok(())
    }
    reader.take(6)?;
    let (width, height) = (reader.le16()?, reader.le16()?);
    let found = size(width, height)?;
    let [flags, _, _] = reader.array()?;
    colour_table(reader, flags)?;
    let mut frames = 0;
    loop {
        match reader.byte()? {
            0x21 => {
                reader.byte()?;
            }
            0x2c => {
                frames += 1;
                reader.take(8)?;
                let flags = reader.byte()?;
                colour_table(reader, flags)?;
                reader.byte()?;
            }
            0x3b if frames > 0 => return Ok((found, frames > 1)),
            0x3b => return Err(reader.damaged("it contains no picture")),
            _ => return Err(reader.damaged("its next part does not begin where it should")),
        }
        // Both kinds of block end in pieces of up to 255 bytes and one of 0.
        loop {
            let length = reader.byte()?;
            if length == 0 {
                break;
            }
            reader.take(length as usize)?;
        }
    }
}

/// Reads the first chunk, and whether the file is as long as it says.
fn webp(reader: &mut Reader<'_>, size: &mut SizeCheck<'_>) -> Result<((u32, u32), bool), ImageError> {
    reader.take(4)?;
    let length = reader.le32()?;
    reader.take(4)?;
    let kind = reader.array::<4>()?;
    reader.take(4)?;
    let (width, height, animated) = match &kind {
        b"VP8 " => {
            reader.take(3)?;
            if reader.take(3)? != b"\x9d\x01\x2a" {
                return Err(reader.damaged("its first frame does not begin as it should"));
            }
            (reader.le16()? & 0x3fff, reader.le16()? & 0x3fff, false)
        }
        b"VP8L" => {
            reader.take(1)?;
            let bits = reader.le32()?;
            ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, false)
        }
        b"VP8X" => {
            let [flags, _, _, _] = reader.array()?;
            let [w1, w2, w3, h1, h2, h3] = reader.array()?;
            let side = |bytes| u32::from_le_bytes(bytes) + 1;
            (side([w1, w2, w3, 0]), side([h1, h2, h3, 0]), flags & 2 != 0)
        }
        _ => return Err(reader.damaged("it does not begin with its size")),
    };
    let found = size(width, height)?;
    reader.at = 8;
    reader.take(length as usize)?;
    Ok((found, animated))
}

/// Reads the header, and whether the pixels that it promises are there.
fn bmp(reader: &mut Reader<'_>, size: &mut SizeCheck<'_>) -> Result<(u32, u32), ImageError> {
    reader.take(2)?;
    let file_length = reader.le32()?;
    reader.take(4)?;
    let (start, header) = (reader.le32()?, reader.le32()?);
    let [width, height] = if header == 12 {
        [reader.le16()?, reader.le16()?]
    } else {
        // A height below zero says that the top row comes first.
        [reader.le32()?, reader.le32()?].map(|side| side.cast_signed().unsigned_abs())
    };
    let found = size(width, height)?;
    reader.take(2)?;
    let bits = reader.le16()?;
    let compressed = header >= 40 && !matches!(reader.le32()?, 0 | 3);
    let end = if compressed {
        u64::from(file_length)
    } else {
        let row = (u64::from(bits) * u64::from(width)).div_ceil(32) * 4;
        u64::from(start) + row * u64::from(height)
    };
    if (reader.bytes.len() as u64) < end {
        return Err(ImageError::Truncated { format: Format::Bmp });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        inspect(bytes, &Limits::default()).unwrap_err().to_string()
    }

    fn check_looks_like(bytes: &[u8], what: &str) {
        let expected = format!("This file is not a picture (it looks like {what}). Choose a JPEG or PNG.");
        assert_eq!(message(bytes), expected);
    }

    fn check_unsupported(bytes: &[u8], what: &str) {
        let found = message(bytes);
        assert!(found.starts_with(&format!("This is {what}, which cannot be opened here. ")), "{found}");
    }

    #[test]
    fn an_empty_file_is_called_empty() {
        assert_eq!(message(b""), "This file is empty. Save the picture again, then choose the new file.");
    }

    #[test]
    fn what_is_no_picture_is_called_by_its_name() {
        check_looks_like(b"%PDF-1.4\n", "a PDF");
        check_looks_like(b"PK\x03\x04\x14\0", "a ZIP archive or an Office document");
        check_looks_like(b"\n<!DOCTYPE html><title>404</title>", "a web page");
        check_looks_like(b"{\"detail\": \"not found\"}", "JSON data");
        check_looks_like("\u{feff}Grüße".as_bytes(), "text");
        check_looks_like(b"BMW is a car, not a bitmap", "text");
        check_looks_like(b"\0\0\0\x18ftypmp42\0\0\0\0", "a video");
    }

    #[test]
    fn a_long_text_cut_inside_a_character_is_still_text() {
        check_looks_like(["x", &"ä".repeat(600)].concat().as_bytes(), "text");
    }

    #[test]
    fn unknown_bytes_are_called_unknown() {
        let expected = "This file is not a picture of a known format. Choose a JPEG or PNG.";
        assert_eq!(message(&[1, 2, 3, 0, 200]), expected);
    }

    #[test]
    fn pictures_of_other_kinds_come_with_advice() {
        check_unsupported(b"II*\0\x08\0\0\0", "a TIFF picture");
        check_unsupported(b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC photo, as iPhones take");
        check_unsupported(b"\0\0\0\x1cftypavif\0\0\0\0", "an AVIF picture");
        check_unsupported(b"<?xml version='1.0'?><svg/>", "an SVG drawing");
        let dicom = [&[0; 128], &b"DICM"[..]].concat();
        check_unsupported(&dicom, "a DICOM file");
        assert!(
            message(&dicom)
                .ends_with("Export the picture from your DICOM viewer as a JPEG or PNG, and try again.")
        );
    }

    #[test]
    fn the_first_bytes_of_a_picture_alone_are_cut_short() {
        for bytes in [&b"\xff\xd8"[..], b"\x89PNG\r\n", b"GIF89a\x01", b"RIFF\x10\0\0\0WEBPVP8 "] {
            assert!(message(bytes).contains(" is incomplete: the file ends before the picture does."));
        }
    }

    #[test]
    fn a_png_that_went_through_a_text_program_is_damaged() {
        assert!(
            message(b"\x89PNG\n\x1a\n\0\0\0\rIHDR").starts_with("This PNG is damaged: its first eight bytes")
        );
    }

    #[test]
    fn a_side_of_nothing_is_damage() {
        let gif = b"GIF89a\0\0\x05\0\0\0\0;";
        assert!(message(gif).starts_with("This GIF is damaged: its size is given as 0 × 5 pixels."));
    }
}
