//! What can be wrong with a picture that a reader brings, in words the reader can act on.

use crate::sniff::Format;

/// Why a file gives no picture. Every message says what was found and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// No bytes at all.
    #[error("This file is empty. Save the picture again, then choose the new file.")]
    Empty,
    /// Something else than a picture.
    #[error("This file is not a picture {}. Choose a JPEG or PNG.", .looks_like.map_or("of a known format".into(), |kind| format!("(it looks like {kind})")))]
    NotAPicture {
        /// With its article, such as `a PDF`; `None` if nothing is known.
        looks_like: Option<&'static str>,
    },
    /// A picture of a format that is not read here.
    #[error("This is {format}, which cannot be opened here. {advice}")]
    Unsupported {
        /// With its article, such as `a TIFF picture`.
        format: &'static str,
        /// What to do with this format.
        advice: &'static str,
    },
    /// More pixels than the limit.
    #[error("This picture is too large: {width} × {height} pixels are {} megapixels, and the limit is {}. Make it smaller, or crop it to the lesion, and try again.", megapixels(u64::from(*width) * u64::from(*height)), megapixels(*limit))]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Most pixels allowed.
        limit: u64,
    },
    /// The file ends before the picture does.
    #[error(
        "This {format} is incomplete: the file ends before the picture does. Copy or download it again, then choose it again."
    )]
    Truncated {
        /// Its format.
        format: Format,
    },
    /// The file contradicts itself.
    #[error(
        "This {format} is damaged: {problem}. Open it in another program and save it as a JPEG or PNG, or try another picture."
    )]
    Damaged {
        /// Its format.
        format: Format,
        /// What is wrong, without a full stop.
        problem: String,
    },
    /// A picture that could not be written.
    #[error("The picture could not be written as {format}: {problem}.")]
    NotWritten {
        /// The format to write.
        format: Format,
        /// The encoder's words.
        problem: String,
    },
}

/// Megapixels to one decimal place, without `.0`.
fn megapixels(pixels: u64) -> String {
    let tenths = (pixels + 50_000) / 100_000;
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}
